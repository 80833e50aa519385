internal import COpenSSL
internal import Glibc
internal import TernCore

/// One TLS line over a socket: OpenSSL's state, moved one step per call and never blocking.
@safe final class TLSSession {
  /// What one step did.
  enum Outcome {
    case count(Int)
    case wantsRead, wantsWrite
    /// The peer said that nothing more comes.
    case closed
    case failed(String)
  }

  private let line: OpaquePointer
  private let transport: SharedSocket
  private let verifier: TLSVerifier
  private let context: TLSContext

  /// Prepares a handshake with `host` over a connected socket, which lives at least as long.
  init(_ context: TLSContext, over transport: SharedSocket, host: String) throws(TernError) {
    self.context = context
    self.transport = transport
    verifier = TLSVerifier(pin: context.pin, verification: context.settings.verification)
    guard let line = unsafe SSL_new(context.pointer) else {
      throw .internal("OpenSSL gave no line: \(OpenSSLError.takeText())")
    }
    unsafe self.line = line
    guard let bio = unsafe TLSTransport.bio(for: transport) else {
      throw .internal("OpenSSL gave no transport: \(OpenSSLError.takeText())")
    }
    // The line takes the transport over and frees it.
    unsafe SSL_set_bio(line, bio, bio)
    unsafe verifier.attach(to: line)
    unsafe SSL_set_connect_state(line)
    try setName(context.settings.serverName ?? host)
  }

  deinit { unsafe SSL_free(line) }

  /// The name that was asked for instead of the host, if any.
  var serverName: String? { context.settings.serverName }

  /// What the server's certificate was refused for, what it was, and what else can be done.
  var refusal: (reason: String, fingerprint: String, advice: String)? {
    verifier.refusal.map { ($0, Hex.encode(verifier.presented), verifier.advice) }
  }

  /// Whether decrypted or undecrypted bytes wait inside, which `poll` cannot see.
  var hasInput: Bool { unsafe SSL_has_pending(line) == 1 }

  /// One step of the handshake; `count` means that it is done.
  func handshake() -> Outcome {
    ERR_clear_error()
    let result = unsafe SSL_do_handshake(line)
    return result == 1 ? .count(0) : outcome(result)
  }

  /// Decrypts what is there.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
    ERR_clear_error()
    var count = 0
    // OpenSSL writes at most `buffer.count` bytes into memory that the caller owns.
    let result = unsafe SSL_read_ex(line, buffer.baseAddress, buffer.count, &count)
    return result == 1 ? .count(count) : outcome(result)
  }

  /// Looks for a decrypted byte, which stays, and takes care of what is meant for TLS itself.
  func peek() -> Outcome {
    ERR_clear_error()
    var byte: UInt8 = 0
    var count = 0
    // One byte of room, one byte asked for.
    let result = unsafe SSL_peek_ex(line, &byte, 1, &count)
    return result == 1 ? .count(count) : outcome(result)
  }

  /// Encrypts and sends a record or more of `bytes`. After a `wants…` the same bytes must follow.
  func send(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    ERR_clear_error()
    var count = 0
    // OpenSSL reads at most `bytes.count` bytes of memory that the caller holds.
    let result = unsafe SSL_write_ex(line, bytes.baseAddress, bytes.count, &count)
    return result == 1 ? .count(count) : outcome(result)
  }

  /// Tells the peer that nothing more comes, if that can be said without waiting.
  func sayGoodbye() {
    ERR_clear_error()
    _ = unsafe SSL_shutdown(line)
    ERR_clear_error()
  }

  private func setName(_ name: String) throws(TernError) {
    let needsName = context.pin == nil && context.settings.verification == .full
    var address = in6_addr()
    // An IPv6 address is the longer one: both forms fit.
    var isAddress = unsafe inet_pton(AF_INET, name, &address) == 1
    if !isAddress { isAddress = unsafe inet_pton(AF_INET6, name, &address) == 1 }
    if isAddress {
      // RFC 6066, section 3: an address is not a server name.
      guard needsName else { return }
      let parameters = unsafe SSL_get0_param(line)
      guard unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, name) == 1 else {
        throw .usage("\(name) cannot be checked in a certificate", .invalidOptionValue)
      }
      return
    }
    var isSet = unsafe tern_ssl_set_server_name(line, name) == 1
    if needsName {
      unsafe SSL_set_hostflags(line, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
      isSet = unsafe isSet && SSL_set1_host(line, name) == 1
    }
    guard isSet, !name.utf8.contains(0) else {
      throw .usage("\(name) is no server name for TLS", .invalidOptionValue)
    }
  }

  private func outcome(_ result: CInt) -> Outcome {
    switch unsafe SSL_get_error(line, result) {
    case SSL_ERROR_WANT_READ: return .wantsRead
    case SSL_ERROR_WANT_WRITE: return .wantsWrite
    case SSL_ERROR_ZERO_RETURN: return .closed
    case SSL_ERROR_SYSCALL:
      let code = errno
      OpenSSLError.clear()
      return .failed(code == 0 ? "the server closed the line" : systemMessage(code))
    default:
      return .failed(Self.takeReason())
    }
  }

  /// Empties OpenSSL's queue; its own words where none of ours say more.
  private static func takeReason() -> String {
    let reason = OpenSSLError.reason
    let text = OpenSSLError.takeText()
    switch reason {
    case SSL_R_UNEXPECTED_EOF_WHILE_READING: return "the server closed the line without saying so"
    case SSL_R_WRONG_VERSION_NUMBER:
      return "the answer is not TLS (\(text)): is this the right port? A server without TLS needs"
        + " tls=off"
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return "the server wants a client certificate (tls_cert_file): TLS: \(text)"
    default: return "TLS: \(text)"
    }
  }
}
