internal import TernCore

/// The cookies of one server: load balancers find the process that has the connection by them, and
/// servers remember a login.
///
/// Source: RFC 6265, as far as one host that was asked by name needs it; Avatica reference, section
/// 3.3.
struct AvaticaCookies: Hashable, Sendable {
  private struct Cookie: Hashable, Sendable {
    let name: String
    var value: String
    /// Requests for paths below this one carry it.
    var path: String
    /// Whether it must not travel in clear text.
    var isSecure: Bool
  }

  /// More would be an attack on our memory, or on the server's patience with headers.
  private static let countMax = 64

  private var cookies: [Cookie] = []

  /// Whether there are none.
  var isEmpty: Bool { cookies.isEmpty }

  /// The header for a request; nil for none.
  func header(path: String, _ isEncrypted: Bool) -> String? {
    let fitting = cookies.filter { cookie in
      (isEncrypted || !cookie.isSecure) && Self.covers(cookie.path, path)
    }
    guard !fitting.isEmpty else { return nil }
    return fitting.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
  }

  /// Takes over the fields `Set-Cookie` of an answer to a request for `path`.
  mutating func take(_ fields: [String], path: String) {
    for field in fields { take(field, path) }
  }

  private mutating func take(_ field: String, _ requestPath: String) {
    let parts = field.split(separator: ";").map(Self.trimmed)
    guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { return }
    let name = Self.trimmed(pair[..<equals])
    guard !name.isEmpty else { return }
    var cookie = Cookie(
      name: name, value: Self.trimmed(pair[pair.index(after: equals)...]),
      path: Self.folder(of: requestPath), isSecure: false)
    var isGone = false
    var hasAge = false
    for part in parts.dropFirst() {
      let words = part.split(separator: "=", maxSplits: 1).map(Self.trimmed)
      let value = words.count > 1 ? words[1] : ""
      switch words.first?.lowercased() {
      case "path": if value.hasPrefix("/") { cookie.path = value }
      case "secure": cookie.isSecure = true
      case "max-age":
        guard let age = Int64(value) else { continue }
        (hasAge, isGone) = (true, age <= 0)
      // A date that has gone by takes a cookie back: servers send one of the last century. A cookie
      // with a future ends with the connection all the same.
      case "expires" where !hasAge:
        let years = value.split { " -,".contains($0) }.filter { $0.utf8.count == 4 }
        isGone = years.contains { $0.hasPrefix("19") }
      default: break
      }
    }
    cookies.removeAll { $0.name == name && $0.path == cookie.path }
    if !isGone, cookies.count < Self.countMax { cookies.append(cookie) }
  }

  /// RFC 6265, section 5.1.4.
  private static func covers(_ cookiePath: String, _ path: String) -> Bool {
    let path = path.split(separator: "?", maxSplits: 1).first.map(String.init) ?? "/"
    guard path.hasPrefix(cookiePath) else { return false }
    return cookiePath.hasSuffix("/") || path.utf8.count == cookiePath.utf8.count
      || path.dropFirst(cookiePath.count).first == "/"
  }

  private static func folder(of path: String) -> String {
    let path = path.split(separator: "?", maxSplits: 1).first ?? "/"
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    var rest = text[...]
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
