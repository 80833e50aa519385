private import CTern

/// Numbers, bare or in quotes, whose digits fit 64 bits, rounded correctly.
enum DoubleCell: CellFormat {
  @inline(__always) static var byteWidth: Int { 8 }
  @inline(__always) static var isNumber: Bool { true }

  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, _ sink: inout CellSink
  ) -> UnsafeRawPointer? {
    var next = unsafe start
    let isQuoted = unsafe byte(next) == UInt8(ascii: "\"")
    if isQuoted { unsafe next += 1 }
    let isNegative = unsafe byte(next) == UInt8(ascii: "-")
    if isNegative { unsafe next += 1 }
    guard let digits = unsafe Digits(long: next) else { return nil }
    var exponent = 0 &- digits.fractionCount
    unsafe next += digits.byteCount
    if unsafe byte(next) | 0x20 == UInt8(ascii: "e") {
      guard let (written, behind) = unsafe writtenExponent(next + 1) else { return nil }
      exponent &+= written
      unsafe next = behind
    }
    if isQuoted {
      guard unsafe byte(next) == UInt8(ascii: "\"") else { return nil }
      unsafe next += 1
    }
    guard let value = DoubleRounding.nearest(digits.significand, exponent)
    else { return nil }
    unsafe sink.values.storeBytes(of: isNegative ? -value : value, as: Double.self)
    return unsafe next
  }

  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, to end: UnsafeRawPointer, _ sink: inout CellSink
  ) -> Bool {
    let isNegative = unsafe byte(start) == UInt8(ascii: "-")
    guard let digits = unsafe Digits(start + (isNegative ? 1 : 0), to: end),
      let value = DoubleRounding.nearest(digits.significand, 0 &- digits.fractionCount)
    else { return false }
    unsafe sink.values.storeBytes(of: isNegative ? -value : value, as: Double.self)
    return true
  }

  /// The digits behind `e`, at most seven.
  @unsafe private static func writtenExponent(
    _ start: UnsafeRawPointer
  ) -> (Int, UnsafeRawPointer)? {
    let sign = unsafe byte(start)
    let hasSign = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
    let digits = unsafe start + (hasSign ? 1 : 0)
    let block = unsafe DigitBlock(digits)
    guard block.count > 0, block.count < 8 else { return nil }
    let value = unsafe Int(
      DigitBlock.value(of: digits.loadUnaligned(as: UInt64.self), count: block.count))
    return unsafe (sign == UInt8(ascii: "-") ? -value : value, digits + block.count)
  }
}

/// From decimal digits to the nearest double.
///
/// Source: D. Lemire, "Number Parsing at a Gigabyte per Second" (2021). Clinger's older shortcut
/// for short numbers is left out: deciding whether it applies costs more than it saves.
enum DoubleRounding {
  /// The double nearest to `significand * 10^exponent`; nil where a slower way must decide:
  /// results that are subnormal or overflow, and rare ties.
  @inline(__always)
  static func nearest(_ significand: UInt64, _ exponent: Int) -> Double? {
    guard significand != 0 else { return 0 }
    guard -342...308 ~= exponent else { return nil }
    return product(significand, exponent)
  }

  @inline(__always)
  private static func product(_ significand: UInt64, _ exponent: Int) -> Double? {
    let leadingZeros = significand.leadingZeroBitCount
    let normalized = significand &<< UInt64(leadingZeros)
    var (high, low) = normalized.multipliedFullWidth(
      by: tern_power_of_five_high(Int64(exponent)))
    if high & 0x1FF == 0x1FF {
      // The bits below could carry: take 64 more bits of the power into account.
      let more = normalized.multipliedFullWidth(by: tern_power_of_five_low(Int64(exponent))).high
      let (sum, overflow) = low.addingReportingOverflow(more)
      low = sum
      if overflow { high &+= 1 }
    }
    if low == .max, !(-27...55 ~= exponent) { return nil }
    let upperBit = high &>> 63
    var mantissa = high &>> (upperBit &+ 9)
    // floor(exponent * log2(10)) by a product that is exact over the whole range.
    let power = (217_706 &* exponent) &>> 16 &+ 63
    var biased = power &+ Int(upperBit) &- leadingZeros &+ 1_023
    guard biased > 0 else { return nil }
    if low <= 1, -4...23 ~= exponent, mantissa & 3 == 1, mantissa &<< (upperBit &+ 9) == high {
      // Exactly between two doubles: round to even, that is down.
      mantissa &= ~1
    }
    mantissa = (mantissa &+ (mantissa & 1)) &>> 1
    if mantissa >= 1 << 53 {
      mantissa = 1 << 52
      biased &+= 1
    }
    guard biased < 0x7FF else { return nil }
    return Double(bitPattern: mantissa & ~(1 << 52) | UInt64(biased) &<< 52)
  }
}
