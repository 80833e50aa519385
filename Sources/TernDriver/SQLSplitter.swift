/// Takes a script apart at its semicolons.
///
/// Semicolons in literals, quoted names and comments do not count. A line that is only `/` ends a
/// statement too, as in the vendors' own shells: the way to write bodies of scripts and procedures
/// that hold semicolons.
public struct SQLSplitter {
  private let dialect: Dialect
  /// What closes each character that opens a literal or quoted name.
  private let quotes: [UInt8: UInt8]

  /// A splitter that knows how `dialect` quotes and comments.
  public init(_ dialect: Dialect) {
    self.dialect = dialect
    var quotes: [UInt8: UInt8] = [
      UInt8(ascii: "'"): UInt8(ascii: "'"), UInt8(ascii: "\""): UInt8(ascii: "\""),
    ]
    for pair in dialect.alternativeQuotes {
      if let open = pair.open.asciiValue, let close = pair.close.asciiValue { quotes[open] = close }
    }
    if let quote = dialect.identifierQuote.asciiValue { quotes[quote] = quote }
    self.quotes = quotes
  }

  /// The statements without their semicolons; pieces of only blanks and comments are left out.
  public func split(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    var statements: [String] = []
    var start = 0
    var hasContent = false
    var index = 0
    let lastSlashLine = SQLSplitter.lastSlashLine(bytes)
    // Asked at the first semicolon of a statement, remembered for the others of its body.
    var hasBody: Bool?
    func isInBody() -> Bool {
      let answer = hasBody ?? createsBody(bytes, from: start)
      hasBody = answer
      return answer
    }
    func end(at end: Int) {
      hasBody = nil
      if hasContent {
        statements.append(SQLSplitter.trimmed(bytes[start..<end]))
      }
      hasContent = false
    }
    while index < bytes.count {
      let byte = bytes[index]
      if let after = endOfComment(bytes, index) {
        index = after
      } else if let after = SQLSplitter.endOfSlashLine(bytes, index) {
        end(at: index)
        index = after
        start = after
      } else if byte == UInt8(ascii: ";"),
        index > lastSlashLine || !isInBody()
      {
        end(at: index)
        index += 1
        start = index
      } else {
        hasContent = hasContent || (byte > 0x20 && byte != UInt8(ascii: ";"))
        index = endOfToken(bytes, index)
      }
    }
    end(at: bytes.count)
    return statements
  }

