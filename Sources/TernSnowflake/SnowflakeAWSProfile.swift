/// One profile of AWS's credentials file: lines `name = value` below `[profile]`.
///
/// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files", format.
struct SnowflakeAWSProfile {
  /// By names in lower case; of two values for one name the last counts.
  private var values: [String: String] = [:]

  /// The profile of this name; nil where the text has none.
  init?(_ name: String, in text: String) {
    var isFound = false
    var isInside = false
    var lastIndent: Int?
    for line in text.utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      let indent = line.prefix { Self.isBlank($0) }.count
      let bytes = Self.trimmed(line)
      guard let first = bytes.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else {
        continue
      }
      if first == UInt8(ascii: "[") {
        let inner = bytes.dropFirst().prefix { $0 != UInt8(ascii: "]") }
        isInside = Self.trimmed(inner).elementsEqual(name.utf8)
        isFound = isFound || isInside
        lastIndent = nil
        continue
      }
      // What is indented further continues the value above, which is none of those needed here.
      guard isInside, indent <= lastIndent ?? indent else { continue }
      lastIndent = indent
      guard let sign = bytes.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let key = String(decoding: Self.trimmed(bytes[..<sign]), as: UTF8.self).lowercased()
      let value = Self.trimmed(bytes[bytes.index(after: sign)...])
      values[key] = String(decoding: Self.withoutComment(value), as: UTF8.self)
    }
    guard isFound else { return nil }
  }

  /// A setting; nil for one that is not there or empty.
  subscript(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

  private typealias Bytes = Substring.UTF8View

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func trimmed(_ bytes: Bytes) -> Bytes {
    var rest = bytes.drop { isBlank($0) }
    while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
    return rest
  }

  /// A comment behind a value begins at a blank.
  private static func withoutComment(_ value: Bytes) -> Bytes {
    var wasBlank = false
    let end = value.firstIndex { byte in
      defer { wasBlank = isBlank(byte) }
      return wasBlank && (byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";"))
    }
    return end.map { trimmed(value[..<$0]) } ?? value
  }
}
