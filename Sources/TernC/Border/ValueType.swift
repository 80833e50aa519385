import CTern
import TernColumns

/// Which number of `tern_type` a column has.
enum ValueType {
  /// The number for `type`.
  static func number(_ type: DataType) -> Int32 { Int32(bitPattern: kind(type).rawValue) }

  private static func kind(_ type: DataType) -> tern_type {
    switch type {
    case .null: TERN_TYPE_NULL
    case .bool: TERN_TYPE_BOOL
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32: TERN_TYPE_INT64
    case .uint64: TERN_TYPE_UINT64
    case .float32, .float64: TERN_TYPE_DOUBLE
    case .decimal128, .decimal256: TERN_TYPE_DECIMAL
    case .utf8, .largeUtf8: TERN_TYPE_TEXT
    case .binary, .largeBinary, .fixedSizeBinary: TERN_TYPE_BINARY
    case .date32: TERN_TYPE_DATE
    case .time32, .time64: TERN_TYPE_TIME
    case .timestamp, .wideTimestamp: TERN_TYPE_TIMESTAMP
    case .duration, .intervalMonths, .intervalMonthDayNano: TERN_TYPE_INTERVAL
    case .list, .fixedSizeList, .structure, .map: TERN_TYPE_OTHER
    }
  }
}
