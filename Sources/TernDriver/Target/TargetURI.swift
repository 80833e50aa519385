import TernCore

/// The pieces of `scheme://user:password@hosts/path?name=value`, decoded.
///
/// RFC 3986 without fragments. Errors name positions and option names, never text from before the
/// query: with a stray `/`, `?` or `@` in a password any piece may be part of it.
struct TargetURI {
  /// The scheme as written.
  let scheme: String
  private var user: String?
  private var password: Secret?
  private var hosts = ""
  private var path: ArraySlice<UInt8> = []
  private var pathStart = 0
  private var query: [(name: String, value: Secret)] = []
  /// Whether an `@` stands where it may have ended a user name or password with a stray `/` or `?`.
  private var hasStrayAt = false
  private let registry: DriverRegistry

  /// Whether `text` begins with a scheme and `://`.
  static func isURI(_ text: Substring) -> Bool {
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
      return false
    }
    let scheme = text[..<colon].utf8
    return !scheme.isEmpty && scheme.count <= 32
      && scheme.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
      }
  }

  /// Takes `text` apart.
  init(_ text: String, _ registry: DriverRegistry) throws(TernError) {
    self.registry = registry
    guard TargetURI.isURI(text[...]) else {
      throw TargetURI.error("a URI begins with a scheme and '://'")
    }
    scheme = String(text.prefix { $0 != ":" })
    let bytes = Array(text.utf8)
    if let fragment = bytes.firstIndex(of: UInt8(ascii: "#")) {
      throw TargetURI.error("the '#' at byte \(fragment) must be written %23")
    }
    let start = scheme.utf8.count + 3
    let rest = bytes[start...]
    let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
    let queryStart = rest.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
    try readAuthority(rest[..<(end ?? bytes.endIndex)])
    pathStart = min(end ?? bytes.endIndex, queryStart)
    path = bytes[pathStart..<queryStart]
    if path.contains(UInt8(ascii: "@")) {
      throw TargetURI.error(
        "there is an '@' in the path: in a user name or password a '/' is written %2F; in a path"
          + " an '@' is written %40")
    }
    try readQuery(bytes[queryStart...].dropFirst())
  }

  /// Reads what stands before the path: login and hosts.
  private mutating func readAuthority(_ bytes: ArraySlice<UInt8>) throws(TernError) {
    var rest = bytes
    if let at = bytes.firstIndex(of: UInt8(ascii: "@")) {
      guard !bytes[(at + 1)...].contains(UInt8(ascii: "@")) else {
        throw TargetURI.error(
          "there is more than one '@' before the path: in a user name or password it is written"
            + " %40")
      }
      let login = bytes[..<at]
      rest = bytes[(at + 1)...]
      let colon = login.firstIndex(of: UInt8(ascii: ":")) ?? login.endIndex
      user = try TargetURI.decode(login[..<colon])
      if colon < login.endIndex {
        password = Secret(try TargetURI.decode(login[colon...].dropFirst()))
      }
    }
    hosts = try TargetURI.decode(rest)
  }

  /// Reads the options behind the `?`.
  private mutating func readQuery(_ bytes: ArraySlice<UInt8>) throws(TernError) {
    let items = bytes.split(separator: UInt8(ascii: "&"))
    for (index, item) in items.enumerated() {
      guard let equals = item.firstIndex(of: UInt8(ascii: "=")), equals > item.startIndex else {
        throw TargetURI.error(
          "item \(index + 1) after the '?' is not name=value (an '&' inside a value is written %26,"
            + " a '?' in a password %3F)")
      }
      let name = try TargetURI.decode(item[..<equals])
      query.append((name, Secret(try TargetURI.decode(item[equals...].dropFirst()))))
    }
    hasStrayAt = user == nil && bytes.contains(UInt8(ascii: "@"))
  }

  /// What the URI sets, in order.
  func assignments(
    _ grammar: TargetGrammar, _ layer: TargetLayer
  ) throws(TernError) -> [TargetAssignment] {
    var settings: [TargetAssignment] = []
    func add(_ name: String, _ value: TargetValue) {
      settings.append(
        TargetAssignment(name: name, value: value, layer: layer, style: .exact))
    }
    if let user, !user.isEmpty { add("user", .plain(user)) }
    if let password { add("password", .secret(password)) }
    if !hosts.isEmpty { add("host", .plain(hosts)) }
    for (name, value) in try pathSettings(grammar) { add(name, .plain(value)) }
    var isAfterSecret = false
    for (name, value) in query {
      settings.append(
        TargetAssignment(
          name: name, value: .secret(value), layer: layer, style: .exact,
          isNameSafe: !isAfterSecret && !hasStrayAt))
      isAfterSecret = registry.isSecretName(name)
    }
    return settings
  }

  /// What the path says, by the grammar.
  private func pathSettings(
    _ grammar: TargetGrammar
  ) throws(TernError) -> [(String, String)] {
    guard path.contains(where: { $0 != UInt8(ascii: "/") }) else { return [] }
    switch grammar.path {
    case .http(let option):
      // Only checked: requests carry the path as it was written.
      _ = try TargetURI.decode(path)
      return [(option, String(decoding: path, as: UTF8.self))]
    case .options(let options):
      var parts = path.dropFirst().split(
        separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      if parts.last?.isEmpty ?? false { parts.removeLast() }
      guard parts.count <= options.count else {
        let form = options.map { "/" + $0.uppercased() }.joined()
        throw TargetURI.error("the path has \(parts.count) parts; \(scheme) knows \(form)")
      }
      var settings: [(String, String)] = []
      for (option, part) in zip(options, parts) where !part.isEmpty {
        settings.append((option, try TargetURI.decode(part)))
      }
      return settings
    }
  }

  /// `error` with a hint, if what went wrong may come from a stray character in a password.
  func hinting(_ error: TernError) -> TernError {
    guard user == nil, error.sqlState == .invalidOptionValue, error.message.hasPrefix("option host")
    else { return error }
    var hinted = error
    hinted.message +=
      " (in a user name or password '/' is written %2F, '?' %3F, '#' %23 and '@' %40)"
    return hinted
  }

  /// The path of HTTP requests in normal form: with its first `/`, encoded where it must be.
  static func httpPath(_ text: String) -> String {
    let path = text.hasPrefix("/") ? text : "/" + text
    return Percent.encode(path, also: "/%:!$&'()*+,;=")
  }

  /// A piece without its percent-encoding.
  private static func decode(_ bytes: ArraySlice<UInt8>) throws(TernError) -> String {
    switch Percent.decode(bytes) {
    case .text(let text): return text
    case .fault(let fault): throw error(fault.message(from: bytes.startIndex))
    }
  }

  private static func error(_ what: String) -> TernError {
    .usage("malformed connection URI: \(what)", .invalidOptionValue)
  }
}
