import TernColumns

/// The stored values of a fixed-width column, read without checks.
///
/// Sound while the column lives and the row is inside it: whoever makes one holds the column as an
/// argument, and `ColumnConverter.write` checks the rows once.
@safe struct SourceCells<Value: BitwiseCopyable> {
  private let start: UnsafePointer<Value>

  /// Nil if the column's buffer is shorter than it claims.
  init?(_ column: borrowing Column) {
    guard let start = unsafe column.values(as: Value.self)?.baseAddress else { return nil }
    unsafe self.start = start
  }

  @inline(__always)
  subscript(row: Int) -> Value { unsafe start[row] }

  /// The bytes of some values.
  @inline(__always)
  func bytes(_ rows: Range<Int>) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(
      UnsafeBufferPointer(start: start + rows.lowerBound, count: rows.count))
  }
}

/// One bit a value: Booleans and validity. Sound as `SourceCells` is.
@safe struct SourceBits {
  private let start: UnsafeRawPointer
  private let offset: Int

  /// The values of a Boolean column.
  init?(values column: borrowing Column) {
    guard let buffer = column.values, (column.offset + column.count + 7) / 8 <= buffer.byteCount
    else { return nil }
    unsafe start = buffer.baseAddress
    offset = column.offset
  }

  /// Which values are not NULL; nil when all are.
  init?(validity column: borrowing Column) {
    guard let buffer = column.validity,
      (column.offset + column.count + 7) / 8 <= buffer.byteCount
    else { return nil }
    unsafe start = buffer.baseAddress
    offset = column.offset
  }

  @inline(__always)
  subscript(row: Int) -> Bool {
    let index = offset &+ row
    let byte = unsafe start.load(fromByteOffset: index >> 3, as: UInt8.self)
    return byte >> UInt8(truncatingIfNeeded: index & 7) & 1 == 1
  }
}

/// The bytes of text and binary columns. Sound as `SourceCells` is; offsets are checked at each
/// value, because an import may have brought wrong ones.
@safe struct SourceBytes<Offset: FixedWidthInteger & BitwiseCopyable> {
  private let offsets: UnsafePointer<Offset>
  private let data: UnsafeRawPointer?
  private let byteCount: Int

  init?(_ column: borrowing Column) {
    guard let start = unsafe column.offsets(as: Offset.self)?.baseAddress else { return nil }
    unsafe offsets = start
    unsafe data = column.data?.baseAddress
    byteCount = column.data?.byteCount ?? 0
  }

  @inline(__always)
  subscript(row: Int) -> UnsafeRawBufferPointer {
    let start = unsafe Int(truncatingIfNeeded: offsets[row])
    let end = unsafe Int(truncatingIfNeeded: offsets[row &+ 1])
    guard start >= 0, start <= end, end <= byteCount, let data = unsafe data else {
      return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return unsafe UnsafeRawBufferPointer(start: data + start, count: end &- start)
  }
}
