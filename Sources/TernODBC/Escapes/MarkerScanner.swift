import Tern

/// Counts parameter markers in SQL text.
struct MarkerScanner {
  private let dialect: Dialect

  /// Reads text as `dialect` writes it.
  init(_ dialect: Dialect) { self.dialect = dialect }

  /// Question marks outside literals, quoted names and comments.
  func count(_ sql: String) -> Int {
    let bytes = Array(sql.utf8)
    var lexer = SQLLexer(bytes, dialect, in: 0..<bytes.count)
    var count = 0
    while let piece = lexer.next() {
      if piece == .code(UInt8(ascii: "?")) { count += 1 }
    }
    return count
  }
}
