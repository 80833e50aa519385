/// What a protocol's connection targets look like besides their options.
public struct TargetGrammar: Sendable {
  /// What the path of a URI means.
  public enum Path: Hashable, Sendable {
    /// Its segments are the values of these options, in order: `/SALES/PUBLIC`.
    case options([String])
    /// All of it is the path of HTTP requests; the option of this name holds it.
    case http(String)
  }

  /// The scheme with TLS.
  public let scheme: String
  /// The scheme without TLS.
  public let plaintextScheme: String
  /// What people call the server.
  public let productName: String
  /// The port when none is given.
  public let port: UInt16
  /// The port when none is given and the scheme is the plaintext one.
  public let plaintextPort: UInt16
  /// What the path of a URI means.
  public let path: Path
  /// Whether `db1..4` stands for four hosts.
  public let hasHostRanges: Bool
  /// Whether `host/PIN:port` names a certificate.
  public let hasHostPins: Bool
  /// How a host that is an account is told from a real one; nil where hosts are hosts.
  public let accounts: AccountRule?
  /// Defaults that differ from those in the option tables, by option name.
  public let defaults: [String: String]
  /// Options without which no connection can be tried, besides `host`.
  public let required: [String]
  /// The vendor's own keywords; only in keyword strings and ini files.
  public let vendorKeywords: [VendorKeyword]

  /// Makes a grammar; what is left out is the plain case.
  public init(
    scheme: String, plaintextScheme: String, productName: String, port: UInt16,
    plaintextPort: UInt16? = nil, path: Path, hasHostRanges: Bool = false,
    hasHostPins: Bool = false, accounts: AccountRule? = nil, defaults: [String: String] = [:],
    required: [String] = [], vendorKeywords: [VendorKeyword] = []
  ) {
    self.scheme = scheme
    self.plaintextScheme = plaintextScheme
    self.productName = productName
    self.port = port
    self.plaintextPort = plaintextPort ?? port
    self.path = path
    self.hasHostRanges = hasHostRanges
    self.hasHostPins = hasHostPins
    self.accounts = accounts
    self.defaults = defaults
    self.required = required
    self.vendorKeywords = vendorKeywords
  }
}
