/// Up to eight decimal digits at the start of eight bytes, all examined at once.
///
/// Sound for any bytes; a carry can only reach bytes behind the first one that is no digit.
struct DigitBlock {
  /// Digits before the first other byte, 0 to 8.
  let count: Int
  private let digits: UInt64

  /// Looks at the eight bytes at `bytes`, which must be readable.
  @inline(__always)
  @unsafe init(_ bytes: UnsafeRawPointer) {
    let block = unsafe UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    digits = block ^ 0x3030_3030_3030_3030
    let others = ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
    count = others.trailingZeroBitCount >> 3
  }

  /// The number that the digits spell. `count` must not be 0.
  @inline(__always)
  var value: UInt64 { Self.combine(digits &<< UInt64(truncatingIfNeeded: 64 &- 8 &* count)) }

  /// The number that the first `count` (1 to 8) of eight bytes spell, which are digits.
  @inline(__always)
  static func value(of block: UInt64, count: Int) -> UInt64 {
    // Leading zeros come in from below: the first digit is in the lowest byte.
    combine((block ^ 0x3030_3030_3030_3030) &<< UInt64(64 &- 8 &* count))
  }

  /// The digits as the first of eight: 5 is 50 000 000.
  @inline(__always)
  var leftAlignedValue: UInt64 {
    let unused = UInt64(64 &- 8 &* count)
    return count == 0 ? 0 : Self.combine((digits &<< unused) &>> unused)
  }

  /// The number of eight digits, one a byte, the first in the lowest byte.
  @inline(__always)
  private static func combine(_ digits: UInt64) -> UInt64 {
    let pairs = (digits &* 2_561) &>> 8 & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* 6_553_601) &>> 16 & 0x0000_FFFF_0000_FFFF
    return (fours &* 42_949_672_960_001) &>> 32
  }
}
