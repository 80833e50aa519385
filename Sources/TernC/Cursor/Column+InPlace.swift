import TernColumns
import TernCore

extension Column {
  /// The bytes of a text or binary value where they lie; nil for other types.
  ///
  /// - Throws: `.data` 22002 for NULL.
  func bytesInPlace(at row: Int) throws(TernError) -> UnsafeRawBufferPointer? {
    if try isNull(at: row) { throw .data("the value is NULL", .indicatorNeeded) }
    switch type {
    case .utf8, .largeUtf8, .binary, .largeBinary, .fixedSizeBinary:
      // Sound: the caller keeps the column alive for as long as it reads.
      return unsafe rawBytes(at: row)
    default: return nil
    }
  }

  /// An interval, or an elapsed time as nanoseconds.
  func intervalParts(at row: Int) throws(TernError) -> MonthDayNano {
    guard case .duration = type else { return try interval(at: row) }
    let elapsed = try duration(at: row)
    let (scaled, overflow) = elapsed.seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, sumOverflow) = scaled.addingReportingOverflow(Int64(elapsed.nanoseconds))
    guard !overflow, !sumOverflow else {
      throw .data("the elapsed time has too many nanoseconds", .intervalOutOfRange)
    }
    return MonthDayNano(months: 0, days: 0, nanoseconds: sum)
  }
}
