/// Dates, times and intervals as canonical text, appended to bytes.
public enum MomentText {
  /// `YYYY-MM-DD`; years below 1 or above 9999 with a sign.
  public static func append(days: Int, to text: inout [UInt8]) {
    let date = CivilDate(days: days)
    if date.year < 0 { text.append(UInt8(ascii: "-")) }
    if date.year > 9_999 { text.append(UInt8(ascii: "+")) }
    append(date.year.magnitude, width: 4, to: &text)
    text.append(UInt8(ascii: "-"))
    append(UInt(date.month), width: 2, to: &text)
    text.append(UInt8(ascii: "-"))
    append(UInt(date.day), width: 2, to: &text)
  }

  /// `HH:MM:SS`, and `.` with `digits` (0 to 9) digits of the fraction unless that is 0.
  public static func append(timeOfDay nanoseconds: Int64, digits: Int, to text: inout [UInt8]) {
    let value = nanoseconds.magnitude
    let seconds = value / 1_000_000_000
    if nanoseconds < 0 { text.append(UInt8(ascii: "-")) }
    append(UInt(seconds / 3_600), width: 2, to: &text)
    text.append(UInt8(ascii: ":"))
    append(UInt(seconds / 60 % 60), width: 2, to: &text)
    text.append(UInt8(ascii: ":"))
    append(UInt(seconds % 60), width: 2, to: &text)
    append(fraction: UInt(value % 1_000_000_000), digits: digits, to: &text)
  }

  /// `YYYY-MM-DD HH:MM:SS[.f]` of the wall clock; with `showsOffset` then ` +HH:MM`.
  public static func append(
    _ moment: WideTimestamp, digits: Int, showsOffset: Bool = false, separator: UInt8 = 0x20,
    to text: inout [UInt8]
  ) {
    append(days: moment.wallDays, to: &text)
    text.append(separator)
    append(timeOfDay: moment.nanosecondsOfDay, digits: digits, to: &text)
    guard showsOffset else { return }
    text.append(UInt8(ascii: " "))
    append(offsetMinutes: moment.offsetMinutes, to: &text)
  }

  /// `+HH:MM`.
  public static func append(offsetMinutes: Int32, to text: inout [UInt8]) {
    text.append(offsetMinutes < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
    append(UInt(offsetMinutes.magnitude / 60), width: 2, to: &text)
    text.append(UInt8(ascii: ":"))
    append(UInt(offsetMinutes.magnitude % 60), width: 2, to: &text)
  }

  /// `Y-MM`, with `-` in front when negative.
  public static func append(months: some SignedInteger & FixedWidthInteger, to text: inout [UInt8])
  {
    if months < 0 { text.append(UInt8(ascii: "-")) }
    append(UInt(months.magnitude / 12), width: 1, to: &text)
    text.append(UInt8(ascii: "-"))
    append(UInt(months.magnitude % 12), width: 2, to: &text)
  }

  /// `D HH:MM:SS[.f]`, with `-` in front when negative.
  public static func append(
    elapsed value: WideTimestamp, digits: Int, to text: inout [UInt8]
  ) {
    let total = Int128(value.seconds) * 1_000_000_000 + Int128(value.nanoseconds)
    if total < 0 { text.append(UInt8(ascii: "-")) }
    let day: UInt128 = 86_400_000_000_000
    // The quotient of a 64-bit second count always fits.
    append(UInt(truncatingIfNeeded: total.magnitude / day), width: 1, to: &text)
    text.append(UInt8(ascii: " "))
    append(
      timeOfDay: Int64(truncatingIfNeeded: total.magnitude % day), digits: digits, to: &text)
  }

  /// `D HH:MM:SS[.f]` without months; with months `P1Y2M3DT4H5M6.5S` (ISO 8601), every part with
  /// its own sign.
  public static func append(_ interval: MonthDayNano, digits: Int, to text: inout [UInt8]) {
    guard interval.months != 0 else {
      let total = Int128(interval.days) * 86_400_000_000_000 + Int128(interval.nanoseconds)
      let (seconds, rest) = total.quotientAndRemainder(dividingBy: 1_000_000_000)
      let borrow: Int128 = rest < 0 ? 1 : 0
      append(
        elapsed: WideTimestamp(
          seconds: Int64(truncatingIfNeeded: seconds - borrow),
          nanoseconds: Int32(rest + borrow * 1_000_000_000)), digits: digits, to: &text)
      return
    }
    text += "P\(interval.months / 12)Y\(interval.months % 12)M\(interval.days)DT".utf8
    if interval.nanoseconds < 0 { text.append(UInt8(ascii: "-")) }
    append(UInt(interval.nanoseconds.magnitude / 1_000_000_000), width: 1, to: &text)
    append(
      fraction: UInt(interval.nanoseconds.magnitude % 1_000_000_000), digits: digits, to: &text)
    text.append(UInt8(ascii: "S"))
  }

  /// Digits with leading zeros up to `width`.
  static func append(_ value: UInt, width: Int, to text: inout [UInt8]) {
    var limit: UInt = 10
    var digits = 1
    while digits < 19, value >= limit {
      limit *= 10
      digits += 1
    }
    for _ in 0..<max(0, width - digits) { text.append(UInt8(ascii: "0")) }
    let start = text.count
    var rest = value
    for _ in 0..<digits {
      text.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    }
    text[start...].reverse()
  }

  private static func append(fraction nanoseconds: UInt, digits: Int, to text: inout [UInt8]) {
    guard digits > 0 else { return }
    let shown = min(digits, 9)
    text.append(UInt8(ascii: "."))
    append(nanoseconds / UInt(PowersOfTen.word(9 - shown)), width: shown, to: &text)
  }
}
