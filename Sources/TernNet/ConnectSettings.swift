/// How lines to servers are made.
public struct ConnectSettings: Sendable {
  /// Trust and identity; nil for a plain line.
  public var tls: TLSContext?
  /// Proxies.
  public var proxy = ProxySettings()
  /// For name, TCP, proxy and TLS together, in nanoseconds; 0 is no limit of its own.
  public var connectTimeout: Int64 = 10_000_000_000
  /// Idle time and interval of TCP keep-alive, in nanoseconds; 0 is off.
  public var keepAlive: Int64 = 60_000_000_000

  /// The defaults of the option table; plain unless `tls` is given.
  public init(tls: TLSContext? = nil) { self.tls = tls }
}
