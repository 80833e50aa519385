internal import TernCore

/// The little of XML that stores speak.
enum SnowflakeFileXML {
  /// The text of the first such element, if it has no others inside and is not long.
  static func element(
    _ name: String, of xml: String, byteCountMax: Int = textByteCountMax
  ) -> String? {
    let bytes = Array(xml.utf8)
    guard let start = end(of: "<\(name)>", in: bytes[...]),
      let stop = bytes[start...].firstIndex(of: UInt8(ascii: "<")),
      bytes[stop...].starts(with: "</\(name)>".utf8), stop - start <= byteCountMax
    else { return nil }
    return String(decoding: bytes[start..<stop], as: UTF8.self)
  }

  private static let textByteCountMax = 1_024

  private static func end(of mark: String, in bytes: ArraySlice<UInt8>) -> Int? {
    let mark = Array(mark.utf8)
    var index = bytes.startIndex
    while index + mark.count <= bytes.endIndex {
      if bytes[index...].starts(with: mark) { return index + mark.count }
      index += 1
    }
    return nil
  }

  /// A text as it stands in an element.
  static func escaped(_ text: String) -> String {
    var output = ""
    for character in text {
      switch character {
      case "&": output += "&amp;"
      case "<": output += "&lt;"
      case ">": output += "&gt;"
      case "\"": output += "&quot;"
      default: output.append(character)
      }
    }
    return output
  }
}
