import TernColumns

/// `SQL_INTERVAL_STRUCT`: a kind, a sign and up to five unsigned fields.
enum IntervalFields {
  /// Writes an elapsed time cut to the kind's smallest field.
  static func store(
    nanoseconds total: Int128, _ kind: IntervalKind, leadingDigits: Int?, secondsPrecision: Int,
    at address: UInt
  ) -> ConversionOutcome {
    let second: UInt128 = 1_000_000_000
    var seconds = total.magnitude / second
    var fraction = UInt32(truncatingIfNeeded: total.magnitude % second)
    var isExact = true
    let unit = UInt128(kind.secondsPerUnit)
    if kind.trailing == .second {
      let step = UInt32(truncatingIfNeeded: DecimalPower.wide(9 - min(max(secondsPrecision, 0), 9)))
      isExact = fraction % step == 0
      fraction /= step
    } else {
      isExact = fraction == 0 && seconds % unit == 0
      seconds -= seconds % unit
      fraction = 0
    }
    var fields: [UInt128] = [0, 0, 0, 0]
    let lengths: [UInt128] = [86_400, 3_600, 60, 1]
    for index in 0..<4 where index >= Int(kind.leading.rawValue) - 3 {
      fields[index] = seconds / lengths[index]
      seconds %= lengths[index]
    }
    let leading = fields[Int(kind.leading.rawValue) - 3]
    guard fits(leading, leadingDigits) else { return .intervalOutOfRange }
    guard address != 0 else { return isExact ? .exact : .fractionTruncated }
    storeHead(kind, isNegative: total < 0, at: address)
    for index in 0..<4 {
      TargetMemory.store(
        UInt32(truncatingIfNeeded: fields[index]), at: address &+ 8 &+ UInt(index * 4))
    }
    TargetMemory.store(fraction, at: address &+ 24)
    return isExact ? .exact : .fractionTruncated
  }

  /// Writes months cut to the kind's smallest field.
  static func store(
    months total: Int64, _ kind: IntervalKind, leadingDigits: Int?, at address: UInt
  ) -> ConversionOutcome {
    let magnitude = total.magnitude
    let years = kind == .month ? 0 : magnitude / 12
    let months = kind == .month ? magnitude : kind == .year ? 0 : magnitude % 12
    guard fits(UInt128(kind == .month ? months : years), leadingDigits) else {
      return .intervalOutOfRange
    }
    let isExact = kind != .year || magnitude % 12 == 0
    guard address != 0 else { return isExact ? .exact : .fractionTruncated }
    storeHead(kind, isNegative: total < 0, at: address)
    TargetMemory.store(UInt32(truncatingIfNeeded: years), at: address &+ 8)
    TargetMemory.store(UInt32(truncatingIfNeeded: months), at: address &+ 12)
    // The fields that this kind does not have.
    TargetMemory.store(UInt32(0), at: address &+ 16)
    TargetMemory.store(UInt32(0), at: address &+ 20)
    TargetMemory.store(UInt32(0), at: address &+ 24)
    return isExact ? .exact : .fractionTruncated
  }

  /// Writes a number as an interval of one field; seconds keep their fraction.
  static func store(
    _ value: DecimalValue, _ kind: IntervalKind, leadingDigits: Int?, secondsPrecision: Int,
    at address: UInt
  ) -> ConversionOutcome {
    let (cut, isExact) = value.truncated(to: kind == .second ? 9 : 0)
    guard let unscaled = cut.unscaled, let count = Int64(exactly: unscaled / scale(kind)) else {
      return .intervalOutOfRange
    }
    let outcome: ConversionOutcome
    if kind.isMonths {
      let (months, overflow) = count.multipliedReportingOverflow(by: kind == .year ? 12 : 1)
      if overflow { return .intervalOutOfRange }
      outcome = store(months: months, kind, leadingDigits: leadingDigits, at: address)
    } else {
      let nanoseconds =
        kind == .second ? unscaled : unscaled * Int128(kind.secondsPerUnit) * 1_000_000_000
      outcome = store(
        nanoseconds: nanoseconds, kind, leadingDigits: leadingDigits,
        secondsPrecision: secondsPrecision, at: address)
    }
    return outcome == .exact && !isExact ? .fractionTruncated : outcome
  }

  private static func scale(_ kind: IntervalKind) -> Int128 {
    kind == .second ? 1_000_000_000 : 1
  }

  private static func fits(_ leading: UInt128, _ digits: Int?) -> Bool {
    guard leading <= UInt128(UInt32.max) else { return false }
    guard let digits, 1...10 ~= digits else { return true }
    return leading < UInt128(DecimalPower.wide(digits))
  }

  private static func storeHead(_ kind: IntervalKind, isNegative: Bool, at address: UInt) {
    TargetMemory.store(Int32(kind.rawValue), at: address)
    TargetMemory.store(Int16(isNegative ? 1 : 0), at: address &+ 4)
    TargetMemory.store(Int16(0), at: address &+ 6)
  }
}
