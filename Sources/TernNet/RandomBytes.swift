internal import Glibc

/// Bytes from the system's cryptographic generator.
public enum RandomBytes {
  /// `byteCount` bytes that nobody can foretell.
  public static func make(_ byteCount: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(0, byteCount))
    var start = 0
    while start < bytes.count {
      let count = min(256, bytes.count - start)
      // At most 256 bytes at a time, as the call demands; it then fails only for bad pointers.
      unsafe bytes.withUnsafeMutableBytes { room in
        _ = unsafe getentropy(room.baseAddress.map { unsafe $0 + start }, count)
      }
      start += count
    }
    return bytes
  }

  /// A random UUID, version 4, in lower case with dashes (RFC 9562 section 5.4).
  public static func makeUUID() -> String {
    var bytes = make(16)
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let parts = [bytes[0..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10..<16]]
    return parts.map { Hex.encode($0) }.joined(separator: "-")
  }
}
