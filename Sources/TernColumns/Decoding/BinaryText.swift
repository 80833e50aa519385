import TernCore

/// Bytes from their texts.
enum BinaryText {
  /// Converts and appends; hexadecimal unless the format says otherwise.
  static func append(
    _ text: Span<UInt8>, _ format: ColumnFormat, to builder: ColumnBuilder
  ) throws(TernError) {
    switch format {
    case .plainBytes: try builder.append(bytes: text)
    case .base64:
      guard let bytes = base64(text) else { throw builder.conversionError("bad base64") }
      try builder.append(bytes: bytes)
    case .uuid:
      guard let bytes = hex(text, skipping: UInt8(ascii: "-")), bytes.count == 16 else {
        throw builder.conversionError("a text that is no UUID")
      }
      try builder.append(bytes: bytes)
    default:
      var width = 0
      if case .fixedSizeBinary(let byteCount) = builder.type { width = byteCount }
      guard let bytes = hex(text, byteCountMin: width) else {
        throw builder.conversionError("bad hexadecimal text")
      }
      try builder.append(bytes: bytes)
    }
  }

  /// Two digits a byte; nil for anything else. With `byteCountMin` zeros are put in front: a
  /// number, such as MariaDB's HEX of a BIT column.
  static func hex(
    _ text: Span<UInt8>, skipping skipped: UInt8? = nil, byteCountMin: Int = 0
  ) -> [UInt8]? {
    if skipped == nil, text.count >= 2 * byteCountMin { return pairs(text) }
    var digits: [UInt8] = []
    digits.reserveCapacity(text.count)
    for index in text.indices where text[index] != skipped {
      guard let digit = HexDigit.value(text[index]) else { return nil }
      digits.append(digit)
    }
    if byteCountMin > 0, digits.count < 2 * byteCountMin {
      digits.insert(contentsOf: repeatElement(0, count: 2 * byteCountMin - digits.count), at: 0)
    }
    guard digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// The usual form: as many digits as there are, an even number.
  private static func pairs(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2)
    for index in stride(from: 0, to: text.count, by: 2) {
      guard let high = HexDigit.value(text[index]), let low = HexDigit.value(text[index + 1])
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  /// RFC 4648, section 4: padded, no line breaks, no bits beyond the last byte.
  static func base64(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var padding = 0
    var group: UInt32 = 0
    for index in text.indices {
      if text[index] == UInt8(ascii: "="), index >= text.count - 2 {
        padding += 1
        group <<= 6
      } else {
        guard padding == 0, let digit = base64Digit(text[index]) else { return nil }
        group = group << 6 | UInt32(digit)
      }
      if index % 4 == 3 {
        guard group & (1 << UInt32(8 * padding) - 1) == 0 else { return nil }
        bytes.append(UInt8(truncatingIfNeeded: group >> 16))
        if padding < 2 { bytes.append(UInt8(truncatingIfNeeded: group >> 8)) }
        if padding < 1 { bytes.append(UInt8(truncatingIfNeeded: group)) }
        group = 0
      }
    }
    return bytes
  }

  private static func base64Digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}

extension BinaryText {
  /// Appends base64 with padding.
  static func append(base64 bytes: [UInt8], to text: inout [UInt8]) {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var group: UInt32 = 0
      for offset in 0..<3 {
        group = group << 8 | (offset < count ? UInt32(bytes[start + offset]) : 0)
      }
      for digit in 0..<4 {
        let isUsed = digit <= count
        text.append(isUsed ? alphabet[Int(group >> UInt32(18 - 6 * digit)) & 63] : 0x3D)
      }
    }
  }
}
