internal import TernColumns

/// How much of a result has arrived.
public struct ReceivedAmount: Hashable, Sendable {
  /// Rows.
  public var rowCount: Int64 = 0
  /// Bytes of memory that they take.
  public var byteCount: Int64 = 0

  /// Nothing yet.
  public init() {}

  init(_ batch: Batch) {
    rowCount = Int64(batch.rowCount)
    byteCount = Int64(batch.byteCount)
  }

  static func + (left: ReceivedAmount, right: ReceivedAmount) -> ReceivedAmount {
    var sum = left
    sum.rowCount = left.rowCount.addingReportingOverflow(right.rowCount).partialValue
    sum.byteCount = left.byteCount.addingReportingOverflow(right.byteCount).partialValue
    return sum
  }
}
