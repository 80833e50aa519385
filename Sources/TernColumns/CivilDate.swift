/// A day of the proleptic Gregorian calendar, and its number since 1970-01-01.
public struct CivilDate: Hashable, Sendable {
  /// May be 0 or negative; year 0 is the one before year 1.
  public var year: Int
  /// 1 to 12.
  public var month: Int
  /// 1 to 31.
  public var day: Int

  /// Makes a date; nothing is checked.
  public init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date of a day number; any Int32 and far beyond.
  public init(days: Int) {
    // Eras of 400 years that start on 1 March, so that the leap day is the last of its year.
    let shifted = min(max(days, -Self.daysMax), Self.daysMax) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Day numbers beyond this are cut; no type of ours reaches them.
  private static let daysMax = 1 << 48

  /// Whether the calendar has this date.
  public var isValid: Bool {
    guard 1...12 ~= month, day >= 1 else { return false }
    if month == 2 { return day <= (Self.isLeap(year) ? 29 : 28) }
    return day <= (month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31)
  }

  /// Whether the year has 366 days.
  public static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// The day number since 1970-01-01. The year must be one that `init(days:)` can yield.
  @inline(__always)
  public var days: Int {
    let shiftedYear = month <= 2 ? year &- 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear &- 399) / 400
    let yearOfEra = shiftedYear &- era &* 400
    let shiftedMonth = month > 2 ? month &- 3 : month &+ 9
    let dayOfYear = (153 &* shiftedMonth &+ 2) / 5 &+ day &- 1
    let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
    return era &* 146_097 &+ dayOfEra &- 719_468
  }
}
