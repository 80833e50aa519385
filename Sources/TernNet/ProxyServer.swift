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
      let login = rest[..<at].split(
        separator: UInt8(ascii: ":"), maxSplits: 1,
        omittingEmptySubsequences: false)
      user = login.first.map { Self.percentDecoded($0) }
      if login.count > 1 { password = Secret(Self.percentDecoded(login[1])) }
      rest = rest[(at + 1)...]
    }
    guard let endpoint = Endpoint(authority: rest, defaultPort: 80) else {
      throw .usage("proxy must be http://[user:password@]host:port", .invalidOptionValue)
    }
    self.endpoint = endpoint
  }

  /// The `Proxy-Authorization` value, if there is a login.
  var authorization: String? {
    user.map { HTTPText.basic($0, password?.text ?? "") }
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
