internal import COpenSSL
internal import Glibc
public import TernCore

/// Trust and identity, loaded once and shared by all lines of a connection.
///
/// Reading the system's authorities takes tens of milliseconds: keep the context, not the settings.
@safe public final class TLSContext: @unchecked Sendable {
  // Sound as Sendable: OpenSSL counts references to its context atomically and does not change it
  // after this initializer.

  let pointer: OpaquePointer
  /// What the context was made from.
  public let settings: TLSSettings
  /// The 32 bytes of the pin, if there is one.
  let pin: [UInt8]?

  /// Loads authorities, client certificate and key.
  ///
  /// - Throws: `.usage` (HY024), naming the option and the file that cannot be used.
  public init(_ settings: TLSSettings) throws(TernError) {
    self.settings = settings
    pin = try Self.parsePin(settings.pin)
    ERR_clear_error()
    guard let method = unsafe TLS_client_method(), let context = unsafe SSL_CTX_new(method) else {
      throw .internal("OpenSSL gave no context: \(OpenSSLError.takeText())")
    }
    unsafe pointer = context
    _ = unsafe tern_ssl_ctx_set_min_tls12(context)
    unsafe tern_ssl_ctx_set_write_modes(context)
    unsafe tern_ssl_ctx_set_read_ahead(context, Self.readAheadByteCount)
    // Every handshake checks the certificate anew: a resumed session would not.
    unsafe tern_ssl_ctx_no_session_cache(context)
    unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    unsafe TLSVerifier.install(in: context)
    try loadAuthorities()
    try loadIdentity()
  }

  deinit { unsafe SSL_CTX_free(pointer) }

  /// Four records of 16 KB per system call instead of one.
  private static let readAheadByteCount = 68 << 10

  private static func parsePin(_ text: String?) throws(TernError) -> [UInt8]? {
    guard let text else { return nil }
    let digits = String(decoding: text.utf8.filter { $0 != UInt8(ascii: ":") }, as: UTF8.self)
    guard let bytes = Hex.decode(digits), bytes.count == 32 else {
      throw .usage("tls_pin must be the 64 hexadecimal digits of a SHA-256", .invalidOptionValue)
    }
    return bytes
  }

  private func loadAuthorities() throws(TernError) {
    // A pin or no verification needs none, and reading them is slow.
    guard pin == nil, settings.verification != .off else { return }
    if settings.caFile == nil && settings.caDirectory == nil {
      guard unsafe SSL_CTX_set_default_verify_paths(pointer) == 1 else {
        throw unusable("the system's certificate authorities")
      }
    }
    if let file = settings.caFile {
      guard unsafe SSL_CTX_load_verify_file(pointer, file) == 1 else {
        throw unusable("tls_ca_file \(file)")
      }
    }
    if let directory = settings.caDirectory {
      guard Self.isDirectory(directory),
        unsafe SSL_CTX_load_verify_dir(pointer, directory) == 1
      else { throw unusable("tls_ca_dir \(directory)") }
    }
  }

  private func loadIdentity() throws(TernError) {
    guard let certificate = settings.certificateFile else {
      guard settings.keyFile == nil else {
        throw .usage("tls_key_file needs tls_cert_file", .invalidOptionValue)
      }
      return
    }
    // Without a callback OpenSSL would ask the terminal for the password of an encrypted key.
    let password = KeyPassword(settings.keyPassword?.text ?? "")
    unsafe SSL_CTX_set_default_passwd_cb(pointer, KeyPassword.callback)
    unsafe SSL_CTX_set_default_passwd_cb_userdata(pointer, password.unretained)
    defer {
      unsafe SSL_CTX_set_default_passwd_cb_userdata(pointer, nil)
      withExtendedLifetime(password) {}
    }
    guard unsafe SSL_CTX_use_certificate_chain_file(pointer, certificate) == 1 else {
      throw unusable("tls_cert_file \(certificate)")
    }
    let key = settings.keyFile ?? certificate
    guard unsafe SSL_CTX_use_PrivateKey_file(pointer, key, SSL_FILETYPE_PEM) == 1 else {
      throw unusable("tls_key_file \(key) (is tls_key_password right?)")
    }
    guard unsafe SSL_CTX_check_private_key(pointer) == 1 else {
      throw unusable("tls_key_file \(key) with tls_cert_file \(certificate)")
    }
  }

  private func unusable(_ what: String) -> TernError {
    .usage("\(what) cannot be used: \(OpenSSLError.takeText())", .invalidOptionValue)
  }

  /// OpenSSL accepts any name and fails later, with a text that does not name it.
  private static func isDirectory(_ path: String) -> Bool {
    guard let handle = unsafe opendir(path) else { return false }
    unsafe closedir(handle)
    return true
  }
}
