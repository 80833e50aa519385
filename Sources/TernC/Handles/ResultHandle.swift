import TernColumns
import TernCore
import TernDriver

/// A result in C's hands: the waist's result set, and a row cursor over its batches.
///
/// The cursor belongs to one thread at a time; freeing the handle in another thread while a getter
/// runs is the caller's mistake.
@safe final class ResultHandle: HandleObject, @unchecked Sendable {
  static let kind = HandleKind.result

  /// The result that is current; `nextResult` replaces it.
  var resultSet: ResultSet { current.current }
  private let current: Locked<ResultSet>
  /// Texts of the current result.
  private(set) var facts: ResultFacts
  /// Memory that getters read through the handle table.
  let cursor: UnsafeMutablePointer<RowCursor>
  private var batch: Batch?
  /// Rows of this result before `batch`.
  private var earlierRowCount = 0
  private var isStreamed = false

  /// How Arrow export writes fine timestamps.
  let timestamps: TimestampExport

  /// Takes over a result set.
  init(_ resultSet: ResultSet, _ timestamps: TimestampExport) {
    self.timestamps = timestamps
    current = Locked(resultSet)
    facts = ResultFacts(resultSet)
    unsafe cursor = .allocate(capacity: 1)
    unsafe cursor.initialize(to: RowCursor())
    unsafe cursor.pointee.reset(resultSet.columns)
  }

  deinit {
    // Sound: allocated above; the table forgot the address when the handle was freed.
    unsafe cursor.pointee.free()
    unsafe cursor.deallocate()
  }

  /// Goes to the next row; false after the last.
  func step() throws(TernError) -> Bool {
    try checkNotStreamed()
    while unsafe !cursor.pointee.advance() {
      leaveBatch()
      guard let next = try resultSet.nextBatch() else { return false }
      batch = next
      unsafe cursor.pointee.enter(next)
    }
    return true
  }

  /// The rows that the cursor has not touched, or the next batch; nil after the last.
  func nextBatch() throws(TernError) -> Batch? {
    try checkNotStreamed()
    let first = unsafe cursor.pointee.nextRow
    let held = batch
    leaveBatch()
    if let held, first < held.rowCount {
      return try held.slice(first, count: held.rowCount - first)
    }
    let next = try resultSet.nextBatch()
    earlierRowCount += next?.rowCount ?? 0
    return next
  }

  /// Takes rows back that could not be handed out: they are the next ones again.
  func putBack(_ rows: Batch) {
    batch = rows
    unsafe cursor.pointee.enter(rows)
  }

  /// Makes the next result of the same execution current; false after the last.
  func nextResult() throws(TernError) -> Bool {
    try checkNotStreamed()
    leaveBatch()
    guard let next = try resultSet.nextResult() else { return false }
    current.withLock { $0 = next }
    facts = ResultFacts(next)
    earlierRowCount = 0
    unsafe cursor.pointee.reset(next.columns)
    return true
  }

  /// A cell of the current row.
  ///
  /// - Throws: `.usage` 24000 without a row, 07009 for an index that no column has.
  func cell(_ index: Int32) throws(TernError) -> (column: Column, row: Int) {
    guard let batch, unsafe cursor.pointee.isOnRow else {
      throw .usage("there is no current row: call tern_result_step first", .invalidCursorState)
    }
    guard index >= 0, Int(index) < batch.columns.count else {
      throw .usage(
        "column \(index) of a result with \(batch.columns.count); the first is 0", .invalidIndex)
    }
    return (batch.columns[Int(index)], unsafe cursor.pointee.currentRow)
  }

  /// What `body` makes of a cell of the current row; an error of its value says which cell that is.
  func read<Value>(
    _ index: Int32, _ body: (Column, Int) throws(TernError) -> Value
  ) throws(TernError) -> Value {
    let (column, row) = try cell(index)
    do throws(TernError) {
      return try body(column, row)
    } catch {
      guard error.kind == .data else { throw error }
      let name = resultSet.columns[Int(index)].name
      throw error.prefixed("column \(name), row number \(earlierRowCount + row + 1)")
    }
  }

  /// A copy of `text` with a NUL behind it, for the cell that was just read.
  func keep(_ text: [UInt8], _ index: Int32) -> UnsafePointer<CChar>? {
    // Sound: the cell copies the bytes before the closure returns.
    unsafe text.withUnsafeBytes { bytes in
      unsafe cursor.pointee.cell(index)?.pointee.terminated(bytes)
    }
  }

  /// What follows the cursor, for a stream that the caller reads from now on.
  func takeRest() throws(TernError) -> RestStream {
    try checkNotStreamed()
    let first = unsafe cursor.pointee.nextRow
    let held = batch
    leaveBatch()
    isStreamed = true
    guard let held, first < held.rowCount else { return RestStream(nil, resultSet) }
    return RestStream(try held.slice(first, count: held.rowCount - first), resultSet)
  }

  /// Ends the work on the server.
  func close() { if !isStreamed { resultSet.close() } }

  private func leaveBatch() {
    unsafe cursor.pointee.leave()
    earlierRowCount += batch?.rowCount ?? 0
    batch = nil
  }

  private func checkNotStreamed() throws(TernError) {
    guard isStreamed else { return }
    throw .usage("the rows went into a stream: read them there", .sequence)
  }
}
