public import TernCore

// Dates, times and intervals, exactly as stored.
extension Column {
  /// Days since 1970-01-01 of a date, or of a timestamp at midnight.
  public func date(at row: Int) throws(TernError) -> Int32 {
    if case .date32 = type { return try load(row, Int32.self) }
    let value = try timestamp(at: row)
    let days = value.wallDays
    guard value.nanosecondsOfDay == 0, let exact = Int32(exactly: days) else {
      throw valueError("has a time of day", .datetimeOutOfRange)
    }
    return exact
  }

  /// Nanoseconds since midnight of a time.
  public func time(at row: Int) throws(TernError) -> Int64 {
    let unit: TimeUnit
    switch type {
    case .time32(let own), .time64(let own): unit = own
    default: throw typeError("time")
    }
    let (value, overflow) = (try integer(at: row) ?? 0)
      .multipliedReportingOverflow(by: 1_000_000_000 / unit.perSecond)
    guard !overflow else { throw valueError("is no time of day", .datetimeOutOfRange) }
    return value
  }

  /// A moment, from any timestamp column, or midnight of a date.
  public func timestamp(at row: Int) throws(TernError) -> WideTimestamp {
    switch type {
    case .timestamp(let unit, _): return WideTimestamp(try load(row, Int64.self), unit)
    case .wideTimestamp: return try load(row, WideTimestamp.self)
    case .date32:
      return WideTimestamp(seconds: Int64(try load(row, Int32.self)) * 86_400, nanoseconds: 0)
    default: throw typeError("timestamp")
    }
  }

  /// An elapsed time: whole seconds, floor, and nanoseconds that count forward.
  public func duration(at row: Int) throws(TernError) -> WideTimestamp {
    guard case .duration(let unit) = type else { throw typeError("duration") }
    return WideTimestamp(try load(row, Int64.self), unit)
  }

  /// An interval of months, or of months, days and nanoseconds.
  public func interval(at row: Int) throws(TernError) -> MonthDayNano {
    switch type {
    case .intervalMonths:
      return MonthDayNano(months: try load(row, Int32.self), days: 0, nanoseconds: 0)
    case .intervalMonthDayNano: return try load(row, MonthDayNano.self)
    default: throw typeError("interval")
    }
  }

  /// Any value, NULL included.
  public func value(at row: Int) throws(TernError) -> Value {
    if try isNull(at: row) { return .null }
    switch type {
    case .null: return .null
    case .bool: return .bool(try bool(at: row))
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32:
      return .integer(try int64(at: row))
    case .uint64:
      let value = try uint64(at: row)
      return Int64(exactly: value).map { .integer($0) } ?? .unsigned(value)
    case .float32, .float64: return .double(try double(at: row))
    case .decimal128, .decimal256: return .decimal(try decimal(at: row))
    case .utf8, .largeUtf8: return .text(try text(at: row))
    case .binary, .largeBinary, .fixedSizeBinary: return .bytes(try bytes(at: row))
    case .date32: return .date(try date(at: row))
    case .time32, .time64: return .time(try time(at: row))
    case .timestamp, .wideTimestamp: return .timestamp(try timestamp(at: row))
    case .duration:
      let value = try duration(at: row)
      return .duration(seconds: value.seconds, nanoseconds: value.nanoseconds)
    case .intervalMonths, .intervalMonthDayNano: return .interval(try interval(at: row))
    case .list, .fixedSizeList, .map: return .list(try list(at: row).allValues())
    case .structure:
      var fields: [Value] = []
      for child in children { fields.append(try child.value(at: offset + row)) }
      return .structure(fields)
    }
  }

  /// Every value, for tests and small results.
  public func allValues() throws(TernError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(count)
    for row in 0..<count { values.append(try value(at: row)) }
    return values
  }
}

extension WideTimestamp {
  /// Seconds of the wall clock: of the value's own zone in columns with one.
  public var wallSeconds: Int64 { seconds.addingClamped(Int64(offsetMinutes) * 60) }

  /// Days since 1970-01-01 of the wall clock.
  public var wallDays: Int {
    let seconds = Int(wallSeconds)
    return seconds >= 0 ? seconds / 86_400 : ~(~seconds / 86_400)
  }

  /// Nanoseconds since midnight of the wall clock.
  public var nanosecondsOfDay: Int64 {
    let seconds = wallSeconds % 86_400
    return (seconds < 0 ? seconds + 86_400 : seconds) * 1_000_000_000 + Int64(nanoseconds)
  }
}

extension Int64 {
  /// The sum, or the end of the range that it passes.
  func addingClamped(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}