  /// Where the comment at `index` ends; nil if there is none.
  private func endOfComment(_ bytes: [UInt8], _ index: Int) -> Int? {
    guard [UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "#")].contains(bytes[index])
    else { return nil }
    func follows(_ mark: String) -> Bool { bytes[index...].starts(with: mark.utf8) }
    if follows("/*") {
      var end = index + 2
      while end < bytes.count, !bytes[end...].starts(with: "*/".utf8) { end += 1 }
      return min(end + 2, bytes.count)
    }
    let isLine =
      follows("--") || (dialect.hasHashComments && follows("#"))
      || (dialect.hasSlashComments && follows("//"))
    guard isLine else { return nil }
    return bytes[index...].firstIndex(of: 10) ?? bytes.count
  }

  /// Where the literal, quoted name or single character at `index` ends.
  private func endOfToken(_ bytes: [UInt8], _ index: Int) -> Int {
    if dialect.hasDollarQuotes, bytes[index...].starts(with: "$$".utf8) {
      var end = index + 2
      while end < bytes.count, !bytes[end...].starts(with: "$$".utf8) { end += 1 }
      return min(end + 2, bytes.count)
    }
    if dialect.hasSlashComments, let end = SQLSplitter.endOfLocation(bytes, index) { return end }
    guard let close = quotes[bytes[index]] else { return index + 1 }
    let hasEscapes = dialect.hasBackslashEscapes(between: bytes[index])
    var end = index + 1
    while end < bytes.count {
      if hasEscapes, bytes[end] == UInt8(ascii: "\\") {
        end += 2
      } else if bytes[end] == close {
        // A doubled quote looks like two literals next to each other, which splits the same way.
        return end + 1
      } else {
        end += 1
      }
    }
    return bytes.count
  }

  /// Where a location such as `file:///data/*.csv` ends, which begins at `index` and has marks of
  /// comments in it; nil if there is none.
  public static func endOfLocation(_ bytes: [UInt8], _ index: Int) -> Int? {
    guard index == 0 || bytes[index - 1] <= 0x20 else { return nil }
    let start = bytes[index...].prefix(7).map { $0 & 0xC0 == 0x40 ? $0 | 0x20 : $0 }
    guard start.elementsEqual("file://".utf8) else { return nil }
    return bytes[index...].firstIndex { $0 <= 0x20 || $0 == UInt8(ascii: ";") } ?? bytes.count
  }

  /// Where the next line starts, if `index` is at a line that holds only `/`.
  private static func endOfSlashLine(_ bytes: [UInt8], _ index: Int) -> Int? {
    guard bytes[index] == UInt8(ascii: "/") else { return nil }
    var before = index
    while before > 0, bytes[before - 1] == 0x20 || bytes[before - 1] == 0x09 { before -= 1 }
    guard before == 0 || bytes[before - 1] == 10 else { return nil }
    var after = index + 1
    while after < bytes.count, [0x20, 0x09, 0x0D].contains(bytes[after]) { after += 1 }
    guard after == bytes.count || bytes[after] == 10 else { return nil }
    return min(after + 1, bytes.count)
  }

  /// Where the last line starts that holds only `/`; -1 if there is none.
  private static func lastSlashLine(_ bytes: [UInt8]) -> Int {
    let slash = UInt8(ascii: "/")
    return bytes.indices.last { bytes[$0] == slash && endOfSlashLine(bytes, $0) != nil } ?? -1
  }

  /// Whether a statement creates something with a body, whose semicolons are its own.
  ///
  /// `CREATE [OR REPLACE] … FUNCTION`: between them may stand a language of the server's own list,
  /// a kind of script, an owner.
  public func createsBody(_ statement: String) -> Bool {
    createsBody(Array(statement.utf8), from: 0)
  }

  private func createsBody(_ bytes: [UInt8], from start: Int) -> Bool {
    var index = start
    for number in 0..<SQLSplitter.bodyTokenCountMax {
      while index < bytes.count, bytes[index] <= 0x20 || endOfComment(bytes, index) != nil {
        index = endOfComment(bytes, index) ?? index + 1
      }
      guard index < bytes.count else { return false }
      let word = SQLSplitter.word(bytes[index...])
      if number == 0, word != "CREATE" { return false }
      if SQLSplitter.bodies.contains(word) { return true }
      if SQLSplitter.otherObjects.contains(word) { return false }
      index = word.isEmpty ? endOfToken(bytes, index) : index + word.utf8.count
    }
    return false
  }

  /// `CREATE OR REPLACE PYTHON3 SCALAR SCRIPT`, `CREATE DEFINER = 'a'@'b' PROCEDURE`.
  private static let bodyTokenCountMax = 8
  private static let bodies: Set<String> = [
    "SCRIPT", "FUNCTION", "PROCEDURE", "PACKAGE", "TRIGGER",
  ]
  /// What else can be created; names follow that may be any word.
  private static let otherObjects: Set<String> = [
    "CONNECTION", "CONSUMER", "DATABASE", "FORCE", "INDEX", "PRIORITY", "ROLE", "SCHEMA",
    "SEQUENCE", "TABLE", "USER", "VIEW", "VIRTUAL", "(", ";",
  ]

  /// The word at the start in capitals, or a character that ends the search; empty for others.
  private static func word(_ bytes: ArraySlice<UInt8>) -> String {
    let word = bytes.prefix {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == 0x5F
    }
    guard word.isEmpty, let first = bytes.first else {
      return String(decoding: word, as: UTF8.self).uppercased()
    }
    return first == UInt8(ascii: "(") || first == UInt8(ascii: ";")
      ? String(UnicodeScalar(first)) : ""
  }

  /// A statement without blanks and line ends around it.
  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    var rest = bytes.drop { $0 <= 0x20 }
    while let last = rest.last, last <= 0x20 { rest.removeLast() }
    return String(decoding: rest, as: UTF8.self)
  }
}
