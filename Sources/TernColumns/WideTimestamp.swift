/// A moment with nanoseconds in any year from 1 to 9999, as 16 bytes.
public struct WideTimestamp: Hashable, Sendable, BitwiseCopyable {
  /// Since 1970-01-01T00:00:00, floor: `nanoseconds` always counts forward.
  public var seconds: Int64
  /// 0 to 999 999 999.
  public var nanoseconds: Int32
  /// What to add to reach the wall clock of the value's own zone; 0 in columns without a zone.
  public var offsetMinutes: Int32

  /// Makes a moment.
  public init(seconds: Int64, nanoseconds: Int32, offsetMinutes: Int32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
    self.offsetMinutes = offsetMinutes
  }
}

/// The three parts of an interval that do not convert into each other.
public struct MonthDayNano: Hashable, Sendable, BitwiseCopyable {
  /// Whole months; years are 12.
  public var months: Int32
  /// Whole days.
  public var days: Int32
  /// The rest.
  public var nanoseconds: Int64

  /// Makes an interval.
  public init(months: Int32, days: Int32, nanoseconds: Int64) {
    self.months = months
    self.days = days
    self.nanoseconds = nanoseconds
  }
}
