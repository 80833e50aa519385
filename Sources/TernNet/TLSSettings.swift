public import TernCore

/// How a TLS line is checked and who we say we are (options: `tls_…`).
public struct TLSSettings: Sendable {
  /// What is checked of the server's certificate.
  public enum Verification: Sendable {
    /// Chain, validity and host name.
    case full
    /// Chain and validity.
    case chain
    /// Nothing.
    case off
  }

  /// What is checked; a pin replaces it.
  public var verification = Verification.full
  /// PEM file of trusted authorities; nil with a nil directory means the system's.
  public var caFile: String?
  /// Directory of trusted authorities, hashed by OpenSSL's rules.
  public var caDirectory: String?
  /// PEM file of the client's certificate and its chain.
  public var certificateFile: String?
  /// PEM file of the client's key; nil means that the certificate's file holds it.
  public var keyFile: String?
  /// Opens an encrypted key file.
  public var keyPassword: Secret?
  /// SHA-256 of the server's certificate (DER), 64 hexadecimal digits, colons allowed.
  public var pin: String?
  /// The name that is sent (SNI) and checked; nil means the host that is connected to.
  public var serverName: String?

  /// Full verification against the system's authorities.
  public init() {}
}
