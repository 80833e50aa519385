extension DecimalValue {
  /// Reads sign, digits, point and exponent, blanks around them allowed; nil for anything else
  /// and for more digits than 256 bits hold.
  public init?(_ text: String) {
    self.init(parsing: Array(text.utf8).span)
  }

  /// As `init(_:)`, from bytes.
  public init?(parsing bytes: Span<UInt8>) {
    var index = 0
    var end = bytes.count
    while index < end, bytes[index] == 0x20 { index += 1 }
    while end > index, bytes[end - 1] == 0x20 { end -= 1 }
    var isNegative = false
    if index < end, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
      isNegative = bytes[index] == UInt8(ascii: "-")
      index += 1
    }
    var magnitude = Magnitude256()
    var digitCount = 0
    var scale = 0
    var hasPoint = false
    while index < end {
      let byte = bytes[index]
      if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else if 0x30...0x39 ~= byte {
        guard magnitude.multiply(by: 10, adding: UInt64(byte - 0x30)) else { return nil }
        digitCount += 1
        if hasPoint { scale += 1 }
      } else {
        break
      }
      index += 1
    }
    guard digitCount > 0, let exponent = Self.exponent(bytes, index, end) else { return nil }
    scale -= exponent
    if scale < 0 {
      guard magnitude.scaleUp(-scale) else { return nil }
      scale = 0
    }
    self.init(isNegative: isNegative, magnitude: magnitude, scale: scale)
  }

  /// The exponent between `index` and `end`: 0 if nothing is there, nil if it is something else
  /// or beyond what any double has.
  private static func exponent(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    guard start < end else { return 0 }
    guard bytes[start] | 0x20 == UInt8(ascii: "e") else { return nil }
    var index = start + 1
    var isNegative = false
    if index < end, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
      isNegative = bytes[index] == UInt8(ascii: "-")
      index += 1
    }
    guard index < end else { return nil }
    var value = 0
    while index < end {
      guard 0x30...0x39 ~= bytes[index], value < 1_000 else { return nil }
      value = value * 10 + Int(bytes[index] - 0x30)
      index += 1
    }
    return isNegative ? -value : value
  }
}
