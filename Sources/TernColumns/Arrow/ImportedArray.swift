import CTern
import TernCore

/// An array that a producer handed over, released with the last buffer that points into it.
@safe final class ImportedArray {
  private let array: UnsafeMutablePointer<ArrowArray>

  /// Moves the struct here; the one that was passed is marked released.
  @unsafe init(taking source: UnsafeMutablePointer<ArrowArray>) {
    unsafe array = .allocate(capacity: 1)
    unsafe array.initialize(to: source.pointee)
    unsafe source.pointee.release = nil
  }

  deinit {
    if let release = unsafe array.pointee.release { unsafe release(array) }
    unsafe array.deallocate()
  }

  /// The whole array as a column whose buffers keep it alive.
  func column(_ type: ImportedType) throws(TernError) -> Column {
    guard unsafe array.pointee.release != nil else {
      throw .usage("an Arrow array was released already")
    }
    return try unsafe ArrayReader(array.pointee, type, owner: self).column()
  }
}

/// Checks one node of an imported array against its type and wraps its buffers.
@safe struct ArrayReader {
  let array: ArrowArray
  let type: ImportedType
  let owner: ImportedArray
  /// Values, and the index of the first one.
  let count: Int
  let offset: Int

  init(_ array: ArrowArray, _ type: ImportedType, owner: ImportedArray) throws(TernError) {
    unsafe self.array = array
    self.type = type
    self.owner = owner
    guard let count = unsafe Int(exactly: array.length),
      let offset = unsafe Int(exactly: array.offset), 0...Self.countMax ~= count,
      0...Self.countMax ~= offset
    else { throw .usage("an Arrow array has an impossible length or offset") }
    self.count = count
    self.offset = offset
  }

  /// Beyond this, products of lengths and widths could overflow.
  private static let countMax = 1 << 40

  /// The column, converted where the producer's layout is not ours.
  func column() throws(TernError) -> Column {
    switch type.encoding {
    case .plain: return try plain(type.field.type)
    case .dictionary(let indexes, let values): return try decoded(indexes, values)
    case .dayTime: return try dayTime()
    case .view: return try views()
    case .largeList: return try largeList()
    }
  }

  /// The column in the layout that the type has in Tern.
  func plain(_ type: DataType) throws(TernError) -> Column {
    let layout = ColumnLayout(type)
    let validity = layout == .none ? nil : try validityBuffer()
    var values: Buffer?
    var data: Buffer?
    var children: [Column] = []
    switch layout {
    case .none: break
    case .bits: values = try buffer(1, byteCount: (offset + count + 7) / 8, alignment: 1)
    case .fixed(let width):
      values = try buffer(1, byteCount: (offset + count) * width, alignment: min(width, 16))
    case .offsets32: (values, data) = try text(Int32.self)
    case .offsets64: (values, data) = try text(Int64.self)
    case .list32:
      (values, children) = try list()
    case .fixedList(let size): children = [try child(0, countMin: (offset + count) * size)]
    case .children:
      for index in self.type.children.indices {
        children.append(try child(index, countMin: offset + count))
      }
    }
    let nulls =
      layout == .none ? count : ColumnCheck.nullCount(validity, offset: offset, count: count)
    let column = Column(
      trusted: type, count: count, nullCount: nulls, offset: offset, validity: validity,
      values: values, data: data, children: children)
    return try ColumnCheck.utf8(column, repairs: false)
  }

  /// A buffer, copied if it is not aligned to its values.
  func buffer(
    _ index: Int, byteCount: Int, alignment: Int
  ) throws(TernError) -> Buffer {
    guard unsafe Int64(index) < array.n_buffers, let start = unsafe array.buffers?[index] else {
      guard byteCount == 0 || count == 0 else {
        throw .usage("an Arrow array of \(count) values lacks a buffer")
      }
      var empty = ByteStore()
      try empty.append(repeating: 0, byteCount: min(max(byteCount, 8), 64))
      return try empty.finish()
    }
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: byteCount)
    // Alignments are powers of two up to 16; widths that are none hold bytes.
    let mask = alignment.nonzeroBitCount == 1 ? UInt(alignment) - 1 : 0
    guard UInt(bitPattern: start) & mask != 0 else { return unsafe Buffer(bytes, owner: owner) }
    var copy = ByteStore()
    try unsafe copy.append(bytes)
    return try copy.finish()
  }

  func validityBuffer() throws(TernError) -> Buffer? {
    guard unsafe array.n_buffers > 0, unsafe array.buffers?[0] != nil else { return nil }
    return try buffer(0, byteCount: (offset + count + 7) / 8, alignment: 1)
  }

  /// A child, which must have at least so many values.
  func child(_ index: Int, countMin: Int) throws(TernError) -> Column {
    guard unsafe array.n_children == Int64(type.children.count), type.children.indices ~= index,
      let child = unsafe array.children?[index]
    else { throw .usage("an Arrow array lacks a child") }
    let column = try unsafe ArrayReader(child.pointee, type.children[index], owner: owner).column()
    guard column.count >= countMin else { throw .usage("a child of an Arrow array is too short") }
    return column
  }

  private func text<Offset: FixedWidthInteger & BitwiseCopyable>(
    _ width: Offset.Type
  ) throws(TernError) -> (Buffer, Buffer) {
    let (offsets, end) = try offsets(width)
    return (offsets, try buffer(2, byteCount: end, alignment: 1))
  }

  /// The offsets, checked to start at or after 0 and never to fall, and the last of them.
  func offsets<Offset: FixedWidthInteger & BitwiseCopyable>(
    _ width: Offset.Type
  ) throws(TernError) -> (Buffer, Int) {
    let size = MemoryLayout<Offset>.size
    guard offset + count > 0 else {
      // Old writers give no bytes for the offsets of no values, wherever the pointer shows.
      var zero = ByteStore()
      try zero.append(repeating: 0, byteCount: size)
      return (try zero.finish(), 0)
    }
    let buffer = try buffer(1, byteCount: (offset + count + 1) * size, alignment: size)
    let end = try ColumnCheck.lastOffset(buffer, offset: offset, count: count, width)
    guard end <= Self.countMax else { throw .usage("an Arrow array claims impossible offsets") }
    return (buffer, end)
  }

  private func list() throws(TernError) -> (Buffer, [Column]) {
    let (offsets, end) = try offsets(Int32.self)
    return (offsets, [try child(0, countMin: end)])
  }
}
