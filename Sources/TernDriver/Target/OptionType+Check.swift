extension OptionType {
  /// The normal form of a value, or nil if it is not allowed: `yes` becomes `on`, words get the
  /// case they have in the table; hosts and schemes need the driver and are looked at later.
  func normalized(_ text: String) -> String? {
    guard !text.utf8.contains(0) else { return nil }
    switch self {
    case .bool: return OptionValue.bool(text).map { $0 ? "on" : "off" }
    case .duration: return OptionValue.nanoseconds(text).map { _ in text }
    case .size: return OptionValue.byteCount(text).map { _ in text }
    case .count: return OptionValue.count(text).map { _ in text }
    case .countOr(let words):
      return OptionValue.word(text, of: words) ?? OptionValue.count(text).map { _ in text }
    case .port: return OptionValue.port(text).map { _ in text }
    case .choice(let words): return OptionValue.word(text, of: words)
    case .fingerprint: return OptionValue.fingerprint(text)
    case .textOrFile:
      return !text.hasPrefix("@") || text.hasPrefix("@/") || text.hasPrefix("@@") ? text : nil
    case .text, .path, .list, .scheme, .hosts: return text
    }
  }

  /// What is allowed, for error texts and documentation.
  public var allowed: String {
    switch self {
    case .bool: "on or off"
    case .duration: "seconds, or a number with ms, s, m or h"
    case .size: "bytes, or a number with k, M or G"
    case .count: "a whole number from 0"
    case .countOr(let words): words.joined(separator: ", ") + " or a whole number"
    case .text: "text without NUL"
    case .textOrFile: "text, or @/path of a file that holds it (@@ for a literal @)"
    case .path: "the name of a file or folder"
    case .list: "texts separated by commas"
    case .choice(let words): words.joined(separator: ", ")
    case .scheme: "a protocol"
    case .hosts: "hosts separated by commas, each with an optional :port"
    case .port: "1 to 65535"
    case .fingerprint: "the 64 hexadecimal digits of a SHA-256"
    }
  }

  /// Whether an empty text is a value rather than none.
  var allowsEmpty: Bool {
    switch self {
    case .text, .textOrFile, .path, .list: true
    case .bool, .duration, .size, .count, .countOr, .choice, .scheme, .hosts, .port, .fingerprint:
      false
    }
  }

  /// Whether values are drawn from a small language, so that an error may repeat a wrong one: it
  /// cannot be a piece of a password that lost its way.
  var isQuotable: Bool {
    switch self {
    case .bool, .duration, .size, .count, .countOr, .choice: true
    case .text, .textOrFile, .path, .list, .scheme, .hosts, .port, .fingerprint: false
    }
  }
}
