import Tern

/// Rewrites ODBC's escape sequences to what the server writes (ODBC, "Escape sequences in ODBC").
///
/// Braces that open none of them stay as they are: JSON and object literals must survive.
struct EscapeTranslator {
  private let dialect: Dialect

  /// Writes as `dialect` does.
  init(_ dialect: Dialect) { self.dialect = dialect }

  /// Nesting beyond this is no human's text.
  private static let depthMax = 64

  /// The text without escape sequences.
  ///
  /// - Throws: 42000 for a sequence that never closes, HYC00 for one that cannot be written.
  func translate(_ sql: String) throws(TernError) -> String {
    guard sql.utf8.contains(UInt8(ascii: "{")) else { return sql }
    let bytes = Array(sql.utf8)
    let translated = try translate(bytes, in: 0..<bytes.count, depth: 0)
    return String(decoding: translated, as: UTF8.self)
  }

  private func translate(
    _ bytes: [UInt8], in range: Range<Int>, depth: Int
  ) throws(TernError) -> [UInt8] {
    guard depth < EscapeTranslator.depthMax else {
      throw .usage("escape sequences are nested too deeply", .syntax)
    }
    var output: [UInt8] = []
    var start = range.lowerBound
    while start < range.upperBound {
      var lexer = SQLLexer(bytes, dialect, in: start..<range.upperBound)
      guard let brace = EscapeTranslator.copy(&lexer, to: &output) else { return output }
      if let (text, end) = try escape(bytes, at: brace, end: range.upperBound, depth) {
        output += text
        start = end
      } else {
        output.append(UInt8(ascii: "{"))
        start = brace + 1
      }
    }
    return output
  }

  /// Copies up to the next opening brace and returns its place; nil at the end.
  private static func copy(_ lexer: inout SQLLexer, to output: inout [UInt8]) -> Int? {
    while let piece = lexer.next() {
      switch piece {
      case .code(UInt8(ascii: "{")): return lexer.offset - 1
      case .code(let byte): output.append(byte)
      case .other(let range): output += lexer.bytes[range]
      }
    }
    return nil
  }

  /// Translates the sequence that opens at `brace`; nil if it is none of ODBC's.
  private func escape(
    _ bytes: [UInt8], at brace: Int, end: Int, _ depth: Int
  ) throws(TernError) -> (text: [UInt8], end: Int)? {
    let (keyword, content) = EscapeTranslator.keyword(bytes, after: brace, end: end)
    guard let kind = EscapeKind(keyword) else { return nil }
    if kind == .likeEscape {
      // Read by hand: the escape character may be one that the dialect's literals give a meaning.
      return likeEscape(bytes, content, end)
    }
    guard let close = closingBrace(bytes, from: content, end: end) else {
      guard kind.isCertain else { return nil }
      throw .usage("the escape sequence {\(keyword) has no closing brace", .syntax)
    }
    let inner = try translate(bytes, in: content..<close, depth: depth + 1)
    let text = String(decoding: inner, as: UTF8.self)
    guard let written = try EscapeWriter(dialect).write(kind, text) else { return nil }
    return (Array(written.utf8), close + 1)
  }

  /// The word behind a brace, in capitals, and where the rest begins. `?=call` is one word.
  private static func keyword(
    _ bytes: [UInt8], after brace: Int, end: Int
  ) -> (word: String, rest: Int) {
    var index = brace + 1
    var word: [UInt8] = []
    let marks = Set("?=".utf8)
    while index < end {
      let byte = bytes[index]
      let mayHaveBlank = word.isEmpty || word.last.map(marks.contains) ?? false
      if SQLWords.isLetter(byte) || marks.contains(byte) {
        word.append(byte)
      } else if !(mayHaveBlank && SQLWords.isBlank(byte)) {
        break
      }
      index += 1
    }
    return (String(decoding: word, as: UTF8.self).uppercased(), index)
  }

  private func closingBrace(_ bytes: [UInt8], from start: Int, end: Int) -> Int? {
    var lexer = SQLLexer(bytes, dialect, in: start..<end)
    var depth = 1
    while let piece = lexer.next() {
      if piece == .code(UInt8(ascii: "{")) { depth += 1 }
      if piece == .code(UInt8(ascii: "}")) { depth -= 1 }
      if depth == 0 { return lexer.offset - 1 }
    }
    return nil
  }

  private func likeEscape(
    _ bytes: [UInt8], _ start: Int, _ end: Int
  ) -> (text: [UInt8], end: Int)? {
    let quote = UInt8(ascii: "'")
    let text = bytes[start..<end]
    guard let open = text.firstIndex(where: { !SQLWords.isBlank($0) }), text[open] == quote,
      open + 2 < end, let close = text[(open + 2)...].firstIndex(of: quote),
      let brace = text[(close + 1)...].firstIndex(where: { !SQLWords.isBlank($0) }),
      text[brace] == UInt8(ascii: "}")
    else { return nil }
    var character = String(decoding: text[(open + 1)..<close], as: UTF8.self)
    if dialect.hasBackslashEscapes, character == "\\" { character = "\\\\" }
    let written = EscapeTemplate(dialect.likeEscape).filled(["'\(character)'"])
    return (Array(written.utf8), brace + 1)
  }
}
