private import CTern
private import CZlib

/// The checksum and length of a gzip member, compared with those at its end.
///
/// zlib can do this too, in a tenth of the time of inflating, which processors with carry-less
/// multiplication need not spend. Used only on those. Source: RFC 1952, section 2.3.1.
struct GzipCheck {
  /// Whether this processor is worth it.
  static let isQuick = tern_crc32_can_fold() != 0

  private var checksum: UInt32 = 0
  private var byteCount: UInt32 = 0
  /// The last eight bytes of the member so far, the latest on top.
  private var trailer: UInt64 = 0

  /// Takes note of bytes of the member, packed.
  mutating func packed(_ bytes: UnsafeBufferPointer<UInt8>) {
    for index in max(0, bytes.count - 8)..<bytes.count {
      trailer = unsafe trailer >> 8 | UInt64(bytes[index]) << 56
    }
  }

  /// Takes note of bytes that it holds.
  mutating func plain(_ bytes: UnsafeBufferPointer<UInt8>) {
    byteCount &+= UInt32(truncatingIfNeeded: bytes.count)
    checksum = unsafe Self.checksum(checksum, bytes)
  }

  /// Whether a member that ends here is sound.
  var isSound: Bool { trailer == UInt64(byteCount) << 32 | UInt64(checksum) }

  /// The CRC-32 of bytes before, `checksum`, and of these.
  static func checksum(_ checksum: UInt32, _ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    guard let start = bytes.baseAddress else { return checksum }
    var checksum = UInt(checksum)
    var used = 0
    if isQuick, bytes.count >= 64 {
      // Sound: both calls read what `bytes` has; the 16 bytes are written by the first.
      unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { folded in
        guard let place = folded.baseAddress else { return }
        used = unsafe tern_crc32_fold(
          ~UInt32(truncatingIfNeeded: checksum), start, bytes.count, place)
        checksum = unsafe crc32_z(0xFFFF_FFFF, place, 16)
      }
    }
    checksum = unsafe crc32_z(checksum, start + used, bytes.count - used)
    return UInt32(truncatingIfNeeded: checksum)
  }
}
