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
}
