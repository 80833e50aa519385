internal import COpenSSL
public import TernCore

/// A private key that signs JSON Web Tokens: RSA (RS256) or one of the elliptic curves P-256, P-384
/// and P-521 (ES256, ES384, ES512), RFC 7518, section 3.
@safe public final class SigningKey: @unchecked Sendable {
  // Sound as Sendable: OpenSSL does not change the key after this initializer.

  /// What the key can do.
  public enum Algorithm: Sendable {
    case rs256, es256, es384, es512

    /// The `alg` of a token's header.
    public var name: String {
      switch self {
      case .rs256: "RS256"
      case .es256: "ES256"
      case .es384: "ES384"
      case .es512: "ES512"
      }
    }

    /// The digest that is signed.
    fileprivate var digest: OpaquePointer? {
      switch self {
      case .rs256, .es256: unsafe EVP_sha256()
      case .es384: unsafe EVP_sha384()
      case .es512: unsafe EVP_sha512()
      }
    }

    /// Bytes of each of the two numbers of an elliptic signature.
    fileprivate var numberByteCount: Int {
      switch self {
      case .rs256: 0
      case .es256: 32
      case .es384: 48
      case .es512: 66
      }
    }
  }

  private let key: OpaquePointer
  /// How it signs.
  public let algorithm: Algorithm

  /// Reads a PEM key: PKCS#8, encrypted or not, or the older forms.
  ///
  /// - Throws: `.usage` (HY024) for what is no such key, and for a wrong or missing password.
  public convenience init(pem: Secret, password: Secret? = nil) throws(TernError) {
    try unsafe self.init(Array(pem.text.utf8), password) { input, secret in
      unsafe PEM_read_bio_PrivateKey(input, nil, KeyPassword.callback, secret)
    }
  }

  /// Reads a DER key: PKCS#8, which is encrypted if there is a password, or the older forms.
  ///
  /// - Throws: as for PEM.
  public convenience init(der: [UInt8], password: Secret? = nil) throws(TernError) {
    let isEncrypted = password != nil
    try unsafe self.init(der, password) { input, secret in
      guard isEncrypted else { return unsafe d2i_PrivateKey_bio(input, nil) }
      return unsafe d2i_PKCS8PrivateKey_bio(input, nil, KeyPassword.callback, secret)
    }
  }

  /// Lets `read` have the bytes as OpenSSL wants them, and the password for its callback.
  private init(
    _ bytes: [UInt8], _ password: Secret?,
    _ read: (OpaquePointer?, UnsafeMutableRawPointer) -> OpaquePointer?
  ) throws(TernError) {
    ERR_clear_error()
    let secret = KeyPassword(password?.text ?? "")
    // OpenSSL reads `bytes` and asks for the password during the call only.
    let found = unsafe bytes.withUnsafeBytes { buffer -> OpaquePointer? in
      let input = unsafe BIO_new_mem_buf(buffer.baseAddress, CInt(clamping: buffer.count))
      defer { unsafe BIO_free(input) }
      return unsafe read(input, secret.unretained)
    }
    withExtendedLifetime(secret) {}
    guard let found = unsafe found else {
      throw .usage(
        "private_key cannot be read (is private_key_password right?): "
          + OpenSSLError.takeText(), .invalidOptionValue)
    }
    guard let algorithm = unsafe Self.algorithm(of: found) else {
      unsafe EVP_PKEY_free(found)
      throw .usage(
        "private_key is neither an RSA key nor one of P-256, P-384 or P-521", .invalidOptionValue)
    }
    unsafe key = found
    self.algorithm = algorithm
  }

  private static func algorithm(of key: OpaquePointer) -> Algorithm? {
    if unsafe EVP_PKEY_is_a(key, "RSA") == 1 { return .rs256 }
    guard unsafe EVP_PKEY_is_a(key, "EC") == 1 else { return nil }
    var name = [CChar](repeating: 0, count: 64)
    var count = 0
    // `name` is as long as said, and stays terminated.
    guard unsafe EVP_PKEY_get_group_name(key, &name, name.count - 1, &count) == 1 else {
      return nil
    }
    switch String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) {
    case "prime256v1", "P-256": return .es256
    case "secp384r1", "P-384": return .es384
    case "secp521r1", "P-521": return .es512
    default: return nil
    }
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
    guard unsafe EVP_DigestSignInit(context, nil, algorithm.digest, nil, key) == 1,
      unsafe EVP_DigestSign(context, nil, &count, message, message.count) == 1
    else { throw failed }
    var signature = [UInt8](repeating: 0, count: count)
    guard unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1
    else { throw failed }
    signature = Array(signature.prefix(count))
    return algorithm == .rs256 ? signature : try plain(signature)
  }

  /// The two numbers of a DER signature, each as long as the curve's numbers are.
  private func plain(_ der: [UInt8]) throws(TernError) -> [UInt8] {
    var cursor = ByteCursor(der.span)
    try cursor.skip(1, "signature head")
    // Signatures of P-521 are longer than 127 bytes: their length is a byte with its own in front.
    if try cursor.byte("signature length") == 0x81 { try cursor.skip(1, "signature length") }
    var plain: [UInt8] = []
    for _ in 0..<2 {
      try cursor.skip(1, "signature number")
      let bytes = try cursor.take(Int(try cursor.byte("signature length")), "signature number")
      let number = (0..<bytes.count).map { bytes[$0] }.drop { $0 == 0 }
      let width = algorithm.numberByteCount
      guard number.count <= width else { throw .internal("a signature is too long") }
      plain += [UInt8](repeating: 0, count: width - number.count) + number
    }
    return plain
  }

  private var failed: TernError { .internal("signing failed: \(OpenSSLError.takeText())") }
}
