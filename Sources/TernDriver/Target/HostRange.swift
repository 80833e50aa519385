import TernCore

/// `exa01..12.example.com`: numbered hosts, padded with zeros to the width of the first number.
struct HostRange {
  /// All names, in order.
  let names: [String]

  /// Expands `text`; nil if it has no `..`. `index` is the host's place in its list.
  init?(_ text: Substring, _ index: Int) throws(TernError) {
    guard let dots = HostRange.dots(in: text) else { return nil }
    let before = text[..<dots]
    let after = text[dots...].dropFirst(2)
    let start = HostRange.trailingDigits(before)
    let end = after.prefix { $0.isASCII && $0.isNumber }
    let suffix = after.dropFirst(end.count)
    guard !start.isEmpty, !end.isEmpty, HostRange.dots(in: suffix) == nil,
      let first = OptionValue.count(String(start)), let last = OptionValue.count(String(end))
    else {
      throw HostList.error(
        index, "is no range: a range has a number on both sides of its dots, as db1..4 has")
    }
    guard first <= last else { throw HostList.error(index, "is a range that runs backwards") }
    // Both are positive, so the difference cannot overflow.
    guard last - first < Int64(Limits.hostCountMax) else {
      throw HostList.error(index, "is a range of more than \(Limits.hostCountMax) hosts")
    }
    let prefix = before.dropLast(start.count)
    names = (first...last).map { number in
      let digits = String(number)
      let padding = String(repeating: "0", count: max(0, start.count - digits.count))
      return prefix + padding + digits + suffix
    }
  }

  /// Where the first `..` is.
  private static func dots(in text: Substring) -> Substring.Index? {
    var index = text.startIndex
    while let dot = text[index...].firstIndex(of: ".") {
      index = text.index(after: dot)
      if index < text.endIndex, text[index] == "." { return dot }
    }
    return nil
  }

  /// The digits right before the dots: where the range starts.
  private static func trailingDigits(_ text: Substring) -> Substring {
    var start = text.endIndex
    while start > text.startIndex {
      let before = text.index(before: start)
      guard text[before].isASCII, text[before].isNumber else { break }
      start = before
    }
    return text[start...]
  }
}
