internal import TernCore
internal import TernDriver

/// An account identifier taken apart, and the host that serves it.
///
/// Source: Snowflake reference, section 1.2.
struct SnowflakeAccount: Hashable, Sendable {
  /// `ACCOUNT_NAME` of logins: without region, and for `.global` without the external id.
  let name: String
  /// The host to connect to.
  let host: String

  /// Where accounts are; regions of China have a domain of their own.
  private static let domain = ".snowflakecomputing.com"
  private static let chineseDomain = ".snowflakecomputing.cn"
  /// The region that has no name in hosts.
  private static let unnamedRegion = "us-west-2"

  /// Works out account and host from what a target says.
  ///
  /// - Parameter account: an identifier, perhaps with region, or the whole URL of an account; empty
  ///   where only the host is known.
  /// - Parameter host: used as it is; nil or empty derives it from the account.
  /// - Throws: `.usage` that says which part is wrong and what was expected.
  init(
    account: String, region: String = "", host: String? = nil, keepsUnderscores: Bool = false
  ) throws(TernError) {
    let text = Self.withoutDomain(try Self.withoutURL(account))
    if let host, !host.isEmpty {
      try Self.checkHost(host)
      let found = text.isEmpty ? Self.labels(host).first ?? host : text
      try Self.check(found)
      name = Self.name(Self.labels(found))
      self.host = host
      return
    }
    try Self.check(text)
    var parts = Self.labels(text)
    guard let first = parts.first, !first.isEmpty else {
      throw .usage("option account is missing: which Snowflake account?", .cannotConnect)
    }
    if !region.isEmpty {
      try Self.check(region)
      let given = parts.dropFirst().joined(separator: ".")
      guard given.isEmpty || given.lowercased() == region.lowercased() else {
        throw .usage(
          "the account has the region \(given) already, and option region says \(region)",
          .invalidOptionValue)
      }
      parts = [first] + Self.labels(region)
    }
    name = Self.name(parts)
    self.host = Self.host(parts, keepsUnderscores: keepsUnderscores)
  }

  /// How tokens of a key pair spell the account: in capitals.
  var tokenName: String { name.uppercased() }

  private static func labels(_ text: String) -> [String] {
    text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
  }

  /// The part of a `.global` account before its external id, else all of the first label.
  private static func name(_ parts: [String]) -> String {
    let first = parts.first ?? ""
    guard parts.dropFirst().first?.lowercased() == "global", let dash = first.lastIndex(of: "-"),
      dash > first.startIndex
    else { return first }
    return String(first[..<dash])
  }

  private static func host(_ parts: [String], keepsUnderscores: Bool) -> String {
    var parts = parts
    if !keepsUnderscores {
      parts[0] = String(parts[0].map { $0 == "_" ? "-" : $0 })
    }
    let region = parts.dropFirst().joined(separator: ".").lowercased()
    if region == unnamedRegion { parts = [parts[0]] }
    return parts.joined(separator: ".") + (region.hasPrefix("cn-") ? chineseDomain : domain)
  }

  /// What a URL says of the account: people paste what their browser shows.
  private static func withoutURL(_ text: String) throws(TernError) -> String {
    let lower = text.lowercased()
    guard let scheme = ["https://", "http://"].first(where: { lower.hasPrefix($0) }) else {
      return text
    }
    let rest = text.dropFirst(scheme.count).prefix { $0 != "?" && $0 != "#" }
    let parts = rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let host = String((parts.first ?? "").prefix { $0 != ":" })
    if SnowflakeRedirect.isSnowflake(host) { return host }
    guard host.lowercased() == "app.snowflake.com", parts.count > 2, !parts[2].isEmpty else {
      throw .usage(
        "option account: this URL is not that of a Snowflake account; a server of another name is"
          + " given by option host", .invalidOptionValue)
    }
    // Organisations have no dash in their names, regions have.
    return parts[1].contains("-") ? "\(parts[2]).\(parts[1])" : "\(parts[1])-\(parts[2])"
  }

  private static func withoutDomain(_ text: String) -> String {
    let lower = text.lowercased()
    for ending in SnowflakeRedirect.domains where lower.hasSuffix(ending) {
      return String(text.dropLast(ending.count))
    }
    return text
  }

  /// Nothing of an identifier may break out of a host name: `evil.com/` is no account.
  private static func check(_ text: String) throws(TernError) {
    for label in labels(text) {
      let isPlain = label.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
      }
      guard isPlain, !label.isEmpty, label.utf8.count <= 63 else {
        throw .usage(
          "option account: an identifier such as myorg-account or locator.region is expected:"
            + " letters, digits, - and _ between dots", .invalidOptionValue)
      }
    }
  }

  private static func checkHost(_ host: String) throws(TernError) {
    guard !host.contains("/"), !host.contains("@") else {
      throw .usage(
        "option host: a host name without https:// is expected", .invalidOptionValue)
    }
  }
}
