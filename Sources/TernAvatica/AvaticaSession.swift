internal import TernColumns
internal import TernCore
internal import TernDriver

/// A session: one connection id on one server process.
///
/// At most one request is in flight; only the `closeStatement` of a cancel overtakes. Source:
/// Avatica reference, sections 6, 11, 12 and 14.
final class AvaticaSession: Session {
  /// What the options say about the session's whole life.
  struct Settings: Sendable {
    var flavour = AvaticaFlavour.generic
    /// What the first frame is asked to hold.
    var firstFrame = AvaticaMessages.usualFirstFrame
    var keepAliveNanoseconds: Int64 = 0
    var reconnects = false
    var resumes = false
    /// How long the statement of a call that was given up may run on before it is closed.
    var abandonNanoseconds: Int64 = 0
    /// How dates and times are put right.
    var calendar = AvaticaCalendar()
    /// Whether the server also writes dates before 1582-10-15 by the Julian calendar.
    var sendsJulian = false
    /// Whether queries are wrapped so that times come as text.
    var castsTimes = false
    /// Whether timestamps with a zone are bound as their wall clock in UTC.
    var bindsUTC = false
    /// The login and the properties that open the connection.
    var information: [(name: String, value: Secret)] = []
  }

  struct State: Sendable {
    var properties = AvaticaProperties()
    var warnings: [Warning] = []
    /// A statement without a result, kept for the next execution.
    var idle: Int64?
    /// Whether the server is older than 1.8.
    var isOld: Bool
    /// Whether it is known if the server writes later frames by another zone than the first.
    var isZoneChecked = false
    /// Whether a call inside a transaction was given up, so that its effect is unknown.
    var isInDoubt = false
    /// Results that are not closed, by statement, and when each was last asked for rows, by the
    /// monotonic clock; `Int64.max` once the server has closed the cursor.
    var openResults: [Int64: Int64] = [:]
    /// Prepared statements that are not closed.
    var preparedCount = 0
  }

  let line: AvaticaLine
  let capabilities: Capabilities
  let settings: Settings
  let shared: Locked<State>

  init(
    _ line: AvaticaLine, _ properties: [String: String], host: String, user: String,
    _ settings: Settings
  ) {
    self.line = line
    self.settings = settings
    capabilities = AvaticaCapabilities.record(
      properties, host: host, user: user, id: line.connectionID, settings.flavour)
    let isOld = !properties.isEmpty && properties["AVATICA_VERSION"] == nil
    shared = Locked(State(isOld: isOld))
  }

  var isAlive: Bool { line.isAlive }

  /// Servers before 1.8 know neither batches nor a limit of the first frame.
  var isOld: Bool { shared.withLock { $0.isOld } }

  var state: SessionState {
    let properties = shared.withLock { $0.properties }
    return SessionState(
      catalog: properties.catalog, schema: properties.schema,
      isAutocommit: properties.isAutocommit,
      isolation: properties.isolation.flatMap { AvaticaCapabilities.isolation($0) },
      isReadOnly: properties.isReadOnly)
  }

  func takeWarnings() -> [Warning] {
    shared.withLock { state in
      defer { state.warnings = [] }
      return state.warnings
    }
  }

  /// Takes note of something to tell beside success.
  func warn(_ warning: Warning) { shared.withLock { $0.warnings.append(warning) } }

  /// Ends the session because its answers cannot be trusted any more.
  func ended(_ error: TernError) -> TernError {
    line.close(CallContext(deadline: .after(1_000_000_000, .network)))
    return error
  }

  static let missingStatement = TernError(
    .sql, .invalidCursorState,
    "the server does not know the statement (any more): it expired or was pushed out by others")

  func open(_ partition: Partition, _ context: CallContext) throws(TernError) -> any PageSource {
    throw .unsupported("Avatica results have no parts that another process could read")
  }

  func ping(_ context: CallContext) throws(TernError) { try change(nil, context) }

  func close(_ context: CallContext) {
    if let idle = takeIdle() { line.closeStatement(idle, context) }
    line.close(context)
  }

  func catalog(_ request: CatalogRequest, _ context: CallContext) throws(TernError) -> CatalogRows {
    try AvaticaCatalog(line, settings.flavour, context).answer(request)
  }
}

// Statements and their life on the server.
extension AvaticaSession {
  func takeIdle() -> Int64? {
    shared.withLock { state in
      defer { state.idle = nil }
      return state.idle
    }
  }

  /// Gives a statement back: it is kept for the next execution, or closed on the server.
  func release(_ statement: AvaticaStatement, _ context: CallContext) {
    shared.withLock { $0.openResults[statement.id] = nil }
    guard !statement.isPrepared, statement.markReleased() else { return }
    let isKept = shared.withLock { state in
      guard settings.flavour.keepsStatements, statement.isFinished, state.idle == nil else {
        return false
      }
      state.idle = statement.id
      return true
    }
    if !isKept { line.closeStatement(statement.id, context) }
  }

