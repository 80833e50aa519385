/// JSON strings as text, appended to bytes.
enum JSONText {
  static let hexDigits: [UInt8] = Array("0123456789ABCDEF".utf8)

  /// Appends `bytes`, which are UTF-8, as a JSON string with its quotes.
  static func append(quoted bytes: Span<UInt8>, to text: inout [UInt8]) {
    text.reserveCapacity(text.count + bytes.count + 2)
    text.append(UInt8(ascii: "\""))
    for index in bytes.indices {
      let byte = bytes[index]
      if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
        text.append(byte)
      } else {
        append(escaped: byte, to: &text)
      }
    }
    text.append(UInt8(ascii: "\""))
  }

  private static func append(escaped byte: UInt8, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(byte)
    case 0x0A: text.append(UInt8(ascii: "n"))
    case 0x0D: text.append(UInt8(ascii: "r"))
    case 0x09: text.append(UInt8(ascii: "t"))
    default:
      text += "u00".utf8
      text.append(hexDigits[Int(byte >> 4)])
      text.append(hexDigits[Int(byte & 15)])
    }
  }
}
