internal import COpenSSL

/// Digests of bytes in memory.
public enum Digest: Sendable {
  case md5, sha1, sha256

  /// The digest: 16, 20 or 32 bytes; empty where this machine's policy forbids the algorithm.
  public func of(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    // `digest` has room for the longest digest there is.
    let result = unsafe EVP_Digest(bytes, bytes.count, &digest, &count, algorithm, nil)
    return result == 1 ? Array(digest.prefix(Int(count))) : []
  }

  /// HMAC with this digest (RFC 2104).
  public func hmac(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    // `code` has room for the longest code there is.
    let result = unsafe HMAC(
      algorithm, key, CInt(clamping: key.count), bytes, bytes.count, &code, &count)
    return unsafe result == nil ? [] : Array(code.prefix(Int(count)))
  }

  private var algorithm: OpaquePointer? {
    switch self {
    case .md5: unsafe EVP_md5()
    case .sha1: unsafe EVP_sha1()
    case .sha256: unsafe EVP_sha256()
    }
  }
}
