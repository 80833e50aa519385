/// Bytes as upper-case hexadecimal digits, two a byte, never half of them.
enum HexText {
  private static let digits: [UInt8] = Array("0123456789ABCDEF".utf8)

  /// Appends the digits of some bytes.
  static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
    for index in 0..<bytes.count {
      let byte = unsafe bytes[index]
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
  }

  /// Writes the digits with a terminator.
  static func write(
    _ bytes: UnsafeRawBufferPointer, isWide: Bool, at address: UInt, capacity: Int,
    byteCountMax: Int
  ) -> TextTransfer.Result {
    let unit = isWide ? 2 : 1
    var digitCount = bytes.count * 2
    if byteCountMax > 0 { digitCount = min(digitCount, byteCountMax / unit & ~1) }
    if address == 0 { return (digitCount * unit, .exact) }
    let room = capacity / unit - 1
    guard room >= 0 else { return (digitCount * unit, .truncated) }
    let written = digitCount <= room ? digitCount : room & ~1
    var place = address
    for index in 0..<written {
      // Sound: two digits a byte, and `written` is at most twice the bytes.
      let byte = unsafe bytes[index / 2]
      let digit = digits[Int(index & 1 == 0 ? byte >> 4 : byte & 15)]
      if isWide {
        TargetMemory.store(UInt16(digit), at: place)
      } else {
        TargetMemory.store(digit, at: place)
      }
      place = place &+ UInt(unit)
    }
    if isWide {
      TargetMemory.store(UInt16(0), at: place)
    } else {
      TargetMemory.store(UInt8(0), at: place)
    }
    return (digitCount * unit, written < digitCount ? .truncated : .exact)
  }

  /// Reads digits; nil for an odd count or another character.
  static func parse(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    guard text.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2)
    var high: UInt8?
    for index in 0..<text.count {
      guard let digit = value(unsafe text[index]) else { return nil }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return bytes
  }

  /// What a digit is worth.
  static func value(_ character: UInt8) -> UInt8? {
    switch character {
    case 0x30...0x39: character - 0x30
    case 0x41...0x46: character - 0x41 + 10
    case 0x61...0x66: character - 0x61 + 10
    default: nil
    }
  }
}
