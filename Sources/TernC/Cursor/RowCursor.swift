import TernColumns
import TernDriver

/// The current row of a result: a view on a batch, in memory that getters reach without a lock.
@safe struct RowCursor {
  /// One a column, made anew with every result.
  private var cells: UnsafeMutablePointer<CellSource>?
  private var columnCount: Int32 = 0
  private var row = -1
  private var rowCount = 0

  /// Whether there is a current row.
  var isOnRow: Bool { row >= 0 && row < rowCount }

  /// The current row in its batch.
  var currentRow: Int { row }

  /// The first row of the batch that the cursor has not touched.
  var nextRow: Int { min(row + 1, rowCount) }

  /// The cell of a column in the current row, or nil: no row, or the index is out of range.
  @inline(__always)
  func cell(_ index: Int32) -> UnsafeMutablePointer<CellSource>? {
    guard index >= 0, index < columnCount, row >= 0, row < rowCount else { return nil }
    // Sound: there are `columnCount` cells.
    return unsafe cells.map { unsafe $0 + Int(index) }
  }

  /// Which of `tern_type` a column is, with or without a current row; nil if there is none.
  @inline(__always)
  func typeNumber(_ index: Int32) -> Int32? {
    guard index >= 0, index < columnCount else { return nil }
    // Sound: there are `columnCount` cells.
    return unsafe cells?[Int(index)].typeNumber
  }

  /// Starts a result with columns of these types, before its first row.
  mutating func reset(_ columns: [ColumnDescription]) {
    free()
    columnCount = Int32(clamping: columns.count)
    let start = UnsafeMutablePointer<CellSource>.allocate(capacity: max(1, columns.count))
    for (index, column) in columns.enumerated() {
      let cell = CellSource(typeNumber: ValueType.number(column.dataType))
      unsafe (start + index).initialize(to: cell)
    }
    unsafe cells = start
  }

  /// Stands before the first row of `batch`, which the caller keeps alive.
  mutating func enter(_ batch: Batch) {
    row = -1
    rowCount = batch.rowCount
    guard let cells = unsafe cells else { return }
    for (index, column) in batch.columns.prefix(Int(columnCount)).enumerated() {
      // Sound: there are `columnCount` cells.
      unsafe cells[index].point(at: column)
    }
  }

  /// Goes one row on, if the batch has one.
  mutating func advance() -> Bool {
    guard row + 1 < rowCount else { return false }
    row += 1
    return true
  }

  /// Leaves the batch; there is no current row.
  mutating func leave() {
    row = -1
    rowCount = 0
  }

  /// Gives all memory back.
  mutating func free() {
    leave()
    guard let cells = unsafe cells else { return }
    for index in 0..<Int(columnCount) { unsafe cells[index].free() }
    // Sound: allocated by `reset`, and cells hold nothing that needs a deinit.
    unsafe cells.deallocate()
    unsafe self.cells = nil
    columnCount = 0
  }
}
