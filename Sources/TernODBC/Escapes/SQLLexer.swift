import Tern

/// Cuts SQL text into what the server reads as code and what it does not: literals, quoted names
/// and comments, as the dialect writes them.
struct SQLLexer {
  /// A stretch of text.
  enum Piece: Hashable {
    /// One byte of code.
    case code(UInt8)
    /// Anything that is no code, as a range of bytes.
    case other(Range<Int>)
  }

  let bytes: [UInt8]
  private let dialect: Dialect
  private(set) var offset: Int
  private let end: Int

  /// Reads `range` of `bytes`.
  init(_ bytes: [UInt8], _ dialect: Dialect, in range: Range<Int>) {
    self.bytes = bytes
    self.dialect = dialect
    offset = range.lowerBound
    end = min(range.upperBound, bytes.count)
  }

  /// The next piece, nil at the end. Whatever is not closed reaches to the end.
  mutating func next() -> Piece? {
    guard offset < end else { return nil }
    let start = offset
    guard let stop = endOfOther(at: start) else {
      offset += 1
      return .code(bytes[start])
    }
    offset = min(stop, end)
    return .other(start..<offset)
  }

  private func byte(_ index: Int) -> UInt8? { index < end ? bytes[index] : nil }

  /// Where a literal, name or comment that begins at `start` ends; nil for code.
  private func endOfOther(at start: Int) -> Int? {
    let (first, second) = (bytes[start], byte(start + 1))
    switch (first, second) {
    case (UInt8(ascii: "'"), _): return endOfQuoted(start, first)
    case (UInt8(ascii: "-"), UInt8(ascii: "-")): return endOfLine(start)
    case (UInt8(ascii: "/"), UInt8(ascii: "*")): return end(of: "*/", from: start + 2)
    case (UInt8(ascii: "/"), UInt8(ascii: "/")) where dialect.hasSlashComments:
      return endOfLine(start)
    case (UInt8(ascii: "#"), _) where dialect.hasHashComments: return endOfLine(start)
    case (UInt8(ascii: "$"), UInt8(ascii: "$")) where dialect.hasDollarQuotes:
      return end(of: "$$", from: start + 2)
    default: return endOfName(start, first)
    }
  }

  private func endOfName(_ start: Int, _ first: UInt8) -> Int? {
    if first == UInt8(ascii: "\"") || dialect.identifierQuote.asciiValue == first {
      return endOfQuoted(start, first)
    }
    for pair in dialect.alternativeQuotes where pair.open.asciiValue == first {
      return endOfQuoted(start, pair.close.asciiValue ?? first)
    }
    return nil
  }

  private func endOfQuoted(_ start: Int, _ quote: UInt8) -> Int {
    let hasBackslash = dialect.hasBackslashEscapes(between: quote)
    var index = start + 1
    while let current = byte(index) {
      index += 1
      if hasBackslash, current == UInt8(ascii: "\\") {
        index += 1
      } else if current == quote {
        guard byte(index) == quote else { return index }
        index += 1
      }
    }
    return end
  }

  private func endOfLine(_ start: Int) -> Int {
    var index = start
    while let current = byte(index), current != UInt8(ascii: "\n") { index += 1 }
    return index
  }

  private func end(of mark: StaticString, from start: Int) -> Int {
    let mark = Array("\(mark)".utf8)
    var index = start
    while index + 1 < end {
      if bytes[index] == mark[0], bytes[index + 1] == mark[1] { return index + 2 }
      index += 1
    }
    return end
  }
}
