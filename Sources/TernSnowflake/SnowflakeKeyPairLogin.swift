internal import TernColumns
internal import TernCore
internal import TernNet

/// A login with a token that this side signs: the service knows the public key.
///
/// Source: Snowflake reference, section 2.3, "Key-pair JWT".
struct SnowflakeKeyPairLogin: SnowflakeAuthenticator {
  let key: SigningKey
  /// As `SnowflakeAccount.tokenName` has it.
  let account: String
  let user: String
  let lifetimeSeconds: Int64

  /// A slow proxy must not eat the life of a token: the next attempt signs a new one.
  let networkTimeout: Int64? = 10_000_000_000

  func proof(_ context: CallContext) throws(TernError) -> SnowflakeProof {
    let now = SystemTime.nanoseconds / 1_000_000_000
    return SnowflakeProof(fields: [
      ("AUTHENTICATOR", .text("SNOWFLAKE_JWT")), ("TOKEN", .secret(Secret(try token(at: now)))),
    ])
  }

  /// The token of a moment, in seconds since 1970.
  func token(at now: Int64) throws(TernError) -> String {
    let subject = "\(account).\(user.uppercased())"
    var header = JSONWriter()
    header.beginObject()
    header.member("alg", key.algorithm.name)
    header.member("typ", "JWT")
    header.endObject()
    var claims = JSONWriter()
    claims.beginObject()
    claims.member("iss", "\(subject).\(key.fingerprint)")
    claims.member("sub", subject)
    claims.member("iat", now)
    claims.member("exp", now + max(1, lifetimeSeconds))
    claims.endObject()
    let signed =
      Base64.encodeURLSafe(header.bytes) + "." + Base64.encodeURLSafe(claims.bytes)
    return signed + "." + Base64.encodeURLSafe(try key.sign(Array(signed.utf8)))
  }

  /// Reads a key as the option `private_key` may have it: PEM, Base64 of PEM or DER, or the path of
  /// a file with either.
  ///
  /// - Throws: `.usage` (HY024); never with a part of the key.
  static func key(_ text: Secret, password: Secret?) throws(TernError) -> SigningKey {
    let bytes = Array(text.text.utf8)
    if let key = try key(bytes, password) { return key }
    if let decoded = Base64.decode(text.text), let key = try key(decoded, password) { return key }
    // What is no key by itself may be the name of a file; a long text is a damaged key.
    guard bytes.count < 4_096, !bytes.contains(0x0A) else {
      throw .usage(
        "option private_key: a PEM key, its Base64 or a path is expected", .invalidOptionValue)
    }
    let file: [UInt8]
    do throws(TernError) {
      file = try SmallFile.read(text.text)
    } catch {
      throw .usage(
        "option private_key: it is neither a PEM key, nor Base64 of one, nor a file that can be"
          + " read", .invalidOptionValue)
    }
    if let key = try key(file, password) { return key }
    let inner = String(validating: file, as: UTF8.self).flatMap { Base64.decode($0) }
    guard let inner, let key = try key(inner, password) else {
      throw .usage("option private_key: the file holds no key", .invalidOptionValue)
    }
    return key
  }

  /// A key in PEM or DER; nil for bytes that do not even look like either.
  private static func key(_ bytes: [UInt8], _ password: Secret?) throws(TernError) -> SigningKey? {
    // DER of a key is a sequence whose length takes two bytes or one.
    if bytes.count > 32, bytes[0] == 0x30, bytes[1] == 0x82 || bytes[1] == 0x81 {
      return try SigningKey(der: bytes, password: password)
    }
    guard let text = String(validating: bytes, as: UTF8.self), text.contains("-----BEGIN")
    else { return nil }
    return try SigningKey(pem: Secret(text), password: password)
  }
}
