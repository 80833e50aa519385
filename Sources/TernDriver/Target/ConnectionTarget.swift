/// Where to connect, as whom, and how: what a URI or a keyword string says, and what was set on it.
public struct ConnectionTarget: Sendable {
  /// The hosts in the order they were written, ranges expanded.
  public var hosts: [HostAddress] = []
}
