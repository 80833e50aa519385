import TernCore

/// Reads the text of an option as what its type says; nil where it is not that.
enum OptionValue {
  /// `on|off`, `true|false`, `yes|no`, `1|0`, without regard to case.
  static func bool(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "on", "true", "yes", "1": true
    case "off", "false", "no", "0": false
    default: nil
    }
  }

  /// A whole number from 0 that 64 bits hold.
  static func count(_ text: String) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy(isDigit) else { return nil }
    return Int64(text)
  }

  /// Bytes: a count, or one with `k`, `M` or `G`.
  static func byteCount(_ text: String) -> Int64? {
    let units: [(String, Int64)] = [("k", 1 << 10), ("m", 1 << 20), ("g", 1 << 30)]
    for (unit, factor) in units where text.lowercased().hasSuffix(unit) {
      guard let number = count(String(text.dropLast())) else { return nil }
      let (product, overflow) = number.multipliedReportingOverflow(by: factor)
      return overflow ? nil : product
    }
    return count(text)
  }

  /// Nanoseconds: seconds with up to 9 digits of fraction, or such a number with its unit.
  static func nanoseconds(_ text: String) -> Int64? {
    let units: [(String, Int64)] = [
      ("ms", 1_000_000), ("s", second), ("m", 60 * second), ("h", 3600 * second),
    ]
    for (unit, factor) in units where text.hasSuffix(unit) {
      return decimal(text.dropLast(unit.utf8.count), times: factor)
    }
    return decimal(text[...], times: second)
  }

  /// A TCP port.
  static func port(_ text: String) -> UInt16? {
    guard let number = count(text), let port = UInt16(exactly: number), port > 0
    else { return nil }
    return port
  }

  /// 64 hexadecimal digits in lower case, colons dropped.
  static func fingerprint(_ text: String) -> String? {
    let digits = text.lowercased().filter { $0 != ":" }
    guard digits.utf8.count == 64, digits.utf8.allSatisfy({ Percent.nibble($0) != nil })
    else { return nil }
    return digits
  }

  /// The word of `words` that `text` is, without regard to case.
  static func word(_ text: String, of words: [String]) -> String? {
    words.first { $0.lowercased() == text.lowercased() }
  }

  /// The texts between commas without the blanks around them; empty ones are dropped.
  static func list(_ text: String) -> [String] {
    text.split(separator: ",").map { String(trim($0)) }.filter { !$0.isEmpty }
  }

  /// `text` without blanks, tabs and line ends around it.
  static func trim(_ text: Substring) -> Substring {
    let isBlank = { (character: Character) in
      character == " " || character == "\t" || character.isNewline
    }
    var rest = text.drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return rest
  }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static let second: Int64 = 1_000_000_000

  /// `digits[.digits]` times `factor`; nil on overflow or more than 9 digits of fraction.
  private static func decimal(_ text: Substring, times factor: Int64) -> Int64? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let whole = count(String(first)) else { return nil }
    let (scaled, overflow) = whole.multipliedReportingOverflow(by: factor)
    guard !overflow else { return nil }
    guard parts.count == 2 else { return scaled }
    let fraction = String(parts[1])
    guard fraction.utf8.count <= 9, let digits = count(fraction) else { return nil }
    // Both halves stay below 2^63: digits < 10^9, and factor / second is at most 3600.
    let billionths = (fraction.utf8.count..<9).reduce(digits) { value, _ in value * 10 }
    let rest =
      factor < second
      ? billionths / (second / factor) : billionths * (factor / second)
    let (sum, sumOverflow) = scaled.addingReportingOverflow(rest)
    return sumOverflow ? nil : sum
  }
}
