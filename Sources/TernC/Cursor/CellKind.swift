import TernColumns

/// Columns whose values a getter can read with one load; all others go through `Column`.
enum CellKind {
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case float32, float64
  case bool
  case date32
  case decimal128
  case timestamp, wideTimestamp
  case text32, text64
  case binary32, binary64
  case other

  /// The kind of a column with `type`.
  init(_ type: DataType) {
    self =
      switch type {
      case .int8: .int8
      case .int16: .int16
      case .int32: .int32
      case .int64: .int64
      case .uint8: .uint8
      case .uint16: .uint16
      case .uint32: .uint32
      case .uint64: .uint64
      case .float32: .float32
      case .float64: .float64
      case .bool: .bool
      case .date32: .date32
      case .decimal128: .decimal128
      case .timestamp: .timestamp
      case .wideTimestamp: .wideTimestamp
      case .utf8: .text32
      case .largeUtf8: .text64
      case .binary: .binary32
      case .largeBinary: .binary64
      case .null, .decimal256, .time32, .time64, .duration, .intervalMonths,
        .intervalMonthDayNano, .fixedSizeBinary, .list, .fixedSizeList, .structure, .map:
        .other
      }
  }

  /// Bytes a value or offset, 0 where values are bits or there is no fast way.
  var byteWidth: Int {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float32, .date32, .text32, .binary32: 4
    case .int64, .uint64, .float64, .timestamp, .text64, .binary64: 8
    case .decimal128, .wideTimestamp: 16
    case .bool, .other: 0
    }
  }

  /// Offsets and values that a column of `count` values has.
  func valueCount(_ count: Int) -> Int {
    switch self {
    case .text32, .text64, .binary32, .binary64: count + 1
    default: count
    }
  }
}
