import TernCore

/// What foreign buffers must fulfil before they may become a column.
enum ColumnCheck {
  /// NULLs, counted from the bits: what a producer says must not be trusted.
  static func nullCount(_ validity: Buffer?, offset: Int, count: Int) -> Int {
    guard let validity, validity.byteCount >= (offset + count + 7) / 8 else { return 0 }
    var valid = 0
    for index in offset..<offset + count {
      // Sound: just compared with the buffer's length.
      valid += Int(unsafe validity.bytes[index >> 3] >> UInt8(index & 7) & 1)
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

  private static func firstBadText(_ column: Column) -> Int? {
    (0..<column.count).first { row in
      guard !column.isNullUnchecked(row) else { return false }
      // Sound: read while the column is alive.
      guard let bytes = unsafe column.rawBytes(at: row) else { return true }
      return unsafe !UTF8Check.isValid(bytes)
    }
  }
}
