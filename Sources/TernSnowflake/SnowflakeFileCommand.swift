internal import TernCore

/// The local side of a PUT or GET statement, as the user wrote it.
///
/// Nothing that a server says may name another file: what is read and written follows from this
/// alone. Source: Snowflake reference, section 7.1.
struct SnowflakeFileCommand: Hashable, Sendable {
  /// Which way the bytes go.
  enum Verb: String, Sendable {
    case put = "PUT"
    case get = "GET"

    /// What the server calls it.
    var command: String { self == .put ? "UPLOAD" : "DOWNLOAD" }
  }

  let verb: Verb
  /// What stands behind `file://`.
  let path: String
  private let sql: [UInt8]
  /// Where the location is in the text, with its quotes.
  private let place: Range<Int>

  /// Reads a statement.
  ///
  /// - Throws: `.usage` unless it is PUT or GET with a `file://` location that means what it says:
  ///   no escapes, no quotes, no markers.
  init(_ text: String) throws(TernError) {
    var scanner = SnowflakeFileScanner(text)
    guard let verb = Verb(rawValue: scanner.word().uppercased()) else {
      throw .usage("this is no PUT or GET statement")
    }
    if verb == .get { _ = scanner.location() }
    place = scanner.location()
    sql = scanner.bytes
    self.verb = verb
    path = try Self.path(sql[place], verb)
  }

  private static let scheme = "file://"

  private static func path(_ place: ArraySlice<UInt8>, _ verb: Verb) throws(TernError) -> String {
    var text = place
    if let first = text.first, first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") {
      guard text.count > 1, text.last == first else {
        throw .usage("\(verb.rawValue): the quotes around the local path do not match")
      }
      text = text.dropFirst().dropLast()
    }
    let words = String(decoding: text, as: UTF8.self)
    guard words.prefix(scheme.count).lowercased() == scheme else {
      throw .usage(
        "\(verb.rawValue) needs a local path that begins with file://, such as "
          + (verb == .put ? "PUT file:///data/a.csv @stage" : "GET @stage file:///data/"))
    }
    let path = String(words.dropFirst(scheme.count))
    guard !path.isEmpty else { throw .usage("\(verb.rawValue): the local path is empty") }
    let bad = path.utf8.first { byte in
      byte < 0x20 || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "'")
        || byte == UInt8(ascii: "\"")
    }
    guard bad == nil else {
      throw .usage(
        "\(verb.rawValue): the local path has an escape, a quote or a control character in it, "
          + "which may mean one file here and another to the server")
    }
    return path
  }

  /// The same statement for one file by the name that it will have.
  func sql(forFile name: String) -> String {
    let location = "'\(Self.scheme)\(Self.escaped(name))'"
    return String(
      decoding: sql[..<place.lowerBound] + Array(location.utf8) + sql[place.upperBound...],
      as: UTF8.self)
  }

  private static func escaped(_ name: String) -> String {
    var text = ""
    for character in name.unicodeScalars {
      if character == "'" || character == "\\" { text.append("\\") }
      text.unicodeScalars.append(character)
    }
    return text
  }
}

/// The words of such a statement.
struct SnowflakeFileScanner {
  let bytes: [UInt8]
  private var index = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The next word, letters only.
  mutating func word() -> String {
    skipBlanks()
    let start = index
    while index < bytes.count, (0x41...0x5A).contains(bytes[index] & 0xDF) { index += 1 }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  /// The next word in quotes, or up to the next blank or `;`; quoted parts may have blanks in them.
  mutating func location() -> Range<Int> {
    skipBlanks()
    let start = index
    if index < bytes.count, bytes[index] == UInt8(ascii: "'") {
      skipQuoted()
      return start..<index
    }
    while index < bytes.count, bytes[index] > 0x20, bytes[index] != UInt8(ascii: ";") {
      if bytes[index] == UInt8(ascii: "\"") { skipQuoted() } else { index += 1 }
    }
    return start..<index
  }

  private mutating func skipQuoted() {
    let quote = bytes[index]
    index += 1
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "\\"), quote == UInt8(ascii: "'") {
        index += 1
      } else if bytes[index] == quote {
        guard index + 1 < bytes.count, bytes[index + 1] == quote else { break }
        index += 1
      }
      index += 1
    }
    index = min(index + 1, bytes.count)
  }

  /// Steps over blanks and comments.
  private mutating func skipBlanks() {
    while index < bytes.count {
      let rest = bytes[index...]
      if bytes[index] <= 0x20 {
        index += 1
      } else if rest.starts(with: "--".utf8) || rest.starts(with: "//".utf8) {
        index = rest.firstIndex(of: 0x0A) ?? bytes.count
      } else if rest.starts(with: "/*".utf8) {
        index += 2
        while index < bytes.count, !bytes[index...].starts(with: "*/".utf8) { index += 1 }
        index = min(index + 2, bytes.count)
      } else {
        return
      }
    }
  }
}
