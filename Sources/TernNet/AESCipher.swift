internal import COpenSSL
public import TernCore

/// AES over bytes that come in pieces: files that are stored encrypted, and the keys they name.
@safe public final class AESCipher {
  /// How blocks are chained.
  public enum Mode: Sendable {
    /// Each block by itself; for keys only.
    case ecb
    /// With a start vector of 16 bytes.
    case cbc([UInt8])
    /// With a nonce of 12 bytes and bytes that are authenticated but not encrypted.
    case gcm(nonce: [UInt8], authenticated: [UInt8])
  }

  private let context: OpaquePointer
  private let encrypts: Bool
  private let isAuthenticated: Bool

  /// The length of an authentication tag.
  public static let tagByteCount = 16

  /// Begins; `key` has 16, 24 or 32 bytes. ECB and CBC pad as PKCS#7 unless `isPadded` is false.
  ///
  /// - Throws: `.data` (HY000) for a key or vector of another length.
  public init(
    encrypts: Bool, _ mode: Mode, key: [UInt8], isPadded: Bool = true
  ) throws(TernError) {
    guard let context = unsafe EVP_CIPHER_CTX_new() else {
      throw .overBudget("there is no memory for a cipher")
    }
    unsafe self.context = context
    self.encrypts = encrypts
    var vector: [UInt8] = []
    var vectorByteCount = 0
    var authenticated: [UInt8] = []
    var name = "AES-\(key.count * 8)-"
    switch mode {
    case .ecb: name += "ECB"
    case .cbc(let start):
      name += "CBC"
      (vector, vectorByteCount) = (start, 16)
    case .gcm(let nonce, let bytes):
      name += "GCM"
      (vector, vectorByteCount, authenticated) = (nonce, 12, bytes)
    }
    isAuthenticated = name.hasSuffix("GCM")
    let cipher = unsafe EVP_CIPHER_fetch(nil, name, nil)
    defer { unsafe EVP_CIPHER_free(cipher) }
    // OpenSSL reads as many bytes as the cipher's name and the vector's length say.
    guard [16, 24, 32].contains(key.count), vector.count == vectorByteCount,
      unsafe EVP_CipherInit_ex2(context, cipher, key, vector, encrypts ? 1 : 0, nil) == 1
    else { throw .data("a cipher key or vector has the wrong length", .general) }
    if !isPadded { unsafe EVP_CIPHER_CTX_set_padding(context, 0) }
    if !authenticated.isEmpty {
      var count: CInt = 0
      unsafe EVP_CipherUpdate(
        context, nil, &count, authenticated, CInt(clamping: authenticated.count))
    }
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  /// Transforms the next bytes; a block that is not full waits for more.
  public func update(_ bytes: [UInt8]) throws(TernError) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    guard bytes.count <= Self.pieceByteCountMax else {
      throw .usage("a cipher takes at most \(Self.pieceByteCountMax) bytes at a time")
    }
    var output = [UInt8](repeating: 0, count: bytes.count + 16)
    var count: CInt = 0
    // At most one block more than was put in comes out.
    guard unsafe EVP_CipherUpdate(context, &output, &count, bytes, CInt(bytes.count)) == 1
    else { throw failed }
    return Array(output.prefix(Int(count)))
  }

  /// Gives the last bytes.
  ///
  /// - Parameter tag: what the bytes must have, when decrypting with GCM.
  /// - Throws: `.data` for padding or a tag that is wrong: the key is, or the bytes were changed.
  public func finish(tag: [UInt8] = []) throws(TernError) -> [UInt8] {
    if isAuthenticated && !encrypts {
      var tag = tag
      guard tag.count == Self.tagByteCount,
        unsafe EVP_CIPHER_CTX_ctrl(
          context, EVP_CTRL_AEAD_SET_TAG, CInt(tag.count), &tag) == 1
      else { throw failed }
    }
    var output = [UInt8](repeating: 0, count: 16)
    var count: CInt = 0
    // One block of room, at most one block comes.
    guard unsafe EVP_CipherFinal_ex(context, &output, &count) == 1 else { throw failed }
    return Array(output.prefix(Int(count)))
  }

  /// The authentication tag, after `finish` when encrypting with GCM.
  public var tag: [UInt8] {
    var tag = [UInt8](repeating: 0, count: Self.tagByteCount)
    // As many bytes of room as are asked for.
    let result = unsafe EVP_CIPHER_CTX_ctrl(
      context, EVP_CTRL_AEAD_GET_TAG, CInt(tag.count), &tag)
    return result == 1 ? tag : []
  }

  private static let pieceByteCountMax = 1 << 30

  private var failed: TernError {
    OpenSSLError.clear()
    return .data(
      encrypts
        ? "encryption failed" : "decryption failed: the key is wrong or the data was changed",
      .general)
  }
}
