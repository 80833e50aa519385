/// The unit of a time, timestamp or duration column.
public enum TimeUnit: Int, Hashable, Sendable, CaseIterable {
  case second, millisecond, microsecond, nanosecond

  /// Units in one second.
  public var perSecond: Int64 {
    switch self {
    case .second: 1
    case .millisecond: 1_000
    case .microsecond: 1_000_000
    case .nanosecond: 1_000_000_000
    }
  }

  /// Decimal digits of a fraction of a second: 0, 3, 6 or 9.
  public var fractionDigits: Int { rawValue * 3 }

  /// The coarsest unit that holds `digits` fraction digits; more than 9 give nanoseconds.
  public init(fractionDigits digits: Int) {
    self =
      digits <= 0 ? .second : digits <= 3 ? .millisecond : digits <= 6 ? .microsecond : .nanosecond
  }
}
