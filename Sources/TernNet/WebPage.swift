internal import TernCore

/// What stands in a body that is no answer of a protocol: mostly a page of a gateway or a web
/// server, in HTML or XML, which a message repeats.
///
/// Source: the HTML standard, section 13.2.5, as far as words need it.
public enum WebPage {
  /// Whether a body is a page: its first character is the `<` of a tag.
  public static func isPage(_ body: [UInt8]) -> Bool {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    return (body.starts(with: mark) ? body.dropFirst(3) : body[...]).first { $0 > 0x20 } == less
  }

  /// The words of a body in one line, at most 500 characters of them: of a page without its tags,
  /// scripts and styles. Without control characters, and without any secret of this process, which
  /// a page may have repeated.
  ///
  /// What is not UTF-8 is taken for ISO 8859-1, which old servers write without saying so.
  public static func words(_ body: [UInt8]) -> String {
    var bytes = body[...]
    if bytes.count > byteCountMax {
      bytes = bytes.prefix(byteCountMax)
      // Not half a character.
      while let last = bytes.last, 0x80...0xBF ~= last { bytes = bytes.dropLast() }
      if let last = bytes.last, last >= 0xC0 { bytes = bytes.dropLast() }
    }
    guard isPage(body) else { return shown(line(decoded(bytes))) }
    var scanner = Scanner(bytes)
    scanner.scan()
    let text = shown(line(unescaped(decoded(scanner.text[...]))))
    let title = shown(line(unescaped(decoded(scanner.title[...]))))
    // Most bodies repeat their title.
    if title.isEmpty || text.contains(title) { return text }
    return text.isEmpty ? title : shown("\(title): \(text)")
  }

  /// A text without the character references that addresses and messages have; unknown ones stay.
  public static func unescaped(_ text: String) -> String {
    var output = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      let name = rest.prefix(referenceCountMax).prefix { $0 != ";" }
      let after = rest.dropFirst(name.count)
      if scalar == "&", after.first == ";", let meant = referenced(name) {
        output.append(meant)
        rest = after.dropFirst()
      } else {
        output.append(scalar)
      }
    }
    return String(output)
  }

  private static let byteCountMax = 1 << 18
  private static let characterCountMax = 500
  private static let referenceCountMax = 10
  private static let less = UInt8(ascii: "<")

  /// The character of a reference, by its name or number.
  private static func referenced(_ name: Substring.UnicodeScalarView) -> Unicode.Scalar? {
    switch String(name) {
    case "amp": return "&"
    case "quot": return "\""
    case "apos": return "'"
    case "lt": return "<"
    case "gt": return ">"
    case "nbsp": return "\u{A0}"
    default:
      guard name.first == "#" else { return nil }
      let isHex = name.dropFirst().first.map { $0 == "x" || $0 == "X" } ?? false
      let digits = String(name.dropFirst(isHex ? 2 : 1))
      return UInt32(digits, radix: isHex ? 16 : 10).flatMap(Unicode.Scalar.init)
    }
  }

  private static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(Unicode.Scalar(byte)) }
    return String(text)
  }

  /// A text with one blank wherever it has white space or control characters.
  private static func line(_ text: String) -> String {
    let words = text.unicodeScalars.split {
      $0.properties.isWhitespace || $0.properties.generalCategory == .control || $0 == "\u{FEFF}"
    }
    return words.map { String($0) }.joined(separator: " ")
  }

  private static func shown(_ line: String) -> String {
    Log.redacted(line, characterCountMax: characterCountMax)
  }
}

/// Takes the words out of a page, by bytes: what matters is ASCII in every encoding of such pages.
private struct Scanner {
  private(set) var text: [UInt8] = []
  private(set) var title: [UInt8] = []
  private var rest: ArraySlice<UInt8>

  /// Elements whose text is not for people; they end at their own end tag only.
  private static let silent: Set<String> = ["script", "style"]

  init(_ page: ArraySlice<UInt8>) { rest = page }

  mutating func scan() {
    while let byte = rest.first {
      guard byte == UInt8(ascii: "<"), let next = rest.dropFirst().first, Self.opensTag(next) else {
        text.append(byte)
        rest = rest.dropFirst()
        continue
      }
      text.append(0x20)
      if rest.starts(with: "<!--".utf8) {
        take(to: "-->")
        rest = rest.dropFirst(3)
        continue
      }
      let name = tagName()
      take(to: ">")
      rest = rest.dropFirst()
      if name == "title" { title += take(to: "</title") }
      if Self.silent.contains(name) { take(to: "</" + name) }
    }
  }

  /// A `<` before anything else is a character of the text.
  private static func opensTag(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "/"), UInt8(ascii: "!"), UInt8(ascii: "?"):
      true
    default: false
    }
  }

  /// The name of the tag that starts here, in lower case; empty for an end tag.
  private func tagName() -> String {
    let name = rest.dropFirst().prefix { 0x61...0x7A ~= $0 | 0x20 }
    return String(decoding: name.map { $0 | 0x20 }, as: UTF8.self)
  }

  /// Moves to the next such mark, in either case, or to the end; returns what came before it.
  @discardableResult
  private mutating func take(to mark: String) -> ArraySlice<UInt8> {
    let mark = Array(mark.utf8)
    let start = rest
    while !rest.isEmpty {
      let isHere =
        rest.count >= mark.count && zip(rest, mark).allSatisfy { $0 | 0x20 == $1 | 0x20 }
      if isHere { break }
      rest = rest.dropFirst()
    }
    return start[..<rest.startIndex]
  }
}
