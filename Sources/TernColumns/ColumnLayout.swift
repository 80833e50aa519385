/// How the values of a type lie in memory; what code that does not care for meaning switches on.
enum ColumnLayout: Equatable {
  case none
  case bits
  case fixed(byteWidth: Int)
  case offsets32, offsets64
  case list32
  case fixedList(count: Int)
  case children

  init(_ type: DataType) {
    self =
      switch type {
      case .null: .none
      case .bool: .bits
      case .int8, .uint8: .fixed(byteWidth: 1)
      case .int16, .uint16: .fixed(byteWidth: 2)
      case .int32, .uint32, .float32, .date32, .time32, .intervalMonths: .fixed(byteWidth: 4)
      case .int64, .uint64, .float64, .time64, .timestamp, .duration: .fixed(byteWidth: 8)
      case .decimal128, .wideTimestamp, .intervalMonthDayNano: .fixed(byteWidth: 16)
      case .decimal256: .fixed(byteWidth: 32)
      case .fixedSizeBinary(let byteCount): .fixed(byteWidth: max(0, byteCount))
      case .utf8, .binary: .offsets32
      case .largeUtf8, .largeBinary: .offsets64
      case .list, .map: .list32
      case .fixedSizeList(_, let count): .fixedList(count: max(0, count))
      case .structure: .children
      }
  }
}

extension DataType {
  /// The fields of the columns inside this type: none, one (lists, maps) or several (structures).
  public var children: [Field] {
    switch self {
    case .list(let field), .fixedSizeList(let field, _), .map(let field): [field]
    case .structure(let fields): fields
    case .null, .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float32,
      .float64, .decimal128, .decimal256, .date32, .time32, .time64, .timestamp, .wideTimestamp,
      .duration, .intervalMonths, .intervalMonthDayNano, .utf8, .binary, .largeUtf8, .largeBinary,
      .fixedSizeBinary:
      []
    }
  }
}
