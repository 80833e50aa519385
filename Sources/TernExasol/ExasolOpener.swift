internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// Opens lines of one target: the main connection, and later the subconnections of its session.
///
/// Source: Exasol reference, sections 1.5, 1.6 and 2.3.
struct ExasolOpener: Sendable {
  /// The newest protocol version that is asked for; the server takes it down to what it knows.
  static let protocolVersionMax = 5

  let target: ConnectionTarget
  let credentials: ExasolCredentials
  let typeOptions: ExasolTypeOptions
  let writesBinaryAsHex: Bool
  let usesCompression: Bool
  private let dialer: ExasolDialer
  private let networkTimeout: Int64?
  private let attributes: ExasolRequest.Attributes

  init(_ target: ConnectionTarget) throws(TernError) {
    self.target = target
    credentials = try Self.credentials(target)
    typeOptions = ExasolTypeOptions(
      decimalAsInteger: try target.flag("decimal_as_integer"),
      isLocalZoneInstant: try target.text("ltz") == "instant",
      intervalAsText: try target.text("interval_as") == "text")
    writesBinaryAsHex = try target.text("binary_as") == "hex"
    usesCompression = try target.flag("compression")
    dialer = try ExasolDialer(target)
    networkTimeout =
      target.isSet("network_timeout") ? try target.duration("network_timeout") : nil
    attributes = try Self.attributes(target)
  }

  /// A fingerprint behind the port reads like the schema of a URI.
  private static func check(schema: String) throws(TernError) {
    let isFingerprint =
      schema.utf8.count == fingerprintDigitCount && schema.allSatisfy(\.isHexDigit)
    guard isFingerprint else { return }
    throw .usage(
      "the schema is a certificate fingerprint: write it behind the host, as "
        + "host/fingerprint:port, or as tls_pin", .invalidOptionValue)
  }

  /// SHA-256 as text.
  private static let fingerprintDigitCount = 64

  /// Opens a session on one of the target's hosts.
  func openSession(_ context: CallContext) throws(TernError) -> ExasolSession {
    let (line, login) = try openMain(Self.protocolVersionMax, context)
    return try session(on: line, login, context)
  }

  /// A session over a line that has just been logged in: its attributes are read, its options set.
  func session(
    on line: ExasolLine, _ login: ExasolLoginReply, _ context: CallContext
  ) throws(TernError) -> ExasolSession {
    if usesCompression { line.startCompression() }
    let user: String
    if case .password(let name, _) = credentials { user = name } else { user = "" }
    let session = ExasolSession(
      line, login, self,
      ExasolCapabilities.record(
        login, host: "\(line.host)", user: user, writesBinaryAsHex: writesBinaryAsHex))
    do throws(TernError) {
      try session.readAttributes(context)
      try session.prepareSession(target, context)
      line.finishOpening()
    } catch {
      session.close(CallContext(deadline: .after(1_000_000_000, .network)))
      throw error
    }
    return session
  }

  private func openMain(
    _ version: Int, _ context: CallContext
  ) throws(TernError) -> (ExasolLine, ExasolLoginReply) {
    let line = try dialer.dialAny(context, networkTimeout)
    do throws(TernError) {
      return (line, try logIn(on: line, ticket: nil, version, context))
    } catch {
      line.close(CallContext(deadline: .after(1_000_000_000, .network)))
      // Servers of 6.x do not take a version down that they have never heard of.
      guard version > 1, error.message.contains("WebSocket protocol version") else { throw error }
    }
    return try openMain(1, context)
  }

  /// Opens one subconnection; answers only when all announced ones are there.
  func openSubconnection(
    _ host: HostAddress, of main: HostAddress, _ ticket: ExasolSubTicket, protocolVersion: Int,
    _ context: CallContext
  ) throws(TernError) -> ExasolLine {
    let line = try dialer.dialNode(host, of: main, context, networkTimeout)
    do throws(TernError) {
      _ = try logIn(on: line, ticket: ticket, protocolVersion, context)
      line.finishOpening()
      return line
    } catch {
      line.close(CallContext(deadline: .after(1_000_000_000, .network)))
      throw error.prefixed("subconnection to \(host)")
    }
  }

  /// The four messages of a login.
  func logIn(
    on line: ExasolLine, ticket: ExasolSubTicket?, _ version: Int, _ context: CallContext
  ) throws(TernError) -> ExasolLoginReply {
    var login = ExasolLogin(credentials, ticket: ticket, protocolVersion: version) { writer in
      if ticket == nil { writeClient(&writer) }
    }
    var request = try login.start()
    while true {
      let reply: ExasolReply<ExasolFields>
      do throws(TernError) {
        reply = try line.exchange(request, .quick, feedbackSeconds: 1, context) {
          json throws(TernError) in try ExasolFields(reading: json)
        }
      } catch {
        throw Self.explained(error, login, line.host)
      }
      if let exception = reply.exception {
        throw ExasolErrors.error(exception, .login).prefixed("\(line.host)")
      }
      switch try login.received(reply.payload) {
      case .send(let next): request = next
      case .finished(let answer): return answer
      }
    }
  }

