/// An identifier of 16 bytes in the order of its text; `SQLGUID` swaps the first three fields to
/// the machine's order.
struct GUIDStructure {
  private var bytes: SIMD16<UInt8>

  /// Takes 16 bytes in the text's order; nil for another count.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 16 else { return nil }
    // Sound: the count was just checked.
    unsafe self.bytes = bytes.loadUnaligned(as: SIMD16<UInt8>.self)
  }

  /// Reads 8-4-4-4-12 hexadecimal digits, also in braces, blanks around them; or 32 digits.
  init?(text: UnsafeRawBufferPointer) {
    var digits: [UInt8] = []
    var hyphens: [Int] = []
    var rest = unsafe TextValue.trimmed(text)
    if rest.count >= 2, unsafe rest[0] == UInt8(ascii: "{"),
      unsafe rest[rest.count - 1] == UInt8(ascii: "}")
    {
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[1..<rest.count - 1])
    }
    guard rest.count == 36 || rest.count == 32 else { return nil }
    for index in 0..<rest.count {
      let character = unsafe rest[index]
      if character == UInt8(ascii: "-") {
        hyphens.append(index)
      } else {
        guard let digit = HexText.value(character) else { return nil }
        digits.append(digit)
      }
    }
    guard digits.count == 32, hyphens == (rest.count == 36 ? [8, 13, 18, 23] : []) else {
      return nil
    }
    bytes = .zero
    for index in 0..<16 { bytes[index] = digits[index * 2] << 4 | digits[index * 2 + 1] }
  }

  /// Reads a structure of the application's.
  init?(at address: UInt) {
    guard let stored = TargetMemory.load(SIMD16<UInt8>.self, at: address) else { return nil }
    bytes = Self.swapped(stored)
  }

  /// Writes the structure.
  func store(at address: UInt) { TargetMemory.store(Self.swapped(bytes), at: address) }

  /// 36 characters.
  var text: [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for index in 0..<16 {
      if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
      for digit in [bytes[index] >> 4, bytes[index] & 15] {
        text.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
      }
    }
    return text
  }

  /// The bytes in the text's order.
  var ordered: [UInt8] { (0..<16).map { bytes[$0] } }

  private static func swapped(_ bytes: SIMD16<UInt8>) -> SIMD16<UInt8> {
    let order: [Int] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
    var result = SIMD16<UInt8>()
    for (index, from) in order.enumerated() { result[index] = bytes[from] }
    return result
  }
}
