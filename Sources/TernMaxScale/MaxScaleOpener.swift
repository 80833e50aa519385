internal import TernCore
internal import TernDriver
internal import TernNet

/// Opens sessions of one target: hosts in random order, failing over only while connecting.
///
/// Source: MaxScale reference, sections 4, 5.1 and 11.
struct MaxScaleOpener {
  private let target: ConnectionTarget

  init(_ target: ConnectionTarget) { self.target = target }

  /// Opens a session on one of the hosts.
  func openSession(_ context: CallContext) throws(TernError) -> MaxScaleSession {
    try target.onAnyHost(context) { host throws(TernError) in try open(host, context) }
  }

  /// Opens and prepares a connection; one that cannot be prepared is closed again.
  private func open(_ host: HostAddress, _ context: CallContext) throws(TernError)
    -> MaxScaleSession
  {
    let connect = try target.connectSettings(for: host, try target.connectSettings())
    let channel = MaxScaleChannel(
      HTTPClient(connect, idleNanosecondsMax: 50_000_000_000),
      HTTPOrigin(
        Endpoint(host: host.host, port: host.port), isEncrypted: target.isEncrypted),
      try restLogin(), try tokenTransport(),
      networkTimeout: try target.duration("network_timeout"))
    let settings = try settings()
    let line = try MaxScaleLine(
      channel, settings.login, rowCountMax: Self.rowCountMax(settings.serverRowCountMax),
      isAsync: try target.flag("async"), context)
    do throws(TernError) {
      let facts = try MaxScaleSession.prepare(line, settings, context)
      return MaxScaleSession(line, settings, facts, host: "\(host)")
    } catch {
      line.close(CallContext(deadline: .after(1_000_000_000, .network)))
      throw error
    }
  }

  /// Rows of a page of a snapshot, unless the options say otherwise.
  private static let snapshotRowCount = 10_000

  /// What queries ask for: one row more than is allowed, as MaxScale says "cut" of results of
  /// exactly as many too. 0, its word for all, gives nothing as the first query of a connection.
  static func rowCountMax(_ limit: Int64) -> Int64 {
    limit > 0 && limit < Int64.max ? limit + 1 : Int64.max
  }

  private func tokenTransport() throws(TernError) -> MaxScaleToken.Transport {
    switch try target.text("token_transport") {
    case "query": .query
    case "persist": .persist
    default: .cookie
    }
  }

  /// The login of the REST interface; the database's own only where that was asked for.
  private func restLogin() throws(TernError) -> MaxScaleLogin {
    if let token = try target.secret("http_token") { return .bearer(token) }
    let isSame = try target.flag("http_same_user")
    guard let user = try target.text(isSame ? "user" : "http_user"), !user.isEmpty else {
      return .none
    }
    let password = try target.secret(isSame ? "password" : "http_password") ?? Secret("")
    return try target.text("rest_auth") == "bearer"
      ? .session(user, password) : .basic(user, password)
  }

