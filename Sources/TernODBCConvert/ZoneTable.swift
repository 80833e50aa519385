/// The offsets of one time zone: what to add to an instant to see the wall clock there.
public struct ZoneTable: Hashable, Sendable {
  /// When each offset begins, seconds since 1970 UTC, ascending.
  private let starts: [Int64]
  /// Seconds east of UTC; the first is valid before all starts.
  private let offsets: [Int32]

  /// UTC.
  public static let utc = ZoneTable(fixedOffsetSeconds: 0)

  /// A zone that never changes.
  public init(fixedOffsetSeconds: Int32) {
    starts = []
    offsets = [fixedOffsetSeconds]
  }

  /// A zone with transitions: `offsets` has one entry more than `starts`. Ill-fitting arrays
  /// give UTC.
  public init(starts: [Int64], offsets: [Int32]) {
    let fits = offsets.count == starts.count + 1
    self.starts = fits ? starts : []
    self.offsets = fits ? offsets : [0]
  }

  /// Seconds east of UTC at an instant.
  func offset(at second: Int64) -> Int64 {
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= second { low = middle + 1 } else { high = middle }
    }
    return Int64(offsets[low])
  }
}
