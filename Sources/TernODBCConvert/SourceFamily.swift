import TernColumns

/// Kinds of columns that convert alike.
enum SourceFamily: Hashable {
  case null, bool, integer, decimal, approximate, text, json, bytes, guid
  case date, time, timestamp, months, elapsed, mixed

  /// The family of an Arrow type; the SQL type tells identifiers from other bytes.
  init(_ type: DataType, sqlType: Int16) {
    switch type {
    case .null: self = .null
    case .bool: self = .bool
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64: self = .integer
    case .decimal128, .decimal256: self = .decimal
    case .float32, .float64: self = .approximate
    case .utf8, .largeUtf8: self = .text
    case .list, .fixedSizeList, .structure, .map: self = .json
    case .binary, .largeBinary: self = .bytes
    case .fixedSizeBinary(let byteCount):
      self = byteCount == 16 && sqlType == CType.guid ? .guid : .bytes
    case .date32: self = .date
    case .time32, .time64: self = .time
    case .timestamp, .wideTimestamp: self = .timestamp
    case .intervalMonths: self = .months
    case .duration: self = .elapsed
    case .intervalMonthDayNano:
      let kind = IntervalKind(rawValue: sqlType - (sqlType > 100 ? 100 : 0))
      self = sqlType > 100 && kind?.isMonths == false ? .elapsed : .mixed
    }
  }

  /// Whether values become a C type (the matrix of the ODBC Programmer's Reference, appendix D
  /// "SQL to C Data Types", and what drivers add to it).
  func converts(to target: CTarget, sqlType: Int16) -> Bool {
    if target == .char || target == .wchar || target == .binary || self == .null { return true }
    switch self {
    case .null, .text: return true
    case .json, .bytes, .mixed: return false
    case .bool, .approximate: return target.isNumber
    case .integer, .decimal:
      if case .interval(let kind) = target { return kind.isSingle }
      return target.isNumber
    case .guid: return target == .guid
    case .date: return target == .date || target == .timestamp
    case .time: return target == .time || target == .timestamp
    case .timestamp: return target == .date || target == .time || target == .timestamp
    case .months, .elapsed:
      if case .interval(let kind) = target { return kind.isMonths == (self == .months) }
      guard target.isNumber, target != .bit, target != .float, target != .double,
        sqlType > 100, let kind = IntervalKind(rawValue: sqlType - 100)
      else { return false }
      return kind.isSingle && kind.isMonths == (self == .months)
    }
  }
}
