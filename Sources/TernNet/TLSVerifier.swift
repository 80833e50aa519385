internal import COpenSSL

/// Decides about the server's certificate during the handshake, and remembers what it saw.
///
/// It runs inside the handshake, so that a server that fails gets an alert and no client
/// certificate.
final class TLSVerifier {
  private let pin: [UInt8]?
  private let verification: TLSSettings.Verification
  /// SHA-256 of the certificate that the server showed.
  private(set) var presented: [UInt8] = []
  /// Why it was refused, in OpenSSL's words.
  private(set) var refusal: String?
  /// What can be done other than trusting just this certificate: ends "…, or".
  private(set) var advice = "name its authority with tls_ca_file"

  /// Checks by `pin` if there is one, else by `verification`.
  init(pin: [UInt8]?, verification: TLSSettings.Verification) {
    self.pin = pin
    self.verification = verification
  }

  /// Has every line of `context` ask the verifier that is attached to it.
  static func install(in context: OpaquePointer) {
    unsafe SSL_CTX_set_cert_verify_callback(
      context,
      { store, _ in
        guard let store = unsafe store else { return 0 }
        let index = SSL_get_ex_data_X509_STORE_CTX_idx()
        guard let line = unsafe X509_STORE_CTX_get_ex_data(store, index),
          let data = unsafe SSL_get_ex_data(OpaquePointer(line), 0)
        else { return 0 }
        // Index 0 is the application's slot; `TLSSession` puts its verifier there and owns it.
        let verifier = unsafe Unmanaged<TLSVerifier>.fromOpaque(data).takeUnretainedValue()
        return unsafe verifier.accepts(store) ? 1 : 0
      }, nil)
  }

  /// Attaches this verifier to a line; the caller keeps it alive as long as the line.
  func attach(to line: OpaquePointer) {
    unsafe SSL_set_ex_data(line, 0, Unmanaged.passUnretained(self).toOpaque())
  }

  private func accepts(_ store: OpaquePointer) -> Bool {
    guard let certificate = unsafe X509_STORE_CTX_get0_cert(store) else {
      refusal = "the server showed no certificate"
      return false
    }
    presented = unsafe Self.fingerprint(of: certificate)
    if let pin {
      guard presented != pin else { return true }
      refusal = "it is not the pinned certificate (tls_pin=\(Hex.encode(pin)))"
      return false
    }
    guard verification != .off, unsafe X509_verify_cert(store) != 1 else { return true }
    let code = unsafe X509_STORE_CTX_get_error(store)
    refusal = unsafe String(cString: X509_verify_cert_error_string(Int(code)))
    switch code {
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
      advice = "connect by a name that it has (tls_server_name says another one than the host)"
    case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID:
      advice = "have it renewed, or set this machine's clock right"
    default: break
    }
    return false
  }

  private static func fingerprint(of certificate: OpaquePointer) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    // `digest` has room for the longest digest there is.
    guard unsafe X509_digest(certificate, EVP_sha256(), &digest, &count) == 1 else { return [] }
    return Array(digest.prefix(Int(count)))
  }
}
