public import TernColumns
public import TernCore

/// A text to run, its parameters and its options, on one connection.
///
/// One call at a time; `cancel` from any thread. Keeps its connection.
public final class Statement: Sendable {
  private struct State {
    var options: StatementOptions
    var sql: String?
    var preparation: (any Preparation)?
    var parameters: Batch?
    var stream: (any BatchStream)?
  }

  /// The connection that this statement runs on.
  public let connection: Connection
  private let state: Locked<State>
  private let scope: CancelScope

  init(_ connection: Connection, _ options: StatementOptions) {
    self.connection = connection
    scope = CancelScope(connection.cancelRegistry)
    state = Locked(State(options: options))
  }

  deinit { close() }

  /// Timeouts, sizes and limits of the next execution.
  public var options: StatementOptions {
    get { state.withLock { $0.options } }
    set { state.withLock { $0.options = newValue } }
  }

  /// Prepares `sql`; bindings are kept.
  ///
  /// Blocks for one round trip where the server prepares.
  public func prepare(_ sql: String) throws(TernError) {
    close()
    let preparation = try call { session, context throws(TernError) in
      try session.prepare(sql, context)
    }
    state.withLock { state in
      state.sql = sql
      state.preparation = preparation
    }
  }

  /// Whether `prepare` succeeded and the statement was not closed since.
  public var isPrepared: Bool { state.withLock { $0.preparation != nil } }

  /// Markers in the prepared text; nil when nothing is prepared.
  public var parameterCount: Int? { state.withLock { $0.preparation?.parameterCount } }

  /// What the server says about the markers; nil when it does not tell or nothing is prepared.
  public var parameters: [ParameterDescription]? {
    state.withLock { $0.preparation?.parameters }
  }

  /// The columns an execution would return: nil when not known before execution, empty for a
  /// statement without rows.
  public var columns: [ColumnDescription]? { state.withLock { $0.preparation?.columns } }

  /// Parameters of the next executions, one row each; kept until cleared.
  public func bind(_ parameters: Batch) {
    state.withLock { state in
      state.parameters = parameters
      state.stream = nil
    }
  }

  /// Parameters that arrive in batches, used up by the next execution.
  public func bind(_ stream: any BatchStream) {
    state.withLock { state in
      state.parameters = nil
      state.stream = stream
    }
  }

  /// Forgets all parameters.
  public func clearBindings() {
    state.withLock { state in
      state.parameters = nil
      state.stream = nil
    }
  }

  /// Runs what is prepared. Blocks until the server has the first result.
  ///
  /// - Throws: `.sql` (the statement stays usable), `.data` (a parameter does not fit: nothing was
  ///   run from its row on), `.usage` HY010 when nothing is prepared, 07002 when parameters are
  ///   missing, `.timeout` HYT00, `.cancelled`, `.connection`.
  public func execute() throws(TernError) -> ResultSet {
    guard let preparation = state.withLock({ $0.preparation }) else {
      throw .usage("nothing is prepared: call prepare first", .sequence)
    }
    let parameters = state.withLock { $0.parameters }
    if let stream = state.withLock({ $0.stream }) {
      return try execute(preparation, stream)
    }
    if parameters == nil, preparation.parameterCount > 0 {
      throw .usage(
        "the statement has \(preparation.parameterCount) parameters, none are bound",
        .wrongParameterCount)
    }
    if parameters?.rowCount == 0, preparation.parameterCount > 0 {
      return ResultSet(.changed(rows: 0), nil, options, connection, scope)
    }
    return try run { session, options, context throws(TernError) in
      try preparation.execute(parameters, options, context)
    }
  }

  /// Runs `sql`: directly, or prepared on the way when parameters are bound.
  public func execute(_ sql: String) throws(TernError) -> ResultSet {
    let hasParameters = state.withLock { $0.parameters != nil || $0.stream != nil }
    if hasParameters {
      try prepare(sql)
      return try execute()
    }
    close()
    return try run { session, options, context throws(TernError) in
      try session.execute(sql, options, context)
    }
  }

  /// Asks what the server has; see `Connection.catalog`.
  public func catalog(_ request: CatalogRequest) throws(TernError) -> ResultSet {
    let options = options
    let rows = try call { session, context throws(TernError) in
      try session.catalog(request, context)
    }
    return ResultSet(.rows(try rows.pages()), nil, options, connection, scope)
  }

  /// Ends the call that runs on this statement, and nothing else. Any thread; never blocks.
  ///
  /// - Returns: whether anything ran. A cancel that finds nothing does not touch the next call.
  @discardableResult
  public func cancel() -> Bool { scope.cancel() }

  /// Frees the prepared statement on the server; the object can prepare again.
  public func close() {
    let preparation = state.withLock { state -> (any Preparation)? in
      defer { state.preparation = nil }
      return state.preparation
    }
    guard let preparation else { return }
    connection.gate.runSoon { preparation.close($0) }
  }

  // MARK: - Running

  private func execute(
    _ preparation: any Preparation, _ stream: any BatchStream
  ) throws(TernError) -> ResultSet {
    var rowsChanged: Int64? = 0
    var last: ResultSet?
    while let batch = try stream.nextBatch() {
      // No row is nothing to run: servers take an execution without values for a mistake.
      if batch.rowCount == 0 { continue }
      let result = try run { _, options, context throws(TernError) in
        try preparation.execute(batch, options, context)
      }
      if let count = rowsChanged, let more = result.rowsChanged {
        rowsChanged = count.addingReportingOverflow(more).partialValue
      } else {
        rowsChanged = nil
      }
      last?.close()
      last = result
    }
    clearBindings()
    if let last, last.hasRows { return last }
    return ResultSet(
      .changed(rows: rowsChanged, lastInsertID: last?.lastInsertID), nil, options, connection,
      scope)
  }

  private func run(
    _ body: (any Session, ExecutionOptions, CallContext) throws(TernError) -> any Outcomes
  ) throws(TernError) -> ResultSet {
    let options = options
    let outcomes: (any Outcomes, Outcome) = try call { session, context throws(TernError) in
      let outcomes = try body(session, options.execution, context)
      let first = try outcomes.next(context) ?? .changed(rows: nil)
      return (outcomes, first)
    }
    return ResultSet(outcomes.1, outcomes.0, options, connection, scope)
  }

  private func call<Result>(
    _ body: (any Session, CallContext) throws(TernError) -> Result
  ) throws(TernError) -> Result {
    try scope.run { token throws(TernError) in
      let deadline = Deadline.after(options.queryTimeoutNanoseconds, .query)
      let context = CallContext(deadline: deadline, cancelToken: token)
      return try connection.gate.run(context) { session throws(TernError) in
        try body(session, context)
      }
    }
  }
}

/// Batches that arrive one after the other: an Arrow stream of a caller, a file.
public protocol BatchStream: AnyObject, Sendable {
  /// The next batch, or nil at the end. One thread at a time.
  func nextBatch() throws(TernError) -> Batch?
}
