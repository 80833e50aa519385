internal import COpenSSL
internal import TernCore

/// SHA-256 of bytes that come in pieces.
@safe public final class DigestStream {
  private let context: OpaquePointer?

  /// Begins.
  public init() {
    unsafe context = EVP_MD_CTX_new()
    unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  /// Adds bytes.
  public func update(_ bytes: [UInt8]) {
    unsafe EVP_DigestUpdate(context, bytes, bytes.count)
  }

  /// The digest of all bytes, 32 of them; empty where there was no memory. Ends the stream.
  public func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    // SHA-256 has as many bytes as there is room for.
    let result = unsafe EVP_DigestFinal_ex(context, &digest, &count)
    return result == 1 ? Array(digest.prefix(Int(count))) : []
  }
}
