internal import TernColumns
internal import TernCore
internal import TernDriver

/// A statement that changes data, run for many rows of parameters in as few texts as they fit.
///
/// Source: MaxScale reference, section 10 "Batches".
struct MaxScaleBatch: Sendable {
  /// Whose mode and time zone the texts are made for.
  private let session: MaxScaleSession
  /// The statement with its markers.
  let text: MaxScaleText
  /// One row for each execution.
  private let parameters: Batch

  /// Bytes of one text: MaxScale sends it back with the answer.
  private static let byteCountMax = 1 << 20

  init(_ session: MaxScaleSession, _ text: MaxScaleText, _ parameters: Batch) {
    self.session = session
    self.text = text
    self.parameters = parameters
  }

  /// How often the statement is to run.
  var rowCount: Int { parameters.rowCount }

  /// Whether it is one statement that gives a count and no rows.
  var isWriting: Bool { text.isWriting }

  /// The literals of one row.
  func literals(_ row: Int) throws(TernError) -> [[UInt8]] {
    try MaxScaleLiterals(isUTC: session.rules.isUTC).row(parameters, row)
  }

  /// Runs all rows; all or none where autocommit is on and no transaction is open, elsewhere the
  /// caller's transaction decides.
  func run(_ context: CallContext) throws(TernError) -> any Outcomes {
    guard rowCount > 0 else { return ReadyOutcomes([.changed(rows: 0)]) }
    // Nothing is sent before it is known that all rows can be: a first error in row 900 000 would
    // leave the rows before it.
    let plan = try texts()
    let isOne = plan.count == 1 && plan[0].statementCount == 1
    let ownsTransaction = isOne ? false : try session.isFree(context)
    if ownsTransaction { try session.run("START TRANSACTION", context) }
    do throws(TernError) {
      let total = try send(plan, context)
      if ownsTransaction { try session.end(.commit, context) }
      return ReadyOutcomes([total.outcome])
    } catch {
      guard ownsTransaction, session.isAlive else { throw error }
      let rest = CallContext(deadline: .after(MaxScaleLine.graceNanoseconds, .network))
      do throws(TernError) {
        try session.run("ROLLBACK", rest)
      } catch {
        session.line.condemn(error)
      }
      throw error
    }
  }

  /// A text and how many statements it has.
  private struct Piece {
    var sql: [UInt8] = []
    var statementCount = 0
  }

  /// The rows as texts of limited size.
  private func texts() throws(TernError) -> [Piece] {
    let limit = min(
      Self.byteCountMax, Int(clamping: session.rules.packetByteCountMax) - 2_048)
    var pieces: [Piece] = []
    var piece = Piece()
    for row in 0..<rowCount {
      let part = try rowText(row)
      let isFull = !piece.sql.isEmpty && piece.sql.count + part.count > limit
      if isFull {
        pieces.append(closed(piece))
        piece = Piece()
      }
      append(part, to: &piece)
    }
    pieces.append(closed(piece))
    return pieces
  }

  /// The bracket with one row's values, or the whole statement.
  private func rowText(_ row: Int) throws(TernError) -> [UInt8] {
    let whole = MaxScaleCommand(text, try literals(row))
    return text.valuesRange.map { whole.part($0) } ?? whole.part(0..<text.bodyByteCount)
  }

  /// Adds a row to a text: behind a comma in the same statement, or as a statement of its own.
  private func append(_ part: [UInt8], to piece: inout Piece) {
    guard let range = text.valuesRange else {
      if !piece.sql.isEmpty { piece.sql += [UInt8(ascii: ";"), 0x0A] }
      piece.sql += part
      piece.statementCount += 1
      return
    }
    if piece.sql.isEmpty {
      piece.sql = Array(text.bytes.prefix(range.lowerBound))
      piece.statementCount = 1
    } else {
      piece.sql.append(UInt8(ascii: ","))
    }
    piece.sql += part
  }

  /// A text with what stands behind the brackets of values.
  private func closed(_ piece: Piece) -> Piece {
    guard let range = text.valuesRange else { return piece }
    var piece = piece
    piece.sql += text.bytes[range.upperBound..<text.bodyByteCount]
    return piece
  }

  /// Sends the texts in order and adds up what they changed, -1 where one does not tell; the
  /// number made is that of the last statement.
  ///
  /// - Throws: the first error; what was sent before stays done.
  private func send(
    _ pieces: [Piece], _ context: CallContext
  ) throws(TernError) -> MaxScaleChange {
    var total = MaxScaleChange()
    for piece in pieces {
      var count = 0
      let results = try session.results(of: piece.sql, context)
      try session.askForWarnings(behind: results, context)
      for result in results {
        switch result {
        case .changed(let change):
          count += 1
          let (sum, overflow) = total.affectedRows.addingReportingOverflow(change.affectedRows)
          let isKnown = total.affectedRows >= 0 && change.affectedRows >= 0 && !overflow
          total.affectedRows = isKnown ? sum : -1
          total.lastInsertID = change.lastInsertID
        case .failed(let fault): throw MaxScaleErrors.error(fault)
        case .rows: throw .badReply("rows from a statement that gives none")
        }
      }
      guard count == piece.statementCount else {
        throw .badReply("\(count) results of \(piece.statementCount) statements")
      }
    }
    return total
  }
}

extension MaxScaleSession {
  /// Whether statements would commit one by one: autocommit is on, and no transaction is open.
  func isFree(_ context: CallContext) throws(TernError) -> Bool {
    try state.isAutocommit ? !isInTransaction(context) : false
  }

  /// Whether a transaction is open, whoever began it.
  func isInTransaction(_ context: CallContext) throws(TernError) -> Bool {
    for result in try results(of: Array("SELECT @@in_transaction".utf8), context) {
      switch result {
      case .rows(let rows): return try rows.texts().first?.first != "0"
      case .failed(let fault): throw MaxScaleErrors.error(fault)
      case .changed: break
      }
    }
    return true
  }
}
