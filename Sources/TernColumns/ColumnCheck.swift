import TernCore

/// What foreign buffers must fulfil before they may become a column.
enum ColumnCheck {
  /// NULLs, counted from the bits: what a producer says must not be trusted.
  static func nullCount(_ validity: Buffer?, offset: Int, count: Int) -> Int {
    guard let validity, validity.byteCount >= (offset + count + 7) / 8 else { return 0 }
    var valid = 0
    var index = offset
    let end = offset + count
    // Sound: just compared with the buffer's length.
    while index < end {
      if index & 7 == 0, end - index >= 64 {
        let word = unsafe validity.bytes.loadUnaligned(
          fromByteOffset: index >> 3, as: UInt64.self)
        valid += word.nonzeroBitCount
        index += 64
      } else {
        valid += Int(unsafe validity.bytes[index >> 3] >> UInt8(index & 7) & 1)
        index += 1
      }
    }
    return count - valid
  }

  /// The last of `count + 1` offsets, which must start at or after 0 and never fall.
  static func lastOffset<Offset: FixedWidthInteger & BitwiseCopyable>(
    _ buffer: Buffer?, offset: Int, count: Int, _ width: Offset.Type
  ) throws(TernError) -> Int {
    let size = MemoryLayout<Offset>.size
    guard let buffer, buffer.byteCount >= (offset + count + 1) * size else {
      guard count == 0 else { throw .badReply("an Arrow column without offsets") }
      return 0
    }
    var last: Offset = 0
    for index in offset...offset + count {
      // Sound: just compared with the buffer's length.
      let next = unsafe buffer.bytes.loadUnaligned(fromByteOffset: index * size, as: Offset.self)
      guard next >= last else { throw .badReply("an Arrow column whose offsets fall") }
      last = next
    }
    guard let end = Int(exactly: last) else { throw .badReply("an Arrow column too long") }
    return end
  }

  /// The column itself if it is no text or all of it is UTF-8; else a repaired copy, or 22018.
  static func utf8(_ column: Column, repairs: Bool) throws(TernError) -> Column {
    guard column.isText, let bad = firstBadText(column) else { return column }
    guard repairs else {
      throw .data("row \(bad) of an Arrow text column is not UTF-8", .invalidCast)
    }
    let builder = ColumnBuilder(column.type)
    for row in 0..<column.count {
      if column.isNullUnchecked(row) {
        try builder.appendNull()
      } else {
        try builder.append(text: String(decoding: try column.bytes(at: row), as: UTF8.self))
      }
    }
    return try builder.finish()
  }

  /// Whether all bytes together are UTF-8, and no value begins inside of a character: then each
  /// value is UTF-8, and none need be looked at by itself.
  private static func isAllText(_ column: Column) -> Bool {
    guard column.count > 0, let data = column.data,
      let offsets = unsafe column.offsets(as: Int32.self)
    else { return false }
    let (first, last) = unsafe (Int(offsets[0]), Int(offsets[column.count]))
    guard first >= 0, last >= first, last <= data.byteCount else { return false }
    // Sound: just compared with the buffer's length, read while the column lives.
    let all = unsafe UnsafeRawBufferPointer(start: data.baseAddress + first, count: last - first)
    guard unsafe UTF8Check.isValid(all) else { return false }
    for row in 0..<column.count {
      let start = unsafe Int(offsets[row])
      // Offsets do not fall, and lie between those two; the last may be the end.
      if start < last, unsafe data.bytes[start] & 0xC0 == 0x80 { return false }
    }
    return true
  }

  private static func firstBadText(_ column: Column) -> Int? {
    if column.type == .utf8, isAllText(column) { return nil }
    return (0..<column.count).first { row in
      guard !column.isNullUnchecked(row) else { return false }
      // Sound: read while the column is alive.
      guard let bytes = unsafe column.rawBytes(at: row) else { return true }
      return unsafe !UTF8Check.isValid(bytes)
    }
  }
}
