import Tern

/// Takes `name(a, b)` apart.
struct ArgumentList {
  private let dialect: Dialect

  /// Reads text as `dialect` writes it.
  init(_ dialect: Dialect) { self.dialect = dialect }

  /// The name and the arguments, trimmed; nil unless the text is just that.
  func split(_ text: String) -> (name: String, arguments: [String])? {
    let bytes = Array(text.trimmed.utf8)
    guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), bytes.last == UInt8(ascii: ")"),
      open + 1 < bytes.count
    else { return nil }
    var lexer = SQLLexer(bytes, dialect, in: (open + 1)..<(bytes.count - 1))
    var arguments: [String] = []
    var depth = 0
    var start = open + 1
    while let piece = lexer.next() {
      switch piece {
      case .code(UInt8(ascii: "(")): depth += 1
      case .code(UInt8(ascii: ")")): depth -= 1
      case .code(UInt8(ascii: ",")) where depth == 0:
        arguments.append(ArgumentList.text(bytes[start..<(lexer.offset - 1)]))
        start = lexer.offset
      case .code, .other: break
      }
      guard depth >= 0 else { return nil }
    }
    let last = ArgumentList.text(bytes[start..<(bytes.count - 1)])
    if !last.isEmpty || !arguments.isEmpty { arguments.append(last) }
    return (ArgumentList.text(bytes[..<open]), arguments)
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self).trimmed
  }
}
