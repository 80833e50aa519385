internal import COpenSSL
public import TernCore

/// RSA encryption with a server's key, PKCS#1 v1.5 padding (RFC 8017, section 7.2).
///
/// Keys of 1024 bits are common here (Exasol), which OpenSSL's own encryption may refuse: the
/// padding is ours, and only the arithmetic is OpenSSL's.
public struct RSAPublicKey: Sendable {
  private let modulus: [UInt8]
  private let exponent: [UInt8]

  /// A key from its two numbers as hexadecimal digits.
  ///
  /// - Throws: `.connection` (08S01) when they are no key: they come from the server.
  public init(modulus: String, exponent: String) throws(TernError) {
    try self.init(Hex.decode(Self.even(modulus)), Hex.decode(Self.even(exponent)))
  }

  /// A key in PEM form, `RSA PUBLIC KEY` (PKCS#1) or `PUBLIC KEY`.
  public init(pem: String) throws(TernError) {
    let lines = pem.utf8.split { $0 == 0x0A || $0 == 0x0D }
    let body = lines.filter { !$0.starts(with: Array("-----".utf8)) }.joined()
    guard let der = Base64.decode(String(decoding: Array(body), as: UTF8.self)) else {
      throw .badReply("the server's public key is not PEM")
    }
    var cursor = ByteCursor(der.span)
    let end = try Self.header(&cursor, 0x30)
    guard end <= cursor.remaining, cursor.remaining > 0 else { throw Self.unusable }
    // PKCS#1 begins with the modulus; the other form wraps the same in a bit string.
    if der[cursor.offset] == 0x30 {
      try cursor.skip(Self.header(&cursor, 0x30), "key algorithm")
      _ = try Self.header(&cursor, 0x03)
      try cursor.skip(1, "unused bits")
      _ = try Self.header(&cursor, 0x30)
    }
    let modulus = try Self.number(&cursor)
    let exponent = try Self.number(&cursor)
    try self.init(modulus, exponent)
  }

  /// Length of the modulus, and of what `encrypt` gives.
  public var byteCount: Int { modulus.count }

  /// The longest message that can be encrypted.
  public var messageByteCountMax: Int { modulus.count - 11 }

  /// Encrypts `message` with fresh random padding: two results for the same message differ.
  ///
  /// - Throws: `.usage` when it is longer than `messageByteCountMax`.
  public func encrypt(_ message: [UInt8]) throws(TernError) -> [UInt8] {
    guard message.count <= messageByteCountMax else {
      throw .usage("the server's key encrypts at most \(messageByteCountMax) bytes")
    }
    var block: [UInt8] = [0, 2]
    while block.count < modulus.count - message.count - 1 {
      let random = RandomBytes.make(1)
      block += random.filter { $0 != 0 }
    }
    block.append(0)
    block += message
    return try power(block)
  }

  private init(_ modulus: [UInt8]?, _ exponent: [UInt8]?) throws(TernError) {
    guard let modulus, let exponent else { throw Self.unusable }
    self.modulus = Array(modulus.drop { $0 == 0 })
    self.exponent = Array(exponent.drop { $0 == 0 })
    // An even modulus has no Montgomery form, and a huge exponent would take for ever.
    guard (64...1_024).contains(self.modulus.count), (1...8).contains(self.exponent.count),
      self.modulus.last.map({ $0 & 1 == 1 }) == true
    else { throw Self.unusable }
  }

  /// `block` to the power of the exponent, as long as the modulus.
  private func power(_ block: [UInt8]) throws(TernError) -> [UInt8] {
    let n = unsafe BN_bin2bn(modulus, CInt(modulus.count), nil)
    let e = unsafe BN_bin2bn(exponent, CInt(exponent.count), nil)
    let m = unsafe BN_bin2bn(block, CInt(block.count), nil)
    let result = unsafe BN_new()
    let scratch = unsafe BN_CTX_new()
    defer {
      unsafe BN_free(n)
      unsafe BN_free(e)
      // The plain block holds the secret.
      unsafe BN_clear_free(m)
      unsafe BN_free(result)
      unsafe BN_CTX_free(scratch)
    }
    var bytes = [UInt8](repeating: 0, count: modulus.count)
    // Each number may be nil without memory, which the functions refuse; the result is smaller
    // than the modulus and so fits into `bytes`.
    guard unsafe n != nil, unsafe e != nil, unsafe m != nil, unsafe result != nil,
      unsafe scratch != nil, unsafe BN_mod_exp(result, m, e, n, scratch) == 1,
      unsafe BN_bn2binpad(result, &bytes, CInt(bytes.count)) == CInt(bytes.count)
    else { throw .internal("encryption failed: \(OpenSSLError.takeText())") }
    return bytes
  }

  private static let unusable = TernError.badReply("the server's public key cannot be used")

  private static func even(_ digits: String) -> String {
    digits.utf8.count.isMultiple(of: 2) ? digits : "0" + digits
  }

  /// Reads a DER tag and gives the length of its content.
  private static func header(_ cursor: inout ByteCursor, _ tag: UInt8) throws(TernError) -> Int {
    guard try cursor.byte("key tag") == tag else { throw unusable }
    let first = try cursor.byte("key length")
    guard first >= 0x80 else { return Int(first) }
    guard (0x81...0x84).contains(first) else { throw unusable }
    return Int(truncatingIfNeeded: try cursor.bigEndian(Int(first & 0x0F), "key length"))
  }

  private static func number(_ cursor: inout ByteCursor) throws(TernError) -> [UInt8] {
    let count = try header(&cursor, 0x02)
    let bytes = try cursor.take(count, "key number")
    return (0..<bytes.count).map { bytes[$0] }
  }
}
