internal import TernColumns
internal import TernCore
internal import TernDriver

/// The results of a text of several statements: each is asked for when it is its turn.
///
/// Source: Snowflake reference, section 3.9.
final class SnowflakeOutcomes: Outcomes {
  private let session: SnowflakeSession
  private let options: ExecutionOptions
  private let rest: Locked<ArraySlice<String>>

  /// - Parameter queryIDs: those of the statements, in order.
  init(_ session: SnowflakeSession, _ queryIDs: [String], _ options: ExecutionOptions) {
    self.session = session
    self.options = options
    rest = Locked(queryIDs[...])
  }

  func next(_ context: CallContext) throws(TernError) -> Outcome? {
    guard let queryID = rest.withLock({ $0.popFirst() }) else { return nil }
    let answer = try session.result(of: queryID, isOwn: true, context)
    return try session.outcome(answer, options, context)
  }

  func close(_ context: CallContext) { rest.withLock { $0 = [] } }
}

extension SnowflakeSession {
  /// What an answer comes to: one result, or the results of several statements.
  func outcomes(
    _ answer: SnowflakeAnswer, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    if kind(of: answer) == .several || !answer.resultIDs.isEmpty {
      return SnowflakeOutcomes(self, answer.resultIDs, options)
    }
    return ReadyOutcomes([try outcome(answer, options, context)])
  }

  /// The kind of a statement.
  func kind(of answer: SnowflakeAnswer) -> SnowflakeStatementKind {
    SnowflakeStatementKind(
      id: answer.statementTypeID, columnNames: answer.columns?.map(\.name))
  }

  /// What one statement comes to.
  func outcome(
    _ answer: SnowflakeAnswer, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> Outcome {
    try refuseFiles(answer)
    switch kind(of: answer) {
    // A statement that runs on has no columns either.
    case .rows where answer.columns != nil: return .rows(try pages(answer, options))
    case .changes:
      return .changed(rows: try changeCount(answer, context), queryID: answer.queryID)
    case .none, .rows:
      // CREATE TABLE … AS says in words what it made, and counts it apart.
      let made = answer.statistics.map(\.inserted).flatMap { $0 > 0 ? $0 : nil }
      return .changed(rows: made, queryID: answer.queryID)
    case .several: throw .badReply("several statements inside of several statements")
    }
  }

  /// Rows that a statement changed: the sum of the cells that count them.
  func changeCount(
    _ answer: SnowflakeAnswer, _ context: CallContext
  ) throws(TernError) -> Int64? {
    guard let columns = answer.columns else { return nil }
    let pages = try pages(answer, ExecutionOptions())
    defer { pages.close(context) }
    while let batch = try pages.nextPage(context) {
      guard batch.rowCount > 0 else { continue }
      let cells = batch.columns.map { column in try? column.int64(at: 0) }
      return SnowflakeChangeCount.sum(columns.map(\.name), cells)
    }
    return nil
  }
}