  /// Runs a request on a statement; one that is given up leaves it closed and the rest usable.
  func guarded<Answer>(
    _ statement: AvaticaStatement, _ body: () throws(TernError) -> Answer
  ) throws(TernError) -> Answer {
    do throws(TernError) {
      return try body()
    } catch {
      let isGivenUp =
        error.kind == .cancelled || (error.kind == .timeout && !error.endsConnection)
      guard isGivenUp else { throw error }
      statement.isDoubtful = true
      shared.withLock { state in
        if !state.properties.isAutocommit { state.isInDoubt = true }
      }
      if statement.markReleased() {
        line.abandonStatement(statement.id, after: settings.abandonNanoseconds)
      }
      throw error
    }
  }
}

// Transactions and properties.
extension AvaticaSession {
  /// After a call that was given up, nothing but a rollback says what the transaction holds.
  func checkTransaction() throws(TernError) {
    guard !shared.withLock({ $0.isInDoubt }) else {
      throw TernError(
        .usage, .invalidTransactionState,
        "a cancelled call left the transaction in doubt: roll it back first")
    }
  }

  /// There is no message that begins a transaction: the next statement does, with autocommit off.
  func setAutocommit(_ isOn: Bool, _ context: CallContext) throws(TernError) {
    try change(.autocommit(isOn), context)
  }

  func end(_ transaction: TransactionEnd, _ context: CallContext) throws(TernError) {
    guard transaction == .commit else {
      _ = try line.exchange(AvaticaMessages.Plain.rollback, context)
      return shared.withLock { $0.isInDoubt = false }
    }
    try checkTransaction()
    try committing(unless: AvaticaErrors.isLostConnection) { () throws(TernError) in
      _ = try line.exchange(AvaticaMessages.Plain.commit, context)
    }
  }

  func set(_ property: SessionProperty, _ context: CallContext) throws(TernError) {
    switch property {
    case .catalog(let name): try change(.catalog(name), context)
    case .schema(let name): try change(.schema(name), context)
    case .isReadOnly(let isOn): try change(.readOnly(isOn), context)
    case .isolation(let level):
      try change(.isolation(Int64(level.rawValue)), context)
      guard let got = state.isolation, got != level else { return }
      warn(Warning(.optionChanged, "isolation \(level.name) became \(got.name)"))
    case .option(let name, _):
      throw .usage("option \(name) cannot be changed in a live session", .unknownOption)
    }
  }

  /// Changes one property, or reads them all.
  func change(
    _ change: AvaticaProperties.Change?, _ context: CallContext
  ) throws(TernError) {
    let known = shared.withLock { $0.properties }
    let message = AvaticaMessages.ConnectionSync(change: change, known: known)
    let properties = try line.exchange(message, context)
    shared.withLock { $0.properties = properties }
  }
}

extension AvaticaSession {
  /// What the options ask for, one change at a time.
  func prepareSession(_ target: ConnectionTarget, _ context: CallContext) throws(TernError) {
    try change(nil, context)
    if let name = try target.text("catalog"), !name.isEmpty { try set(.catalog(name), context) }
    if let name = try target.text("schema"), !name.isEmpty { try set(.schema(name), context) }
    if let name = try target.text("isolation"), let level = IsolationLevel(name: name) {
      try set(.isolation(level), context)
    }
    if try target.flag("read_only") { try set(.isReadOnly(true), context) }
    let isAutocommit = try target.flag("autocommit")
    if state.isAutocommit != isAutocommit { try setAutocommit(isAutocommit, context) }
    guard let sql = try target.text("session_init"), !sql.isEmpty else { return }
    do throws(TernError) {
      try initialize(SQLSplitter(capabilities.dialect).split(sql), context)
    } catch {
      throw error.prefixed("session_init")
    }
  }

  /// Several statements go in one request where that is possible: many databases refuse a query
  /// in a batch, and servers before 1.8 know no batches.
  private func initialize(_ statements: [String], _ context: CallContext) throws(TernError) {
    let isBatch =
      statements.count > 1 && !isOld && settings.flavour.isWritable
      && !statements.contains(where: Self.isQuery)
    guard isBatch else {
      for statement in statements {
        try execute(statement, ExecutionOptions(), context).close(context)
      }
      return
    }
    let id = try line.createStatement(context)
    defer { line.closeStatement(id, context) }
    let message = AvaticaMessages.PrepareAndExecuteBatch(statement: id, commands: statements)
    let answer = try line.exchange(message, context)
    guard answer.counts.count == statements.count else { throw Self.missingStatement }
  }
}
