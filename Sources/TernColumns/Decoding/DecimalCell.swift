private import CTern

/// Decimals of up to 18 digits, bare or in quotes, with at most the column's digits behind the
/// point. Longer ones, exponents and superfluous zeros go the slow way.
enum DecimalCell: CellFormat {
  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, _ sink: inout CellSink
  ) -> UnsafeRawPointer? {
    var next = unsafe start
    let isQuoted = unsafe byte(next) == UInt8(ascii: "\"")
    if isQuoted { unsafe next += 1 }
    let isNegative = unsafe byte(next) == UInt8(ascii: "-")
    if isNegative { unsafe next += 1 }
    let digits = unsafe next
    guard let (whole, end) = unsafe Digits.integer(next) else { return nil }
    unsafe next = end
    // Scaled up, the number must keep 18 digits.
    guard unsafe end - digits + sink.scale <= 18 else { return nil }
    var unscaled = whole &* tern_power_of_ten(UInt64(sink.scale))
    if unsafe byte(next) == UInt8(ascii: ".") {
      guard let (fraction, count) = unsafe fraction(next + 1), count <= sink.scale else {
        return nil
      }
      unscaled &+= fraction &* tern_power_of_ten(UInt64(sink.scale &- count))
      unsafe next += count &+ 1
    }
    if isQuoted {
      guard unsafe byte(next) == UInt8(ascii: "\"") else { return nil }
      unsafe next += 1
    }
    guard unscaled <= sink.unscaledMax else { return nil }
    let value = isNegative ? 0 &- Int64(bitPattern: unscaled) : Int64(bitPattern: unscaled)
    unsafe sink.values.storeBytes(of: value, as: Int64.self)
    unsafe sink.values.storeBytes(of: value &>> 63, toByteOffset: 8, as: Int64.self)
    return unsafe next
  }

  /// One to 16 digits, and how many.
  @inline(__always)
  @unsafe private static func fraction(_ start: UnsafeRawPointer) -> (UInt64, Int)? {
    let first = unsafe DigitBlock(start)
    guard first.count > 0 else { return nil }
    if first.count < 8 { return (first.value, first.count) }
    let second = unsafe DigitBlock(start + 8)
    if second.count == 0 { return (first.value, 8) }
    guard second.count < 8 else { return nil }
    return (
      first.value &* tern_power_of_ten(UInt64(second.count)) &+ second.value, 8 &+ second.count
    )
  }
}
