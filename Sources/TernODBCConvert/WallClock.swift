import TernColumns

/// A day and a time of day, as the date, time and timestamp structures need them.
struct WallClock {
  /// Days since 1970-01-01; nil for a time alone.
  var days: Int64?
  /// Seconds since midnight.
  var secondOfDay: Int32
  /// Of the second.
  var nanoseconds: Int32

  @inline(__always)
  init(days: Int64?, secondOfDay: Int32 = 0, nanoseconds: Int32 = 0) {
    self.days = days
    self.secondOfDay = secondOfDay
    self.nanoseconds = nanoseconds
  }

  /// A moment that counts seconds since 1970.
  @inline(__always)
  init(seconds: Int64, nanoseconds: Int32) {
    // Floor, so that moments before 1970 fall on their day.
    let days = seconds >= 0 ? seconds / 86_400 : ~(~seconds / 86_400)
    self.days = days
    secondOfDay = Int32(truncatingIfNeeded: seconds &- days &* 86_400)
    self.nanoseconds = nanoseconds
  }

  /// A moment in units of a second's `perSecond`th part.
  @inline(__always)
  init(units: Int64, perSecond: Int64) {
    let seconds = units >= 0 ? units / perSecond : ~(~units / perSecond)
    let rest = units &- seconds &* perSecond
    self.init(
      seconds: seconds,
      nanoseconds: Int32(truncatingIfNeeded: rest &* (1_000_000_000 / perSecond)))
  }

  /// Writes `SQL_DATE_STRUCT`.
  @inline(__always)
  func storeDate(at address: UInt) -> ConversionOutcome {
    guard let date = CalendarDate(days: days ?? 0) else { return .datetimeOutOfRange }
    date.store(at: address)
    return secondOfDay == 0 && nanoseconds == 0 ? .exact : .fractionTruncated
  }

  /// Writes `SQL_TIME_STRUCT`.
  @inline(__always)
  func storeTime(at address: UInt) -> ConversionOutcome {
    guard address != 0 else { return .exact }
    let minutes = secondOfDay / 60
    TargetMemory.store(UInt16(truncatingIfNeeded: minutes / 60), at: address)
    TargetMemory.store(UInt16(truncatingIfNeeded: minutes % 60), at: address &+ 2)
    TargetMemory.store(UInt16(truncatingIfNeeded: secondOfDay % 60), at: address &+ 4)
    return nanoseconds == 0 ? .exact : .fractionTruncated
  }

  /// Writes `SQL_TIMESTAMP_STRUCT`; its fraction counts nanoseconds.
  @inline(__always)
  func storeTimestamp(at address: UInt, today: Int32) -> ConversionOutcome {
    guard let date = CalendarDate(days: days ?? Int64(today)) else { return .datetimeOutOfRange }
    guard address != 0 else { return .exact }
    date.store(at: address)
    _ = WallClock(days: 0, secondOfDay: secondOfDay).storeTime(at: address &+ 6)
    TargetMemory.store(nanoseconds, at: address &+ 12)
    return .exact
  }

  /// Puts the canonical text in front: the date if there is one, and the time with `digits` digits
  /// of its fraction unless that is -1.
  @inline(__always)
  func prepend(to text: inout ASCIIText, digits: Int) {
    if digits >= 0 {
      if digits > 0 {
        let step = DecimalPower.word(9 &- digits)
        text.prepend(UInt64(truncatingIfNeeded: nanoseconds) / step, digitCountMin: digits)
        text.prepend(UInt8(ascii: "."))
      }
      let minutes = secondOfDay / 60
      text.prependPair(secondOfDay % 60)
      text.prepend(UInt8(ascii: ":"))
      text.prependPair(minutes % 60)
      text.prepend(UInt8(ascii: ":"))
      text.prependPair(minutes / 60)
      if days != nil { text.prepend(UInt8(ascii: " ")) }
    }
    guard let days else { return }
    if let date = CalendarDate(days: days) {
      text.prependDate(Int(date.year), Int32(date.month), Int32(date.day))
    } else {
      let date = CivilDate(days: Int(days))
      text.prependDate(
        date.year, Int32(truncatingIfNeeded: date.month), Int32(truncatingIfNeeded: date.day))
    }
  }
}

/// A day whose year fits the structures' 16 bits.
struct CalendarDate {
  let year: Int16
  let month: UInt16
  let day: UInt16

  /// Neri and Schneider's algorithm ("Euclidean affine functions and their application to calendar
  /// algorithms", 2022): no loops, no branches but the last, 32-bit multiplications.
  @inline(__always)
  init?(days: Int64) {
    // -32768-01-01 to 32767-12-31.
    guard days >= -12_687_794, days <= 11_248_737 else { return nil }
    // 82 eras of 400 years make every day number positive.
    let shifted = UInt32(truncatingIfNeeded: days &+ 719_468 &+ 146_097 &* 82)
    let first = shifted &* 4 &+ 3
    let century = first / 146_097
    let second = first % 146_097 / 4 &* 4 &+ 3
    let product = UInt64(second) &* 2_939_745
    let yearOfCentury = UInt32(truncatingIfNeeded: product >> 32)
    let dayOfYear = UInt32(truncatingIfNeeded: product) / 2_939_745 / 4
    let third = dayOfYear &* 2_141 &+ 197_913
    let isNextYear = dayOfYear >= 306
    let shiftedYear = Int32(truncatingIfNeeded: century &* 100 &+ yearOfCentury) &- 82 &* 400
    year = Int16(truncatingIfNeeded: shiftedYear &+ (isNextYear ? 1 : 0))
    month = UInt16(truncatingIfNeeded: isNextYear ? (third >> 16) &- 12 : third >> 16)
    day = UInt16(truncatingIfNeeded: (third & 0xFFFF) / 2_141 &+ 1)
  }

  /// Writes the three fields that all structures with a date start with.
  @inline(__always)
  func store(at address: UInt) {
    guard address != 0 else { return }
    TargetMemory.store(year, at: address)
    TargetMemory.store(month, at: address &+ 2)
    TargetMemory.store(day, at: address &+ 4)
  }
}
