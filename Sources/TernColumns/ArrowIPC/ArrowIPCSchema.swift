import TernCore

/// A schema as the metadata of Arrow IPC messages.
///
/// Source: Arrow's Schema.fbs and Message.fbs; numbers are field and union numbers there.
enum ArrowIPCSchema {
  /// The `Schema` table. Little-endian.
  static func table(_ schema: Schema) throws(TernError) -> FlatTable {
    FlatTable([
      (0, .int16(0)), (1, .tables(try fields(schema.fields))),
      (2, .tables(schema.metadata.map(entry))),
    ])
  }

  private static func fields(_ fields: [Field]) throws(TernError) -> [FlatTable] {
    var tables: [FlatTable] = []
    for field in fields {
      let (number, type) = try self.type(of: field)
      tables.append(
        FlatTable([
          (0, .text(field.name)), (1, .bool(field.isNullable)), (2, .int8(number)),
          (3, .table(type)), (5, .tables(try self.fields(field.type.children))),
          (6, .tables(field.metadata.map(entry))),
        ]))
    }
    return tables
  }

  private static func entry(_ entry: MetadataEntry) -> FlatTable {
    FlatTable([(0, .text(entry.key)), (1, .text(entry.value))])
  }

  /// The union number of a type and its table.
  private static func type(of field: Field) throws(TernError) -> (UInt8, FlatTable) {
    switch field.type {
    case .null: (1, FlatTable())
    case .int8: integer(8, isSigned: true)
    case .int16: integer(16, isSigned: true)
    case .int32: integer(32, isSigned: true)
    case .int64: integer(64, isSigned: true)
    case .uint8: integer(8, isSigned: false)
    case .uint16: integer(16, isSigned: false)
    case .uint32: integer(32, isSigned: false)
    case .uint64: integer(64, isSigned: false)
    case .float32: (3, FlatTable([(0, .int16(1))]))
    case .float64: (3, FlatTable([(0, .int16(2))]))
    case .binary: (4, FlatTable())
    case .utf8: (5, FlatTable())
    case .bool: (6, FlatTable())
    case .decimal128(let precision, let scale): decimal(precision, scale, bits: 128)
    case .decimal256(let precision, let scale): decimal(precision, scale, bits: 256)
    case .date32: (8, FlatTable([(0, .int16(0))]))
    case .time32(let unit): (9, FlatTable([(0, .int16(number(unit))), (1, .int32(32))]))
    case .time64(let unit): (9, FlatTable([(0, .int16(number(unit))), (1, .int32(64))]))
    case .timestamp(let unit, let zone): (10, timestamp(unit, zone))
    case .intervalMonths: (11, FlatTable([(0, .int16(0))]))
    case .intervalMonthDayNano: (11, FlatTable([(0, .int16(2))]))
    case .list: (12, FlatTable())
    case .structure: (13, FlatTable())
    case .fixedSizeBinary(let width): (15, FlatTable([(0, .int32(Int32(clamping: width)))]))
    case .fixedSizeList(_, let count): (16, FlatTable([(0, .int32(Int32(clamping: count)))]))
    case .map: (17, FlatTable([(0, .bool(false))]))
    case .duration(let unit): (18, FlatTable([(0, .int16(number(unit)))]))
    case .largeBinary: (19, FlatTable())
    case .largeUtf8: (20, FlatTable())
    case .wideTimestamp:
      throw .unsupported("column \(field.name): narrow its timestamps before writing Arrow")
    }
  }

  private static func integer(_ bits: Int32, isSigned: Bool) -> (UInt8, FlatTable) {
    (2, FlatTable([(0, .int32(bits)), (1, .bool(isSigned))]))
  }

  private static func decimal(_ precision: Int, _ scale: Int, bits: Int32) -> (UInt8, FlatTable) {
    let fields: [(number: Int, value: FlatValue)] = [
      (0, .int32(Int32(clamping: precision))), (1, .int32(Int32(clamping: scale))),
      (2, .int32(bits)),
    ]
    return (7, FlatTable(fields))
  }

  private static func timestamp(_ unit: TimeUnit, _ zone: String?) -> FlatTable {
    guard let zone else { return FlatTable([(0, .int16(number(unit)))]) }
    return FlatTable([(0, .int16(number(unit))), (1, .text(zone))])
  }

  private static func number(_ unit: TimeUnit) -> Int16 { Int16(unit.rawValue) }
}
