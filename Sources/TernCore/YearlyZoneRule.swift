/// The last line of a zone file: what holds behind its last change, year after year.
///
/// Source: RFC 8536, section 3.3; POSIX, the variable TZ, with its extensions (offsets and times of
/// up to 167 hours, names in `<>`).
struct YearlyZoneRule: Hashable, Sendable {
  /// A day of the year, and the second of that day, in the wall clock before the change.
  struct Change: Hashable, Sendable {
    enum Day: Hashable, Sendable {
      /// 1 to 365; February 29 is never counted.
      case julian(Int64)
      /// 0 to 365; February 29 counts.
      case zeroBased(Int64)
      /// Month 1 to 12, week 1 to 5 (5 is the last), weekday 0 (Sunday) to 6.
      case weekday(month: Int64, week: Int64, day: Int64)
    }

    var day: Day
    var second: Int64

    /// Seconds from 1970 to the change in `year`, as if the wall clock were UTC.
    func wallSecond(in year: CivilYear) -> Int64 {
      (year.firstDay + dayOfYear(year)) * 86_400 + second
    }

    private func dayOfYear(_ year: CivilYear) -> Int64 {
      switch day {
      case .julian(let number): number - 1 + (year.isLeap && number >= 60 ? 1 : 0)
      case .zeroBased(let number): number
      case .weekday(let month, let week, let day):
        Self.dayOfYear(year, month: month, week: week, weekday: day)
      }
    }

    private static let daysBefore: [Int64] = [
      0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365,
    ]

    private static func dayOfYear(
      _ year: CivilYear, month: Int64, week: Int64, weekday: Int64
    ) -> Int64 {
      let index = Int(min(max(month, 1), 12))
      let leap: Int64 = year.isLeap ? 1 : 0
      let first = daysBefore[index - 1] + (index > 2 ? leap : 0)
      let length = daysBefore[index] - daysBefore[index - 1] + (index == 2 ? leap : 0)
      // 1970-01-01 was a Thursday.
      let firstWeekday = (((year.firstDay + first + 4) % 7) + 7) % 7
      var day = (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
      while day >= length { day -= 7 }
      return first + day
    }
  }

  /// Seconds east of UTC.
  var standardOffset: Int64
  var daylightOffset: Int64?
  var start = Change(day: .weekday(month: 3, week: 2, day: 0), second: 7_200)
  var end = Change(day: .weekday(month: 11, week: 1, day: 0), second: 7_200)

  /// The two changes of a year, earlier first; none without daylight saving.
  func changes(inYear number: Int64) -> [(instant: Int64, offset: Int64)] {
    guard let daylightOffset else { return [] }
    let year = CivilYear(number)
    let begins = (start.wallSecond(in: year) - standardOffset, daylightOffset)
    let ends = (end.wallSecond(in: year) - daylightOffset, standardOffset)
    return begins.0 <= ends.0 ? [begins, ends] : [ends, begins]
  }

  func offsetSeconds(at instant: Int64) -> Int64 {
    guard daylightOffset != nil else { return standardOffset }
    // Far beyond the calendar the rule goes on as in a year that has one.
    let second = min(max(instant, -100_000_000_000_000), 100_000_000_000_000)
    let year = CivilYear(containing: second).year
    var offset = standardOffset
    for number in (year - 1)...(year + 1) {
      for change in changes(inYear: number) where change.instant <= second {
        offset = change.offset
      }
    }
    return offset
  }
}

extension YearlyZoneRule {
  /// Reads a rule such as `EST5EDT,M3.2.0,M11.1.0`; nil for text that is none.
  init?(_ text: String) {
    var reader = RuleReader(Array(text.utf8))
    guard reader.name(), let standard = reader.offset() else { return nil }
    standardOffset = -standard
    guard !reader.isAtEnd else { return }
    guard reader.name() else { return nil }
    daylightOffset = standardOffset + 3_600
    if !reader.isAtEnd, !reader.isNext(",") {
      guard let offset = reader.offset() else { return nil }
      daylightOffset = -offset
    }
    guard !reader.isAtEnd else { return }
    guard let first = reader.change(), let second = reader.change(), reader.isAtEnd else {
      return nil
    }
    start = first
    end = second
  }
}

/// Walks the text of a rule.
private struct RuleReader {
  private let bytes: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { index >= bytes.count }

  func isNext(_ text: Unicode.Scalar) -> Bool {
    index < bytes.count && bytes[index] == UInt8(ascii: text)
  }

  private mutating func skip(_ text: Unicode.Scalar) -> Bool {
    guard isNext(text) else { return false }
    index += 1
    return true
  }

  /// Steps over letters, or anything in `<>`.
  mutating func name() -> Bool {
    if skip("<") {
      while !isAtEnd, !isNext(">") { index += 1 }
      return skip(">")
    }
    let first = index
    while index < bytes.count, Self.isLetter(bytes[index]) { index += 1 }
    return index - first >= 3
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
  }

  /// `[+-]h[h[h]][:mm[:ss]]` in seconds.
  mutating func offset() -> Int64? {
    let isNegative = skip("-")
    if !isNegative { _ = skip("+") }
    guard let hours = number(167) else { return nil }
    var seconds = hours * 3_600
    for unit: Int64 in [60, 1] where skip(":") {
      guard let part = number(59) else { return nil }
      seconds += part * unit
    }
    return isNegative ? -seconds : seconds
  }

  private mutating func number(_ most: Int64) -> Int64? {
    var value: Int64?
    while index < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[index] {
      let next = (value ?? 0) * 10 + Int64(bytes[index] - UInt8(ascii: "0"))
      guard next <= most else { return nil }
      value = next
      index += 1
    }
    return value
  }

  /// `,Mm.w.d[/time]`, `,Jn[/time]` or `,n[/time]`.
  mutating func change() -> YearlyZoneRule.Change? {
    guard skip(","), let day = day() else { return nil }
    guard skip("/") else { return YearlyZoneRule.Change(day: day, second: 7_200) }
    guard let second = offset() else { return nil }
    return YearlyZoneRule.Change(day: day, second: second)
  }

  private mutating func day() -> YearlyZoneRule.Change.Day? {
    if skip("J") {
      guard let day = number(365), day > 0 else { return nil }
      return .julian(day)
    }
    guard skip("M") else { return number(365).map { .zeroBased($0) } }
    guard let month = number(12), month > 0, skip("."), let week = number(5), week > 0,
      skip("."), let day = number(6)
    else { return nil }
    return .weekday(month: month, week: week, day: day)
  }
}
