/// Text into an application's buffer: whole characters, a terminator, and the full length.
///
/// Source: ODBC Programmer's Reference, appendix D "Converting Data from SQL to C Data Types",
/// and its rules on truncation.
enum TextTransfer {
  /// Length in bytes without terminator and before cutting, and what happened.
  typealias Result = (length: Int, outcome: ConversionOutcome)

  /// UTF-8 into `SQL_C_CHAR`. Without a buffer only the length is told.
  @inline(__always)
  static func narrow(
    _ text: UnsafeRawBufferPointer, at address: UInt, capacity: Int, byteCountMax: Int = 0
  ) -> Result {
    let text = byteCountMax == 0 ? unsafe text : unsafe clipped(text, byteCountMax)
    if address == 0 { return (text.count, .exact) }
    guard text.count >= capacity else {
      unsafe TargetMemory.copy(text, to: address)
      TargetMemory.store(UInt8(0), at: address &+ UInt(bitPattern: text.count))
      return (text.count, .exact)
    }
    guard capacity > 0 else { return (text.count, .truncated) }
    let cut = unsafe clipped(text, capacity &- 1)
    unsafe TargetMemory.copy(cut, to: address)
    TargetMemory.store(UInt8(0), at: address &+ UInt(bitPattern: cut.count))
    return (text.count, .truncated)
  }

  /// UTF-8 into `SQL_C_WCHAR`: UTF-16 in the machine's order. Lengths count bytes.
  @inline(__always)
  static func wide(
    _ text: UnsafeRawBufferPointer, at address: UInt, capacity: Int, byteCountMax: Int = 0
  ) -> Result {
    // UTF-16 never has more units than UTF-8 has bytes.
    if byteCountMax == 0, address != 0, capacity >> 1 > text.count {
      let units = unsafe UTF16Text.widen(text, to: address, unitCountMax: text.count).units
      TargetMemory.store(UInt16(0), at: address &+ UInt(bitPattern: units &* 2))
      return (units &* 2, .exact)
    }
    return unsafe wideChecked(text, at: address, capacity: capacity, byteCountMax: byteCountMax)
  }

  /// Bytes into `SQL_C_BINARY`: no terminator.
  @inline(__always)
  static func binary(
    _ bytes: UnsafeRawBufferPointer, at address: UInt, capacity: Int, byteCountMax: Int = 0
  ) -> Result {
    let count = byteCountMax == 0 ? bytes.count : min(bytes.count, byteCountMax)
    if address == 0 { return (count, .exact) }
    let room = max(0, min(count, capacity))
    unsafe TargetMemory.copy(UnsafeRawBufferPointer(rebasing: bytes[0..<room]), to: address)
    return (count, room < count ? .truncated : .exact)
  }

  /// ASCII that stands for a number or moment: 22003 if more than a fraction would be cut.
  @inline(__always)
  static func ascii(
    _ text: UnsafeRawBufferPointer, isWide: Bool, at address: UInt, capacity: Int
  ) -> Result {
    let units = isWide ? capacity >> 1 : capacity
    if address == 0 || units > text.count {
      return isWide
        ? unsafe wide(text, at: address, capacity: capacity)
        : unsafe narrow(text, at: address, capacity: capacity)
    }
    let whole = unsafe wholePart(text)
    guard units > whole else { return (0, .numberOutOfRange) }
    // A point with no digit behind it says nothing.
    let room = units &- 1 == whole &+ 1 ? whole : units &- 1
    let cut = unsafe UnsafeRawBufferPointer(rebasing: text[0..<room])
    if isWide {
      _ = unsafe wide(cut, at: address, capacity: capacity)
      return (text.count &* 2, .truncated)
    }
    _ = unsafe narrow(cut, at: address, capacity: capacity)
    return (text.count, .truncated)
  }

  /// The longest prefix of at most `byteCount` bytes that ends between characters.
  static func clipped(
    _ text: UnsafeRawBufferPointer, _ byteCount: Int
  ) -> UnsafeRawBufferPointer {
    guard byteCount < text.count else { return unsafe text }
    var end = max(0, byteCount)
    // Sound: `end` is below the count.
    while end > 0, unsafe text[end] & 0xC0 == 0x80 { end &-= 1 }
    return unsafe UnsafeRawBufferPointer(rebasing: text[0..<end])
  }

  private static func wideChecked(
    _ text: UnsafeRawBufferPointer, at address: UInt, capacity: Int, byteCountMax: Int
  ) -> Result {
    var units = unsafe UTF16Text.unitCount(text)
    if byteCountMax > 0, units > byteCountMax >> 1 {
      units = unsafe UTF16Text.wholeUnits(text, unitCountMax: byteCountMax >> 1)
    }
    if address == 0 { return (units &* 2, .exact) }
    let room = (capacity >> 1) &- 1
    guard room >= 0 else { return (units &* 2, .truncated) }
    let written = unsafe UTF16Text.widen(text, to: address, unitCountMax: min(room, units)).units
    TargetMemory.store(UInt16(0), at: address &+ UInt(bitPattern: written &* 2))
    return (units &* 2, units > room ? .truncated : .exact)
  }

  /// Bytes before the point; all of them where cutting would change the magnitude or the zone.
  private static func wholePart(_ text: UnsafeRawBufferPointer) -> Int {
    var point = text.count
    for index in 0..<text.count {
      let byte = unsafe text[index]
      if byte == UInt8(ascii: "."), point == text.count { point = index }
      if byte == UInt8(ascii: "e") || (byte == UInt8(ascii: " ") && index > point) {
        return text.count
      }
    }
    return point
  }
}
