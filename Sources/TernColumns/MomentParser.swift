public import TernCore

/// Reads dates, times, timestamps and intervals from their canonical texts, exactly.
///
/// Malformed text is 22007, a value that no type holds 22008 or 22015. Blanks around the text are
/// tolerated.
public struct MomentParser: ~Escapable {
  private let text: Span<UInt8>
  private var index = 0

  /// Starts at the first byte that is not blank.
  @_lifetime(copy text)
  public init(_ text: Span<UInt8>) {
    self.text = text
    while index < text.count, text[index] == 0x20 { index += 1 }
  }

  /// `YYYY-MM-DD`, also with midnight behind it: days since 1970-01-01.
  public mutating func wholeDate() throws(TernError) -> Int32 {
    let days = try date()
    if !isAtEnd { guard try timeOfDayBehindDate() == 0 else { throw malformed } }
    return try finish(Int32(truncatingIfNeeded: days))
  }

  /// `HH:MM:SS[.f]`: since midnight, as seconds and nanoseconds.
  public mutating func wholeTime() throws(TernError) -> WideTimestamp {
    let nanoseconds = try timeOfDay(hourMax: 23)
    return try finish(WideTimestamp(nanoseconds, .nanosecond))
  }

  /// `YYYY-MM-DD HH:MM:SS[.f]`, or `T` between the two, or the date alone.
  ///
  /// A zone (`Z`, `+HH:MM`, `+HHMM`, `+HH`) may follow where `hasZone`: the result is then the
  /// instant, and knows its offset.
  public mutating func wholeTimestamp(hasZone: Bool) throws(TernError) -> WideTimestamp {
    let days = try date()
    var nanoseconds: Int64 = 0
    if !isAtEnd { nanoseconds = try timeOfDayBehindDate() }
    var moment = WideTimestamp(nanoseconds, .nanosecond)
    moment.seconds += Int64(days) * 86_400
    if !isAtEnd, hasZone {
      moment.offsetMinutes = try zone()
      moment.seconds -= Int64(moment.offsetMinutes) * 60
    }
    return try finish(moment)
  }

  /// `[+-]Y-MM`: months.
  public mutating func wholeMonths() throws(TernError) -> Int32 {
    let isNegative = sign()
    let (years, _) = try number(digitCountMax: 9)
    try expect(UInt8(ascii: "-"))
    let (months, _) = try number(digitCountMax: 2)
    guard months < 12, let total = Int32(exactly: years * 12 + months) else {
      throw intervalOutOfRange
    }
    return try finish(isNegative ? -total : total)
  }

  /// `[+-]D HH:MM:SS[.f]`, or hours that may pass 23 without days; all parts have one sign.
  public mutating func wholeElapsed() throws(TernError) -> MonthDayNano {
    let isNegative = sign()
    let start = index
    var (days, _) = try number(digitCountMax: 9)
    if !skip(0x20) {
      days = 0
      index = start
    }
    let time = try timeOfDay(hourMax: index == start ? 999_999 : 23)
    guard let exact = Int32(exactly: days) else { throw intervalOutOfRange }
    return try finish(
      MonthDayNano(
        months: 0, days: isNegative ? -exact : exact, nanoseconds: isNegative ? -time : time))
  }
}

// Parts, shared with `MomentPattern`.
extension MomentParser {
  /// Whether only blanks are left.
  private var isAtEnd: Bool {
    var rest = index
    while rest < text.count, text[rest] == 0x20 { rest += 1 }
    return rest == text.count
  }

  private func finish<Result>(_ value: Result) throws(TernError) -> Result {
    guard isAtEnd else { throw malformed }
    return value
  }

  private mutating func date() throws(TernError) -> Int {
    let (year, digitCount) = try number(digitCountMax: 4)
    try expect(UInt8(ascii: "-"))
    let (month, _) = try number(digitCountMax: 2)
    try expect(UInt8(ascii: "-"))
    let (day, _) = try number(digitCountMax: 2)
    let date = CivilDate(year: year, month: month, day: day)
    guard digitCount == 4, year > 0, date.isValid else {
      throw .data("a text is no date of the years 1 to 9999", .invalidDatetime)
    }
    return date.days
  }

  private mutating func timeOfDayBehindDate() throws(TernError) -> Int64 {
    guard skip(0x20) || skip(UInt8(ascii: "T")) || skip(UInt8(ascii: "t")) else {
      throw malformed
    }
    return try timeOfDay(hourMax: 23)
  }

  private mutating func timeOfDay(hourMax: Int) throws(TernError) -> Int64 {
    let (hour, _) = try number(digitCountMax: 6)
    try expect(UInt8(ascii: ":"))
    let (minute, _) = try number(digitCountMax: 2)
    var second = 0
    var nanoseconds: Int64 = 0
    if skip(UInt8(ascii: ":")) {
      (second, _) = try number(digitCountMax: 2)
      if skip(UInt8(ascii: ".")) { nanoseconds = try fraction() }
    }
    guard hour <= hourMax, minute < 60, second < 60 else {
      throw .data("a text has an hour, minute or second that does not exist", .invalidDatetime)
    }
    return Int64((hour * 60 + minute) * 60 + second) * 1_000_000_000 + nanoseconds
  }

  /// Digits behind a point as nanoseconds; those beyond nine must be zeros.
  private mutating func fraction() throws(TernError) -> Int64 {
    var nanoseconds: Int64 = 0
    var count = 0
    while index < text.count, 0x30...0x39 ~= text[index] {
      let digit = Int64(text[index] - 0x30)
      if count < 9 {
        nanoseconds = nanoseconds * 10 + digit
      } else if digit != 0 {
        throw .data("a time has digits below a nanosecond", .datetimeOutOfRange)
      }
      count += 1
      index += 1
    }
    guard count > 0 else { throw malformed }
    return nanoseconds * Int64(PowersOfTen.word(max(0, 9 - count)))
  }

  private mutating func zone() throws(TernError) -> Int32 {
    while skip(0x20) {}
    if skip(UInt8(ascii: "Z")) || skip(UInt8(ascii: "z")) { return 0 }
    guard index < text.count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-")
    else { throw malformed }
    let isNegative = sign()
    let (first, digitCount) = try number(digitCountMax: 4)
    var hours = first
    var minutes = 0
    if digitCount > 2 {
      (hours, minutes) = (first / 100, first % 100)
    } else if skip(UInt8(ascii: ":")) {
      (minutes, _) = try number(digitCountMax: 2)
    }
    guard hours <= 24, minutes < 60 else { throw malformed }
    let total = Int32(hours * 60 + minutes)
    return isNegative ? -total : total
  }

  /// Steps over a sign; whether it was a minus.
  private mutating func sign() -> Bool {
    if skip(UInt8(ascii: "-")) { return true }
    _ = skip(UInt8(ascii: "+"))
    return false
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard index < text.count, text[index] == byte else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ byte: UInt8) throws(TernError) {
    guard skip(byte) else { throw malformed }
  }

  /// One to nine digits.
  private mutating func number(
    digitCountMax: Int
  ) throws(TernError) -> (value: Int, digitCount: Int) {
    var value = 0
    var count = 0
    while index < text.count, count < digitCountMax, 0x30...0x39 ~= text[index] {
      value = value * 10 + Int(text[index] - 0x30)
      count += 1
      index += 1
    }
    guard count > 0 else { throw malformed }
    return (value, count)
  }

  private var malformed: TernError {
    .data("a text is no date, time, timestamp or interval", .invalidDatetime)
  }

  private var intervalOutOfRange: TernError {
    .data("an interval does not fit", .intervalOutOfRange)
  }
}
