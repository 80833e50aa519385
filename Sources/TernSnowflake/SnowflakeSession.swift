internal import TernColumns
internal import TernCore
internal import TernDriver

/// A session: its line, and what is known of it on this side.
///
/// Source: Snowflake reference, sections 3 and 8.
final class SnowflakeSession: Session {
  /// What changes while the session lives.
  struct State: Sendable {
    var session: SessionState
    var warehouse: String?
    var role: String?
    /// As last echoed, by their names in capitals.
    var parameters: [String: String] = [:]
    var context = SnowflakeQueryContext()
    /// Requests so far.
    var sequence: Int64 = 0
    var waiting: SnowflakeSettings.Waiting
    var statementCount: Int64?
    var warnings: [Warning] = []
    /// Statements that were only started, and not seen to have ended since.
    var detached: Set<String> = []
    /// See `stage`.
    var stagePlace: [String?] = []
    var stageThere = SnowflakeStage.State.unknown
  }

  let line: SnowflakeLine
  let capabilities: Capabilities
  let settings: SnowflakeSettings
  let shared: Locked<State>
  /// How long stopped statements are waited for.
  let grace: SnowflakeGrace
  /// Where parts of results come from.
  let store: SnowflakeStore
  /// Brings files to a stage; nil: parameters never go through one.
  let uploader: (any SnowflakeUploader)?
  /// How PUT and GET move files; nil: they do not.
  let files: SnowflakeFileSettings?

  init(
    _ line: SnowflakeLine, _ login: SnowflakeLogin, _ settings: SnowflakeSettings,
    _ store: SnowflakeStore, host: String, user: String, uploader: (any SnowflakeUploader)? = nil,
    files: SnowflakeFileSettings? = nil
  ) {
    self.line = line
    self.settings = settings
    self.store = store
    grace = SnowflakeGrace(nanoseconds: settings.grace)
    self.uploader = uploader
    self.files = files
    capabilities = SnowflakeCapabilities.record(
      version: login.serverVersion, host: host, user: user, database: login.database ?? "",
      sessionID: login.sessionID)
    let session = SessionState(
      catalog: Self.nonempty(login.database), schema: Self.nonempty(login.schema),
      isolation: .readCommitted)
    var state = State(
      session: session, warehouse: login.warehouse, role: login.role, waiting: settings.waiting,
      statementCount: settings.multiStatementCount)
    state.note(login.parameters.map { SnowflakeAnswer.Parameter(name: $0.key, value: $0.value) })
    shared = Locked(state)
  }

  var isAlive: Bool { line.isAlive }

  var state: SessionState { shared.withLock { $0.session } }

  var keepAliveNanoseconds: Int64 { settings.keepAlive }

  func takeWarnings() -> [Warning] {
    shared.withLock { state in
      defer { state.warnings = [] }
      return state.warnings
    }
  }

  /// Takes note of something to tell beside success.
  func warn(_ warning: Warning) { shared.withLock { $0.warnings.append(warning) } }

  func ping(_ context: CallContext) throws(TernError) { try line.heartbeat(context) }

  func keepAlive(_ context: CallContext) throws(TernError) { try line.heartbeat(context) }

  func giveUp() { grace.end.cancel() }

  func close(_ context: CallContext) {
    // The end of a session ends what runs in it: statements that nobody was to wait for run on.
    let hasDetached = shared.withLock { !$0.detached.isEmpty }
    line.close(keepsSession: settings.keepsSession || hasDetached, context)
  }

  fileprivate static func nonempty(_ text: String?) -> String? {
    text.flatMap { $0.isEmpty ? nil : $0 }
  }
}

// What answers say of the session.
extension SnowflakeSession {
  /// Takes over what an answer says: failed ones tell of the query context too.
  func note(_ end: SnowflakeExecution.End, isInternal: Bool) {
    let answer = end.answer
    let serviceName = shared.withLock { state -> String? in
      state.context.merge(answer.context)
      guard end.reply.isSuccess, !isInternal else { return nil }
      state.noteObjects(answer)
      state.note(answer.parameters)
      return state.parameters["SERVICE_NAME"]
    }
    if let serviceName { line.note(serviceName: serviceName) }
  }

  /// The value of a session parameter, as last echoed.
  func parameter(_ name: String) -> String? { shared.withLock { $0.parameters[name] } }