  /// A server that refuses a password may close before its error is read.
  private static func explained(
    _ error: TernError, _ login: ExasolLogin, _ host: HostAddress
  ) -> TernError {
    guard error.kind == .connection, login.hasShownCredentials, !error.isMalformedReply
    else { return error }
    return TernError(
      .authentication, .authenticationFailed,
      "\(host): the login was rejected, probably wrong credentials (\(error.message))")
  }

  private static func credentials(
    _ target: ConnectionTarget
  ) throws(TernError) -> ExasolCredentials {
    let access = try target.secret("access_token")
    let refresh = try target.secret("refresh_token")
    if access != nil || refresh != nil {
      guard target.isEncrypted else {
        throw .usage("a token login needs TLS: use the scheme exasol://", .invalidOptionValue)
      }
    }
    switch (access, refresh) {
    case (.some, .some):
      throw .usage("give access_token or refresh_token, not both", .invalidOptionValue)
    case (let token?, nil): return .accessToken(token)
    case (nil, let token?): return .refreshToken(token)
    case (nil, nil):
      return .password(
        user: try target.text("user") ?? "", try target.secret("password") ?? Secret(""))
    }
  }

  private static func attributes(
    _ target: ConnectionTarget
  ) throws(TernError) -> ExasolRequest.Attributes {
    var attributes: ExasolRequest.Attributes = [
      ("autocommit", .flag(try target.flag("autocommit")))
    ]
    if let schema = try target.text("schema"), !schema.isEmpty {
      try check(schema: schema)
      attributes.append(("currentSchema", .text(schema)))
    }
    let feedback = (try target.duration("feedback_interval") + 999_999_999) / 1_000_000_000
    if feedback > 0 { attributes.append(("feedbackInterval", .number(feedback))) }
    if target.isSet("snapshot_transactions") {
      let isOn = try target.flag("snapshot_transactions")
      attributes.append(("snapshotTransactionsEnabled", .flag(isOn)))
    }
    return attributes
  }

  /// Client facts, shown in the server's session tables; auditors want the real system user.
  private func writeClient(_ writer: inout JSONWriter) {
    writer.member("useCompression", usesCompression)
    let application = (try? target.text("application_name")) ?? nil
    writer.member("clientName", application ?? ProcessFacts.programName)
    writer.member("clientVersion", TernVersion.text)
    writer.member("driverName", "Tern \(TernVersion.text)")
    writer.member("clientOs", ProcessFacts.system)
    let user = (try? target.text("os_user")) ?? nil
    writer.member("clientOsUsername", user ?? ProcessFacts.userName)
    writer.member("clientRuntime", "Swift")
    ExasolRequest.write(attributes, to: &writer)
  }
}

extension ExasolSession {
  /// What the options ask for beyond the login's attributes.
  fileprivate func prepareSession(
    _ target: ConnectionTarget, _ context: CallContext
  ) throws(TernError) {
    // Instants are UTC then, and the wall clock of a session in UTC is what `utc` asks for.
    let showsUTC = try target.text("zoned_timestamp") == "utc"
    if typeOptions.isLocalZoneInstant || showsUTC {
      let zone = "ALTER SESSION SET TIME_ZONE = 'UTC'"
      _ = try results(of: ExasolRequest.execute(zone, []), .statement, context)
    }
    if try target.text("session_formats") == "force" {
      let formats = ["DATE_FORMAT='YYYY-MM-DD'", "TIMESTAMP_FORMAT='YYYY-MM-DD HH24:MI:SS.FF9'"]
      let batch = ExasolRequest.executeBatch(formats.map { "ALTER SESSION SET NLS_\($0)" }, [])
      _ = try results(of: batch, .statement, context)
      try readAttributes(context)
    }
    try openSchema(try target.text("schema") ?? "", context)
    if try target.flag("read_only") { try set(.isReadOnly(true), context) }
    if let name = try target.text("catalog"), !name.isEmpty { try set(.catalog(name), context) }
    if let name = try target.text("isolation"), let level = IsolationLevel(name: name) {
      try set(.isolation(level), context)
    }
    guard let sql = try target.text("session_init"), !sql.isEmpty else { return }
    let statements = SQLSplitter(capabilities.dialect).split(sql)
    do throws(TernError) {
      let batch = ExasolRequest.executeBatch(statements, [])
      closeAll(try results(of: batch, .statement, context), context)
      try readAttributes(context)
    } catch {
      throw error.prefixed("session_init")
    }
  }

  /// Some servers ignore a schema of the login that does not exist: then it is opened as SQL, so
  /// that the server's own words say what is wrong. Servers may fold the name.
  private func openSchema(_ name: String, _ context: CallContext) throws(TernError) {
    guard !name.isEmpty, state.schema != name, state.schema != name.uppercased() else { return }
    let request = ExasolRequest.execute("OPEN SCHEMA \(ExasolSQL.quoted(name))", [])
    do throws(TernError) {
      _ = try results(of: request, .statement, context)
      try readAttributes(context)
    } catch {
      throw error.prefixed("schema \(name)")
    }
  }
}
