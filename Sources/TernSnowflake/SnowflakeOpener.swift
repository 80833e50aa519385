internal import TernCore
internal import TernDriver
internal import TernNet

/// Opens sessions of one target: works out the host, logs in, and says what the options want of the
/// session.
///
/// Source: Snowflake reference, sections 1.2 and 2.
struct SnowflakeOpener {
  /// A session that stands, and what is known of it.
  struct Opened {
    let line: SnowflakeLine
    let login: SnowflakeLogin
    let settings: SnowflakeSettings
    /// How parts of results and files are fetched: the same proxy and trust, no tokens.
    let connect: ConnectSettings
  }

  private let target: ConnectionTarget
  private let surroundings: SnowflakeSurroundings

  init(
    _ target: ConnectionTarget,
    _ surroundings: SnowflakeSurroundings = SnowflakeSurroundings()
  ) {
    self.target = target
    self.surroundings = surroundings
  }

  /// Opens a session on the account, or on one of the hosts: in random order, failing over only
  /// while connecting.
  func open(_ context: CallContext) throws(TernError) -> Opened {
    let context = try patient(context)
    let settings = try settings()
    let places = try places()
    return try target.onAnyHost(context, among: places.map(\.address)) {
      address throws(TernError) in
      guard let place = places.first(where: { $0.address == address }) else {
        throw .internal("a host that is none")
      }
      return try open(place, settings, context)
    }
  }

  /// An account and where it is served.
  struct Place {
    /// Which account logs in there.
    let account: SnowflakeAccount
    /// Where requests go.
    let address: HostAddress
  }

  /// Where to try.
  func places() throws(TernError) -> [Place] {
    let name = target.account ?? ""
    let region = try target.text("region") ?? ""
    let hosts = try target.hosts
    guard !hosts.isEmpty else {
      let account = try SnowflakeAccount(
        account: name, region: region,
        keepsUnderscores: try target.flag("allow_underscores_in_host"))
      let port =
        target.isSet("port") ? UInt16(try target.text("port") ?? "") : nil
      let standard: UInt16 = target.isEncrypted ? 443 : 80
      return [
        Place(
          account: account, address: HostAddress(host: account.host, port: port ?? standard))
      ]
    }
    var places: [Place] = []
    for host in hosts {
      places.append(
        Place(account: try SnowflakeAccount(account: name, host: host.host), address: host))
    }
    return places
  }

  /// Opens a session at one place: with the tokens of an existing one, or by a login.
  private func open(
    _ place: Place, _ settings: SnowflakeSettings, _ context: CallContext
  ) throws(TernError) -> Opened {
    let connect = try target.connectSettings(
      for: place.address, try target.connectSettings())
    let identity = try SnowflakeIdentity(try target.text("client_id") ?? "")
    let channel = SnowflakeChannel(
      HTTPClient(connect),
      HTTPOrigin(
        Endpoint(host: place.address.host, port: place.address.port),
        isEncrypted: target.isEncrypted),
      identity, networkTimeout: settings.networkTimeout, backoff: surroundings.backoff)
    let others = try target.connectSettings(beyond: connect)
    if let tokens = try existingSession() {
      let line = try SnowflakeLine(channel, tokens)
      // The proof that the tokens are good; an expired one is renewed by it.
      try line.heartbeat(context)
      return Opened(line: line, login: tokens, settings: settings, connect: others)
    }
    let request = try loginRequest(place.account, identity)
    let parts = SnowflakeAuthentication.Parts(
      channel: channel, account: place.account, request: request, identity: identity,
      connect: others, networkTimeout: settings.networkTimeout)
    let exchange = SnowflakeLoginExchange(
      channel: channel, request: request, identity: identity,
      authenticator: try authentication.authenticator(parts))
    let login = try exchange.run(context)
    var settings = settings
    // Accounts may have sessions end sooner than usual.
    if settings.keepAlive > 0, login.masterValiditySeconds > 0 {
      let quarter = min(login.masterValiditySeconds, Int64(Int32.max)) * 250_000_000
      settings.keepAlive = min(settings.keepAlive, quarter)
    }
    return Opened(
      line: try SnowflakeLine(channel, login), login: login, settings: settings, connect: others)
  }

  /// How the target logs in.
  private var authentication: SnowflakeAuthentication {
    SnowflakeAuthentication(target: target, surroundings: surroundings)
  }

  /// The tokens of a session that somebody else has opened.
  private func existingSession() throws(TernError) -> SnowflakeLogin? {
    let master = try target.secret("master_token")
    guard let session = try target.secret("session_token") else {
      guard master == nil else {
        throw .usage("option master_token needs session_token", .cannotConnect)
      }
      return nil
    }
    return SnowflakeLogin(sessionToken: session, masterToken: master)
  }

  /// How long a person is waited for, unless the target says: 120 seconds.
  private static let personNanoseconds: Int64 = 120_000_000_000

