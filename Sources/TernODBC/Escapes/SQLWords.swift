import Tern

/// The words of a SQL text.
enum SQLWords {
  /// The first `countMax` words in capitals; comments, blanks and parentheses before them are
  /// skipped.
  static func first(_ countMax: Int, of sql: String) -> [String] {
    let bytes = Array(sql.utf8)
    var lexer = SQLLexer(bytes, Dialect(), in: 0..<bytes.count)
    var words: [String] = []
    var word: [UInt8] = []
    while let piece = lexer.next() {
      if case .code(let byte) = piece, isLetter(byte) {
        word.append(byte)
        continue
      }
      if !word.isEmpty {
        words.append(String(decoding: word, as: UTF8.self).uppercased())
        word = []
      }
      if words.count == countMax { return words }
      if case .code(let byte) = piece, !isBlank(byte), byte != UInt8(ascii: "(") { break }
    }
    if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self).uppercased()) }
    return words
  }

  /// Whether a byte can be part of a keyword.
  static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte & 0xDF) || byte == UInt8(ascii: "_")
  }

  /// Whether a byte separates words.
  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

extension String {
  /// Without blanks at both ends.
  var trimmed: String {
    let bytes = Array(utf8)
    guard let first = bytes.firstIndex(where: { !SQLWords.isBlank($0) }),
      let last = bytes.lastIndex(where: { !SQLWords.isBlank($0) })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }
}
