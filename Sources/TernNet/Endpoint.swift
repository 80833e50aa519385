/// A host and a port.
public struct Endpoint: Sendable, Hashable {
  /// A DNS name or an address, IPv6 without brackets.
  public var host: String
  /// The TCP port.
  public var port: UInt16

  /// Names a host and a port.
  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Whether the host can only be this machine: `localhost` or an address of the loopback. Names
  /// that merely begin like one are anybody's.
  public var isLoopback: Bool {
    let host = host.lowercased()
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// Reads `host`, `host:port` or `[IPv6]:port`; nil for anything else.
  init?(authority text: ArraySlice<UInt8>, defaultPort: UInt16) {
    var host = text
    var port: UInt16? = defaultPort
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
    guard let port, port > 0, HTTPText.isTarget(host) else { return nil }
    self.init(host: String(decoding: host, as: UTF8.self), port: port)
  }
}

extension Endpoint: CustomStringConvertible {
  /// `host:port`, as a `Host` header and error texts show it.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
