private import CTern

/// `"YYYY-MM-DD"`.
enum DateCell: CellFormat {
  @inline(__always) static var byteWidth: Int { 4 }

  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, _ sink: inout CellSink
  ) -> UnsafeRawPointer? {
    guard unsafe tern_is_date(start) != 0 else { return nil }
    let (year, month) = unsafe MomentBlock.yearMonth(start + 1)
    let day = unsafe Int(byte(start + 9)) &* 10 &+ Int(byte(start + 10)) &- 11 &* 0x30
    guard let days = MomentBlock.days(year, month, day) else { return nil }
    unsafe sink.values.storeBytes(of: Int32(truncatingIfNeeded: days), as: Int32.self)
    return unsafe start + 12
  }
}

/// Dates and times of which the digits are known to be digits, as eight bytes at once.
enum MomentBlock {
  /// Four digits, `-`, two digits, `-`.
  @inline(__always)
  @unsafe static func yearMonth(_ start: UnsafeRawPointer) -> (year: Int, month: Int) {
    let pairs = unsafe pairs(start, 0x2D30_302D_3030_3030)
    let year = Int(pairs & 0xFF) &* 100 &+ Int(pairs &>> 16 & 0xFF)
    return (year, Int(pairs &>> 40 & 0xFF))
  }

  /// Two digits, a blank, two digits, `:`, two digits.
  @inline(__always)
  @unsafe static func dayHourMinute(
    _ start: UnsafeRawPointer
  ) -> (day: Int, hour: Int, minute: Int) {
    let pairs = unsafe pairs(start, 0x3030_3A30_3020_3030)
    return (Int(pairs & 0xFF), Int(pairs &>> 24 & 0xFF), Int(pairs &>> 48 & 0xFF))
  }

  /// In each byte ten times this digit and once the next; no byte passes 99. `zero` is the text
  /// with all digits 0.
  @inline(__always)
  @unsafe private static func pairs(_ start: UnsafeRawPointer, _ zero: UInt64) -> UInt64 {
    let parts = unsafe UInt64(littleEndian: start.loadUnaligned(as: UInt64.self)) ^ zero
    return parts &* 10 &+ parts &>> 8
  }

  /// Days since 1970-01-01 of a date of the years 1 to 9999; nil if the calendar has no such day.
  @inline(__always)
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
    guard year > 0, 1...12 ~= month, day > 0,
      day <= 28 || CivilDate(year: year, month: month, day: day).isValid
    else { return nil }
    // Years start in March, so that the leap day comes last; no eras, as no year is negative.
    let isEarly = month <= 2
    let shiftedYear = isEarly ? year &- 1 : year
    let shiftedMonth = isEarly ? month &+ 9 : month &- 3
    let centuries = shiftedYear / 100
    let leapDays = shiftedYear &>> 2 &- centuries &+ centuries &>> 2
    return shiftedYear &* 365 &+ leapDays &+ (shiftedMonth &* 979 &+ 16) &>> 5 &+ day &- 719_469
  }
}
