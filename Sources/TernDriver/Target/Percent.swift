internal import TernCore

/// Percent-encoding of URIs (RFC 3986, section 2.1).
public enum Percent {
  /// Why a piece of a URI could not be decoded.
  enum Fault {
    /// A `%` without two digits, at this offset.
    case badEscape(Int)
    /// A byte that must be encoded, at this offset.
    case badByte(Int)
    case notUTF8
    case nul

    /// What to tell; offsets are turned into byte positions in the whole URI. Never shows text.
    func message(from start: Int) -> String {
      switch self {
      case .badEscape(let offset):
        "the '%' at byte \(start + offset) is not followed by two hexadecimal digits; a literal"
          + " '%' is written %25"
      case .badByte(let offset):
        "the character at byte \(start + offset) must be percent-encoded (a blank is %20)"
      case .notUTF8: "the percent-encoded bytes from byte \(start) on are not UTF-8"
      case .nul: "%00 is not allowed"
      }
    }
  }

  /// A decoded piece or why there is none.
  enum Decoded {
    case text(String)
    case fault(Fault)
  }

  /// Decodes one piece between delimiters; `+` is a plus.
  static func decode(_ bytes: ArraySlice<UInt8>) -> Decoded {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == UInt8(ascii: "%") {
        guard index + 2 < bytes.endIndex, let high = nibble(bytes[index + 1]),
          let low = nibble(bytes[index + 2])
        else { return .fault(.badEscape(index - bytes.startIndex)) }
        output.append(high << 4 | low)
        index += 3
        continue
      }
      guard byte > 0x20, byte != 0x7F else { return .fault(.badByte(index - bytes.startIndex)) }
      output.append(byte)
      index += 1
    }
    guard !output.contains(0) else { return .fault(.nul) }
    guard let text = String(validating: output, as: UTF8.self) else { return .fault(.notUTF8) }
    return .text(text)
  }

  /// The text of encoded bytes from wherever they are; nil for broken escapes and what is not
  /// UTF-8.
  public static func decoded(_ bytes: [UInt8]) -> String? {
    var output: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        output.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(nibble), let low = rest.popFirst().flatMap(nibble)
      else { return nil }
      output.append(high << 4 | low)
    }
    return String(validating: output, as: UTF8.self)
  }

  /// Encodes everything but unreserved characters and those in `also`.
  public static func encode(_ text: String, also: String = "") -> String {
    var output: [UInt8] = []
    for byte in text.utf8 {
      if isUnreserved(byte) || also.utf8.contains(byte) {
        output.append(byte)
      } else {
        output += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// The value of a hexadecimal digit.
  static func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x41 + value - 10
  }

  /// What RFC 3986, section 2.3 leaves as it is.
  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
    default: false
    }
  }
}