  /// More time where a person must act, unless the target says how much there is.
  private func patient(_ context: CallContext) throws(TernError) -> CallContext {
    guard !target.isSet("login_timeout"), context.deadline.limit == .login,
      try authentication.method().needsPerson
    else { return context }
    return CallContext(
      deadline: .after(Self.personNanoseconds, .login), cancelToken: context.cancelToken)
  }

  /// The token of a container inside Snowflake, where this is one.
  private func containerToken() -> Secret? {
    guard let flag = surroundings.variable("SNOWFLAKE_RUNNING_INSIDE_SPCS"), !flag.isEmpty else {
      return nil
    }
    do throws(TernError) {
      let bytes = try SmallFile.read(surroundings.containerTokenFile)
      let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
      return text.isEmpty ? nil : Secret(text)
    } catch {
      Log.write(.warning, "snowflake: no container token: \(error.message)")
      return nil
    }
  }
}

// What the options say.
extension SnowflakeOpener {
  /// What every login of this target sends.
  func loginRequest(
    _ account: SnowflakeAccount, _ identity: SnowflakeIdentity
  ) throws(TernError) -> SnowflakeLoginRequest {
    var request = SnowflakeLoginRequest()
    request.account = account.name
    request.user = try target.text("user") ?? ""
    request.database = try target.text("catalog") ?? ""
    request.schema = try target.text("schema") ?? ""
    request.warehouse = try target.text("warehouse") ?? ""
    request.role = try target.text("role") ?? ""
    request.secondaryRoles = try target.text("secondary_roles") ?? ""
    request.application = try target.text("application_name") ?? ProcessFacts.programName
    request.loginTimeoutSeconds = try target.duration("login_timeout") / 1_000_000_000
    request.networkTimeoutSeconds = try target.duration("network_timeout") / 1_000_000_000
    request.parameters = try parameters(identity)
    request.containerToken = containerToken()
    return request
  }

  /// Session parameters; those that the target names itself win.
  private func parameters(
    _ identity: SnowflakeIdentity
  ) throws(TernError) -> [SnowflakeLoginRequest.Field] {
    var parameters: [SnowflakeLoginRequest.Field] = [
      (identity.formatParameter, .text((try target.text("result_format") ?? "").uppercased())),
      // Accounts and users may have another default than the option.
      ("AUTOCOMMIT", .bool(try target.flag("autocommit"))),
    ]
    if let tag = try target.text("query_tag"), !tag.isEmpty {
      parameters.append(("QUERY_TAG", .text(tag)))
    }
    if try target.flag("validate_default_parameters") {
      parameters.append(("CLIENT_VALIDATE_DEFAULT_PARAMETERS", .bool(true)))
    }
    if try target.duration("keep_alive") > 0 {
      parameters.append(("CLIENT_SESSION_KEEP_ALIVE", .bool(true)))
    }
    for member in target.family("session.") {
      let name = member.name.uppercased()
      parameters.removeAll { $0.name == name }
      parameters.append((name, Self.value(member.value.text)))
    }
    return parameters
  }

  /// The value of a parameter: a Boolean or number where it looks like one.
  static func value(_ text: String) -> SnowflakeLoginRequest.Value {
    switch text.lowercased() {
    case "true": .bool(true)
    case "false": .bool(false)
    default: Int64(text).map { .number($0) } ?? .text(text)
    }
  }

  /// Keep-alive intervals that the service's own clients use, in nanoseconds.
  private static let keepAlives: ClosedRange<Int64> = 900_000_000_000...3_600_000_000_000

  /// What the options say about the session.
  func settings() throws(TernError) -> SnowflakeSettings {
    var settings = SnowflakeSettings()
    settings.isAutocommit = try target.flag("autocommit")
    settings.isReadOnly = try target.flag("read_only")
    settings.initialization = try target.text("session_init") ?? ""
    if target.isSet("multi_statement_count") {
      settings.multiStatementCount = try target.count("multi_statement_count")
    }
    settings.waiting = SnowflakeSettings.Waiting(option: try target.text("async"))
    settings.sendsMomentsAsText = try target.text("timestamp_binding") == "text"
    settings.types.decimalAsInteger = try target.flag("decimal_as_integer")
    settings.types.structuredAsText = try target.text("structured_types") == "text"
    if target.isSet("bind_stage_threshold") {
      settings.bindStageThreshold = try target.count("bind_stage_threshold")
    }
    let keepAlive = try target.duration("keep_alive")
    if keepAlive > 0 {
      settings.keepAlive = min(
        max(keepAlive, Self.keepAlives.lowerBound), Self.keepAlives.upperBound)
    }
    settings.keepsSession = try target.flag("server_session_keep_alive")
    settings.networkTimeout = try target.duration("network_timeout")
    settings.allowsTransfers = try target.flag("put_get")
    settings.localFilesRoot = try target.text("local_files_root") ?? ""
    settings.putEndsAtFailure = try target.flag("put_fastfail")
    settings.getEndsAtFailure = try target.flag("get_fastfail")
    return settings
  }
}
