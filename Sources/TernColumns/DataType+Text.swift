extension DataType: CustomStringConvertible {
  /// As messages name it: `int64`, `decimal128(18,2)`, `timestamp(us, UTC)`, `list(utf8)`.
  public var description: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .uint8: "uint8"
    case .uint16: "uint16"
    case .uint32: "uint32"
    case .uint64: "uint64"
    case .float32: "float32"
    case .float64: "float64"
    case .decimal128(let precision, let scale): "decimal128(\(precision),\(scale))"
    case .decimal256(let precision, let scale): "decimal256(\(precision),\(scale))"
    case .date32: "date32"
    case .time32(let unit), .time64(let unit): "time(\(DataType.word(unit)))"
    case .timestamp(let unit, let zone): "timestamp(\(DataType.word(unit))\(DataType.suffix(zone)))"
    case .wideTimestamp(let digits, let zone):
      "timestamp(\(digits) digits\(DataType.suffix(zone)))"
    case .duration(let unit): "duration(\(DataType.word(unit)))"
    case .intervalMonths, .intervalMonthDayNano: "interval"
    case .utf8: "utf8"
    case .binary: "binary"
    case .largeUtf8: "large_utf8"
    case .largeBinary: "large_binary"
    case .fixedSizeBinary(let byteCount): "binary(\(byteCount))"
    case .list(let item): "list(\(item.type))"
    case .fixedSizeList(let item, let count): "list(\(item.type), \(count))"
    case .structure(let fields): "struct(\(fields.map { "\($0.type)" }.joined(separator: ", ")))"
    case .map(let entries): "map(\(entries.type))"
    }
  }

  private static func word(_ unit: TimeUnit) -> String {
    switch unit {
    case .second: "s"
    case .millisecond: "ms"
    case .microsecond: "us"
    case .nanosecond: "ns"
    }
  }

  private static func suffix(_ zone: String?) -> String { zone.map { ", \($0)" } ?? "" }
}