  /// How columns are shown now.
  var typeOptions: SnowflakeTypeOptions {
    var options = settings.types
    if let zone = parameter("TIMEZONE"), !zone.isEmpty { options.zone = zone }
    return options
  }
}

extension SnowflakeSession.State {
  /// What is current, where the answer says so. Empty means that it does not, unless the statement
  /// was one that may leave nothing current.
  ///
  /// Source: Snowflake reference, section 3.6.
  mutating func noteObjects(_ answer: SnowflakeAnswer) {
    let names = [
      answer.finalDatabase, answer.finalSchema, answer.finalWarehouse, answer.finalRole,
    ].map { SnowflakeSession.nonempty($0) }
    guard names.contains(where: { $0 != nil }) else { return }
    // USE and DROP: behind them there may be no schema, or not even a database.
    let family = (answer.statementTypeID ?? 0) & 0xFF00
    let mayUnset = family == 0x4300 || family == 0x6300
    session.catalog = names[0] ?? (mayUnset ? nil : session.catalog)
    session.schema = names[1] ?? (mayUnset ? nil : session.schema)
    warehouse = names[2] ?? warehouse
    role = names[3] ?? role
  }

  /// Takes over session parameters.
  mutating func note(_ changes: [SnowflakeAnswer.Parameter]) {
    for parameter in changes {
      let name = parameter.name.uppercased()
      parameters[name] = parameter.value
      switch name {
      case "AUTOCOMMIT":
        if let value = parameter.value { session.isAutocommit = value.lowercased() != "false" }
      case "QUERY_CONTEXT_CACHE_SIZE":
        if let capacity = parameter.value.flatMap({ Int($0) }) { context.resize(capacity) }
      default: break
      }
    }
  }
}

// Transactions and properties.
extension SnowflakeSession {
  /// Runs a statement that gives no rows.
  func run(_ sql: String, _ context: CallContext) throws(TernError) {
    _ = try run(SnowflakeQuery(sql), context)
  }

  func setAutocommit(_ isOn: Bool, _ context: CallContext) throws(TernError) {
    try run("ALTER SESSION SET AUTOCOMMIT = \(isOn)", context)
    shared.withLock { $0.session.isAutocommit = isOn }
  }

  func end(_ transaction: TransactionEnd, _ context: CallContext) throws(TernError) {
    guard transaction == .commit else { return try run("ROLLBACK", context) }
    try committing { () throws(TernError) in try run("COMMIT", context) }
  }

  func set(_ property: SessionProperty, _ context: CallContext) throws(TernError) {
    switch property {
    case .catalog(let name): try run("USE DATABASE \(SnowflakeSQL.name(name))", context)
    case .schema(let name): try run("USE SCHEMA \(SnowflakeSQL.name(name))", context)
    case .isReadOnly(let isOn):
      guard isOn else { return }
      throw .usage("Snowflake has no read-only sessions", .invalidOptionValue)
    case .isolation(let level):
      guard level != .readCommitted else { return }
      throw .usage(
        "isolation: Snowflake has read_committed only, not \(level.name)", .invalidOptionValue)
    case .option(let name, let value): try set(name, value, context)
    }
  }

  /// Changes a setting of the protocol.
  private func set(
    _ name: String, _ value: String, _ context: CallContext
  ) throws(TernError) {
    switch name {
    case "warehouse": try run("USE WAREHOUSE \(SnowflakeSQL.name(value))", context)
    case "role": try run("USE ROLE \(SnowflakeSQL.name(value))", context)
    case "secondary_roles": try run("USE SECONDARY ROLES \(value)", context)
    case "query_tag":
      try run("ALTER SESSION SET QUERY_TAG = \(SnowflakeSQL.literal(value))", context)
    case "multi_statement_count":
      guard let count = Int64(value) else {
        throw .usage("option \(name): a number is expected", .invalidOptionValue)
      }
      shared.withLock { $0.statementCount = count }
    case "async":
      let waiting = SnowflakeSettings.Waiting(option: value)
      shared.withLock { $0.waiting = waiting }
    default:
      throw .usage("option \(name) cannot be changed in a live session", .unknownOption)
    }
  }
}

extension SnowflakeSettings.Waiting {
  /// What the option `async` says.
  init(option: String?) {
    switch option?.lowercased() {
    case "on": self = .polled
    case "submit": self = .detached
    default: self = .held
    }
  }
}
