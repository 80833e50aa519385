import Tern

/// Where SQLFetchScroll goes (ODBC, SQLFetchScroll, "Positioning the cursor").
enum FetchOrientation: Int16 {
  case next = 1
  case first = 2
  case last = 3
  case prior = 4
  case absolute = 5
  case relative = 6

  /// The first row of the new rowset, from 0, and whether it was moved up to the first row; nil
  /// when there is no such rowset.
  func start(
    in cursor: Cursor, offset: Int, rowsetSize: Int
  ) throws(TernError) -> (start: Int64, isClamped: Bool)? {
    let size = Int64(rowsetSize)
    switch self {
    case .next: return (cursor.nextRow, false)
    case .first: return (0, false)
    case .last: return (max(0, try cursor.totalCount() - size), false)
    case .prior: return try prior(in: cursor, size: size)
    case .absolute: return try absolute(in: cursor, offset: Int64(offset), size: size)
    case .relative: return try relative(in: cursor, offset: Int64(offset), size: size)
    }
  }

  /// Whether a fetch that found nothing leaves the cursor before the first row.
  func leavesBackwards(offset: Int) -> Bool {
    switch self {
    case .prior: true
    case .absolute, .relative: offset <= 0
    case .next, .first, .last: false
    }
  }

  private func prior(
    in cursor: Cursor, size: Int64
  ) throws(TernError) -> (start: Int64, isClamped: Bool)? {
    let current = cursor.isAfterEnd ? try cursor.totalCount() : cursor.rowset.lowerBound
    guard current > 0 else { return nil }
    return current >= size ? (current - size, false) : (0, true)
  }

  private func absolute(
    in cursor: Cursor, offset: Int64, size: Int64
  ) throws(TernError) -> (start: Int64, isClamped: Bool)? {
    guard offset != 0 else { return nil }
    guard offset < 0 else { return (offset - 1, false) }
    let total = try cursor.totalCount()
    guard total > 0 else { return nil }
    let (start, overflow) = total.addingReportingOverflow(offset)
    guard overflow || start < 0 else { return (start, false) }
    // Before the first row, but within a rowset of it: the rowset starts there.
    return offset.magnitude <= size.magnitude ? (0, true) : nil
  }

  private func relative(
    in cursor: Cursor, offset: Int64, size: Int64
  ) throws(TernError) -> (start: Int64, isClamped: Bool)? {
    if cursor.rowset.isEmpty {
      let isForward = offset > 0 && !cursor.isAfterEnd
      let isBackward = offset < 0 && cursor.isAfterEnd
      return isForward || isBackward
        ? try absolute(in: cursor, offset: offset, size: size) : nil
    }
    let (start, overflow) = cursor.rowset.lowerBound.addingReportingOverflow(offset)
    if overflow { return nil }
    guard start < 0 else { return (start, false) }
    let isNear = cursor.rowset.lowerBound > 0 && offset.magnitude <= size.magnitude
    return isNear ? (0, true) : nil
  }
}
