internal import TernColumns
internal import TernCore

/// Puts dates and times right that a server shifts.
///
/// Generic servers write the first frame by a UTC calendar and later frames by their machine's own
/// zone; and they read dates before 1582-10-15 by the Julian calendar. Both can be undone, but for
/// what is ambiguous. Source: Avatica reference, sections 9.3 and 9.4.
struct AvaticaCalendar: Sendable {
  /// The zone of the server's machine; nil leaves later frames as they are.
  var zone: ZoneRules?
  /// Whether days before the Gregorian calendar were counted by the Julian one.
  var isJulian = false

  /// Whether nothing is ever changed.
  var isIdle: Bool { (zone?.isUTC ?? true) && !isJulian }

  private static let dayMilliseconds: Int64 = 86_400_000
  /// 1582-10-15, the first day of the Gregorian calendar.
  private static let gregorianStart: Int64 = -141_427

  /// The frame with its dates and times put right.
  ///
  /// - Throws: `.data` for a value that leaves its type's range.
  func corrected(_ batch: Batch, isFirstFrame: Bool) throws(TernError) -> Batch {
    guard !isIdle else { return batch }
    var columns: [Column] = []
    for column in batch.columns {
      columns.append(try corrected(column, isFirstFrame: isFirstFrame))
    }
    return try Batch(batch.schema, columns, rowCount: batch.rowCount)
  }

  /// Other types, and arrays of others, stay as they are.
  private func corrected(_ column: Column, isFirstFrame: Bool) throws(TernError) -> Column {
    guard Self.isTemporal(column.type) else { return column }
    let builder = ColumnBuilder(column.type)
    for row in 0..<column.count {
      try append(column, row, isFirstFrame, to: builder)
    }
    return try builder.finish()
  }

  private func append(
    _ column: Column, _ row: Int, _ isFirstFrame: Bool, to builder: ColumnBuilder
  ) throws(TernError) {
    if try column.isNull(at: row) { return try builder.appendNull() }
    guard case .list = column.type, let child = builder.children.first else {
      let value = try column.int64(at: row)
      return try builder.append(integer: corrected(value, column.type, isFirstFrame))
    }
    let list = try column.list(at: row)
    for index in 0..<list.count { try append(list, index, isFirstFrame, to: child) }
    try builder.appendChildren()
  }

  /// Whether values of the type are dates or times without a zone.
  static func isTemporal(_ type: DataType) -> Bool {
    switch type {
    case .date32, .time32(.millisecond), .timestamp(.millisecond, nil): true
    case .list(let item): isTemporal(item.type)
    default: false
    }
  }

  /// One value in the unit of its type.
  func corrected(_ value: Int64, _ type: DataType, _ isFirstFrame: Bool) -> Int64 {
    var value = value
    if let zone, !zone.isUTC, !isFirstFrame {
      switch type {
      case .date32: value = Self.day(value, zone)
      case .time32: value = Self.time(value, zone)
      default: value = Self.timestamp(value, zone)
      }
    }
    guard isJulian else { return value }
    switch type {
    case .date32: return value < Self.gregorianStart ? Self.proleptic(value) : value
    case .time32: return value
    default:
      let day = Self.floor(value, Self.dayMilliseconds)
      guard day < Self.gregorianStart else { return value }
      return value &+ (Self.proleptic(day) - day) &* Self.dayMilliseconds
    }
  }

  // MARK: - The server's zone

  private static func timestamp(_ value: Int64, _ zone: ZoneRules) -> Int64 {
    value &+ zone.offsetSeconds(at: floor(value, 1_000)) &* 1_000
  }

  /// The server counts times from midnight of 1970-01-01.
  private static func time(_ value: Int64, _ zone: ZoneRules) -> Int64 {
    let shifted = value &+ zone.offsetSeconds(at: 0) &* 1_000
    return shifted - floor(shifted, dayMilliseconds) * dayMilliseconds
  }

  /// The server divides the instant of local midnight by the length of a day, toward zero. A number
  /// that two days share, such as 0, is left as it is.
  private static func day(_ value: Int64, _ zone: ZoneRules) -> Int64 {
    var found: Int64?
    for day in (value - 1)...(value + 1) where sentDay(day, zone) == value {
      guard found == nil else { return value }
      found = day
    }
    return found ?? value
  }

  /// What the server sends for a day.
  private static func sentDay(_ day: Int64, _ zone: ZoneRules) -> Int64 {
    let midnight = day * 86_400
    let guess = midnight - zone.offsetSeconds(at: midnight)
    return (midnight - zone.offsetSeconds(at: guess)) / 86_400
  }

  // MARK: - The Julian calendar

  /// The day with the same name in the proleptic Gregorian calendar, for a day that is counted by
  /// the Julian one.
  static func proleptic(_ day: Int64) -> Int64 {
    guard let date = JulianDate(days: day) else { return day }
    return Int64(CivilDate(year: date.year, month: date.month, day: date.day).days)
  }

  /// The day that the Julian calendar gives the name that the proleptic Gregorian gives `day`: what
  /// a server before 1.23 must be sent.
  static func julianDay(ofProleptic day: Int64) -> Int64 {
    guard day < gregorianStart, let exact = Int32(exactly: day) else { return day }
    let date = CivilDate(days: Int(exact))
    return JulianDate(year: date.year, month: date.month, day: date.day).days
  }

  private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }
}

/// A date of the Julian calendar. Years run from March, so that the leap day is the last of them.
struct JulianDate: Hashable, Sendable {
  let year: Int
  let month: Int
  let day: Int

  /// Days from 0000-03-01 of this calendar to 1970-01-01 of the Gregorian one.
  private static let epoch: Int64 = 719_470

  init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date of a day since 1970-01-01; nil beyond 32 bits.
  init?(days: Int64) {
    guard Int32(exactly: days) != nil else { return nil }
    let shifted = days + Self.epoch
    let era = shifted / 1_461 - (shifted % 1_461 < 0 ? 1 : 0)
    let inEra = shifted - era * 1_461
    let years = min(inEra / 365, 3)
    let rest = inEra - 365 * years
    let fromMarch = (5 * rest + 2) / 153
    month = Int(fromMarch < 10 ? fromMarch + 3 : fromMarch - 9)
    day = Int(rest - (153 * fromMarch + 2) / 5 + 1)
    year = Int(era * 4 + years) + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01.
  var days: Int64 {
    let fromMarch = Int64((month + 9) % 12)
    let years = Int64(month <= 2 ? year - 1 : year)
    let leapDays = years / 4 - (years % 4 < 0 ? 1 : 0)
    return years * 365 + leapDays + (153 * fromMarch + 2) / 5 + Int64(day) - 1 - Self.epoch
  }
}
