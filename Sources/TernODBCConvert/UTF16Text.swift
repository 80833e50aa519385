/// UTF-8 to UTF-16, written straight into the application's memory.
enum UTF16Text {
  /// UTF-16 units of a text: one a character, two beyond U+FFFF.
  static func unitCount(_ text: UnsafeRawBufferPointer) -> Int {
    var count = 0
    for index in 0..<text.count {
      let byte = unsafe text[index]
      count &+= byte & 0xC0 == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1
    }
    return count
  }

  /// Units of the longest prefix of whole characters that has at most `unitCountMax`.
  static func wholeUnits(_ text: UnsafeRawBufferPointer, unitCountMax: Int) -> Int {
    unsafe widen(text, to: 0, unitCountMax: unitCountMax).units
  }

  /// Writes whole characters as long as they fit into `unitCountMax` units; only counts at null.
  @inline(__always)
  static func widen(
    _ text: UnsafeRawBufferPointer, to address: UInt, unitCountMax: Int
  ) -> (bytes: Int, units: Int) {
    var index = 0
    var units = 0
    // Sound: each load lies before the end of the text, each store before `unitCountMax` units.
    while text.count &- index >= 8, unitCountMax &- units >= 8 {
      let word = unsafe text.loadUnaligned(fromByteOffset: index, as: SIMD8<UInt8>.self)
      guard word.max() < 0x80 else { break }
      TargetMemory.store(
        SIMD8<UInt16>(truncatingIfNeeded: word), at: place(address, units))
      index &+= 8
      units &+= 8
    }
    while index < text.count, units < unitCountMax {
      let byte = unsafe text[index]
      guard byte < 0x80 else {
        return unsafe widenAny(text, index, units, to: address, unitCountMax: unitCountMax)
      }
      TargetMemory.store(UInt16(byte), at: place(address, units))
      index &+= 1
      units &+= 1
    }
    return (index, units)
  }

  @inline(never)
  private static func widenAny(
    _ text: UnsafeRawBufferPointer, _ start: Int, _ startUnits: Int, to address: UInt,
    unitCountMax: Int
  ) -> (bytes: Int, units: Int) {
    var index = start
    var units = startUnits
    while index < text.count {
      let (scalar, length) = unsafe decode(text, index)
      if scalar < 0x1_0000 {
        guard units < unitCountMax else { break }
        TargetMemory.store(UInt16(truncatingIfNeeded: scalar), at: place(address, units))
        units &+= 1
      } else {
        guard units &+ 1 < unitCountMax else { break }
        let rest = scalar &- 0x1_0000
        TargetMemory.store(
          UInt16(truncatingIfNeeded: 0xD800 &+ rest >> 10), at: place(address, units))
        TargetMemory.store(
          UInt16(truncatingIfNeeded: 0xDC00 &+ rest & 0x3FF), at: place(address, units &+ 1))
        units &+= 2
      }
      index &+= length
    }
    return (index, units)
  }

  /// One character; columns hold well-formed UTF-8, anything else becomes U+FFFD byte by byte.
  @inline(__always)
  private static func decode(
    _ text: UnsafeRawBufferPointer, _ index: Int
  ) -> (scalar: UInt32, length: Int) {
    // Sound: each continuation byte is read only if it lies before the end.
    let first = unsafe UInt32(text[index])
    if first < 0x80 { return (first, 1) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC2, first < 0xF5, text.count &- index >= length else { return (0xFFFD, 1) }
    var scalar = first & (0x7F >> UInt32(length))
    for step in 1..<length {
      let byte = unsafe UInt32(text[index &+ step])
      guard byte & 0xC0 == 0x80 else { return (0xFFFD, 1) }
      scalar = scalar << 6 | byte & 0x3F
    }
    return (scalar, length)
  }

  @inline(__always)
  private static func place(_ address: UInt, _ units: Int) -> UInt {
    address == 0 ? 0 : address &+ UInt(bitPattern: units &* 2)
  }
}

// The other direction: what applications pass.
extension UTF16Text {
  /// Units before a terminator.
  static func terminatedLength(at address: UInt) -> Int {
    var count = 0
    while let unit = TargetMemory.load(
      UInt16.self, at: address &+ UInt(bitPattern: count &* 2)), unit != 0
    {
      count &+= 1
    }
    return count
  }

  /// UTF-16 as UTF-8; half a surrogate pair becomes U+FFFD.
  static func narrowed(at address: UInt, byteCount: Int) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(byteCount)
    append(at: address, byteCount: byteCount, to: &text)
    return text
  }

  /// Appends UTF-16 as UTF-8.
  static func append(at address: UInt, byteCount: Int, to text: inout [UInt8]) {
    let count = byteCount >> 1
    var index = 0
    while index < count, let unit = unit(address, index) {
      index &+= 1
      if unit < 0x80 {
        text.append(UInt8(truncatingIfNeeded: unit))
        continue
      }
      var scalar = UInt32(unit)
      if 0xD800...0xDFFF ~= unit {
        if unit < 0xDC00, index < count, let low = self.unit(address, index),
          0xDC00...0xDFFF ~= low
        {
          index &+= 1
          scalar = 0x1_0000 &+ ((UInt32(unit) & 0x3FF) << 10 | UInt32(low) & 0x3FF)
        } else {
          scalar = 0xFFFD
        }
      }
      append(scalar, to: &text)
    }
  }

  @inline(__always)
  private static func unit(_ address: UInt, _ index: Int) -> UInt16? {
    TargetMemory.load(UInt16.self, at: address &+ UInt(bitPattern: index &* 2))
  }

  private static func append(_ scalar: UInt32, to text: inout [UInt8]) {
    func tail(_ shift: UInt32) -> UInt8 {
      UInt8(truncatingIfNeeded: 0x80 | scalar >> shift & 0x3F)
    }
    switch scalar {
    case ..<0x800:
      text.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
    case ..<0x1_0000:
      text.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
      text.append(tail(6))
    default:
      text.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
      text.append(tail(12))
      text.append(tail(6))
    }
    text.append(tail(0))
  }
}
