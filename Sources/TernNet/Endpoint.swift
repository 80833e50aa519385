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
}

extension Endpoint: CustomStringConvertible {
  /// `host:port`, as a `Host` header and error texts show it.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
