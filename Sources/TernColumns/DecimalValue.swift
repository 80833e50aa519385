/// An exact decimal number of up to 256 bits: an integer and the place of its point.
public struct DecimalValue: Hashable, Sendable {
  /// Below zero; zero never is.
  public let isNegative: Bool
  /// Digits after the point.
  public let scale: Int
  let magnitude: Magnitude256

  init(isNegative: Bool, magnitude: Magnitude256, scale: Int) {
    self.isNegative = isNegative && !magnitude.isZero
    self.magnitude = magnitude
    self.scale = scale
  }

  /// `unscaled` divided by `10^scale`.
  public init(unscaled: Int128, scale: Int = 0) {
    self.init(
      isNegative: unscaled < 0, magnitude: Magnitude256(low: unscaled.magnitude), scale: scale)
  }

  /// A 256-bit two's complement integer, given as halves, divided by `10^scale`.
  public init(high: Int128, low: UInt128, scale: Int = 0) {
    var magnitude = Magnitude256(low: low, high: UInt128(truncatingIfNeeded: high))
    if high < 0 {
      let flipped = ~low
      magnitude = Magnitude256(
        low: flipped &+ 1, high: UInt128(truncatingIfNeeded: ~high) &+ (flipped == .max ? 1 : 0))
    }
    self.init(isNegative: high < 0, magnitude: magnitude, scale: scale)
  }

  /// The integer without the point, if 128 bits hold it.
  public var unscaled: Int128? {
    guard magnitude.high == 0 else { return nil }
    if isNegative {
      return magnitude.low > Int128.min.magnitude
        ? nil : Int128(truncatingIfNeeded: 0 &- magnitude.low)
    }
    return Int128(exactly: magnitude.low)
  }

  /// The integer without the point as 256-bit two's complement halves; nil if it needs more.
  public var unscaledHalves: (high: Int128, low: UInt128)? {
    let (low, high) = (magnitude.low, magnitude.high)
    guard high >> 127 == 0 else { return nil }
    guard isNegative else { return (Int128(truncatingIfNeeded: high), low) }
    return (Int128(truncatingIfNeeded: ~high &+ (low == 0 ? 1 : 0)), ~low &+ 1)
  }

  /// Digits of the integer without the point; 1 for zero.
  public var precision: Int { magnitude.digitCount }

  /// The same number with `scale` digits after the point; nil if it would change or overflow.
  public func rescaled(to scale: Int) -> DecimalValue? {
    let (value, isExact) = truncated(to: scale)
    return isExact ? value : nil
  }

  /// The number cut toward zero to `scale` digits after the point, and whether that lost nothing.
  ///
  /// The number is unchanged, and not exact, when more digits than 256 bits hold were asked for.
  public func truncated(to scale: Int) -> (value: DecimalValue, isExact: Bool) {
    var magnitude = magnitude
    let isExact =
      scale >= self.scale
      ? magnitude.scaleUp(scale - self.scale) : magnitude.scaleDown(self.scale - scale)
    if scale >= self.scale, !isExact { return (self, false) }
    return (DecimalValue(isNegative: isNegative, magnitude: magnitude, scale: scale), isExact)
  }

  /// The nearest double.
  public var double: Double {
    var text: [UInt8] = []
    append(to: &text)
    return Double(String(decoding: text, as: UTF8.self)) ?? .nan
  }

  /// Appends the number with exactly `scale` digits after the point, no exponent, and a zero
  /// before the point.
  public func append(to text: inout [UInt8]) {
    if isNegative { text.append(UInt8(ascii: "-")) }
    let start = text.count
    magnitude.appendDigits(to: &text, digitCountMin: max(1, scale + 1))
    if scale > 0 {
      text.insert(UInt8(ascii: "."), at: max(start, text.count - scale))
    } else if scale < 0, !magnitude.isZero {
      text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: min(-scale, 1_000)))
    }
  }
}

extension DecimalValue: CustomStringConvertible {
  /// The number as `append(to:)` writes it.
  public var description: String {
    var text: [UInt8] = []
    append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
