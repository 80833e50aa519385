internal import TernDriver

/// What can be told of a statement without the server: its first word, and its markers.
///
/// Source: Snowflake reference, section 8.1.
struct SnowflakeText {
  /// The first word in capitals, behind blanks and comments; empty where there is none.
  let keyword: String
  /// `?` outside of literals, quoted names and comments.
  let markerCount: Int

  init(_ sql: String) {
    let bytes = Array(sql.utf8)
    var keyword: [UInt8]?
    var markerCount = 0
    var index = 0
    while index < bytes.count {
      if let end = Self.endOfComment(bytes, index) {
        index = end
      } else if bytes[index] <= 0x20 {
        index += 1
      } else if keyword == nil {
        let word = Array(bytes[index...].prefix { Self.isLetter($0) })
        keyword = word
        index += word.count
      } else {
        if bytes[index] == UInt8(ascii: "?") { markerCount += 1 }
        index = Self.endOfToken(bytes, index)
      }
    }
    self.keyword = String(decoding: keyword ?? [], as: UTF8.self).uppercased()
    self.markerCount = markerCount
  }

  /// Whether the driver itself moves files for it.
  var movesFiles: Bool { keyword == "PUT" || keyword == "GET" }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte & 0xDF) || byte == UInt8(ascii: "_")
  }

  private static func endOfComment(_ bytes: [UInt8], _ index: Int) -> Int? {
    let rest = bytes[index...]
    if rest.starts(with: "--".utf8) || rest.starts(with: "//".utf8) {
      return rest.firstIndex(of: 0x0A) ?? bytes.count
    }
    return rest.starts(with: "/*".utf8) ? end(of: ("*", "/"), bytes, index + 2) : nil
  }

  /// Where the literal, quoted name or single character at `index` ends.
  private static func endOfToken(_ bytes: [UInt8], _ index: Int) -> Int {
    if bytes[index...].starts(with: "$$".utf8) { return end(of: ("$", "$"), bytes, index + 2) }
    if let end = SQLSplitter.endOfLocation(bytes, index) { return end }
    let quote = bytes[index]
    guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return index + 1 }
    var end = index + 1
    while end < bytes.count, bytes[end] != quote {
      // A doubled quote looks like two literals next to each other.
      end += quote == UInt8(ascii: "'") && bytes[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(end + 1, bytes.count)
  }

  /// Behind the next two characters `mark`, or the end.
  private static func end(
    of mark: (Unicode.Scalar, Unicode.Scalar), _ bytes: [UInt8], _ start: Int
  ) -> Int {
    let (first, second) = (UInt8(ascii: mark.0), UInt8(ascii: mark.1))
    var index = start
    while index + 1 < bytes.count {
      if bytes[index] == first, bytes[index + 1] == second { return index + 2 }
      index += 1
    }
    return bytes.count
  }
}
