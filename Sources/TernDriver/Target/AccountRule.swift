/// How a host that is really an account name is told from a host.
///
/// It is an account unless it has a port, is `localhost` or an IP address, ends in one of the
/// domains, or the option is given.
public struct AccountRule: Hashable, Sendable {
  /// The option that holds the account.
  public let option: String
  /// Endings of real host names, with their leading dot.
  public let domains: [String]

  /// Makes a rule.
  public init(option: String, domains: [String]) {
    self.option = option
    self.domains = domains
  }
}
