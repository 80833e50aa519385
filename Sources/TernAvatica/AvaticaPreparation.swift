internal import TernColumns
internal import TernCore
internal import TernDriver

/// A statement that the server has prepared.
///
/// Source: Avatica reference, sections 8.4, 12 and 15.3.
final class AvaticaPreparation: Preparation {
  private struct State: Sendable {
    var statement: AvaticaStatement
    var isOpen = true
  }

  private let session: AvaticaSession
  private let sql: String
  private let signature: AvaticaSignature
  /// Whether the rows are read into other columns than the server names.
  private let isCast: Bool
  private let state: Locked<State>

  init(
    _ session: AvaticaSession, _ sql: String, _ id: Int64, _ signature: AvaticaSignature,
    isCast: Bool
  ) {
    self.isCast = isCast
    self.session = session
    self.sql = sql
    self.signature = signature
    state = Locked(State(statement: AvaticaStatement(id, isPrepared: true)))
  }

  var parameterCount: Int { signature.parameters.count }

  var parameters: [ParameterDescription]? {
    signature.parameters.map { type in
      let column = type.description("", isNullable: nil)
      return ParameterDescription(dataType: column.dataType, sql: column.sql)
    }
  }

  var columns: [ColumnDescription]? { signature.columns }

  private var isQuery: Bool { !signature.columns.isEmpty }

  func execute(
    _ parameters: Batch?, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    guard state.withLock({ $0.isOpen }) else {
      throw .usage("the statement is closed", .sequence)
    }
    try session.checkTransaction()
    // The server would take values of an earlier execution for missing ones.
    try check(parameters)
    let encoder = AvaticaParameters(
      types: signature.parameters, isJulian: session.settings.sendsJulian,
      bindsUTC: session.settings.bindsUTC)
    guard let parameters, parameterCount > 0 else {
      return try executeRow([], options, context)
    }
    if parameters.rowCount == 1 {
      return try executeRow(try encoder.row(parameters, 0), options, context)
    }
    guard !isQuery, !session.isOld, session.settings.flavour.isWritable else {
      return RowOutcomes(rowCount: parameters.rowCount) { [self] row, context throws(TernError) in
        try executeRow(try encoder.row(parameters, row), options, context)
      }
    }
    return try executeBatch(parameters, encoder, context)
  }

  /// One execution; a statement that has expired is prepared again, as nothing was executed.
  func executeRow(
    _ values: [AvaticaValue], _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    for _ in 0..<2 {
      let statement = try current(context)
      let message = AvaticaMessages.Execute(
        statement: statement.id, isQuery: isQuery, sql: sql, values: values,
        firstFrame: session.isOld ? AvaticaMessages.usualFirstFrame : session.settings.firstFrame,
        columns: isCast ? signature : nil)
      let execution = try session.guarded(statement) { () throws(TernError) in
        try session.line.exchange(message, context)
      }
      if !execution.isStatementMissing {
        return session.outcomes(execution, statement, options)
      }
      statement.isDoubtful = true
    }
    throw AvaticaSession.missingStatement
  }

  private func current(_ context: CallContext) throws(TernError) -> AvaticaStatement {
    let statement = state.withLock { $0.statement }
    guard statement.isDoubtful else { return statement }
    let answer = try session.line.exchange(AvaticaMessages.Prepare(sql: sql), context)
    let fresh = AvaticaStatement(answer.id ?? 0, isPrepared: true)
    state.withLock { $0.statement = fresh }
    return fresh
  }

  /// All rows or none where autocommit is on; elsewhere the caller's transaction decides.
  private func executeBatch(
    _ parameters: Batch, _ encoder: AvaticaParameters, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    guard parameters.rowCount > 0 else { return ReadyOutcomes([.changed(rows: 0)]) }
    let ownsTransaction = session.state.isAutocommit
    if ownsTransaction { try session.setAutocommit(false, context) }
    do throws(TernError) {
      let total = try sendBatches(parameters, encoder, context)
      if ownsTransaction {
        try session.end(.commit, context)
        try session.setAutocommit(true, context)
      }
      return ReadyOutcomes([.changed(rows: total)])
    } catch {
      guard ownsTransaction, session.isAlive else { throw error }
      let rest = CallContext(deadline: .after(AvaticaLine.graceNanoseconds, .network))
      try? session.end(.rollback, rest)
      try? session.setAutocommit(true, rest)
      throw error
    }
  }

  private func sendBatches(
    _ parameters: Batch, _ encoder: AvaticaParameters, _ context: CallContext
  ) throws(TernError) -> Int64? {
    var total: Int64? = 0
    var start = 0
    while start < parameters.rowCount {
      let rows = try encoder.rows(parameters, from: start)
      let statement = try current(context)
      let message = AvaticaMessages.ExecuteBatch(statement: statement.id, rows: rows)
      let answer = try session.guarded(statement) { () throws(TernError) in
        try session.line.exchange(message, context)
      }
      guard !answer.isStatementMissing, answer.counts.count == rows.count else {
        statement.isDoubtful = true
        throw AvaticaSession.missingStatement
      }
      // Negative counts say that the database does not tell.
      for count in answer.counts {
        total = count < 0 ? nil : total.map { $0.addingReportingOverflow(count).partialValue }
      }
      start += rows.count
    }
    return total
  }

  func close(_ context: CallContext) {
    let (wasOpen, statement) = state.withLock { state in
      defer { state.isOpen = false }
      return (state.isOpen, state.statement)
    }
    guard wasOpen else { return }
    session.shared.withLock { state in
      state.preparedCount -= 1
      state.openResults[statement.id] = nil
    }
    guard !statement.isDoubtful, statement.markReleased() else { return }
    session.line.closeStatement(statement.id, context)
  }
}

extension AvaticaSession {
  func prepare(_ sql: String, _ context: CallContext) throws(TernError) -> any Preparation {
    try checkTransaction()
    var answer = try recovering(context) { () throws(TernError) in
      try line.exchange(AvaticaMessages.Prepare(sql: sql), context)
    }
    let cast = cast(sql, answer.signature)
    if let cast {
      line.closeStatement(answer.id ?? 0, context)
      answer = try line.exchange(AvaticaMessages.Prepare(sql: cast.sql), context)
      answer.signature.columns = cast.columns.columns
      answer.signature.formats = cast.columns.formats
    }
    shared.withLock { $0.preparedCount += 1 }
    return AvaticaPreparation(
      self, cast?.sql ?? sql, answer.id ?? 0, answer.signature, isCast: cast != nil)
  }
}
