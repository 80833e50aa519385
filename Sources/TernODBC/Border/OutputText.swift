/// Where a text result goes: the buffer, its size, and where the full length is wanted.
///
/// The one place that cuts, terminates and measures text for callers (ODBC, "Character data and
/// C strings"; lengths of wide functions count bytes or characters by function).
struct OutputText {
  /// How wide the caller's length variable is.
  enum LengthWidth { case bits16, bits32 }

  /// What the sizes count.
  enum Unit { case bytes, characters }

  let start: Address
  private let capacity: Int
  private let length: Address
  private let lengthWidth: LengthWidth
  private let unit: Unit
  let encoding: InputText.Encoding

  /// A narrow result; sizes in bytes.
  @unsafe init(
    narrow start: UnsafeMutableRawPointer?, _ capacity: some BinaryInteger,
    _ length: UnsafeMutablePointer<Int16>?
  ) {
    self.init(
      unsafe Address(start), Int(capacity), unsafe Address(length), .bits16, .bytes, .utf8)
  }

  /// A narrow result with a wide length variable.
  @unsafe init(
    narrow start: UnsafeMutableRawPointer?, _ capacity: some BinaryInteger,
    _ length: UnsafeMutablePointer<Int32>?
  ) {
    self.init(
      unsafe Address(start), Int(capacity), unsafe Address(length), .bits32, .bytes, .utf8)
  }

  /// A wide result.
  @unsafe init(
    wide start: UnsafeMutableRawPointer?, _ capacity: some BinaryInteger, _ unit: Unit,
    _ length: UnsafeMutablePointer<Int16>?
  ) {
    self.init(
      unsafe Address(start), Int(capacity), unsafe Address(length), .bits16, unit, .utf16)
  }

  /// A wide result with a wide length variable.
  @unsafe init(
    wide start: UnsafeMutableRawPointer?, _ capacity: some BinaryInteger, _ unit: Unit,
    _ length: UnsafeMutablePointer<Int32>?
  ) {
    self.init(
      unsafe Address(start), Int(capacity), unsafe Address(length), .bits32, unit, .utf16)
  }

  private init(
    _ start: Address, _ capacity: Int, _ length: Address, _ lengthWidth: LengthWidth,
    _ unit: Unit, _ encoding: InputText.Encoding
  ) {
    self.start = start
    self.capacity = capacity
    self.length = length
    self.lengthWidth = lengthWidth
    self.unit = unit
    self.encoding = encoding
  }

  /// Bytes in a unit of the encoding.
  private var unitByteCount: Int { encoding == .utf16 ? 2 : 1 }

  /// Whether the size is below zero.
  var hasNegativeSize: Bool { capacity < 0 }

  /// Whether the size is one that no text can have.
  var hasBadSize: Bool {
    capacity < 0 || (unit == .bytes && encoding == .utf16 && capacity % 2 != 0)
  }

  /// Writes `text` with its terminator, cut at a whole character if it does not fit, and its full
  /// length.
  ///
  /// - Returns: whether it was cut; asking for the length only (null buffer) cuts nothing.
  func write(_ text: String) -> Bool {
    switch encoding {
    case .utf8: return write(text.utf8.count) { writeUTF8(text, room: $0) }
    case .utf16: return write(text.utf16.count) { writeUTF16(text, room: $0) }
    }
  }

  /// Writes the byte count of a number, as functions of mixed results do.
  func writeLength(_ byteCount: Int) { storeLength(byteCount) }

  private func write(_ unitCount: Int, _ copy: (_ room: Int) -> Void) -> Bool {
    storeLength(unit == .bytes ? unitCount * unitByteCount : unitCount)
    guard !start.isNull else { return false }
    let room = max(0, unit == .bytes ? capacity / unitByteCount : capacity)
    if room > 0 { copy(room - 1) }
    return room <= unitCount
  }

  private func storeLength(_ value: Int) {
    switch lengthWidth {
    case .bits16: length.store(Int16(clamping: value))
    case .bits32: length.store(Int32(clamping: value))
    }
  }

  private func writeUTF8(_ text: String, room: Int) {
    var text = text
    text.withUTF8 { bytes in
      var count = min(room, bytes.count)
      // A continuation byte behind the cut means that the cut is inside a character.
      if count < bytes.count { while count > 0, unsafe bytes[count] & 0xC0 == 0x80 { count -= 1 } }
      // Sound: the caller gave room for `room + 1` bytes, and `count <= room`.
      if let source = bytes.baseAddress {
        unsafe start.pointer?.copyMemory(from: source, byteCount: count)
      }
      start.advanced(by: count).store(UInt8(0))
    }
  }

  private func writeUTF16(_ text: String, room: Int) {
    var offset = 0
    for scalar in text.unicodeScalars {
      let units = UTF16.encode(scalar)
      guard let units, offset + units.count <= room else { break }
      for unit in units {
        start.advanced(by: offset * 2).store(unit)
        offset += 1
      }
    }
    start.advanced(by: offset * 2).store(UInt16(0))
  }
}
