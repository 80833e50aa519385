// The fast path of the front doors: typed loops over whole buffers.
extension Column {
  /// The `count` values of this column (after `offset`), or nil unless each is as wide as `Stored`.
  ///
  /// Valid while the column lives. What lies under a NULL is unspecified.
  @unsafe public func values<Stored: BitwiseCopyable>(
    as type: Stored.Type
  ) -> UnsafeBufferPointer<Stored>? {
    guard case .fixed(let byteWidth) = ColumnLayout(self.type),
      byteWidth == MemoryLayout<Stored>.stride, let values,
      (offset + count) * byteWidth <= values.byteCount
    else { return nil }
    // Sound: the buffer holds `offset + count` values of this width, and values of Tern's own
    // buffers are aligned; imports that are not were copied.
    let start = unsafe (values.baseAddress + offset * byteWidth)
      .assumingMemoryBound(to: Stored.self)
    return unsafe UnsafeBufferPointer(start: start, count: count)
  }

  /// The `count + 1` offsets of a text, binary or list column, or nil unless they are as wide.
  @unsafe public func offsets<Stored: FixedWidthInteger & BitwiseCopyable>(
    as type: Stored.Type
  ) -> UnsafeBufferPointer<Stored>? {
    let byteWidth = MemoryLayout<Stored>.stride
    let layout = ColumnLayout(self.type)
    let own = layout == .offsets64 ? 8 : layout == .offsets32 || layout == .list32 ? 4 : 0
    guard own == byteWidth, let values, (offset + count + 1) * byteWidth <= values.byteCount
    else { return nil }
    // Sound: as in `values(as:)`.
    let start = unsafe (values.baseAddress + offset * byteWidth)
      .assumingMemoryBound(to: Stored.self)
    return unsafe UnsafeBufferPointer(start: start, count: count + 1)
  }

  /// The bytes of a text or binary value, empty under a NULL; nil if `row` is outside the column
  /// or holds no bytes. Valid while the column lives.
  @unsafe public func rawBytes(at row: Int) -> UnsafeRawBufferPointer? {
    guard row >= 0, row < count else { return nil }
    let start: Int
    let end: Int
    switch ColumnLayout(type) {
    case .offsets32:
      guard let offsets = unsafe offsets(as: Int32.self) else { return nil }
      (start, end) = unsafe (Int(offsets[row]), Int(offsets[row + 1]))
    case .offsets64:
      guard let offsets = unsafe offsets(as: Int64.self) else { return nil }
      (start, end) = unsafe (Int(offsets[row]), Int(offsets[row + 1]))
    case .fixed(let byteWidth):
      return unsafe slice(of: values, (offset + row) * byteWidth, (offset + row + 1) * byteWidth)
    case .none, .bits, .list32, .fixedList, .children: return nil
    }
    return unsafe slice(of: data, start, end)
  }

  /// Whether the value is NULL; `row` must be inside the column.
  @inline(__always)
  func isNullUnchecked(_ row: Int) -> Bool {
    guard let validity else { return type == .null }
    // Sound: `validity` holds `offset + count` bits, and callers checked `row`.
    return unsafe validity.bytes[(offset + row) >> 3] >> UInt8((offset + row) & 7) & 1 == 0
  }

  private func slice(of buffer: Buffer?, _ start: Int, _ end: Int) -> UnsafeRawBufferPointer? {
    guard start >= 0, start <= end, end <= buffer?.byteCount ?? 0 else { return nil }
    guard let buffer else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
    // Sound: just checked against the buffer's length.
    return unsafe UnsafeRawBufferPointer(start: buffer.baseAddress + start, count: end - start)
  }
}
