private import CTern

/// A plain decimal number as it stands in the text: digits, maybe a point and more digits.
///
/// All digits are found and converted at once, whatever their number: branches on how many there
/// are would be guessed wrong for most real columns.
struct Digits {
  /// All digits as one integer.
  let significand: UInt64
  /// Digits before the point.
  let wholeCount: Int
  /// Digits behind it.
  let fractionCount: Int
  /// Whether there is a point.
  let hasPoint: Bool
  /// Bytes of the number.
  let byteCount: Int

  /// Reads a number of fewer than 16 bytes, else as `init(long:)`.
  @inline(__always)
  @unsafe init?(_ start: UnsafeRawPointer) {
    // The bit behind the 16 is clear and ends every run.
    let mask = unsafe tern_digit_mask_16(start)
    let whole = (~mask).trailingZeroBitCount
    let hasPoint = unsafe byte(start + whole) == UInt8(ascii: ".")
    let byteCount = (~(mask | (hasPoint ? 1 : 0) &<< UInt32(whole))).trailingZeroBitCount
    guard byteCount < 16 else {
      guard let long = unsafe Digits(long: start) else { return nil }
      self = long
      return
    }
    let fraction = byteCount &- whole &- (hasPoint ? 1 : 0)
    let zeroCount = unsafe byte(start) == UInt8(ascii: "0") ? whole : 1
    guard whole > 0, zeroCount == 1, hasPoint == (fraction > 0) else { return nil }
    self.hasPoint = hasPoint
    self.byteCount = byteCount
    wholeCount = whole
    fractionCount = fraction
    significand = unsafe tern_last_digits(
      start + byteCount, UInt64(truncatingIfNeeded: whole &+ fraction),
      hasPoint ? UInt64(truncatingIfNeeded: fraction) : 16)
  }

  /// Reads the number at `start`, without a sign; nil if there is none, or superfluous zeros, or
  /// more digits than 64 bits hold.
  ///
  /// The 32 bytes from `start` and the 17 before it must be readable: the window is padded.
  @inline(__always)
  @unsafe init?(long start: UnsafeRawPointer) {
    let mask = unsafe tern_digit_mask(start)
    wholeCount = (~mask).trailingZeroBitCount
    hasPoint = unsafe byte(start + wholeCount) == UInt8(ascii: ".")
    let point: UInt32 = hasPoint ? 1 : 0
    byteCount = (~(mask | point &<< UInt32(wholeCount))).trailingZeroBitCount
    fractionCount = byteCount &- wholeCount &- Int(point)
    let zeroCount = unsafe byte(start) == UInt8(ascii: "0") ? wholeCount : 1
    guard wholeCount > 0, byteCount <= 24, zeroCount == 1, hasPoint == (fractionCount > 0) else {
      return nil
    }
    let count = byteCount &- Int(point)
    let last = unsafe tern_last_digits(
      start + byteCount, UInt64(truncatingIfNeeded: count),
      hasPoint ? UInt64(truncatingIfNeeded: fractionCount) : 16)
    guard let first = unsafe Self.leading(start, count &- 16, wholeCount) else { return nil }
    significand = last &+ first &* 10_000_000_000_000_000
  }

  /// The digits before the last sixteen; nil if 64 bits could not hold them all.
  @inline(__always)
  @unsafe private static func leading(
    _ start: UnsafeRawPointer, _ count: Int, _ wholeCount: Int
  ) -> UInt64? {
    var block = unsafe UInt64(littleEndian: start.loadUnaligned(as: UInt64.self))
    if count > wholeCount {
      // The point is among them. Fewer than eight digits stand before it.
      let whole: UInt64 = 1 &<< UInt64(8 &* wholeCount) &- 1
      block = block & whole | (block &>> 8) & ~whole
    }
    let value = DigitBlock.value(of: block, count: count)
    let first = count > 0 ? value : 0
    return first <= 1_843 ? first : nil
  }
}
