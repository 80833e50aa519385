import TernCore

/// The hosts of a target as text says them: names, addresses and ranges with ports and pins.
///
/// Exasol reference, hosts and ranges: a port or pin belongs to its own host and to those before
/// it that have none. Error texts number the hosts and do not repeat them: in a URI with a stray
/// `/` or `@`, a "host" is a piece of the password.
struct HostList {
  /// A host whose port the text may have left open.
  struct Entry: Hashable {
    var host: String
    var port: UInt16?
    var pin: HostAddress.Pin?
  }

  /// The hosts in order, ranges expanded.
  private(set) var entries: [Entry] = []
  private let grammar: TargetGrammar
  private var portless = 0
  private var pinless = 0

  /// Reads `text` by the rules of `grammar`.
  init(_ text: String, _ grammar: TargetGrammar) throws(TernError) {
    self.grammar = grammar
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      let part = OptionValue.trim(part)
      if index > 0, !part.isEmpty, part.utf8.allSatisfy(OptionValue.isDigit) {
        bind(port: try HostList.port(part, index), pin: nil)
      } else {
        try append(part, index)
      }
    }
  }

  /// Whether the text is one name without port and pin, as an account is.
  var isBareName: Bool {
    guard let first = entries.first, entries.count == 1 else { return false }
    return first.port == nil && first.pin == nil
  }

  /// Adds the host, or the hosts of a range, that stand at one place of the list.
  private mutating func append(_ part: Substring, _ index: Int) throws(TernError) {
    let (name, rest, isBracketed) = try HostList.cutName(part, index)
    let (port, pin) = try suffixes(rest, index)
    let names: [String]
    if isBracketed {
      guard HostName.isIPv6(name) else {
        throw HostList.error(index, "is no IPv6 address inside its brackets")
      }
      names = [String(name)]
    } else if grammar.hasHostRanges, let range = try HostRange(name, index) {
      names = range.names
    } else {
      names = [String(name)]
    }
    guard entries.count + names.count <= Limits.hostCountMax else {
      throw .usage(
        "option host: more than \(Limits.hostCountMax) hosts", .invalidOptionValue)
    }
    for name in names {
      if let fault = HostName.fault(in: name, isBracketed: isBracketed) {
        throw HostList.error(index, fault)
      }
      entries.append(Entry(host: name))
    }
    bind(port: port, pin: pin)
  }

  /// Gives `port` and `pin` to every host so far that has none.
  private mutating func bind(port: UInt16?, pin: HostAddress.Pin?) {
    // After a port every host so far has one: the next looks only at those that follow.
    if let port {
      for index in portless..<entries.count where entries[index].port == nil {
        entries[index].port = port
      }
      portless = entries.count
    }
    if let pin {
      for index in pinless..<entries.count where entries[index].pin == nil {
        entries[index].pin = pin
      }
      pinless = entries.count
    }
  }

  /// The name, what follows it, and whether it stood in brackets. A bare IPv6 address is taken
  /// whole: it can have no port.
  private static func cutName(
    _ part: Substring, _ index: Int
  ) throws(TernError) -> (Substring, Substring, Bool) {
    if part.hasPrefix("[") {
      guard let end = part.firstIndex(of: "]") else {
        throw error(index, "has a '[' without ']'")
      }
      return (part[part.index(after: part.startIndex)..<end], part[end...].dropFirst(), true)
    }
    if HostName.isIPv6(part) { return (part, "", true) }
    let end = part.firstIndex { $0 == ":" || $0 == "/" } ?? part.endIndex
    return (part[..<end], part[end...], false)
  }

  /// Reads `:port` and `/pin`, each at most once, in either order.
  private func suffixes(
    _ text: Substring, _ index: Int
  ) throws(TernError) -> (UInt16?, HostAddress.Pin?) {
    var (port, pin): (UInt16?, HostAddress.Pin?) = (nil, nil)
    var rest = text
    while let mark = rest.first {
      let body = rest.dropFirst()
      let end = body.firstIndex { $0 == ":" || $0 == "/" } ?? body.endIndex
      switch mark {
      case ":" where port == nil: port = try HostList.port(body[..<end], index)
      case "/" where pin == nil && grammar.hasHostPins: pin = try readPin(body[..<end], index)
      default: throw HostList.error(index, "has something after it that is not one :port")
      }
      rest = body[end...]
    }
    return (port, pin)
  }

  /// A pin: a fingerprint, or the word that switches the checks off.
  private func readPin(
    _ text: Substring, _ index: Int
  ) throws(TernError) -> HostAddress.Pin {
    if text.lowercased() == "nocertcheck" { return .unchecked }
    guard text.utf8.count == 64, let digits = OptionValue.fingerprint(String(text)) else {
      throw HostList.error(
        index,
        "has a '/' that is not followed by the 64 hexadecimal digits of a certificate's SHA-256"
          + " or nocertcheck")
    }
    return .fingerprint(digits)
  }

  /// A port; its text is not repeated in the error, for it may be a password.
  private static func port(_ text: Substring, _ index: Int) throws(TernError) -> UInt16 {
    guard let port = OptionValue.port(String(text)) else {
      throw error(index, "has a port that is not a number from 1 to 65535")
    }
    return port
  }

  /// An error about the host at one place of the list.
  static func error(_ index: Int, _ fault: String) -> TernError {
    .usage("option host: host number \(index + 1) \(fault)", .invalidOptionValue)
  }
}
