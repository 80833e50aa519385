private import CTern

/// Decimals of up to 18 digits, bare or in quotes, with at most the column's digits behind the
/// point. Longer ones, exponents and superfluous zeros go the slow way.
enum DecimalCell: CellFormat {
  @inline(__always) static var byteWidth: Int { 16 }
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
    guard let digits = unsafe Digits(next) else { return nil }
    unsafe next += digits.byteCount
    if isQuoted {
      guard unsafe byte(next) == UInt8(ascii: "\"") else { return nil }
      unsafe next += 1
    }
    return unsafe store(digits, isNegative, &sink) ? next : nil
  }

  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, to end: UnsafeRawPointer, _ sink: inout CellSink
  ) -> Bool {
    var (start, end) = unsafe (start, end)
    if unsafe byte(start) == UInt8(ascii: "\"") {
      unsafe start += 1
      unsafe end -= 1
      guard unsafe byte(end) == UInt8(ascii: "\"") else { return false }
    }
    let isNegative = unsafe byte(start) == UInt8(ascii: "-")
    unsafe start += isNegative ? 1 : 0
    guard let digits = unsafe Digits(start, to: end) else { return false }
    return store(digits, isNegative, &sink)
  }

  /// Whether the column can hold the number.
  @inline(__always)
  private static func store(
    _ digits: Digits, _ isNegative: Bool, _ sink: inout CellSink
  ) -> Bool {
    guard digits.fractionCount <= sink.scale, digits.wholeCount &+ sink.scale <= 18 else {
      return false
    }
    let missing = UInt64(sink.scale &- digits.fractionCount)
    let unscaled = digits.significand &* tern_power_of_ten(missing)
    guard unscaled <= sink.unscaledMax else { return false }
    let value = isNegative ? 0 &- Int64(bitPattern: unscaled) : Int64(bitPattern: unscaled)
    unsafe sink.values.storeBytes(of: value, as: Int64.self)
    unsafe sink.values.storeBytes(of: value &>> 63, toByteOffset: 8, as: Int64.self)
    return true
  }
}
