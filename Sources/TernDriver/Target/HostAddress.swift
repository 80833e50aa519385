/// One host to try: a name or address, its port, and the certificate it must show.
public struct HostAddress: Hashable, Sendable {
  /// What the certificate of a host must be, where the target says so.
  public enum Pin: Hashable, Sendable {
    /// The SHA-256 of the certificate as 64 lower-case hexadecimal digits.
    case fingerprint(String)
    /// `nocertcheck`: any certificate will do.
    case unchecked
  }

  /// A DNS name, an IPv4 address, or an IPv6 address without brackets.
  public var host: String
  /// 1 to 65535.
  public var port: UInt16
  /// Instead of the checks that the `tls_…` options ask for.
  public var pin: Pin?

  /// Makes an address.
  public init(host: String, port: UInt16, pin: Pin? = nil) {
    self.host = host
    self.port = port
    self.pin = pin
  }
}

extension HostAddress: CustomStringConvertible {
  /// `host:port`, brackets around an IPv6 address; without the pin.
  public var description: String {
    host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