  /// What the options say about the session.
  private func settings() throws(TernError) -> MaxScaleSession.Settings {
    let login = MaxScaleLine.Login(
      target: try target.text("target") ?? "", user: try target.text("user") ?? "",
      password: try target.secret("password") ?? Secret(""),
      database: try target.text("catalog") ?? "")
    // Its values come without NULLs: rows are shorter than their columns.
    guard login.target.lowercased() != "odbc" else {
      throw .unsupported("option target: MaxScale loses NULLs of ODBC sources")
    }
    if let schema = try target.text("schema"), !schema.isEmpty {
      throw .usage(
        "option schema: MariaDB has databases, and no schemas inside them: use catalog",
        .invalidOptionValue)
    }
    var settings = MaxScaleSession.Settings(login: login)
    settings.preparation = try preparation()
    settings.initialization = try target.text("session_init") ?? ""
    settings.exactness =
      switch try target.text("exactness") {
      case "error": .error
      case "raw": .raw
      default: .exact
      }
    settings.serverRowCountMax = try target.count("server_max_rows")
    settings.makesSnapshots = try target.text("fetch") == "snapshot"
    if !target.isSet("batch_rows") { settings.snapshotRowCount = Self.snapshotRowCount }
    settings.bindsOnServer = try target.text("parameters") == "server"
    settings.showsWarnings = try target.flag("show_warnings")
    settings.reconnects = try target.flag("reconnect")
    settings.rules.tinyint1IsBool = try target.flag("tinyint1_is_bool")
    settings.rules.timeIsDuration = try target.text("time_as") == "duration"
    settings.rules.uuidIsBinary = try target.text("uuid_as") == "uuid"
    settings.rules.geometryIsRaw = try target.text("geometry_as") == "raw"
    settings.tellsMembers = try target.flag("enum_values")
    settings.rules.zeroDate =
      switch try target.text("zero_date") {
      case "null": .null
      case "text": .text
      default: .error
      }
    return settings
  }

  /// What brings a new connection into the state that the options ask for.
  private func preparation() throws(TernError) -> [String] {
    var statements = ["SET NAMES utf8mb4"]
    let zone = try target.text("time_zone") ?? "+00:00"
    if zone.lowercased() != "keep" {
      guard Self.isOffset(zone) else {
        throw .usage(
          "option time_zone: an offset such as +00:00, or keep, is expected", .invalidOptionValue)
      }
      statements.append("SET time_zone='\(zone)'")
    }
    if let name = try target.text("isolation"), let level = IsolationLevel(name: name) {
      statements.append("SET SESSION TRANSACTION ISOLATION LEVEL \(level.sql)")
    }
    if try target.flag("read_only") { statements.append("SET SESSION TRANSACTION READ ONLY") }
    if try !target.flag("autocommit") { statements.append("SET autocommit=0") }
    return statements
  }

  /// `+HH:MM` or `-HH:MM`.
  private static func isOffset(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 6, bytes[0] == 0x2B || bytes[0] == 0x2D, bytes[3] == 0x3A else {
      return false
    }
    return [1, 2, 4, 5].allSatisfy { (0x30...0x39).contains(bytes[$0]) }
  }
}

extension MaxScaleSession {
  /// Brings a new connection into the state that the options ask for, in one request, and reads
  /// what the server says about it.
  ///
  /// It is also the proof that there is a database: services are opened without one.
  static func prepare(
    _ line: MaxScaleLine, _ settings: Settings, _ context: CallContext
  ) throws(TernError) -> MaxScaleFacts {
    let sql = (settings.preparation + [MaxScaleFacts.query]).joined(separator: "; ")
    var facts: MaxScaleFacts?
    for result in try answers(line, sql, context) {
      if case .rows(let rows) = result { facts = try MaxScaleFacts(rows) }
    }
    guard var facts else { throw .badReply("no facts about the session") }
    guard !settings.initialization.isEmpty else { return facts }
    do throws(TernError) {
      _ = try answers(line, settings.initialization, context)
    } catch {
      throw error.prefixed("session_init")
    }
    let again = "SET NAMES utf8mb4; " + MaxScaleFacts.query
    for result in try answers(line, again, context) {
      if case .rows(let rows) = result { facts = try MaxScaleFacts(rows) }
    }
    return facts
  }

  /// The answers to a text, of which none may be an error.
  private static func answers(
    _ line: MaxScaleLine, _ sql: String, _ context: CallContext
  ) throws(TernError) -> [MaxScaleResult] {
    let answer = try line.query(Array(sql.utf8), context)
    guard let results = try MaxScaleReply.results(try answer.reader()) else {
      throw .badReply("a query that still runs was answered")
    }
    for case .failed(let fault) in results {
      var error = MaxScaleErrors.error(fault)
      if error.kind == .connection { error.sqlState = .cannotConnect }
      throw error
    }
    return results
  }
}
