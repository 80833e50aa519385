/// Checks UTF-8 that arrives in pieces (RFC 3629): no overlong forms, no surrogates, nothing above
/// U+10FFFF.
struct UTF8Check {
  /// Continuation bytes still due, and the range of the next one.
  private var due = 0
  private var low: UInt8 = 0x80
  private var high: UInt8 = 0xBF

  /// Whether the text may end here.
  var isComplete: Bool { due == 0 }

  /// Checks the next piece; false as soon as it cannot be UTF-8.
  mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    let count = bytes.count
    while index < count {
      if due == 0 {
        // What lies whole in this piece needs no state.
        index = unsafe Self.endOfWholeCharacters(bytes, from: index)
        guard index < count else { return true }
        guard start(unsafe bytes[index]) else { return false }
      } else {
        let byte = unsafe bytes[index]
        guard low <= byte, byte <= high else { return false }
        (low, high) = (0x80, 0xBF)
        due -= 1
      }
      index += 1
    }
    return true
  }

  /// Takes the first byte of a character above U+007F (RFC 3629, section 4).
  private mutating func start(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xC2...0xDF: due = 1
    case 0xE0: (due, low) = (2, 0xA0)
    case 0xED: (due, high) = (2, 0x9F)
    case 0xE1...0xEF: due = 2
    case 0xF0: (due, low) = (3, 0x90)
    case 0xF1...0xF3: due = 3
    case 0xF4: (due, high) = (3, 0x8F)
    default: return false
    }
    return true
  }

  /// Skips ASCII and the valid characters after it, as far as four bytes are there for each; stops
  /// at anything else, which the slow path judges.
  private static func endOfWholeCharacters(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) -> Int {
    var index = start
    // Each read lies within the buffer by the loops' conditions.
    while true {
      index = unsafe endOfASCII(bytes, from: index)
      guard index + 4 <= bytes.count else { return index }
      var byteCount = 1
      while byteCount > 0, index + 4 <= bytes.count {
        byteCount = characterByteCount(
          UInt32(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self)))
        index += byteCount
        if byteCount == 1 { break }
      }
      if byteCount == 0 { return index }
    }
  }

  /// How many of the four bytes in `word`, first highest, make the first character; 0 if none does.
  private static func characterByteCount(_ word: UInt32) -> Int {
    if word < 0x8000_0000 { return 1 }
    switch word >> 24 {
    case 0xC2...0xDF: return word & 0x00C0_0000 == 0x0080_0000 ? 2 : 0
    case 0xE0...0xEF:
      guard word & 0x00C0_C000 == 0x0080_8000 else { return 0 }
      let head = word >> 16
      let isBad = head < 0xE0A0 || (head >= 0xEDA0 && head <= 0xEDBF)
      return isBad ? 0 : 3
    case 0xF0...0xF4:
      guard word & 0x00C0_C0C0 == 0x0080_8080 else { return 0 }
      return word >= 0xF090_8080 && word < 0xF490_0000 ? 4 : 0
    default: return 0
    }
  }

  /// The index of the first byte at or after `start` that is not ASCII, or the end.
  private static func endOfASCII(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    // Each load lies within the buffer by the loop's condition; any alignment is allowed.
    while index + 32 <= bytes.count {
      let block = unsafe bytes.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
      let folded = block.lowHalf | block.highHalf
      guard (folded.x | folded.y) & 0x8080_8080_8080_8080 == 0 else { break }
      index += 32
    }
    while index + 8 <= bytes.count {
      let word = unsafe UInt64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let high = word & 0x8080_8080_8080_8080
      guard high == 0 else { return index + high.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < bytes.count, unsafe bytes[index] < 0x80 { index += 1 }
    return index
  }
}
