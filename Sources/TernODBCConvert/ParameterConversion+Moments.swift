import TernColumns

// Dates, times, timestamps and intervals.
extension ParameterConversion {
  func moment(_ value: ParameterValue) -> Result {
    var clock: WallClock
    var isText = false
    switch value {
    case .date(let days): clock = WallClock(days: days)
    case .time(let seconds, let nanoseconds):
      clock = WallClock(seconds: seconds, nanoseconds: nanoseconds)
      clock.days = nil
    case .timestamp(let moment):
      clock = WallClock(seconds: moment.seconds, nanoseconds: moment.nanoseconds)
    case .text(let text):
      // Sound: read inside the closure only.
      let (parsed, outcome) = unsafe text.withUnsafeBytes { text in
        unsafe TextValue.moment(text, today: today)
      }
      guard let parsed else { return (.null, outcome) }
      clock = parsed
      isText = true
    case .number, .double, .bytes, .interval, .guid: return (.null, .restrictedType)
    }
    return finish(clock, isText: isText)
  }

  /// A date has no time, and a time structure no fraction: losing one is 22008.
  private func finish(_ clock: WallClock, isText: Bool) -> Result {
    let seconds = Int64(clock.secondOfDay)
    switch kind {
    case .date:
      guard let days = clock.days else { return (.null, isText ? .invalidCast : .restrictedType) }
      guard seconds == 0, clock.nanoseconds == 0, let day = Int32(exactly: days) else {
        return (.null, .datetimeOutOfRange)
      }
      return (.date(day), .exact)
    case .time:
      guard clock.nanoseconds == 0 || isText else { return (.null, .datetimeOutOfRange) }
      return (.time(seconds * 1_000_000_000 + Int64(clock.nanoseconds)), .exact)
    default:
      let days = clock.days ?? Int64(today)
      return (
        .timestamp(
          WideTimestamp(seconds: days * 86_400 + seconds, nanoseconds: clock.nanoseconds)), .exact
      )
    }
  }

  func interval(_ value: ParameterValue, _ kind: IntervalKind) -> Result {
    let amount: IntervalAmount?
    var outcome = ConversionOutcome.intervalOutOfRange
    switch value {
    case .interval(let own, _): amount = own
    case .number(let number): (amount, outcome) = single(number, kind)
    case .double(let double):
      guard let number = DecimalValue(double.description) else {
        return (.null, .intervalOutOfRange)
      }
      (amount, outcome) = single(number, kind)
    case .text(let text):
      // Sound: read inside the closure only.
      (amount, outcome) = unsafe text.withUnsafeBytes { text in
        unsafe TextValue.interval(text, kind)
      }
    case .bytes, .date, .time, .timestamp, .guid: return (.null, .restrictedType)
    }
    switch amount {
    case .months(let months) where kind.isMonths:
      guard let months = Int32(exactly: months) else { return (.null, .intervalOutOfRange) }
      return (.interval(MonthDayNano(months: months, days: 0, nanoseconds: 0)), .exact)
    case .nanoseconds(let nanoseconds) where !kind.isMonths:
      guard let interval = Self.interval(nanoseconds) else { return (.null, .intervalOutOfRange) }
      return (.interval(interval), .exact)
    case nil: return (.null, outcome)
    default: return (.null, .restrictedType)
    }
  }

  /// A number has to be a whole one, but for seconds.
  private func single(
    _ number: DecimalValue, _ kind: IntervalKind
  ) -> (IntervalAmount?, ConversionOutcome) {
    guard number.truncated(to: kind == .second ? 9 : 0).isExact else {
      return (nil, .textTruncated)
    }
    return TextValue.single(number, kind)
  }

  /// Days and the rest; nil beyond what the column's type holds.
  static func interval(_ nanoseconds: Int128) -> MonthDayNano? {
    let (days, rest) = nanoseconds.quotientAndRemainder(dividingBy: 86_400_000_000_000)
    guard let days = Int32(exactly: days), let rest = Int64(exactly: rest) else { return nil }
    return MonthDayNano(months: 0, days: days, nanoseconds: rest)
  }
}
