internal import TernColumns
internal import TernCore
internal import TernDriver

// Executing.
extension SnowflakeSession {
  func execute(
    _ sql: String, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    try execute(SnowflakeQuery(sql), options, context)
  }

  /// Runs a statement whose parameters are in it.
  func execute(
    _ query: SnowflakeQuery, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    var query = query
    let (waiting, count) = shared.withLock { ($0.waiting, $0.statementCount) }
    query.limit(options, statementCount: count)
    // The driver itself has a part in it: the server cannot run it apart.
    if SnowflakeText(query.sql).movesFiles { return try transfer(query, context) }
    query.isAsync = waiting != .held
    let answer = try run(query, isDetached: waiting == .detached, context)
    if waiting == .detached, !answer.hasRows, answer.columns == nil, let id = answer.queryID {
      shared.withLock { _ = $0.detached.insert(id) }
    }
    return try outcomes(answer, options, context)
  }

  /// Runs a statement to its end and takes note of what the answer says of the session.
  ///
  /// - Parameter isDetached: whether to return as soon as the server has taken it.
  /// - Throws: `.sql`, `.data` and others for a statement that failed.
  func run(
    _ query: SnowflakeQuery, isDetached: Bool = false, _ context: CallContext
  ) throws(TernError) -> SnowflakeAnswer {
    var query = query
    let execution = SnowflakeExecution(
      line, .request(sql: query.sql), grace)
    var end = try execution.run(
      body(of: query), accept: query.accept, isDetached: isDetached, context)
    if query.isAsync, end.reply.code == Self.resultNotFound {
      // What the driver itself has a part in, such as PUT, cannot run apart: again, under its id.
      query.isAsync = false
      end = try execution.run(body(of: query), accept: query.accept, context)
    }
    let answer = try take(end, execution, isInternal: query.isInternal, isDetached: isDetached)
    if query.accept != .json { try refuseFiles(answer) }
    return answer
  }

  /// No result is kept of a statement that was to run apart.
  private static let resultNotFound: Int32 = 612

  private func body(of query: SnowflakeQuery) -> [UInt8] {
    let (sequence, queryContext) = shared.withLock { state in
      state.sequence += 1
      return (state.sequence, state.context)
    }
    return query.body(
      sequence: sequence, now: SystemTime.nanoseconds / 1_000_000, queryContext)
  }

  /// What a statement's end says; a failure is an error.
  func take(
    _ end: SnowflakeExecution.End, _ execution: SnowflakeExecution, isInternal: Bool = false,
    isDetached: Bool = false
  ) throws(TernError) -> SnowflakeAnswer {
    note(end, isInternal: isInternal)
    let isRunning = isDetached && SnowflakeExecution.isInProgress(end)
    guard !end.reply.isSuccess, !isRunning else { return end.answer }
    let error = SnowflakeErrors.error(end.reply)
    if let interruption = execution.interruption, Self.isInterruption(error) {
      var stopped = interruption
      stopped.queryID = error.queryID
      throw stopped
    }
    throw error
  }

  /// Whether the statement was stopped, by whomever.
  private static func isInterruption(_ error: TernError) -> Bool {
    error.vendorCode == SnowflakeErrors.Code.cancelled || error.kind == .timeout
      || error.kind == .cancelled
  }

  /// The result of a statement that was sent before, here or elsewhere in the account.
  ///
  /// - Parameter isOwn: whether a cancel stops the statement, and what it has changed is this
  ///   session's.
  func result(
    of queryID: String, isOwn: Bool = false, _ context: CallContext
  ) throws(TernError) -> SnowflakeAnswer {
    guard SnowflakeSQL.isQueryID(queryID) else {
      throw .usage("a query id has the form 8-4-4-4-12 hexadecimal digits", .general)
    }
    // Another's statement is only looked at: what it did to its session is no news for this one.
    let execution = SnowflakeExecution(
      line, isOwn ? .query(queryID) : .nothing, grace)
    return try take(try execution.result(of: queryID, context), execution, isInternal: !isOwn)
  }
}

extension SnowflakeQuery {
  /// Sets the limits of one execution as parameters of the statement.
  mutating func limit(_ options: ExecutionOptions, statementCount: Int64?) {
    if let statementCount {
      parameters.append(("MULTI_STATEMENT_COUNT", .number(statementCount)))
    }
    if options.rowCountMax > 0 {
      parameters.append(("ROWS_PER_RESULTSET", .number(options.rowCountMax)))
    }
    if options.queryTimeoutNanoseconds > 0 {
      // Whole seconds, and never 0, which is no limit.
      let seconds = (options.queryTimeoutNanoseconds - 1) / 1_000_000_000 + 1
      parameters.append(
        ("STATEMENT_TIMEOUT_IN_SECONDS", .number(min(seconds, Self.timeoutSecondsMax))))
    }
  }

  /// The server takes no more than seven days.
  private static let timeoutSecondsMax: Int64 = 604_800
}

// Small answers, whole.
extension SnowflakeSession {
  /// The rows of a statement of the driver's own, as texts: all of them, whatever limit the session
  /// has for those of the user.
  func table(_ sql: String, _ context: CallContext) throws(TernError) -> SnowflakeTable {
    var query = SnowflakeQuery(sql)
    query.isInternal = true
    query.parameters.append(("ROWS_PER_RESULTSET", .number(0)))
    return try table(try run(query, context), context)
  }

  /// The rows of an answer as texts.
  func table(
    _ answer: SnowflakeAnswer, _ context: CallContext
  ) throws(TernError) -> SnowflakeTable {
    let names = answer.columns?.map(\.name) ?? []
    let pages = try pages(answer, ExecutionOptions())
    defer { pages.close(context) }
    var rows: [[String?]] = []
    while let batch = try pages.nextPage(context) {
      for row in 0..<batch.rowCount {
        var values: [String?] = []
        for column in batch.columns {
          values.append(try column.isNull(at: row) ? nil : try column.text(at: row))
        }
        rows.append(values)
      }
    }
    return SnowflakeTable(names, rows)
  }
}

extension SnowflakeSession {
  func catalog(_ request: CatalogRequest, _ context: CallContext) throws(TernError) -> CatalogRows {
    let catalog = SnowflakeCatalog(
      ask: { sql throws(TernError) in try self.table(sql, context) }, current: state,
      usesCurrentSchema: parameter("CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX") == "true")
    return try catalog.answer(request)
  }
}
