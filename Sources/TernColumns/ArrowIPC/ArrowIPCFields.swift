import TernCore

/// Reads the schema message of an Arrow stream.
///
/// Source: Arrow columnar format, "Serialization and interprocess communication"; Schema.fbs.
enum ArrowIPCFields {
  private static let depthMax = 64
  /// Fields and metadata entries of one schema. Offsets may point to one place again and again:
  /// depth alone does not bound the work.
  private static let partCountMax = 2 * Limits.columnCountMax

  /// The schema in a table of type Schema.
  static func schema(_ table: FlatBufferTable) throws(TernError) -> Schema {
    guard try table.number(0) as Int16 == 0 else {
      throw .unsupported("an Arrow stream of a big-endian machine")
    }
    var fields: [Field] = []
    var budget = partCountMax
    for field in try tables(table, 1, &budget) {
      fields.append(try self.field(field, depth: 0, &budget))
    }
    return Schema(fields, metadata: try metadata(table, 2, &budget))
  }

  private static func field(
    _ table: FlatBufferTable, depth: Int, _ budget: inout Int
  ) throws(TernError) -> Field {
    guard depth < depthMax else { throw .badReply("an Arrow schema nested too deep") }
    guard try table.table(4) == nil else {
      throw .unsupported("an Arrow stream with dictionaries")
    }
    var children: [Field] = []
    for child in try tables(table, 5, &budget) {
      children.append(try field(child, depth: depth + 1, &budget))
    }
    return Field(
      try table.string(0) ?? "",
      try type(try table.number(2), try table.table(3), children),
      isNullable: try table.bool(1), metadata: try metadata(table, 6, &budget))
  }

  private static func tables(
    _ table: FlatBufferTable, _ slot: Int, _ budget: inout Int
  ) throws(TernError) -> [FlatBufferTable] {
    let tables = try table.tables(slot)
    budget -= tables.count
    guard budget >= 0 else { throw .badReply("an Arrow schema with too many parts") }
    return tables
  }

  private static func metadata(
    _ table: FlatBufferTable, _ slot: Int, _ budget: inout Int
  ) throws(TernError) -> [MetadataEntry] {
    var entries: [MetadataEntry] = []
    for entry in try tables(table, slot, &budget) {
      entries.append(MetadataEntry(try entry.string(0) ?? "", try entry.string(1) ?? ""))
    }
    return entries
  }

  /// The type of a union code and its table; codes as in Schema.fbs.
  private static func type(
    _ code: UInt8, _ table: FlatBufferTable?, _ children: [Field]
  ) throws(TernError) -> DataType {
    guard let table else { throw .badReply("an Arrow field without a type") }
    switch code {
    case 1: return .null
    case 2: return try integer(try table.number(0), isSigned: try table.bool(1))
    case 3: return try float(try table.number(0))
    case 4: return .binary
    case 5: return .utf8
    case 6: return .bool
    case 7: return try decimal(table)
    case 8:
      let unit: Int16 = try table.number(0, default: 1)
      return unit == 0 ? .date32 : .timestamp(.millisecond, zone: nil)
    case 9:
      let unit = try self.unit(try table.number(0, default: 1))
      return unit.rawValue < 2 ? .time32(unit) : .time64(unit)
    case 10: return .timestamp(try unit(try table.number(0)), zone: try table.string(1))
    case 11: return try interval(try table.number(0))
    case 15:
      let count: Int32 = try table.number(0)
      guard 0...Int32(1 << 20) ~= count else { throw unknown(code) }
      return .fixedSizeBinary(Int(count))
    case 18: return .duration(try unit(try table.number(0, default: 1)))
    case 19: return .largeBinary
    case 20: return .largeUtf8
    default: return try nested(code, table, children)
    }
  }

  private static func nested(
    _ code: UInt8, _ table: FlatBufferTable, _ children: [Field]
  ) throws(TernError) -> DataType {
    if code == 13 { return .structure(children) }
    guard children.count == 1 else { throw unknown(code) }
    switch code {
    case 12: return .list(children[0])
    case 16:
      let count: Int32 = try table.number(0)
      guard 0...Int32(1 << 20) ~= count else { throw unknown(code) }
      return .fixedSizeList(children[0], count: Int(count))
    case 17: return .map(children[0])
    default: throw unknown(code)
    }
  }

  private static func integer(_ bits: Int32, isSigned: Bool) throws(TernError) -> DataType {
    switch (bits, isSigned) {
    case (8, true): return .int8
    case (16, true): return .int16
    case (32, true): return .int32
    case (64, true): return .int64
    case (8, false): return .uint8
    case (16, false): return .uint16
    case (32, false): return .uint32
    case (64, false): return .uint64
    default: throw unknown(2)
    }
  }

  private static func float(_ precision: Int16) throws(TernError) -> DataType {
    guard 1...2 ~= precision else { throw unknown(3) }
    return precision == 1 ? .float32 : .float64
  }

  private static func decimal(_ table: FlatBufferTable) throws(TernError) -> DataType {
    let precision: Int32 = try table.number(0)
    let scale: Int32 = try table.number(1)
    let bits: Int32 = try table.number(2, default: 128)
    guard abs(Int(scale)) <= 76 else { throw unknown(7) }
    if bits == 128, 1...38 ~= precision {
      return .decimal128(precision: Int(precision), scale: Int(scale))
    }
    guard bits == 256, 1...76 ~= precision else { throw unknown(7) }
    return .decimal256(precision: Int(precision), scale: Int(scale))
  }

  private static func interval(_ unit: Int16) throws(TernError) -> DataType {
    guard unit == 0 || unit == 2 else { throw unknown(11) }
    return unit == 0 ? .intervalMonths : .intervalMonthDayNano
  }

  private static func unit(_ number: Int16) throws(TernError) -> TimeUnit {
    guard let unit = TimeUnit(rawValue: Int(number)) else {
      throw .badReply("an unknown unit in an Arrow schema")
    }
    return unit
  }

  private static func unknown(_ code: UInt8) -> TernError {
    .unsupported("Arrow type \(code) of a stream is not supported in this form")
  }
}
