import TernCore

/// Turns the body of one record batch into columns: nodes and buffers in the order of the fields,
/// parents before children.
struct ArrowIPCBatch {
  private let nodes: [(first: Int64, second: Int64)]
  private let buffers: [(first: Int64, second: Int64)]
  private let rowCount: Int
  private let body: Buffer
  private let repairsText: Bool
  private var nextNode = 0
  private var nextBuffer = 0

  init(
    _ header: FlatBufferTable, _ body: Buffer, _ repairsText: Bool
  ) throws(TernError) {
    guard try header.table(3) == nil else {
      throw .unsupported("a compressed Arrow record batch")
    }
    nodes = try header.pairs(1)
    buffers = try header.pairs(2)
    let count: Int64 = try header.number(0)
    countMax = 8 * Int64(body.byteCount) + Self.bareCountMax
    guard 0...countMax ~= count else { throw Self.malformed("a row count") }
    rowCount = Int(count)
    self.body = body
    self.repairsText = repairsText
  }

  /// Values that a column may have: a bit of the body each, at least. Some columns need no bytes;
  /// loops over those must end all the same.
  private let countMax: Int64
  private static let bareCountMax: Int64 = 1 << 20

  /// All columns of the schema; nothing may be left over.
  mutating func batch(_ schema: Schema) throws(TernError) -> Batch {
    var columns: [Column] = []
    for field in schema.fields {
      let column = try column(field.type)
      guard column.count == rowCount else { throw Self.malformed("columns of other lengths") }
      columns.append(column)
    }
    guard nextNode == nodes.count, nextBuffer == buffers.count else {
      throw Self.malformed("more columns than the schema has")
    }
    return try Batch(schema, columns, rowCount: rowCount)
  }

  private mutating func column(_ type: DataType) throws(TernError) -> Column {
    guard nextNode < nodes.count else { throw Self.malformed("fewer columns than the schema has") }
    let node = nodes[nextNode]
    nextNode += 1
    guard 0...countMax ~= node.first else { throw Self.malformed("a length") }
    let count = Int(node.first)
    let layout = ColumnLayout(type)
    let validity = layout == .none ? nil : try validity(count, nullCount: node.second)
    var values: Buffer?
    var data: Buffer?
    switch layout {
    case .none, .fixedList, .children: break
    case .bits: values = try buffer((count + 7) / 8, alignment: 1)
    case .fixed(let width): values = try buffer(count * width, alignment: min(width, 16))
    case .offsets32: (values, data) = try text(count, Int32.self)
    case .offsets64: (values, data) = try text(count, Int64.self)
    case .list32: values = try buffer((count + 1) * 4, alignment: 4, isOptional: count == 0)
    }
    var children: [Column] = []
    for child in type.children { children.append(try column(child.type)) }
    try check(children, count, layout, values)
    let nulls = layout == .none ? count : ColumnCheck.nullCount(validity, offset: 0, count: count)
    let column = Column(
      trusted: type, count: count, nullCount: nulls, validity: validity, values: values,
      data: data, children: children)
    return try ColumnCheck.utf8(column, repairs: repairsText)
  }

  /// The children must reach as far as their parent says.
  private func check(
    _ children: [Column], _ count: Int, _ layout: ColumnLayout, _ values: Buffer?
  ) throws(TernError) {
    let wanted: Int
    switch layout {
    case .list32:
      wanted = try ColumnCheck.lastOffset(values, offset: 0, count: count, Int32.self)
    case .fixedList(let size): wanted = count * size
    case .children: wanted = count
    case .none, .bits, .fixed, .offsets32, .offsets64: return
    }
    guard children.allSatisfy({ $0.count >= wanted }) else {
      throw Self.malformed("a child that is too short")
    }
  }

  /// The bits of a column; none are sent, or needed, where nothing is NULL.
  private mutating func validity(
    _ count: Int, nullCount: Int64
  ) throws(TernError) -> Buffer? {
    guard nextBuffer < buffers.count else { throw Self.malformed("too few buffers") }
    guard buffers[nextBuffer].second > 0, nullCount != 0 else {
      nextBuffer += 1
      return nil
    }
    return try buffer((count + 7) / 8, alignment: 1)
  }

  private mutating func text<Offset: FixedWidthInteger & BitwiseCopyable>(
    _ count: Int, _ width: Offset.Type
  ) throws(TernError) -> (Buffer, Buffer) {
    let size = MemoryLayout<Offset>.size
    let offsets = try buffer((count + 1) * size, alignment: size, isOptional: count == 0)
    let end = try ColumnCheck.lastOffset(offsets, offset: 0, count: count, width)
    return (offsets, try buffer(end, alignment: 1))
  }

  /// The next buffer, of which so many bytes are needed; copied if it is not aligned. An optional
  /// one may be empty, and is then zeroes.
  private mutating func buffer(
    _ byteCount: Int, alignment: Int, isOptional: Bool = false
  ) throws(TernError) -> Buffer {
    guard nextBuffer < buffers.count else { throw Self.malformed("too few buffers") }
    let place = buffers[nextBuffer]
    nextBuffer += 1
    guard place.first >= 0, place.second >= 0, place.first <= Int64(body.byteCount),
      place.second <= Int64(body.byteCount) - place.first
    else { throw Self.malformed("a buffer outside the body") }
    if isOptional, place.second < Int64(byteCount) {
      var zeroes = ByteStore()
      try zeroes.append(repeating: 0, byteCount: byteCount)
      return try zeroes.finish()
    }
    guard place.second >= Int64(byteCount) else { throw Self.malformed("a short buffer") }
    // Sound: just compared with the body, which the new buffer keeps alive.
    let start = unsafe body.baseAddress + Int(place.first)
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: byteCount)
    let mask = alignment.nonzeroBitCount == 1 ? UInt(alignment) - 1 : 0
    guard UInt(bitPattern: start) & mask != 0 else {
      return unsafe Buffer(bytes, owner: body)
    }
    var copy = ByteStore()
    try unsafe copy.append(bytes)
    return try copy.finish()
  }

  private static func malformed(_ what: String) -> TernError {
    .badReply("an Arrow record batch with \(what)")
  }
}
