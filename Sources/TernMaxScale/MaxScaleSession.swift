internal import TernColumns
internal import TernCore
internal import TernDriver

/// A session: one connection of MaxScale, which executes on one database connection.
///
/// Source: MaxScale reference, sections 9, 11 and 14.
final class MaxScaleSession: Session {
  /// What is done about values that MaxScale's JSON changes.
  enum Exactness: Sendable {
    case exact, error, raw
  }

  /// What the options say about the session's whole life.
  struct Settings: Sendable {
    /// How the connection was opened.
    var login: MaxScaleLine.Login
    /// Statements that bring a new connection into the state that the options ask for.
    var preparation: [String] = []
    /// What the session is initialised with, as SQL of the user's.
    var initialization = ""
    var exactness = Exactness.exact
    /// More rows than this are an error; 0 = none.
    var serverRowCountMax: Int64 = 0
    /// Whether the server puts values in the place of markers.
    var bindsOnServer = false
    /// Whether queries go into a temporary table that is read in pages.
    var makesSnapshots = false
    /// Rows of such a page where the options say so.
    var snapshotRowCount: Int?
    /// Whether the values of ENUM and SET columns are asked for.
    var tellsMembers = false
    /// Whether every statement is followed by a question for its warnings.
    var showsWarnings = false
    /// Whether a session whose database was lost is connected again.
    var reconnects = false
    var rules = MaxScaleTypeRules()
  }

  struct State: Sendable {
    var session = SessionState()
    var warnings: [Warning] = []
    /// How the server reads texts now.
    var mode = MaxScaleScanner.Mode()
    /// The session's time zone: an offset, or `SYSTEM`.
    var timeZone = ""
    var packetByteCountMax: Int64 = 16 << 20
    /// Temporary tables made so far.
    var snapshotCount = 0
    /// Whether something lives in the session that a new one would not have.
    var hasState = false
  }

  /// The connection that everything goes over.
  let line: MaxScaleLine
  let capabilities: Capabilities
  /// What never changes while the session lives.
  let settings: Settings
  /// What does.
  let shared: Locked<State>

  init(
    _ line: MaxScaleLine, _ settings: Settings, _ facts: MaxScaleFacts, host: String
  ) {
    self.line = line
    self.settings = settings
    capabilities = MaxScaleCapabilities.record(facts, settings, host: host, id: line.connectionID)
    var state = State()
    state.packetByteCountMax = facts.packetByteCountMax
    shared = Locked(state)
    note(facts)
  }

  var isAlive: Bool { line.isAlive || canRevive }

  var state: SessionState { shared.withLock { $0.session } }

  func takeWarnings() -> [Warning] {
    shared.withLock { state in
      defer { state.warnings = [] }
      return state.warnings
    }
  }

  /// Takes note of something to tell beside success.
  func warn(_ warning: Warning) { shared.withLock { $0.warnings.append(warning) } }

  /// How results are typed now.
  var rules: MaxScaleTypeRules {
    var rules = settings.rules
    let (zone, packet) = shared.withLock { ($0.timeZone, $0.packetByteCountMax) }
    rules.isUTC = zone == "+00:00"
    rules.packetByteCountMax = packet
    return rules
  }

  /// Takes over what the server says about the session.
  func note(_ facts: MaxScaleFacts) {
    line.note(threadID: Int64(facts.threadID) ?? 0)
    shared.withLock { state in
      state.mode = MaxScaleScanner.Mode(facts.sqlMode)
      state.timeZone = facts.timeZone
      state.session.catalog = facts.database
      state.session.isAutocommit = facts.isAutocommit
      state.session.isolation = facts.isolation
      state.session.isReadOnly = facts.isReadOnly
    }
  }

  func open(_ partition: Partition, _ context: CallContext) throws(TernError) -> any PageSource {
    throw .unsupported("MaxScale's results have no parts that another process could read")
  }

  func ping(_ context: CallContext) throws(TernError) {
    try recovering(context) { () throws(TernError) in try run("DO 0", context) }
  }

  func close(_ context: CallContext) { line.close(context) }
}

// Transactions and properties.
extension MaxScaleSession {
  /// Runs a statement of the driver's own.
  func run(_ sql: String, _ context: CallContext) throws(TernError) {
    for result in try results(of: Array(sql.utf8), context) {
      if case .failed(let fault) = result { throw MaxScaleErrors.error(fault) }
    }
  }

  func setAutocommit(_ isOn: Bool, _ context: CallContext) throws(TernError) {
    try revive(context)
    try run("SET autocommit=\(isOn ? 1 : 0)", context)
    shared.withLock { $0.session.isAutocommit = isOn }
  }

  func end(_ transaction: TransactionEnd, _ context: CallContext) throws(TernError) {
    guard transaction == .commit else { return try run("ROLLBACK", context) }
    // A session that could be revived counts as alive; its transaction is gone all the same.
    try line.check()
    try committing { () throws(TernError) in try run("COMMIT", context) }
  }

  func set(_ property: SessionProperty, _ context: CallContext) throws(TernError) {
    try revive(context)
    switch property {
    case .catalog(let name):
      try run("USE \(capabilities.dialect.quoted(name))", context)
      shared.withLock { $0.session.catalog = name }
    case .schema: throw .unsupported("MariaDB has databases, and no schemas inside them")
    case .isReadOnly(let isOn):
      try run("SET SESSION TRANSACTION READ \(isOn ? "ONLY" : "WRITE")", context)
      shared.withLock { $0.session.isReadOnly = isOn }
    case .isolation(let level):
      try run("SET SESSION TRANSACTION ISOLATION LEVEL \(level.sql)", context)
      shared.withLock { $0.session.isolation = level }
    case .option(let name, _):
      throw .usage("option \(name) cannot be changed in a live session", .unknownOption)
    }
  }
}

extension IsolationLevel {
  /// As SQL spells it.
  var sql: String {
    switch self {
    case .readUncommitted: "READ UNCOMMITTED"
    case .readCommitted: "READ COMMITTED"
    case .repeatableRead: "REPEATABLE READ"
    case .serializable: "SERIALIZABLE"
    }
  }
}
