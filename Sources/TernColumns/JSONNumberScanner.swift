/// The grammar of JSON numbers, a byte at a time (RFC 8259, section 6).
struct JSONNumberScanner {
  private enum State {
    case start, minus, zero, digits, point, fraction, exponent, exponentSign, exponentDigits
  }
  private var state = State.start

  /// Whether what was accepted is a whole number.
  var isComplete: Bool {
    switch state {
    case .zero, .digits, .fraction, .exponentDigits: true
    case .start, .minus, .point, .exponent, .exponentSign: false
    }
  }

  /// Takes the byte if it belongs to the number.
  mutating func accepts(_ byte: UInt8) -> Bool {
    let isDigit = 0x30...0x39 ~= byte
    switch state {
    case .start where byte == UInt8(ascii: "-"): state = .minus
    case .start where isDigit, .minus where isDigit:
      state = byte == UInt8(ascii: "0") ? .zero : .digits
    case .digits where isDigit, .fraction where isDigit, .exponentDigits where isDigit: break
    case .zero where byte == UInt8(ascii: "."), .digits where byte == UInt8(ascii: "."):
      state = .point
    case .point where isDigit: state = .fraction
    case .zero where byte | 0x20 == UInt8(ascii: "e"),
      .digits where byte | 0x20 == UInt8(ascii: "e"),
      .fraction where byte | 0x20 == UInt8(ascii: "e"):
      state = .exponent
    case .exponent where byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"):
      state = .exponentSign
    case .exponent where isDigit, .exponentSign where isDigit: state = .exponentDigits
    default: return false
    }
    return true
  }
}
