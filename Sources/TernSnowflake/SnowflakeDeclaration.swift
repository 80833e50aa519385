/// A type as SQL spells it, such as `NUMBER(38,0)`, and lists of names with such types.
///
/// Source: Snowflake reference, section 8.2 (signatures of procedures).
enum SnowflakeDeclaration {
  /// Spellings, and the logical type that each stands for.
  private static let types: [String: String] = [
    "NUMBER": "fixed", "DECIMAL": "fixed", "NUMERIC": "fixed", "INT": "fixed",
    "INTEGER": "fixed", "BIGINT": "fixed", "SMALLINT": "fixed", "TINYINT": "fixed",
    "BYTEINT": "fixed", "FLOAT": "real", "FLOAT4": "real", "FLOAT8": "real", "DOUBLE": "real",
    "DOUBLE PRECISION": "real", "REAL": "real", "VARCHAR": "text", "CHAR": "text",
    "CHARACTER": "text", "STRING": "text", "TEXT": "text", "BINARY": "binary",
    "VARBINARY": "binary", "DATETIME": "timestamp_ntz", "TIMESTAMP": "timestamp_ntz",
  ]

  /// The column of that name and type; unknown types keep their word.
  static func column(_ name: String, _ text: String) -> SnowflakeColumn {
    let open = text.firstIndex(of: "(") ?? text.endIndex
    let word = trimmed(text[..<open]).uppercased()
    let inner = text[open...].dropFirst().prefix { $0 != ")" }
    let numbers = inner.split(separator: ",").map { Int64(trimmed($0)) }
    var column = SnowflakeColumn(name, type: types[word] ?? word.lowercased())
    let first = numbers.first ?? nil
    switch column.type {
    case "fixed":
      column.precision = first ?? 38
      column.scale = numbers.count > 1 ? numbers[1] ?? 0 : 0
    case "text", "binary": column.length = first
    case "time", "timestamp_ntz", "timestamp_ltz", "timestamp_tz": column.scale = first ?? 9
    // Their values come as GeoJSON unless the session says otherwise.
    case "geography", "geometry":
      column.extendedType = word
      column.type = "object"
    default: break
    }
    return column
  }

  /// The parts of `(NAME TYPE, NAME TYPE, …)`, with or without what stands before the bracket.
  static func list(_ text: String) -> [(name: String, type: String)] {
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close
    else { return [] }
    var parts: [String] = []
    var part = ""
    // Commas inside of brackets or names separate nothing.
    var depth = 0
    var isQuoted = false
    for character in text[text.index(after: open)..<close] {
      switch character {
      case "\"": isQuoted.toggle()
      case "(" where !isQuoted: depth += 1
      case ")" where !isQuoted: depth -= 1
      case "," where !isQuoted && depth == 0:
        parts.append(part)
        part = ""
        continue
      default: break
      }
      part.append(character)
    }
    parts.append(part)
    return parts.map { named($0) }.filter { !$0.type.isEmpty }
  }

  /// `NAME TYPE`, the name perhaps in quotes.
  private static func named(_ text: String) -> (name: String, type: String) {
    let text = trimmed(text[...])
    guard text.hasPrefix("\"") else {
      let end = text.firstIndex(of: " ") ?? text.endIndex
      return (String(text[..<end]), trimmed(text[end...]))
    }
    var name = ""
    var rest = text.dropFirst()
    while let quote = rest.firstIndex(of: "\"") {
      name += rest[..<quote]
      rest = rest[rest.index(after: quote)...]
      guard rest.hasPrefix("\"") else { break }
      // Two quotes are one that belongs to the name.
      name += "\""
      rest = rest.dropFirst()
    }
    return (name, trimmed(rest))
  }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0.isWhitespace }
    return String(String(start.reversed().drop { $0.isWhitespace }).reversed())
  }
}
