import TernCore

/// Decimal numbers of any exponent as text: plain where that is short, else with an exponent.
///
/// Every digit and the exponent stay, so that `1.50` is not `1.5`. Source: General Decimal
/// Arithmetic, "to-scientific-string"; what Python's `Decimal` and Java's `BigDecimal` print.
enum ScientificText {
  /// Exponents of at most nine digits: no sum with a count of digits passes 63 bits.
  static let exponents: ClosedRange<Int64> = -999_999_999...999_999_999

  /// `significand` times ten to the power of `exponent`.
  static func text(_ significand: Int128, _ exponent: Int) -> [UInt8] {
    text(significand < 0, Array(String(significand.magnitude).utf8), exponent)
  }

  /// The same number as `text` spells it; nil if that is no decimal number.
  static func normalized(_ text: Span<UInt8>) -> [UInt8]? {
    var index = 0
    var isNegative = false
    if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
      isNegative = text[index] == UInt8(ascii: "-")
      index += 1
    }
    var digits: [UInt8] = []
    var pointAt: Int?
    while index < text.count {
      if 0x30...0x39 ~= text[index] {
        digits.append(text[index])
      } else if text[index] == UInt8(ascii: "."), pointAt == nil {
        pointAt = digits.count
      } else {
        break
      }
      index += 1
    }
    guard !digits.isEmpty, digits.count <= 1_000 else { return nil }
    var exponent = 0
    if index < text.count {
      guard text[index] | 0x20 == UInt8(ascii: "e") else { return nil }
      var rest: [UInt8] = []
      for place in index + 1..<max(index + 1, text.count) { rest.append(text[place]) }
      guard rest.count <= 9, let written = Int(String(decoding: rest, as: UTF8.self)) else {
        return nil
      }
      exponent = written
    }
    if let pointAt { exponent -= digits.count - pointAt }
    let significant = Array(digits.drop { $0 == 0x30 })
    return self.text(isNegative, significant.isEmpty ? [0x30] : significant, exponent)
  }

  private static func text(_ isNegative: Bool, _ digits: [UInt8], _ exponent: Int) -> [UInt8] {
    var text: [UInt8] = isNegative && digits != [0x30] ? [UInt8(ascii: "-")] : []
    let adjusted = exponent + digits.count - 1
    guard exponent > 0 || adjusted < -6 else {
      let whole = digits.count + exponent
      if whole <= 0 {
        text += "0.".utf8
        text += repeatElement(0x30, count: -whole)
        return text + digits
      }
      text += digits[..<whole]
      if exponent < 0 { text.append(UInt8(ascii: ".")) }
      return text + digits[whole...]
    }
    text.append(digits[0])
    if digits.count > 1 {
      text.append(UInt8(ascii: "."))
      text += digits[1...]
    }
    text += "E\(adjusted < 0 ? "" : "+")\(adjusted)".utf8
    return text
  }
}
