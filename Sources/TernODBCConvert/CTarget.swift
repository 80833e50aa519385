/// A C type as conversions see it: aliases and ODBC 2's numbers are resolved.
public enum CTarget: Hashable, Sendable {
  case char, wchar, binary, bit
  case int8, uint8, int16, uint16, int32, uint32, int64, uint64
  case float, double, numeric
  case date, time, timestamp, guid
  case interval(IntervalKind)

  /// The type of a number from `sqlext.h`; nil for one that does not exist (HY003) and for
  /// `SQL_C_DEFAULT`, which the caller resolves.
  public init?(code: Int16) {
    if let kind = IntervalKind(rawValue: code - (code > 100 ? 100 : 0)), code > 100 {
      self = .interval(kind)
    } else if let found = Self.byCode[code] {
      self = found
    } else {
      return nil
    }
  }

  private static let byCode: [Int16: CTarget] = [
    CType.char: .char, CType.wchar: .wchar, CType.binary: .binary, CType.bit: .bit,
    CType.tinyint: .int8, CType.stinyint: .int8, CType.utinyint: .uint8,
    CType.short: .int16, CType.sshort: .int16, CType.ushort: .uint16,
    CType.long: .int32, CType.slong: .int32, CType.ulong: .uint32,
    CType.sbigint: .int64, CType.ubigint: .uint64, CType.float: .float, CType.double: .double,
    CType.numeric: .numeric, CType.date: .date, CType.time: .time,
    CType.timestamp: .timestamp, 9: .date, 10: .time, 11: .timestamp, CType.guid: .guid,
  ]

  /// Bytes of a value; nil for text and binary, whose buffers have a length.
  public var byteCount: Int? {
    switch self {
    case .char, .wchar, .binary: nil
    case .bit, .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float: 4
    case .int64, .uint64, .double: 8
    case .numeric: 19
    case .date, .time: 6
    case .timestamp, .guid: 16
    case .interval: 28
    }
  }

  /// Whether the value is a number.
  var isNumber: Bool {
    switch self {
    case .bit, .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .float, .double,
      .numeric:
      true
    case .char, .wchar, .binary, .date, .time, .timestamp, .guid, .interval: false
    }
  }
}
