/// Where requests of one kind go: a server and whether the line to it is TLS.
public struct HTTPOrigin: Sendable, Hashable {
  /// Host and port.
  public var endpoint: Endpoint
  /// `https` rather than `http`.
  public var isEncrypted: Bool

  /// Names an origin.
  public init(_ endpoint: Endpoint, isEncrypted: Bool) {
    self.endpoint = endpoint
    self.isEncrypted = isEncrypted
  }

  /// Splits an absolute URL into origin and target (`/path?query`); nil for what is no `http` or
  /// `https` URL, and for one with a login in it. A fragment is dropped.
  public static func split(url: String) -> (origin: HTTPOrigin, target: String)? {
    let bytes = Array(url.utf8)
    let lower = url.prefix(8).lowercased()
    let isEncrypted = lower.hasPrefix("https://")
    guard isEncrypted || lower.hasPrefix("http://") else { return nil }
    let rest = bytes.dropFirst(isEncrypted ? 8 : 7).prefix { $0 != UInt8(ascii: "#") }
    let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
    guard !authority.contains(UInt8(ascii: "@")),
      let endpoint = Endpoint(authority: authority, defaultPort: isEncrypted ? 443 : 80)
    else { return nil }
    var target = String(decoding: rest.dropFirst(authority.count), as: UTF8.self)
    if !target.hasPrefix("/") { target = "/" + target }
    return (HTTPOrigin(endpoint, isEncrypted: isEncrypted), target)
  }

  /// The `Host` header: without the port that the scheme implies.
  public var hostHeader: String {
    guard endpoint.port == (isEncrypted ? 443 : 80) else { return "\(endpoint)" }
    return endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
  }
}
