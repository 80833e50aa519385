/// The kinds of columns whose typed values have a fast way, and which one it is.
enum TypedKind: Sendable {
  case slow, bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64
  case float32, float64, decimal128, text, binary
  /// Milliseconds of a day; others than those of one day go the slow way.
  case timeOfDay

  init(_ type: DataType, _ format: ColumnFormat) {
    switch (type, format) {
    case (.bool, .standard): self = .bool
    case (.int8, .standard): self = .int8
    case (.int16, .standard): self = .int16
    case (.int32, .standard), (.date32, .epochDays): self = .int32
    case (.int64, .standard): self = .int64
    case (.uint8, .standard): self = .uint8
    case (.uint16, .standard): self = .uint16
    case (.uint32, .standard): self = .uint32
    case (.uint64, .standard): self = .uint64
    case (.float32, .standard): self = .float32
    case (.float64, .standard): self = .float64
    case (.decimal128(_, let scale), .standard): self = 0...18 ~= scale ? .decimal128 : .slow
    case (.utf8, .standard): self = .text
    case (.binary, .base64), (.binary, .standard): self = .binary
    case (.time32(.millisecond), .epoch(.millisecond)): self = .timeOfDay
    case (.timestamp(let unit, _), .epoch(let own)): self = unit == own ? .int64 : .slow
    default: self = .slow
    }
  }
}
