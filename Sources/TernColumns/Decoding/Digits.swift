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
    guard unsafe Self.isWhole(start, whole), hasPoint == (fraction > 0) else { return nil }
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
    guard unsafe Self.isWhole(start, wholeCount), byteCount <= 24,
      hasPoint == (fractionCount > 0)
    else { return nil }
    let count = byteCount &- Int(point)
    let last = unsafe tern_last_digits(
      start + byteCount, UInt64(truncatingIfNeeded: count),
      hasPoint ? UInt64(truncatingIfNeeded: fractionCount) : 16)
    guard let first = unsafe Self.leading(start, count &- 16, wholeCount) else { return nil }
    significand = last &+ first &* 10_000_000_000_000_000
  }

  /// Reads the number that the bytes from `start` to `end` are, without a sign; nil if they are
  /// anything else, or as `init(long:)`.
  ///
  /// The 32 bytes before `end` must be readable.
  @inline(__always)
  @unsafe init?(_ start: UnsafeRawPointer, to end: UnsafeRawPointer) {
    let count = unsafe end - start
    guard count > 0, count <= 24 else { return nil }
    // The last byte has the highest bit.
    let last = unsafe tern_number_mask(end - 16)
    var digits = last &<< 16
    var points = last & 0xFFFF_0000
    if count > 16 {
      let first = unsafe tern_number_mask(end - 32)
      digits |= first & 0xFFFF
      points |= first &>> 16
    }
    let used = UInt32.max &<< UInt32(truncatingIfNeeded: 32 &- count)
    points &= used
    guard ~digits & used == points, points & (points &- 1) == 0 else { return nil }
    hasPoint = points != 0
    // The bytes behind the point; 63, which is none of the digits, without one.
    let behind = 31 ^ points.trailingZeroBitCount
    let fraction = hasPoint ? behind : 0
    let digitCount = count &- (hasPoint ? 1 : 0)
    wholeCount = digitCount &- fraction
    fractionCount = fraction
    byteCount = count
    guard unsafe Self.isWhole(start, wholeCount), hasPoint == (fraction > 0) else { return nil }
    let low = unsafe tern_last_digits(
      end, UInt64(truncatingIfNeeded: digitCount), UInt64(truncatingIfNeeded: behind))
    guard digitCount > 16 else {
      significand = low
      return
    }
    guard let high = unsafe Self.leading(start, digitCount &- 16, wholeCount) else { return nil }
    significand = low &+ high &* 10_000_000_000_000_000
  }

  /// Whether there are digits before the point, and no zero too many in front: without a branch,
  /// as many columns hold numbers below and above 1.
  @inline(__always)
  @unsafe private static func isWhole(_ start: UnsafeRawPointer, _ count: Int) -> Bool {
    let isZero = Int(unsafe byte(start) ^ UInt8(ascii: "0")) &- 1
    let others = 1 &- count
    // Both are negative for a zero with digits behind it; `count` 0 has no digit at all.
    return (isZero & others) >= 0 && count > 0
  }

  /// The digits before the last sixteen; nil if 64 bits could not hold them all.
  @inline(__always)
  @unsafe private static func leading(
    _ start: UnsafeRawPointer, _ count: Int, _ wholeCount: Int
  ) -> UInt64? {
    let block = unsafe UInt64(littleEndian: start.loadUnaligned(as: UInt64.self))
    // The point may be among them: what stands behind it moves up by one.
    let whole: UInt64 = 1 << UInt64(truncatingIfNeeded: 8 &* wholeCount) &- 1
    let digits = block & whole | (block &>> 8) & ~whole
    // All ones if there are such digits, else zero: no branch, for it would be guessed wrong.
    let mask = UInt64(bitPattern: Int64(0 &- count) &>> 63)
    let first = DigitBlock.value(of: digits, count: count) & mask
    return first <= 1_843 ? first : nil
  }
}
