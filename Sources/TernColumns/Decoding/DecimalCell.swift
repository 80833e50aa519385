private import CTern

/// Decimals of up to 18 digits, bare or in quotes, with at most the column's digits behind the
/// point. Longer ones, exponents and superfluous zeros go the slow way.
enum DecimalCell: CellFormat {
  @inline(__always) static var byteWidth: Int { 16 }

  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, _ sink: inout CellSink
  ) -> UnsafeRawPointer? {
    var next = unsafe start
    let isQuoted = unsafe byte(next) == UInt8(ascii: "\"")
    if isQuoted { unsafe next += 1 }
    let isNegative = unsafe byte(next) == UInt8(ascii: "-")
    if isNegative { unsafe next += 1 }
    guard let digits = unsafe Digits(next), digits.fractionCount <= sink.scale,
      digits.wholeCount &+ sink.scale <= 18
    else { return nil }
    unsafe next += digits.byteCount
    if isQuoted {
      guard unsafe byte(next) == UInt8(ascii: "\"") else { return nil }
      unsafe next += 1
    }
    let missing = UInt64(sink.scale &- digits.fractionCount)
    let unscaled = digits.significand &* tern_power_of_ten(missing)
    guard unscaled <= sink.unscaledMax else { return nil }
    let value = isNegative ? 0 &- Int64(bitPattern: unscaled) : Int64(bitPattern: unscaled)
    unsafe sink.values.storeBytes(of: value, as: Int64.self)
    unsafe sink.values.storeBytes(of: value &>> 63, toByteOffset: 8, as: Int64.self)
    return unsafe next
  }
}
