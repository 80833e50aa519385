public import TernCore

/// An HTTP proxy and the login it asks for (option `proxy`).
public struct ProxyServer: Sendable, Hashable {
  /// Where it listens.
  public var endpoint: Endpoint
  /// The login for Basic authentication; nil for none.
  public var user: String?
  /// Its password.
  public var password: Secret?

  /// A proxy without a login.
  public init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  /// Reads `http://[user:password@]host[:port]`; the scheme may be missing, the port is 80 then as
  /// in other programs. User and password are percent-decoded.
  ///
  /// - Throws: `.usage` (HY024), without the text, which may hold a password.
  public init(parsing text: String) throws(TernError) {
    var rest = Array(text.utf8)[...]
    let scheme = Array("http://".utf8)
    if rest.count >= scheme.count,
      String(decoding: rest.prefix(scheme.count), as: UTF8.self).lowercased() == "http://"
    {
      rest = rest.dropFirst(scheme.count)
    }
    rest = rest.prefix { $0 != UInt8(ascii: "/") }
    if let at = rest.lastIndex(of: UInt8(ascii: "@")) {
      let login = rest[..<at].split(separator: UInt8(ascii: ":"), maxSplits: 1,
        omittingEmptySubsequences: false)
      user = login.first.map { Self.percentDecoded($0) }
      if login.count > 1 { password = Secret(Self.percentDecoded(login[1])) }
      rest = rest[(at + 1)...]
    }
    guard let endpoint = Self.endpoint(rest) else {
      throw .usage("proxy must be http://[user:password@]host:port", .invalidOptionValue)
    }
    self.endpoint = endpoint
  }

  /// The `Proxy-Authorization` value, if there is a login.
  var authorization: String? {
    user.map { HTTPText.basic($0, password?.text ?? "") }
  }

  private static func endpoint(_ text: ArraySlice<UInt8>) -> Endpoint? {
    var host = text
    var port: UInt16? = 80
    if text.first == UInt8(ascii: "[") {
      guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
      host = text[(text.startIndex + 1)..<end]
      let tail = text[(end + 1)...]
      guard tail.isEmpty || tail.first == UInt8(ascii: ":") else { return nil }
      if !tail.isEmpty { port = UInt16(String(decoding: tail.dropFirst(), as: UTF8.self)) }
    } else if let colon = text.lastIndex(of: UInt8(ascii: ":")) {
      host = text[..<colon]
      port = UInt16(String(decoding: text[(colon + 1)...], as: UTF8.self))
    }
    guard let port, port > 0, !host.isEmpty, HTTPText.isTarget(host) else { return nil }
    return Endpoint(host: String(decoding: host, as: UTF8.self), port: port)
  }

  private static func percentDecoded(_ text: ArraySlice<UInt8>) -> String {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self))
      {
        bytes += value
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
