/// Where a fetch reports: how many rows, and how each went.
struct RowsetOutputs {
  /// Rows that were asked for.
  let size: Int
  /// Receives the number of rows; may be null.
  let rowCount: Address
  /// Receives a status a row; may be null.
  let statuses: Address

  /// Reports that there is no row.
  func writeNothing() {
    rowCount.store(0)
    writeStatuses(rows: 0, failed: [:])
  }

  /// Reports on `rows` rows; those not named in `failed` went well, those behind are not there.
  func writeStatuses(rows: Int, failed: [Int: UInt16]) {
    guard !statuses.isNull else { return }
    for row in 0..<size {
      let status = row >= rows ? RowStatus.noRow : failed[row] ?? RowStatus.success
      statuses.advanced(by: row &* 2).store(status)
    }
  }
}

/// How a row went (`SQL_ROW_…`).
enum RowStatus {
  static let success: UInt16 = 0
  static let noRow: UInt16 = 3
  static let error: UInt16 = 5
  static let successWithInfo: UInt16 = 6
}
