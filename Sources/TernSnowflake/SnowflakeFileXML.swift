internal import TernCore
internal import TernNet

/// The little of XML that stores speak.
enum SnowflakeFileXML {
  /// The text of the first such element, unescaped, if it has no others inside and is not long.
  static func element(
    _ name: String, of xml: String, byteCountMax: Int = textByteCountMax
  ) -> String? {
    let mark = "<\(name)>"
    guard let start = xml.utf8Offset(of: mark) else { return nil }
    let rest = xml.utf8.dropFirst(start + mark.utf8.count)
    let text = rest.prefix { $0 != UInt8(ascii: "<") }
    guard text.count <= byteCountMax, rest[text.endIndex...].starts(with: "</\(name)>".utf8)
    else { return nil }
    return WebPage.unescaped(String(decoding: text, as: UTF8.self))
  }

  private static let textByteCountMax = 1_024

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
