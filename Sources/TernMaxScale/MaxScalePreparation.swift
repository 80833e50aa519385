internal import TernColumns
internal import TernCore
internal import TernDriver

/// A statement whose markers this side replaces by literals: MaxScale has no parameters.
///
/// Source: MaxScale reference, section 10.
final class MaxScalePreparation: Preparation {
  private let session: MaxScaleSession
  private let sql: String
  let parameterCount: Int
  let columns: [ColumnDescription]?
  let parameters: [ParameterDescription]? = nil

  init(
    _ session: MaxScaleSession, _ sql: String, parameterCount: Int,
    _ columns: [ColumnDescription]?
  ) {
    self.session = session
    self.sql = sql
    self.parameterCount = parameterCount
    self.columns = columns
  }

  func execute(
    _ parameters: Batch?, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    try check(parameters)
    guard let parameters, parameterCount > 0 else {
      return try session.execute(sql, options, context)
    }
    try session.revive(context)
    try session.renew(context)
    let text = try session.currentText(of: sql, context)
    guard text.markers.count == parameterCount else {
      throw .usage(
        "the session's sql_mode has changed since the statement was prepared: prepare it again",
        .wrongParameterCount)
    }
    let batch = MaxScaleBatch(session, text, parameters)
    if parameters.rowCount == 1 {
      return try session.execute(
        session.command(text, try batch.literals(0)), options, context)
    }
    guard batch.isWriting else { return rows(batch, options) }
    return try batch.run(context)
  }

  private func rows(_ batch: MaxScaleBatch, _ options: ExecutionOptions) -> RowOutcomes {
    RowOutcomes(rowCount: batch.rowCount) { [session] row, context throws(TernError) in
      try session.execute(
        session.command(batch.text, try batch.literals(row)), options, context)
    }
  }

  func close(_ context: CallContext) {}
}

extension MaxScaleSession {
  /// A text and its literals, put together as the options say.
  func command(_ text: MaxScaleText, _ literals: [[UInt8]]) -> MaxScaleCommand {
    MaxScaleCommand(text, literals, isOnServer: settings.bindsOnServer)
  }

  func prepare(_ sql: String, _ context: CallContext) throws(TernError) -> any Preparation {
    let text = try currentText(of: sql, context)
    var columns: [ColumnDescription]? = []
    if settings.exactness != .raw, text.isPlainSelect {
      // Markers without a value are NULL; where that is not allowed the columns stay unknown.
      let nulls = text.markers.map { _ in Array("NULL".utf8) }
      let description = try describe(MaxScaleQuery(command(text, nulls)), context)
      columns = description?.columns(rules, isExact: settings.exactness == .exact)
    } else if text.mayHaveRows {
      columns = nil
    }
    return MaxScalePreparation(self, sql, parameterCount: text.markers.count, columns)
  }

  /// The text, taken apart under the mode that the session has now: where that decides what is a
  /// marker, and a procedure may have changed it, the server is asked.
  func currentText(
    of sql: String, _ context: CallContext
  ) throws(TernError) -> MaxScaleText {
    let text = MaxScaleText(sql, shared.withLock { $0.mode })
    guard text.dependsOnMode, sql.utf8.contains(UInt8(ascii: "?")) else { return text }
    try refresh(context)
    return MaxScaleText(sql, shared.withLock { $0.mode })
  }
}
