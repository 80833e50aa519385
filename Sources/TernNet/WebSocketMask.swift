internal import Glibc

/// The mask of a client's frame (RFC 6455, section 5.3): four random bytes, new for each frame.
struct WebSocketMask {
  /// The bytes as they stand in the frame.
  let bytes: (UInt8, UInt8, UInt8, UInt8)

  /// A mask that nobody can foretell.
  static func random() -> WebSocketMask {
    var word: UInt32 = 0
    // Four bytes of room, four asked for; for so few the call cannot fail once the system is up.
    _ = unsafe getentropy(&word, 4)
    return WebSocketMask(word)
  }

  /// The mask whose first byte is the lowest of `word`.
  init(_ word: UInt32) {
    bytes = (
      UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8),
      UInt8(truncatingIfNeeded: word >> 16), UInt8(truncatingIfNeeded: word >> 24)
    )
  }

  /// Copies `source` masked to the start of `target`, which is at least as long.
  ///
  /// - Parameter offset: the index of the first byte within the frame's payload.
  func apply(
    _ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, at offset: Int
  ) {
    let count = min(source.count, target.count)
    let word = rotated(by: offset)
    let wide = UInt64(word) | UInt64(word) << 32
    let block = SIMD4<UInt64>(repeating: wide)
    var index = 0
    // Both buffers hold the whole block by the loop's condition; any alignment is allowed.
    while index + 32 <= count {
      let plain = unsafe source.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
      unsafe target.storeBytes(of: plain ^ block, toByteOffset: index, as: SIMD4<UInt64>.self)
      index += 32
    }
    while index < count {
      let key = UInt8(truncatingIfNeeded: word >> UInt32(8 * (index & 3)))
      unsafe target[index] = source[index] ^ key
      index += 1
    }
  }

  /// The mask as a word whose lowest byte belongs to the payload's byte `offset`.
  private func rotated(by offset: Int) -> UInt32 {
    let word =
      UInt32(bytes.0) | UInt32(bytes.1) << 8 | UInt32(bytes.2) << 16 | UInt32(bytes.3) << 24
    let shift = UInt32(8 * (offset & 3))
    return shift == 0 ? word : word >> shift | word << (32 - shift)
  }
}
