internal import COpenSSL
public import TernCore

/// A private key that signs JSON Web Tokens: RSA (RS256) or elliptic curve P-256 (ES256), RFC 7518,
/// section 3.
@safe public final class SigningKey: @unchecked Sendable {
  // Sound as Sendable: OpenSSL does not change the key after this initializer.

  /// What the key can do.
  public enum Algorithm: Sendable {
    case rs256, es256

    /// The `alg` of a token's header.
    public var name: String {
      switch self {
      case .rs256: "RS256"
      case .es256: "ES256"
      }
    }
  }

  private let key: OpaquePointer
  /// How it signs.
  public let algorithm: Algorithm

  /// Reads a PEM key: PKCS#8, encrypted or not, or the older forms.
  ///
  /// - Throws: `.usage` (HY024) for what is no such key, and for a wrong or missing password.
  public init(pem: Secret, password: Secret? = nil) throws(TernError) {
    ERR_clear_error()
    let bytes = Array(pem.text.utf8)
    let secret = KeyPassword(password?.text ?? "")
    // OpenSSL reads `bytes` and asks for the password during the call only.
    let found = unsafe bytes.withUnsafeBytes { buffer -> OpaquePointer? in
      let input = unsafe BIO_new_mem_buf(buffer.baseAddress, CInt(clamping: buffer.count))
      defer { unsafe BIO_free(input) }
      return unsafe PEM_read_bio_PrivateKey(
        input, nil, KeyPassword.callback, secret.unretained)
    }
    withExtendedLifetime(secret) {}
    guard let found = unsafe found else {
      throw .usage(
        "private_key cannot be read (is private_key_password right?): "
          + OpenSSLError.takeText(), .invalidOptionValue)
    }
    let isRSA = unsafe EVP_PKEY_is_a(found, "RSA") == 1
    // A P-256 signature is two numbers of 32 bytes; other curves are other algorithms.
    let isP256 = unsafe EVP_PKEY_is_a(found, "EC") == 1 && EVP_PKEY_get_bits(found) == 256
    guard isRSA || isP256 else {
      unsafe EVP_PKEY_free(found)
      throw .usage("private_key is neither an RSA key nor one of P-256", .invalidOptionValue)
    }
    unsafe key = found
    algorithm = isRSA ? .rs256 : .es256
  }

  deinit { unsafe EVP_PKEY_free(key) }

  /// `SHA256:` and the Base64 of the public key's digest, as Snowflake's tokens name a key.
  public var fingerprint: String {
    let count = unsafe i2d_PUBKEY(key, nil)
    var bytes = [UInt8](repeating: 0, count: Int(max(0, count)))
    // The first call told how many bytes the second writes.
    unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      var cursor = buffer.baseAddress
      _ = unsafe i2d_PUBKEY(key, &cursor)
    }
    return "SHA256:" + Base64.encode(Digest.sha256.of(bytes))
  }

  /// Signs `message`, in the form that tokens want.
  public func sign(_ message: [UInt8]) throws(TernError) -> [UInt8] {
    let context = unsafe EVP_MD_CTX_new()
    defer { unsafe EVP_MD_CTX_free(context) }
    var count = 0
    // The first call tells how many bytes the second may write.
    guard unsafe EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
      unsafe EVP_DigestSign(context, nil, &count, message, message.count) == 1
    else { throw failed }
    var signature = [UInt8](repeating: 0, count: count)
    guard unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1
    else { throw failed }
    signature = Array(signature.prefix(count))
    return algorithm == .rs256 ? signature : try Self.plain(signature)
  }

  /// The two numbers of a DER signature, 32 bytes each.
  private static func plain(_ der: [UInt8]) throws(TernError) -> [UInt8] {
    var cursor = ByteCursor(der.span)
    // A P-256 signature is shorter than 128 bytes: each length is one byte.
    try cursor.skip(2, "signature head")
    var plain: [UInt8] = []
    for _ in 0..<2 {
      try cursor.skip(1, "signature number")
      let bytes = try cursor.take(Int(try cursor.byte("signature length")), "signature number")
      let number = (0..<bytes.count).map { bytes[$0] }.drop { $0 == 0 }
      guard number.count <= 32 else { throw .internal("a signature is too long") }
      plain += [UInt8](repeating: 0, count: 32 - number.count) + number
    }
    return plain
  }

  private var failed: TernError { .internal("signing failed: \(OpenSSLError.takeText())") }
}
