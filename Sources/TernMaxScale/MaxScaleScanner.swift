internal import TernCore

/// Takes an SQL text apart as MariaDB's own lexer does, as far as that matters to a driver:
/// literals, quoted names and comments are stepped over.
///
/// Source: MaxScale reference, section 10 A.
struct MaxScaleScanner {
  /// What `sql_mode` says about texts.
  struct Mode: Hashable, Sendable {
    /// A backslash in a literal is a plain character.
    var hasNoBackslashEscapes = false
    /// Double quotes are around names, in which a backslash is a plain character.
    var hasAnsiQuotes = false

    init(hasNoBackslashEscapes: Bool = false, hasAnsiQuotes: Bool = false) {
      self.hasNoBackslashEscapes = hasNoBackslashEscapes
      self.hasAnsiQuotes = hasAnsiQuotes
    }

    /// From the value of `@@sql_mode`.
    init(_ text: String) {
      let words = text.uppercased().split(separator: ",")
      hasNoBackslashEscapes = words.contains("NO_BACKSLASH_ESCAPES")
      hasAnsiQuotes = words.contains("ANSI_QUOTES") || words.contains("ANSI")
    }
  }

  /// What comes next in the text.
  enum Token: Equatable {
    case word(String)
    case marker, open, close, comma, semicolon, assignment
    /// A literal or quoted name.
    case quoted
    /// Any other character.
    case other
  }

  /// UTF-8: no byte of a longer character is one that means something here.
  private let bytes: [UInt8]
  private let mode: Mode
  private(set) var index = 0
  /// Where the last token starts.
  private(set) var start = 0
  /// Whether an executable comment is open, whose text counts.
  private var isInComment = false
  /// Whether a literal or name was met that the modes read differently.
  private(set) var dependsOnMode = false

  init(_ text: String, _ mode: Mode) {
    bytes = Array(text.utf8)
    self.mode = mode
  }

  /// The next token, nil at the end of the text.
  mutating func next() -> Token? {
    while index < bytes.count {
      if let behind = endOfGap() {
        index = behind
        continue
      }
      start = index
      return token()
    }
    start = bytes.count
    return nil
  }

  /// The byte there, 0 behind the end.
  private func byte(_ position: Int) -> UInt8 { position < bytes.count ? bytes[position] : 0 }

  private func follows(_ text: StaticString) -> Bool {
    bytes[index...].starts(with: "\(text)".utf8)
  }

  /// Where the blank or comment at `index` ends; nil if there is none.
  private mutating func endOfGap() -> Int? {
    switch bytes[index] {
    case 0...0x20: return index + 1
    case UInt8(ascii: "#"): return endOfLine(from: index)
    case UInt8(ascii: "-"):
      // Without a blank behind them, two signs are arithmetic.
      guard follows("--"), byte(index + 2) <= 0x20 || byte(index + 2) == 0x7F else { return nil }
      return endOfLine(from: index)
    case UInt8(ascii: "/"):
      guard follows("/*") else { return nil }
      if let behind = endOfCommentHead() {
        isInComment = true
        return behind
      }
      return endOfComment(from: index + 2)
    case UInt8(ascii: "*") where isInComment && follows("*/"):
      isInComment = false
      return index + 2
    default: return nil
    }
  }

  private func endOfLine(from position: Int) -> Int {
    bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
  }

  /// Behind `/*!`, `/*!50000` and `/*M!100101`, whose text is code.
  private func endOfCommentHead() -> Int? {
    var position = index + 2
    if byte(position) == UInt8(ascii: "M") { position += 1 }
    guard byte(position) == UInt8(ascii: "!") else { return nil }
    position += 1
    while (0x30...0x39).contains(byte(position)) { position += 1 }
    return position
  }

  /// Comments do not nest; one that is open goes to the end.
  private func endOfComment(from position: Int) -> Int {
    var position = position
    while position + 1 < bytes.count {
      if bytes[position] == UInt8(ascii: "*"), bytes[position + 1] == UInt8(ascii: "/") {
        return position + 2
      }
      position += 1
    }
    return bytes.count
  }

  private mutating func token() -> Token {
    let first = bytes[index]
    switch first {
    case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
      stepOverQuoted(first)
      return .quoted
    case UInt8(ascii: "?"): return single(.marker)
    case UInt8(ascii: "("): return single(.open)
    case UInt8(ascii: ")"): return single(.close)
    case UInt8(ascii: ","): return single(.comma)
    case UInt8(ascii: ";"): return single(.semicolon)
    case UInt8(ascii: ":") where byte(index + 1) == UInt8(ascii: "="):
      index += 2
      return .assignment
    default:
      guard Self.isWordByte(first) else { return single(.other) }
      let end = bytes[index...].firstIndex { !Self.isWordByte($0) } ?? bytes.count
      defer { index = end }
      return .word(String(decoding: bytes[index..<end], as: UTF8.self).uppercased())
    }
  }

  private mutating func single(_ token: Token) -> Token {
    index += 1
    return token
  }

  /// Letters, digits, `_`, `$` and everything beyond ASCII.
  static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x24, 0x80...0xFF: true
    default: false
    }
  }

  /// Steps over a literal or a quoted name, to the end of the text if it is open.
  private mutating func stepOverQuoted(_ quote: UInt8) {
    let isName = quote == UInt8(ascii: "`") || (quote == UInt8(ascii: "\"") && mode.hasAnsiQuotes)
    let hasEscapes = !isName && !mode.hasNoBackslashEscapes
    index += 1
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "`") {
        dependsOnMode = true
        index += hasEscapes ? 2 : 1
      } else if byte == quote {
        // A doubled quote ends one literal and starts another, which comes to the same.
        index += 1
        return
      } else {
        index += 1
      }
    }
    index = bytes.count
  }
}
