import TernCore

/// The buffers of one batch as they lie behind its message: depth first, each padded to 64 bytes.
///
/// Slices are written without what lies before and after them.
struct ArrowIPCBody {
  /// All buffers and their padding.
  private(set) var bytes: [UInt8] = []
  /// Length and NULL count of each column and child.
  private(set) var nodes: [(Int64, Int64)] = []
  /// Offset and length of each buffer.
  private(set) var buffers: [(Int64, Int64)] = []

  /// Appends a column and the columns inside it.
  mutating func append(_ column: Column) throws(TernError) {
    nodes.append((Int64(column.count), Int64(column.nullCount)))
    if column.type == .null { return }
    if let validity = column.validity {
      try append(bits: validity, of: column)
    } else {
      endBuffer(bytes.count)
    }
    switch ColumnLayout(column.type) {
    case .none: break
    case .bits:
      if let values = column.values { try append(bits: values, of: column) }
    case .fixed(let width): try append(column.values, column.offset * width, column.count * width)
    case .offsets32: try append(texts: column, Int32.self)
    case .offsets64: try append(texts: column, Int64.self)
    case .list32:
      let (start, end) = try append(offsets: column, Int32.self)
      try append(child: column, 0, start, end - start)
    case .fixedList(let size):
      try append(child: column, 0, column.offset * size, column.count * size)
    case .children:
      for index in column.children.indices {
        try append(child: column, index, column.offset, column.count)
      }
    }
  }

  private mutating func append(
    child column: Column, _ index: Int, _ start: Int, _ count: Int
  ) throws(TernError) {
    guard column.children.indices.contains(index) else { throw column.corrupt }
    try append(try column.children[index].slice(start, count: count))
  }

  /// Appends the bits of a slice, the first one moved to the start of a byte.
  private mutating func append(bits: Buffer, of column: Column) throws(TernError) {
    let (offset, count) = (column.offset, column.count)
    guard (offset + count + 7) / 8 <= bits.byteCount else { throw column.corrupt }
    let start = bytes.count
    let shift = offset % 8
    for index in 0..<(count + 7) / 8 {
      let place = offset / 8 + index
      // Sound: checked against the buffer's length above; the next byte is looked at only if the
      // slice reaches into it.
      var byte = unsafe bits.bytes[place] >> UInt8(shift)
      if shift > 0, place + 1 < bits.byteCount {
        byte |= unsafe bits.bytes[place + 1] << UInt8(8 - shift)
      }
      bytes.append(byte)
    }
    // What follows the slice does not leave the process.
    if count % 8 > 0 { bytes[bytes.count - 1] &= UInt8(1 << (count % 8)) - 1 }
    endBuffer(start)
  }

  private mutating func append(
    texts column: Column, _ type: (some FixedWidthInteger & BitwiseCopyable).Type
  ) throws(TernError) {
    let (start, end) = try append(offsets: column, type)
    try append(column.data, start, end - start)
  }

  /// Appends offsets that start at 0; returns what they span in the data or child.
  private mutating func append<Offset: FixedWidthInteger & BitwiseCopyable>(
    offsets column: Column, _ type: Offset.Type
  ) throws(TernError) -> (start: Int, end: Int) {
    let start = bytes.count
    guard let offsets = unsafe column.offsets(as: type), let first = unsafe offsets.first,
      let last = unsafe offsets.last, first >= 0, last >= first
    else {
      guard column.count == 0 else { throw column.corrupt }
      bytes.append(contentsOf: repeatElement(0, count: MemoryLayout<Offset>.size))
      endBuffer(start)
      return (0, 0)
    }
    bytes.reserveCapacity(bytes.count + (column.count + 1) * MemoryLayout<Offset>.size)
    for index in 0...column.count {
      // Sound: `offsets(as:)` has count + 1 of them.
      var rest = unsafe offsets[index] &- first
      for _ in 0..<MemoryLayout<Offset>.size {
        bytes.append(UInt8(truncatingIfNeeded: rest))
        rest >>= 8
      }
    }
    endBuffer(start)
    return (Int(first), Int(last))
  }

  private mutating func append(
    _ buffer: Buffer?, _ start: Int, _ byteCount: Int
  ) throws(TernError) {
    let end = bytes.count
    if byteCount > 0 {
      guard let buffer, start >= 0, byteCount <= buffer.byteCount - start else {
        throw .internal("a column has short buffers")
      }
      // Sound: just checked; copied while the column is alive.
      unsafe bytes.append(
        contentsOf: UnsafeRawBufferPointer(start: buffer.baseAddress + start, count: byteCount))
    }
    endBuffer(end)
  }

  /// Notes the buffer that began at `start`, and pads.
  private mutating func endBuffer(_ start: Int) {
    buffers.append((Int64(start), Int64(bytes.count - start)))
    while bytes.count % 64 != 0 { bytes.append(0) }
  }
}
