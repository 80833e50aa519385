/// A value in a FlatBuffers table, as far as Arrow's messages need them.
enum FlatValue {
  case bool(Bool)
  case int8(UInt8)
  case int16(Int16)
  case int32(Int32)
  case int64(Int64)
  case text(String)
  case table(FlatTable)
  case tables([FlatTable])
  /// A vector of structures of two 64-bit numbers.
  case pairs([(Int64, Int64)])
}

/// A FlatBuffers table: values by field number.
final class FlatTable {
  let fields: [(number: Int, value: FlatValue)]

  init(_ fields: [(number: Int, value: FlatValue)] = []) { self.fields = fields }
}

/// Writes a table and what hangs on it, front to back, so that every offset points forward.
///
/// Source: FlatBuffers internals, "Format components". Offsets count from their own place; a table
/// starts with the distance back to its vtable.
struct FlatBufferWriter {
  /// The buffer; its start must lie at a multiple of 8.
  private(set) var bytes: [UInt8] = []

  /// Writes a buffer with `root`.
  init(root: FlatTable) {
    append(UInt32(0))
    patch(0, target: write(root))
  }

  /// Writes the table's vtable, the table, and then what its fields point to.
  private mutating func write(_ table: FlatTable) -> Int {
    let numbers = (table.fields.map(\.number).max() ?? -1) + 1
    let vtableByteCount = 4 + 2 * numbers
    // The table itself begins at a multiple of 8, so that field offsets are aligned as they are.
    while (bytes.count + vtableByteCount) % 8 != 0 { bytes.append(0) }
    var offsets = [UInt16](repeating: 0, count: numbers)
    var tableByteCount = 4
    for (number, value) in table.fields {
      let width = value.width
      tableByteCount = (tableByteCount + width - 1) / width * width
      offsets[number] = UInt16(tableByteCount)
      tableByteCount += width
    }
    append(UInt16(vtableByteCount))
    append(UInt16(tableByteCount))
    for offset in offsets { append(offset) }
    let start = bytes.count
    append(Int32(vtableByteCount))
    for (number, value) in table.fields {
      while bytes.count < start + Int(offsets[number]) { bytes.append(0) }
      appendInline(value)
    }
    for (number, value) in table.fields {
      if let target = writeTarget(value) { patch(start + Int(offsets[number]), target: target) }
    }
    return start
  }

  private mutating func appendInline(_ value: FlatValue) {
    switch value {
    case .bool(let value): bytes.append(value ? 1 : 0)
    case .int8(let value): bytes.append(value)
    case .int16(let value): append(value)
    case .int32(let value): append(value)
    case .int64(let value): append(value)
    case .text, .table, .tables, .pairs: append(UInt32(0))
    }
  }

  /// Writes what an offset points to; nil for values that lie in the table.
  private mutating func writeTarget(_ value: FlatValue) -> Int? {
    switch value {
    case .bool, .int8, .int16, .int32, .int64: return nil
    case .text(let text):
      let start = beginVector(count: text.utf8.count, elementAlignment: 4)
      bytes += text.utf8
      bytes.append(0)
      return start
    case .table(let table): return write(table)
    case .tables(let tables):
      let start = beginVector(count: tables.count, elementAlignment: 4)
      let slots = bytes.count
      for _ in tables { append(UInt32(0)) }
      for (index, table) in tables.enumerated() {
        patch(slots + 4 * index, target: write(table))
      }
      return start
    case .pairs(let pairs):
      let start = beginVector(count: pairs.count, elementAlignment: 8)
      for (first, second) in pairs {
        append(first)
        append(second)
      }
      return start
    }
  }

  private mutating func beginVector(count: Int, elementAlignment: Int) -> Int {
    while (bytes.count + 4) % elementAlignment != 0 || bytes.count % 4 != 0 { bytes.append(0) }
    append(UInt32(clamping: count))
    return bytes.count - 4
  }

  private mutating func patch(_ place: Int, target: Int) {
    let distance = UInt32(clamping: target - place)
    for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: distance >> (8 * index)) }
  }

  private mutating func append<Number: FixedWidthInteger>(_ number: Number) {
    var rest = number
    for _ in 0..<Number.bitWidth / 8 {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }
}

extension FlatValue {
  /// Bytes in the table, which is also the alignment.
  fileprivate var width: Int {
    switch self {
    case .bool, .int8: 1
    case .int16: 2
    case .int32, .text, .table, .tables, .pairs: 4
    case .int64: 8
    }
  }
}
