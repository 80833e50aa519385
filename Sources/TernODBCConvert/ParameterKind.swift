import TernColumns

/// A SQL type as parameters see it.
enum ParameterKind: Hashable {
  case text, bit, decimal, real, double, binary, date, time, timestamp, guid
  case integer(DataType)
  case interval(IntervalKind)

  /// The kind of a concise SQL type. Unsigned C types keep their range.
  init(sqlType: Int16, from target: CTarget) {
    let isUnsigned = Self.unsigned.contains(target)
    switch sqlType {
    case -7: self = .bit
    case -6: self = .integer(isUnsigned ? .uint8 : .int8)
    case 5: self = .integer(isUnsigned ? .uint16 : .int16)
    case 4: self = .integer(isUnsigned ? .uint32 : .int32)
    case -5: self = .integer(isUnsigned ? .uint64 : .int64)
    case 2, 3: self = .decimal
    case 7: self = .real
    case 6, 8: self = .double
    case -2, -3, -4: self = .binary
    case 9, 91: self = .date
    case 10, 92: self = .time
    case 11, 93: self = .timestamp
    case -11: self = .guid
    default:
      if sqlType > 100, let kind = IntervalKind(rawValue: sqlType - 100) {
        self = .interval(kind)
      } else {
        self = .text
      }
    }
  }

  private static let unsigned: Set<CTarget> = [.uint8, .uint16, .uint32, .uint64]

  /// The SQL type of a C type, for parameters of which nobody says one.
  static func sqlType(for target: CTarget) -> Int16 {
    switch target {
    case .char, .wchar: -9
    case .binary: -3
    case .bit: -7
    case .int8, .uint8: -6
    case .int16, .uint16: 5
    case .int32, .uint32: 4
    case .int64, .uint64: -5
    case .float: 7
    case .double: 8
    case .numeric: 2
    case .date: 91
    case .time: 92
    case .timestamp: 93
    case .guid: -11
    case .interval(let kind): kind.rawValue + 100
    }
  }

  /// Whether values of a C type become this kind (ODBC Programmer's Reference, appendix D, "C to
  /// SQL Data Types").
  func converts(from target: CTarget) -> Bool {
    switch target {
    case .char, .wchar: return true
    case .binary:
      if case .interval = self { return false }
      return true
    case .bit, .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .float, .double,
      .numeric:
      switch self {
      case .text, .bit, .decimal, .real, .double, .binary, .integer: return true
      case .interval(let kind): return kind.isSingle
      case .date, .time, .timestamp, .guid: return false
      }
    case .date: return self == .text || self == .date || self == .timestamp
    case .time: return self == .text || self == .time || self == .timestamp
    case .timestamp:
      return self == .text || self == .date || self == .time || self == .timestamp
    case .guid: return self == .text || self == .guid || self == .binary
    case .interval(let own):
      switch self {
      case .text: return true
      case .interval(let kind): return kind.isMonths == own.isMonths
      case .integer, .decimal: return own.isSingle
      default: return false
      }
    }
  }
}
