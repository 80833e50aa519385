/// An unsigned integer of 256 bits: the digits of a decimal without sign and point.
struct Magnitude256: Hashable, Sendable {
  /// Least significant first.
  var words: SIMD4<UInt64> = .zero

  /// Zero.
  init() {}

  /// `low` and `high` halves.
  init(low: UInt128, high: UInt128 = 0) {
    words = [
      UInt64(truncatingIfNeeded: low), UInt64(truncatingIfNeeded: low >> 64),
      UInt64(truncatingIfNeeded: high), UInt64(truncatingIfNeeded: high >> 64),
    ]
  }

  /// The lower 128 bits.
  var low: UInt128 { UInt128(words[1]) << 64 | UInt128(words[0]) }
  /// The upper 128 bits.
  var high: UInt128 { UInt128(words[3]) << 64 | UInt128(words[2]) }
  /// Whether it is 0.
  var isZero: Bool { words == .zero }

  /// Becomes `self * factor + addend`; returns false, and is then meaningless, when that
  /// needs more than 256 bits.
  mutating func multiply(by factor: UInt64, adding addend: UInt64 = 0) -> Bool {
    var carry = addend
    for index in 0..<4 {
      let (high, low) = words[index].multipliedFullWidth(by: factor)
      let (sum, overflow) = low.addingReportingOverflow(carry)
      words[index] = sum
      // Cannot overflow: the high word of a product is at most 2^64 - 2.
      carry = high &+ (overflow ? 1 : 0)
    }
    return carry == 0
  }

  /// Becomes the quotient; returns the remainder. `divisor` is not 0.
  mutating func divide(by divisor: UInt64) -> UInt64 {
    var remainder: UInt64 = 0
    for index in (0..<4).reversed() {
      (words[index], remainder) = divisor.dividingFullWidth((remainder, words[index]))
    }
    return remainder
  }

  /// Becomes `self * 10^digits`; false as in `multiply`.
  mutating func scaleUp(_ digits: Int) -> Bool {
    if isZero { return true }
    guard digits <= 77 else { return false }
    var rest = digits
    while rest > 0 {
      let step = min(rest, 19)
      guard multiply(by: PowersOfTen.word(step)) else { return false }
      rest -= step
    }
    return true
  }

  /// Becomes the quotient by `10^digits`; returns whether nothing was lost.
  mutating func scaleDown(_ digits: Int) -> Bool {
    var isExact = true
    var rest = digits
    while rest > 0, !isZero {
      let step = min(rest, 19)
      if divide(by: PowersOfTen.word(step)) != 0 { isExact = false }
      rest -= step
    }
    return isExact
  }

  /// Decimal digits needed; 1 for zero.
  var digitCount: Int {
    var rest = self
    var count = 0
    while rest.words[1] != 0 || rest.words[2] != 0 || rest.words[3] != 0 {
      _ = rest.divide(by: PowersOfTen.word(19))
      count += 19
    }
    var word = rest.words[0]
    if word == 0 { return max(1, count) }
    while word > 0 {
      word /= 10
      count += 1
    }
    return count
  }

  /// Appends the decimal digits, at least `digitCountMin` of them.
  func appendDigits(to text: inout [UInt8], digitCountMin: Int = 1) {
    var digits: [UInt8] = []
    var rest = self
    while !rest.isZero {
      var word = rest.divide(by: PowersOfTen.word(18))
      for _ in 0..<18 where word > 0 || !rest.isZero {
        digits.append(0x30 + UInt8(word % 10))
        word /= 10
      }
    }
    while digits.count < digitCountMin { digits.append(0x30) }
    text.append(contentsOf: digits.reversed())
  }
}
