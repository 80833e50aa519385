import CTern
import TernCore

// Layouts of other producers that become ours, by copying.
extension ArrayReader {
  /// A dictionary's values in the order of the indexes.
  func decoded(_ indexes: DataType, _ values: ImportedType) throws(TernError) -> Column {
    guard let dictionary = unsafe array.dictionary else {
      throw .usage("an Arrow array lacks its dictionary")
    }
    let words = try unsafe ArrayReader(dictionary.pointee, values, owner: owner).column()
    let column = try plain(indexes)
    let builder = ColumnBuilder(type.field.type)
    for row in 0..<column.count {
      if column.isNullUnchecked(row) {
        try builder.appendNull()
        continue
      }
      let index = try column.uint64(at: row)
      guard index < UInt64(words.count) else {
        throw .usage("an index of an Arrow array is outside its dictionary")
      }
      try builder.append(try words.value(at: Int(index)))
    }
    return try builder.finish()
  }

  /// Days and milliseconds as months, days and nanoseconds.
  func dayTime() throws(TernError) -> Column {
    let source = try plain(.int64)
    let builder = ColumnBuilder(.intervalMonthDayNano)
    for row in 0..<source.count {
      if source.isNullUnchecked(row) {
        try builder.appendNull()
        continue
      }
      let both = UInt64(bitPattern: try source.int64(at: row))
      let days = Int32(truncatingIfNeeded: both)
      let milliseconds = Int32(truncatingIfNeeded: both >> 32)
      try builder.append(
        interval: MonthDayNano(
          months: 0, days: days, nanoseconds: Int64(milliseconds) * 1_000_000))
    }
    return try builder.finish()
  }

  /// 16-byte views: a length, then the bytes themselves or a prefix, a buffer and an offset.
  func views() throws(TernError) -> Column {
    let views = try buffer(1, byteCount: (offset + count) * 16, alignment: 1)
    let validity = try validityBuffer()
    let builder = ColumnBuilder(type.field.type)
    for index in offset..<offset + count {
      // Sound: the buffer has 16 bytes a value, and as many bits as values.
      if let validity, unsafe validity.bytes[index >> 3] >> UInt8(index & 7) & 1 == 0 {
        try builder.appendNull()
      } else {
        try unsafe builder.append(raw: view(views, at: index * 16))
      }
    }
    return try builder.finish()
  }

  /// The bytes of one view. The last buffer holds the lengths of those between.
  private func view(_ views: Buffer, at start: Int) throws(TernError) -> UnsafeRawBufferPointer {
    let bad = TernError.usage("a view of an Arrow array points outside its buffers")
    // Sound: every view was counted into the buffer; data is compared with the lengths given.
    let length = unsafe Int(views.bytes.loadUnaligned(fromByteOffset: start, as: Int32.self))
    guard length >= 0 else { throw bad }
    if length <= 12 {
      return unsafe UnsafeRawBufferPointer(start: views.baseAddress + start + 4, count: length)
    }
    let number = unsafe Int(
      views.bytes.loadUnaligned(fromByteOffset: start + 8, as: Int32.self))
    let offset = unsafe Int(
      views.bytes.loadUnaligned(fromByteOffset: start + 12, as: Int32.self))
    let last = unsafe Int(clamping: array.n_buffers) - 1
    guard number >= 0, number + 2 < last, offset >= 0,
      let lengths = unsafe array.buffers?[last], let data = unsafe array.buffers?[number + 2]
    else { throw bad }
    let size = unsafe lengths.loadUnaligned(fromByteOffset: number * 8, as: Int64.self)
    guard Int64(offset) + Int64(length) <= size else { throw bad }
    return unsafe UnsafeRawBufferPointer(start: data + offset, count: length)
  }

  /// 64-bit list offsets as 32-bit ones.
  func largeList() throws(TernError) -> Column {
    let (wide, end) = try offsets(Int64.self)
    let inner = try child(0, countMin: end)
    var narrow = ByteStore()
    for index in offset...offset + count where wide.byteCount >= (index + 1) * 8 {
      let value = unsafe wide.bytes.loadUnaligned(fromByteOffset: index * 8, as: Int64.self)
      guard let fitting = Int32(exactly: value) else {
        throw .unsupported("an Arrow list column has more than 2^31 elements")
      }
      try narrow.append(fitting)
    }
    let validity = try validityBuffer()
    // The offsets start at 0 now, the bits do not: copy those that count.
    var bits = ValidityBuilder()
    for row in 0..<count {
      guard let validity else { break }
      let index = offset + row
      if unsafe validity.bytes[index >> 3] >> UInt8(index & 7) & 1 == 0 {
        try bits.setNull(at: row)
      }
    }
    let nulls = bits.nullCount
    return Column(
      trusted: type.field.type, count: count, nullCount: nulls,
      validity: try bits.finish(count: count), values: try narrow.finish(), children: [inner])
  }
}
