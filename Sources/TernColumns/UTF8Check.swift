private import CTern

/// Whether bytes are UTF-8: no overlong form, no surrogate, nothing beyond U+10FFFF.
enum UTF8Check {
  /// Whether all of `bytes` is UTF-8. ASCII goes at 8 bytes a step.
  static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    unsafe validPrefix(bytes) == bytes.count
  }

  /// Whether all of `bytes` is UTF-8.
  static func isValid(_ bytes: [UInt8]) -> Bool {
    // Sound: read inside the closure only.
    unsafe bytes.withUnsafeBytes { bytes in unsafe isValid(bytes) }
  }

  /// Whether a text of at most 31 bytes is UTF-8: `used` has a bit for each of its bytes and for
  /// the ASCII byte behind it, `highBits` for those that are not ASCII.
  @inline(__always)
  @unsafe static func isValid(
    _ bytes: UnsafeRawPointer, _ used: UInt32, _ highBits: UInt32
  ) -> Bool {
    guard unsafe tern_least_mask(bytes, 0xE0) & used == 0 else {
      return unsafe areSequences(bytes, highBits & used)
    }
    // Only sequences of two bytes: what follows a first byte, and nothing else, is a second one.
    let first = unsafe tern_least_mask(bytes, 0xC0)
    let second = highBits & ~first
    let overlong = unsafe first & ~tern_least_mask(bytes, 0xC2)
    return ((first &<< 1 ^ second) | overlong) & used == 0
  }

  /// Whether the bytes that `highBits` marks among the 32 at `bytes` are well-formed sequences.
  ///
  /// Three bytes behind the last marked one are looked at too, and must be readable.
  @inline(__always)
  @unsafe static func areSequences(_ bytes: UnsafeRawPointer, _ highBits: UInt32) -> Bool {
    var rest = highBits
    while rest != 0 {
      let index = rest.trailingZeroBitCount
      let text = unsafe UnsafeRawBufferPointer(start: bytes + index, count: 4)
      let length = unsafe sequenceLength(text, at: 0)
      // A well-formed sequence has its high bits in a row; none of them may be missing.
      let marks: UInt32 = (1 &<< UInt32(length) &- 1) &<< UInt32(index)
      guard length > 0, rest & marks == marks else { return false }
      rest ^= marks
    }
    return true
  }

  /// Bytes before the first one that is not part of a well-formed sequence.
  static func validPrefix(_ bytes: UnsafeRawBufferPointer) -> Int {
    var index = 0
    let count = bytes.count
    while index < count {
      // Sound: every load is preceded by a check that it lies before `count`.
      if count - index >= 8 {
        let block = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let high = UInt64(littleEndian: block) & 0x8080_8080_8080_8080
        if high == 0 {
          index += 8
          continue
        }
        index += high.trailingZeroBitCount >> 3
      }
      let length = unsafe sequenceLength(bytes, at: index)
      if length == 0 { return index }
      index += length
    }
    return index
  }

  /// Bytes of the sequence that starts at `index`, or 0 if it is not well-formed.
  @inline(__always)
  private static func sequenceLength(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
    let first = unsafe bytes[index]
    if first < 0x80 { return 1 }
    let left = bytes.count - index
    guard left >= 2 else { return 0 }
    let second = unsafe bytes[index + 1]
    if first < 0xE0 { return first >= 0xC2 && second & 0xC0 == 0x80 ? 2 : 0 }
    guard left >= 3, unsafe bytes[index + 2] & 0xC0 == 0x80 else { return 0 }
    if first < 0xF0 {
      let low: UInt8 = first == 0xE0 ? 0xA0 : 0x80
      let high: UInt8 = first == 0xED ? 0x9F : 0xBF
      return low <= second && second <= high ? 3 : 0
    }
    guard left >= 4, first <= 0xF4, unsafe bytes[index + 3] & 0xC0 == 0x80 else { return 0 }
    let low: UInt8 = first == 0xF0 ? 0x90 : 0x80
    let high: UInt8 = first == 0xF4 ? 0x8F : 0xBF
    return low <= second && second <= high ? 4 : 0
  }
}
