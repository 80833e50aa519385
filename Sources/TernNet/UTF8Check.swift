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
        index = unsafe Self.endOfASCII(bytes, from: index)
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
    while index < bytes.count, unsafe bytes[index] < 0x80 { index += 1 }
    return index
  }
}
