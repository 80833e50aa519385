/// Pieces of SQL text made from foreign names and texts.
///
/// Source: Snowflake reference, sections 8.1 and 8.2.
enum SnowflakeSQL {
  /// A name in quotes, exactly as stored.
  static func name(_ name: String) -> String {
    var text = "\""
    for scalar in name.unicodeScalars {
      if scalar == "\"" { text += "\"" }
      text.unicodeScalars.append(scalar)
    }
    return text + "\""
  }

  /// A text as a literal. A backslash escapes there, so that it is doubled first: a quote behind a
  /// lone one would end nothing.
  static func literal(_ text: String) -> String {
    var literal = "'"
    for scalar in text.unicodeScalars {
      if scalar == "\\" || scalar == "'" { literal.unicodeScalars.append(scalar) }
      literal.unicodeScalars.append(scalar)
    }
    return literal + "'"
  }

  /// Whether a text is a query id: 8-4-4-4-12 hexadecimal digits, whatever UUID version they say.
  static func isQueryID(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.map(\.utf8.count) == [8, 4, 4, 4, 12]
      && parts.allSatisfy { part in
        part.utf8.allSatisfy { byte in
          switch byte {
          case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
          default: false
          }
        }
      }
  }
}
