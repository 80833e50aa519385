import Tern

/// The rows of an open result, and where the rowset stands in them.
///
/// A forward-only cursor holds the batches that the current rowset touches; a static one keeps all
/// that were read, because batches never change (reference section "Static cursors").
final class Cursor {
  /// A batch and the number of its first row in the whole result, from 0.
  struct Segment {
    let firstRow: Int64
    let batch: Batch

    /// The row behind the last.
    var endRow: Int64 { firstRow + Int64(batch.rowCount) }
  }

  /// Bytes that a static cursor may hold.
  private static let byteCountMax = 1 << 30

  /// The rows' source.
  let result: ResultSet
  /// Its columns.
  let columns: [ColumnDescription]
  /// As metadata shows them.
  let reported: [ReportedColumn]
  /// What the connection string says about values.
  let reporting: ReportOptions
  /// The zones of its instants, by name.
  private var zones: [String: ZoneRules] = [:]
  /// Whether the cursor can go back.
  let isStatic: Bool
  /// The rowset: rows of the result, from 0.
  private(set) var rowset: Range<Int64> = 0..<0 {
    didSet { findCurrentRow() }
  }
  /// The row that SQLGetData reads, from 0 in the whole result; -1 on none.
  private(set) var currentRow: Int64 = -1
  /// Whether the cursor stands behind the last row.
  private(set) var isAfterEnd = false
  /// The row of the rowset that SQLSetPos chose, from 0.
  var positionInRowset = 0 {
    didSet { findCurrentRow() }
  }
  private var segments: [Segment] = []
  private var isComplete = false
  private var byteCount = 0
  /// Converters of the bound columns, and what they were chosen for.
  var transfers = BoundTransfers()
  /// Readers of SQLGetData, by column.
  var cells: [CellReader?]

  /// Opens a cursor before the first row.
  init(_ result: ResultSet, _ reporting: ReportOptions, isStatic: Bool) {
    self.result = result
    self.isStatic = isStatic
    self.reporting = reporting
    columns = result.columns
    reported = columns.map { ReportedColumn($0, reporting) }
    cells = Array(repeating: nil, count: columns.count)
  }

  /// The row of the result that the cursor stands on, from 1; 0 when on none.
  var rowNumber: Int64 {
    rowset.isEmpty ? 0 : rowset.lowerBound + Int64(positionInRowset) + 1
  }

  /// Where the next rowset begins.
  var nextRow: Int64 { rowset.upperBound }

  /// Moves the rowset to `start` and the rows that exist of the `count` from there.
  ///
  /// - Returns: whether there is a row.
  func move(to start: Int64, count: Int) throws(TernError) -> Bool {
    let (end, overflow) = start.addingReportingOverflow(Int64(count))
    let last = try load(to: overflow ? .max : end)
    if !isStatic { drop(before: start) }
    positionInRowset = 0
    rowset = min(start, last)..<min(overflow ? last : end, last)
    isAfterEnd = rowset.isEmpty && start >= last
    return !rowset.isEmpty
  }

  /// Stands on no row: before the first, or behind the last.
  func leave(isBefore: Bool) {
    let end = segments.last?.endRow ?? rowset.upperBound
    rowset = isBefore ? 0..<0 : end..<end
    (isAfterEnd, positionInRowset) = (!isBefore, 0)
  }

  /// Rows of the whole result; reads to its end.
  func totalCount() throws(TernError) -> Int64 { try load(to: .max) }

  private func findCurrentRow() {
    currentRow = rowset.isEmpty ? -1 : rowset.lowerBound + Int64(positionInRowset)
  }

  /// The batch that holds a row of the result.
  func segment(at row: Int64) -> Segment? {
    segments.first { $0.firstRow <= row && row < $0.endRow }
  }

  /// The zone in whose wall clock the instants of a column are shown: the session's, which their
  /// type names, or UTC.
  ///
  /// - Throws: `.usage` HY024 where the system does not know that zone.
  func zone(of column: ColumnDescription) throws(TernError) -> ZoneRules {
    guard !reporting.showsUTC, let name = column.dataType.zone else { return .utc }
    if let known = zones[name] { return known }
    let rules = try ZoneRules(named: name)
    zones[name] = rules
    return rules
  }

  /// Calls `body` for each batch that the rowset touches, with the rows in it and the rowset's row
  /// that the first of them is.
  func forEachPart(
    _ body: (Batch, Range<Int>, _ rowsetOffset: Int) -> Void
  ) {
    for segment in segments {
      let start = max(segment.firstRow, rowset.lowerBound)
      let end = min(segment.endRow, rowset.upperBound)
      guard start < end else { continue }
      body(
        segment.batch, Int(start - segment.firstRow)..<Int(end - segment.firstRow),
        Int(start - rowset.lowerBound))
    }
  }

  /// Reads until row `end` is there or the result ends; returns the row behind the last known.
  private func load(to end: Int64) throws(TernError) -> Int64 {
    var last = segments.last?.endRow ?? nextRow
    while last < end, !isComplete {
      guard let batch = try result.nextBatch() else {
        isComplete = true
        break
      }
      guard batch.rowCount > 0 else { continue }
      segments.append(Segment(firstRow: last, batch: batch))
      last += Int64(batch.rowCount)
      if isStatic { try count(batch) }
    }
    return last
  }

  private func drop(before row: Int64) {
    while segments.count > 1, let first = segments.first, first.endRow <= row {
      segments.removeFirst()
    }
  }

  private func count(_ batch: Batch) throws(TernError) {
    byteCount = byteCount &+ batch.columns.reduce(0) { $0 &+ $1.byteCount }
    guard byteCount <= Cursor.byteCountMax else {
      throw .overBudget("the static cursor holds more than \(Cursor.byteCountMax) bytes")
    }
  }
}

extension Column {
  /// Bytes of its buffers, roughly: slices share them.
  fileprivate var byteCount: Int {
    (values?.byteCount ?? 0) + (data?.byteCount ?? 0)
      + children.reduce(0) { $0 + $1.byteCount }
  }
}
