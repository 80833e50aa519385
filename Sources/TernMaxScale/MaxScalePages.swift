internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// What is to be checked about the rows of a result while they are read.
struct MaxScaleChecks: Sendable {
  /// Columns whose values are not what the database has, with why; a row is an error.
  var refused: (index: Int, loss: MaxScaleLoss)?
  /// BIGINT UNSIGNED columns that arrive saturated.
  var saturating: [Int] = []
  /// More rows than this are an error; 0 = none.
  var rowCountMax: Int64 = 0
  /// What the columns' types are called, for messages.
  var types: [String] = []

  /// Throws if `batch`, whose first row is `position` of the result, has a value that is not exact.
  func check(
    _ batch: Batch, _ names: [String], from position: Int64
  ) throws(TernError) {
    if let refused, batch.rowCount > 0 { throw inexact(refused.index, names, refused.loss) }
    for index in saturating where batch.columns.indices.contains(index) {
      let column = batch.columns[index]
      for row in 0..<column.count where try !column.isNull(at: row) {
        let isLargest =
          column.type == .uint64
          ? try column.uint64(at: row) == UInt64(Int64.max)
          : try column.int64(at: row) == Int64.max
        if isLargest { throw inexact(index, names, .saturates) }
      }
    }
    let (count, overflow) = position.addingReportingOverflow(Int64(batch.rowCount))
    if rowCountMax > 0, overflow || count > rowCountMax {
      throw MaxScalePages.tooManyRows(rowCountMax)
    }
  }

  /// What is said of a value that is not the database's own.
  private func inexact(_ index: Int, _ names: [String], _ loss: MaxScaleLoss) -> TernError {
    let name = names.indices.contains(index) ? names[index] : ""
    let type = types.indices.contains(index) ? types[index] : ""
    let what =
      switch loss {
      case .saturates: "a value of 9223372036854775807, which may stand for any larger one"
      case .bytes: "bytes, which MaxScale cuts or makes NULL"
      case .digits: "a FLOAT, of which the server sends six digits"
      case .zeroCharacter: "text, which MaxScale cuts at U+0000"
      case .none: "a value"
      }
    return .data(
      "column \(index + 1) (\(name)\(type.isEmpty ? "" : ", \(type)")) has \(what): this statement "
        + "cannot be rewritten to fetch it exactly; use a plain SELECT with HEX() or CAST(… AS "
        + "CHAR), or exactness=raw to take what comes", .invalidCast)
  }
}

/// The rows of one result, read from the document in batches.
///
/// Source: MaxScale reference, section 6.
final class MaxScalePages: PageSource {
  let columns: [ColumnDescription]
  let rowCount: Int64? = nil
  let queryID: String? = nil
  // MaxScale has ended the query before its answer starts: the connection is free.
  let usesSession = false

  private struct State: Sendable {
    var reader: JSONReader?
    /// The line that the document comes over; nil for rows that are there already. Letting go of
    /// it ends the line.
    var response: HTTPResponse?
    var position: Int64 = 0
    var hasBegun = false
    var isFinished = false
    var isClosed = false
  }

  private let decoder: ColumnDecoder
  private let checks: MaxScaleChecks
  private let layout: MaxScaleLayout
  private let line: MaxScaleLine?
  private let options: ExecutionOptions
  private let state: Locked<State>
  /// Reads what follows the rows, and throws what it says against them.
  private let tail: (@Sendable (JSONReader) throws(TernError) -> Void)?

  /// Reads rows from `reader`, which is before their array.
  ///
  /// - Parameter line: the connection, which ends if the rows are malformed.
  init(
    _ layout: MaxScaleLayout, _ reader: JSONReader, _ response: HTTPResponse?,
    _ checks: MaxScaleChecks, _ options: ExecutionOptions, _ line: MaxScaleLine?,
    tail: (@Sendable (JSONReader) throws(TernError) -> Void)? = nil
  ) throws(TernError) {
    columns = layout.columns
    self.layout = layout
    decoder = try layout.decoder()
    self.checks = checks
    self.options = options
    self.line = line
    self.tail = tail
    state = Locked(State(reader: reader, response: response))
  }

  /// More rows than the caller wanted to be told about.
  static func tooManyRows(_ count: Int64) -> TernError {
    TernError(
      .sql, .general,
      "the result has more than \(count) rows, which option server_max_rows allows")
  }

  /// MaxScale had a limit of its own, or the application changed the session's.
  static let cutByServer = TernError(
    .sql, .general, "MaxScale has cut the result: it says that there are more rows than it sent")

  var isFinished: Bool { state.withLock { $0.isFinished } }

  func nextPage(_ context: CallContext) throws(TernError) -> Batch? {
    let (reader, response, isClosed) = state.withLock { ($0.reader, $0.response, $0.isClosed) }
    guard !isClosed else { throw .usage("the result is closed", .invalidCursorState) }
    guard let reader else { return nil }
    do throws(TernError) {
      response?.context = context
      return try read(reader)
    } catch {
      state.withLock { $0.isClosed = true }
      letGo()
      if error.endsConnection { line?.condemn(error) }
      throw explained(error)
    }
  }

  private func read(_ reader: JSONReader) throws(TernError) -> Batch? {
    let (position, hasBegun) = state.withLock { state in
      defer { state.hasBegun = true }
      return (state.position, state.hasBegun)
    }
    if !hasBegun { try decoder.beginRows(reader) }
    let decoded = try decoder.rows(
      from: reader, rowCountMax: max(1, options.batchRowCountMax),
      byteCountMax: max(1, options.batchByteCountMax))
    let batch = try decoded.map { rows throws(TernError) in
      try layout.joined(rows)
    }
    if let batch {
      try checks.check(batch, columns.map(\.name), from: position)
      state.withLock { $0.position += Int64(batch.rowCount) }
    }
    // A short batch is the last one; what follows may speak against it.
    if decoder.hasEnded {
      try tail?(reader)
      state.withLock { $0.isFinished = true }
      letGo()
    }
    return batch
  }

  private func explained(_ error: TernError) -> TernError {
    guard error.kind == .data else { return error }
    var error = error
    switch error.sqlState {
    case .invalidDatetime:
      error.message += "; options zero_date and time_as take what a date or time of day cannot hold"
    default: break
    }
    return error
  }

  func close(_ context: CallContext) {
    state.withLock { $0.isClosed = true }
    letGo()
  }

  private func letGo() {
    // Outside of the lock: the last name of a line closes it.
    let held = state.withLock { state in
      defer { (state.reader, state.response) = (nil, nil) }
      return (state.reader, state.response)
    }
    _ = held
  }
}
