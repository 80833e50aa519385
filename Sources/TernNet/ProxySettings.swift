public import TernCore

/// Which proxy leads to which host (options `proxy` and `no_proxy`).
public struct ProxySettings: Sendable {
  /// Where the choice comes from.
  public enum Choice: Sendable {
    /// `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.
    case environment
    /// Never a proxy.
    case off
    /// This one, except for the hosts of `noProxy`.
    case server(ProxyServer)
  }

  /// Where the choice comes from.
  public var choice: Choice
  /// Hosts reached directly; nil takes `NO_PROXY` for the environment's proxy.
  public var noProxy: [String]?

  /// By default the environment decides.
  public init(_ choice: Choice = .environment, noProxy: [String]? = nil) {
    self.choice = choice
    self.noProxy = noProxy
  }

  /// The proxy to use for `endpoint`, nil for a direct line.
  ///
  /// - Parameter variable: gives an environment variable; tests pass their own.
  /// - Throws: `.usage` when the environment's proxy cannot be read.
  public func server(
    for endpoint: Endpoint, isEncrypted: Bool, variable: (String) -> String?
  ) throws(TernError) -> ProxyServer? {
    switch choice {
    case .off: return nil
    case .server(let server):
      return Self.isExempt(endpoint, noProxy ?? []) ? nil : server
    case .environment:
      // A CGI server puts a request's `Proxy` header into HTTP_PROXY: it is not to be trusted.
      let isCGI = variable("REQUEST_METHOD") != nil
      let names =
        isEncrypted
        ? ["HTTPS_PROXY", "https_proxy"]
        : isCGI ? ["http_proxy"] : ["HTTP_PROXY", "http_proxy"]
      guard let text = names.lazy.compactMap(variable).first(where: { !$0.isEmpty })
      else { return nil }
      let list = noProxy ?? Self.list(variable("NO_PROXY") ?? variable("no_proxy") ?? "")
      if Self.isExempt(endpoint, list) || endpoint.isLoopback { return nil }
      return try ProxyServer(parsing: text)
    }
  }

  /// The elements of a list with commas or, as some programs write it, bars between them.
  public static func list(_ text: String) -> [String] {
    text.utf8.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "|") }.map {
      HTTPText.trimmed($0)
    }
    .filter { !$0.isEmpty }
  }

  /// Whether an element names the host: `*`, the host, a domain above it, either with a port.
  private static func isExempt(_ endpoint: Endpoint, _ list: [String]) -> Bool {
    let host = endpoint.host.lowercased()
    return list.contains { element in
      var name = element.lowercased()
      if name == "*" { return true }
      let port = ":\(endpoint.port)"
      if name.hasSuffix(port), name != host { name.removeLast(port.utf8.count) }
      if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
      if name.hasPrefix("*.") { name.removeFirst() }
      if name.hasPrefix(".") { return host.hasSuffix(name) || host == String(name.dropFirst()) }
      return host == name || host.hasSuffix("." + name)
    }
  }
}
