internal import TernColumns
internal import TernCore
internal import TernDriver

/// A session: one connection id on one server process.
///
/// At most one request is in flight; only the `closeStatement` of a cancel overtakes. Source:
/// Avatica reference, sections 6, 11, 12 and 14.
final class AvaticaSession: Session {
  private struct State: Sendable {
    var properties = AvaticaProperties()
    var warnings: [Warning] = []
    /// A statement without a result, kept for the next execution.
    var idle: Int64?
    /// Whether the server is older than 1.8.
    var isOld: Bool
    /// Whether a call inside a transaction was given up, so that its effect is unknown.
    var isInDoubt = false
  }

  let line: AvaticaLine
  let capabilities: Capabilities
  /// What the first frame is asked to hold.
  let firstFrame: Int64
  private let shared: Locked<State>

  init(
    _ line: AvaticaLine, _ properties: [String: String], host: String, user: String,
    firstFrame: Int64
  ) {
    self.line = line
    self.firstFrame = firstFrame
    capabilities = AvaticaCapabilities.record(
      properties, host: host, user: user, id: line.connectionID)
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

  /// Ends the session because its answers cannot be trusted any more.
  func ended(_ error: TernError) -> TernError {
    line.close(CallContext(deadline: .after(1_000_000_000, .network)))
    return error
  }

  // MARK: - Running

  func execute(
    _ sql: String, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    try checkTransaction()
    let statement: AvaticaStatement
    if let idle = takeIdle() {
      statement = AvaticaStatement(idle)
    } else {
      statement = AvaticaStatement(try line.createStatement(context))
    }
    let execution = try run(sql, statement, options, context)
    guard execution.isStatementMissing else { return outcomes(execution, statement, options) }
    // Nothing was executed: the kept statement had expired.
    let fresh = AvaticaStatement(try line.createStatement(context))
    let second = try run(sql, fresh, options, context)
    guard !second.isStatementMissing else { throw Self.missingStatement }
    return outcomes(second, fresh, options)
  }

  /// One `prepareAndExecute`, in the form that the server's version knows.
  private func run(
    _ sql: String, _ statement: AvaticaStatement, _ options: ExecutionOptions,
    _ context: CallContext
  ) throws(TernError) -> AvaticaExecution {
    let isOld = isOld
    let request = AvaticaRequest.prepareAndExecute(
      line.connectionID, statement.id, sql, rowCountMax: options.rowCountMax, isOld: isOld,
      firstFrame: firstFrame)
    do throws(TernError) {
      return try execution(request, statement, context)
    } catch {
      // Refused before it was executed: a server of another age than it said.
      guard !isOld, error.message.contains("Unrecognized field \"maxRows") else {
        release(statement, context)
        throw error
      }
      shared.withLock { $0.isOld = true }
      return try run(sql, statement, options, context)
    }
  }

  /// Sends an execution. A call that is given up closes its statement from another line.
  func execution(
    _ request: [UInt8], _ statement: AvaticaStatement, _ context: CallContext
  ) throws(TernError) -> AvaticaExecution {
    var answer = AvaticaExecution()
    try guarded(statement, context) { () throws(TernError) in
      try line.exchange(request, kind: "executeResults", context) {
        name, reader throws(TernError) in try answer.read(name, reader)
      }
    }
    return answer
  }

  /// Runs a request on a statement; one that is given up leaves it closed and the rest usable.
  func guarded(
    _ statement: AvaticaStatement, _ context: CallContext, _ body: () throws(TernError) -> Void
  ) throws(TernError) {
    do throws(TernError) {
      try body()
    } catch {
      let isGivenUp =
        error.kind == .cancelled || (error.kind == .timeout && !error.endsConnection)
      guard isGivenUp else { throw error }
      statement.isDoubtful = true
      shared.withLock { state in
        if !state.properties.isAutocommit { state.isInDoubt = true }
      }
      if statement.markReleased() {
        line.closeStatement(
          statement.id,
          CallContext(deadline: .after(AvaticaLine.graceNanoseconds, .network)))
      }
      throw error
    }
  }

  /// The results in order. A statement whose cursor is not needed is given back at once.
  func outcomes(
    _ execution: AvaticaExecution, _ statement: AvaticaStatement, _ options: ExecutionOptions
  ) -> any Outcomes {
    var list: [Outcome] = []
    var hasRows = false
    for result in execution.results {
      if let signature = result.signature, result.updateCount == -1 {
        hasRows = true
        list.append(.rows(AvaticaPages(self, statement, signature, result.frame, options)))
      } else {
        list.append(.changed(rows: result.updateCount >= 0 ? result.updateCount : nil))
      }
    }
    if !hasRows, !statement.isPrepared {
      statement.isFinished = true
      release(statement, CallContext())
    }
    return ReadyOutcomes(list)
  }

  static let missingStatement = TernError(
    .sql, .invalidCursorState,
    "the server does not know the statement (any more): it expired or was pushed out by others")

  private func takeIdle() -> Int64? {
    shared.withLock { state in
      defer { state.idle = nil }
      return state.idle
    }
  }

  /// Gives a statement back: it is kept for the next execution, or closed on the server.
  func release(_ statement: AvaticaStatement, _ context: CallContext) {
    guard !statement.isPrepared, statement.markReleased() else { return }
    let isKept = shared.withLock { state in
      guard statement.isFinished, state.idle == nil else { return false }
      state.idle = statement.id
      return true
    }
    if !isKept { line.closeStatement(statement.id, context) }
  }

  /// The next frame of a result.
  func fetch(
    _ statement: AvaticaStatement, _ signature: AvaticaSignature, from position: Int64,
    _ rowCount: Int, _ context: CallContext
  ) throws(TernError) -> AvaticaFrame {
    let decoder = try signature.decoder()
    let request = AvaticaRequest.fetch(
      line.connectionID, statement.id, offset: position, rowCount: Int64(rowCount))
    var frame: AvaticaFrame?
    var isMissing = false
    try guarded(statement, context) { () throws(TernError) in
      try line.exchange(request, kind: "fetch", context) { name, reader throws(TernError) in
        switch name {
        case "frame" where try reader.peek() == .object:
          frame = try AvaticaFrame(reading: reader, decoder)
        case "missingStatement", "missingResults":
          if try reader.bool() { isMissing = true }
        default: return false
        }
        return true
      }
    }
    if isMissing { throw Self.missingStatement }
    guard let frame else { throw ended(.badReply("a fetch without a frame")) }
    guard frame.offset == position else {
      throw ended(.badReply("a frame at row \(frame.offset) instead of \(position)"))
    }
    return frame
  }

  // MARK: - Transactions

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

  /// A commit without an answer has an unknown outcome, which is what 08007 says.
  func end(_ transaction: TransactionEnd, _ context: CallContext) throws(TernError) {
    if transaction == .commit { try checkTransaction() }
    let name = transaction == .commit ? "commit" : "rollback"
    do throws(TernError) {
      try line.exchange(AvaticaRequest.make(name, line.connectionID), kind: name, context)
    } catch {
      guard transaction == .commit, error.kind == .connection else { throw error }
      var unknown = error
      unknown.sqlState = SQLState("08007") ?? .linkFailure
      throw unknown
    }
    if transaction == .rollback { shared.withLock { $0.isInDoubt = false } }
  }

  func set(_ property: SessionProperty, _ context: CallContext) throws(TernError) {
    switch property {
    case .catalog(let name): try change(.catalog(name), context)
    case .schema(let name): try change(.schema(name), context)
    case .isReadOnly(let isOn): try change(.readOnly(isOn), context)
    case .isolation(let level):
      try change(.isolation(Int64(level.rawValue)), context)
    case .option(let name, _):
      throw .usage("option \(name) cannot be changed in a live session", .unknownOption)
    }
  }

  /// Changes one property, or reads them all.
  func change(
    _ change: AvaticaProperties.Change?, _ context: CallContext
  ) throws(TernError) {
    var properties = shared.withLock { $0.properties }
    if let change { properties.apply(change) }
    let request = AvaticaRequest.connectionSync(line.connectionID, change)
    try line.exchange(request, kind: "connectionSync", isSafeToRepeat: true, context) {
      name, reader throws(TernError) in
      guard name == "connProps" else { return false }
      try properties.merge(reading: reader)
      return true
    }
    let changed = properties
    shared.withLock { $0.properties = changed }
  }

  func open(_ partition: Partition, _ context: CallContext) throws(TernError) -> any PageSource {
    throw .unsupported("Avatica results have no parts that another process could read")
  }

  func ping(_ context: CallContext) throws(TernError) { try change(nil, context) }

  func close(_ context: CallContext) {
    if let idle = takeIdle() { line.closeStatement(idle, context) }
    line.close(context)
  }

  func catalog(_ request: CatalogRequest, _ context: CallContext) throws(TernError) -> CatalogRows {
    try AvaticaCatalog(line, context).answer(request)
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
    for statement in SQLSplitter(capabilities.dialect).split(sql) {
      do throws(TernError) {
        try execute(statement, ExecutionOptions(), context).close(context)
      } catch {
        throw error.prefixed("session_init")
      }
    }
  }
}
