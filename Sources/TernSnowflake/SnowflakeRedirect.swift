internal import TernCore
internal import TernNet

/// Where a redirect may lead: requests hold tokens, passwords and data.
///
/// Source: Snowflake reference, section 1.5.
enum SnowflakeRedirect {
  /// Endings of the vendor's own hosts.
  static let domains = [
    ".snowflakecomputing.com", ".snowflakecomputing.cn", ".snowflakecomputing.mil",
  ]

  /// Whether the host is the vendor's.
  static func isSnowflake(_ host: String) -> Bool {
    let name = host.lowercased()
    return domains.contains { name.hasSuffix($0) }
  }

  /// The place that `location` names.
  ///
  /// - Parameter place: what a path alone belongs to.
  /// - Parameter home: where requests were meant to go.
  /// - Throws: `.connection` for a place that is neither the home nor a host of the vendor's, and
  ///   for one without encryption where the home has it.
  static func target(
    _ location: String, from place: HTTPOrigin, home: HTTPOrigin
  ) throws(TernError) -> (origin: HTTPOrigin, target: String) {
    if location.hasPrefix("/"), !location.hasPrefix("//") { return (place, location) }
    guard let next = HTTPOrigin.split(url: location) else {
      throw refused("a place that cannot be read")
    }
    let isHome =
      next.origin.endpoint.host.lowercased() == home.endpoint.host.lowercased()
      && next.origin.endpoint.port == home.endpoint.port
    guard isHome || isSnowflake(next.origin.endpoint.host) else {
      throw refused("\(next.origin.endpoint), which is no host of Snowflake")
    }
    guard next.origin.isEncrypted || !home.isEncrypted else {
      throw refused("\(next.origin.endpoint) without encryption")
    }
    return next
  }

  private static func refused(_ where: String) -> TernError {
    TernError(
      .connection, .connectionRefused, "a redirect to \(`where`) was not followed")
  }
}
