internal import TernColumns
internal import TernCore
internal import TernDriver

// Many rows of parameters.
extension SnowflakeSession {
  /// Values from which parameters go through a stage, where the server does not say.
  private static let stageThresholdDefault: Int64 = 65_280

  /// Values from which parameters go through a stage; nil for never.
  private var stageThreshold: Int? {
    let told = parameter("CLIENT_STAGE_ARRAY_BINDING_THRESHOLD").flatMap { Int64($0) }
    let count = settings.bindStageThreshold ?? told ?? Self.stageThresholdDefault
    return count > 0 ? Int(clamping: count) : nil
  }

  /// Runs a statement that takes all rows at once.
  ///
  /// Many rows go through a stage. Where there can be none they go in parts, inside a transaction
  /// of their own where none is open, so that all are there or none.
  func executeAll(
    _ query: SnowflakeQuery, _ rows: SnowflakeParameterRows, _ options: ExecutionOptions,
    _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    let isLarge = stageThreshold.map { rows.cellCount >= $0 } ?? false
    if isLarge, let staged = try stage(query, rows, context) {
      return try execute(staged, options, context)
    }
    let parts = isLarge || rows.parts.count > 1 ? rows.parts : [0..<rows.count]
    guard parts.count > 1 else {
      return try execute(try rows.query(query, rows: 0..<rows.count), options, context)
    }
    let total = try allOrNone(context) { () throws(TernError) in
      var total: Int64? = 0
      for part in parts {
        let outcome = try outcome(of: try rows.query(query, rows: part), options, context)
        total = Self.sum(total, Self.count(outcome, context))
      }
      return total
    }
    return ReadyOutcomes([.changed(rows: total)])
  }

  /// Runs a statement once for each row.
  ///
  /// - Parameter isWriting: whether it gives counts, which are added up; rows are handed out one
  ///   result after the other. nil: the first row tells.
  func executeEach(
    _ query: SnowflakeQuery, _ rows: SnowflakeParameterRows, isWriting: Bool?,
    _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    guard isWriting != false else { return outcomes(query, rows, options) }
    var total: Int64? = 0
    for row in 0..<rows.count {
      let one = try rows.query(query, row: row)
      let outcome = try outcome(of: one, options, context)
      if isWriting == nil, row == 0, case .rows = outcome {
        return outcomes(query, rows, options, first: ReadyOutcomes([outcome]))
      }
      total = Self.sum(total, Self.count(outcome, context))
    }
    return ReadyOutcomes([.changed(rows: total)])
  }

  private func outcomes(
    _ query: SnowflakeQuery, _ rows: SnowflakeParameterRows, _ options: ExecutionOptions,
    first: (any Outcomes)? = nil
  ) -> RowOutcomes {
    RowOutcomes(rowCount: rows.count, first: first) { [self] row, context throws(TernError) in
      try execute(try rows.query(query, row: row), options, context)
    }
  }

  /// Runs a statement.
  private func outcome(
    of query: SnowflakeQuery, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> Outcome {
    var query = query
    query.limit(options, statementCount: nil)
    return try outcome(try run(query, context), options, context)
  }

  /// What a statement changed; rows are not wanted.
  private static func count(_ outcome: Outcome, _ context: CallContext) -> Int64? {
    switch outcome {
    case .changed(let rows, _, _): return rows
    case .rows(let pages):
      pages.close(context)
      return nil
    }
  }

  private static func sum(_ left: Int64?, _ right: Int64?) -> Int64? {
    guard let left, let right else { return nil }
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? nil : sum
  }

  /// How long a rollback may take.
  private static let rollbackNanoseconds: Int64 = 10_000_000_000

  /// Runs several statements so that all count or none, where that is this side's to say: inside a
  /// transaction of the caller's they are part of it.
  private func allOrNone(
    _ context: CallContext, _ body: () throws(TernError) -> Int64?
  ) throws(TernError) -> Int64? {
    guard try isFree(context) else { return try body() }
    try run("BEGIN", context)
    do throws(TernError) {
      let total = try body()
      try end(.commit, context)
      return total
    } catch {
      guard isAlive else { throw error }
      let rest = CallContext(deadline: .after(Self.rollbackNanoseconds, .query))
      do throws(TernError) {
        try run("ROLLBACK", rest)
      } catch {
        line.condemn(.lineLost("a transaction could not be rolled back: \(error.message)"))
      }
      throw error
    }
  }

  /// Whether statements would commit one by one: autocommit is on, and no transaction is open.
  private func isFree(_ context: CallContext) throws(TernError) -> Bool {
    guard state.isAutocommit else { return false }
    // A server of the protocol that cannot tell: then nothing is promised.
    return try isOutsideTransactions(context) ?? false
  }

  /// Whether no transaction is open; nil where the server cannot tell.
  func isOutsideTransactions(_ context: CallContext) throws(TernError) -> Bool? {
    do throws(TernError) {
      return try table("SELECT CURRENT_TRANSACTION()", context).rows.first?.first == .some(nil)
    } catch {
      guard error.kind == .sql else { throw error }
      return nil
    }
  }
}
