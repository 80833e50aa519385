internal import TernColumns
internal import TernCore
internal import TernDriver

/// One parameter column as the server takes it: a type, and each value as text.
///
/// Texts are exact: decimals with all their digits, doubles with those that read back the same,
/// moments as whole nanoseconds of any size. Instants keep their offset (TIMESTAMP_TZ).
///
/// Source: Snowflake reference, section 3.2.
struct SnowflakeBinding {
  /// How values are written.
  enum Form: Hashable {
    case null, bool, whole, double, decimal, text, bytes, date, time, wallClock, instant
    case months, elapsed
    /// A wall clock that the server reads as its column says.
    case momentText
  }

  private let column: Column
  /// For messages: parameters count from 1.
  private let number: Int
  let form: Form
  private let zone: ZoneRules?

  /// The form of a column's values.
  ///
  /// - Throws: `.usage` 07006 for values that Snowflake has no type for.
  init(
    _ column: Column, number: Int, sendsMomentsAsText: Bool = false
  ) throws(TernError) {
    self.column = column
    self.number = number
    do throws(TernError) {
      let own = try Self.form(of: column)
      form = own == .wallClock && sendsMomentsAsText ? .momentText : own
      if case .timestamp(_, let name?) = column.type {
        zone = try Self.rules(of: name)
      } else {
        zone = nil
      }
    } catch {
      throw error.prefixed("parameter \(number)")
    }
  }

  private static func form(of column: Column) throws(TernError) -> Form {
    switch column.type {
    case .null: .null
    case .bool: .bool
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64: .whole
    case .float32, .float64: .double
    case .decimal128, .decimal256: .decimal
    // Nested values travel as JSON: the statement turns them into what it wants.
    case .utf8, .largeUtf8, .list, .fixedSizeList, .structure, .map: .text
    case .binary, .largeBinary, .fixedSizeBinary: .bytes
    case .date32: .date
    case .time32, .time64: .time
    case .timestamp(_, let zone), .wideTimestamp(_, let zone): zone == nil ? .wallClock : .instant
    case .duration: .elapsed
    case .intervalMonths: .months
    case .intervalMonthDayNano: try interval(column)
    }
  }

  /// Snowflake's intervals are of months or of days and less; one of both has no type.
  private static func interval(_ column: Column) throws(TernError) -> Form {
    var hasMonths = false
    var hasRest = false
    for row in 0..<column.count where try !column.isNull(at: row) {
      let value = try column.interval(at: row)
      if value.months != 0 { hasMonths = true }
      if value.days != 0 || value.nanoseconds != 0 { hasRest = true }
    }
    guard !hasMonths || !hasRest else {
      throw TernError(
        .usage, .restrictedType,
        "Snowflake has no type for intervals of both months and days or less")
    }
    return hasMonths ? .months : .elapsed
  }

  /// The rules of a zone that Arrow names; UTC under all its names.
  private static func rules(of zone: String) throws(TernError) -> ZoneRules {
    ["UTC", "utc", "Z", "Etc/UTC", "GMT"].contains(zone) ? .utc : try ZoneRules(named: zone)
  }

  /// The server's word for the values' type.
  var typeName: String {
    switch form {
    case .null, .text, .momentText: "TEXT"
    case .bool: "BOOLEAN"
    case .whole, .decimal: "FIXED"
    case .double: "REAL"
    case .bytes: "BINARY"
    case .date: "DATE"
    case .time: "TIME"
    case .wallClock: "TIMESTAMP_NTZ"
    case .instant: "TIMESTAMP_TZ"
    case .months: "INTERVAL_YEAR_MONTH"
    case .elapsed: "INTERVAL_DAY_TIME"
    }
  }

  /// Whether the value is NULL.
  func isNull(_ row: Int) throws(TernError) -> Bool { try column.isNull(at: row) }

  /// Appends the text of a value that is not NULL.
  func append(_ row: Int, to text: inout [UInt8]) throws(TernError) {
    do throws(TernError) {
      try appendValue(row, to: &text)
    } catch {
      throw error.prefixed("parameter \(number), row \(row + 1)")
    }
  }

  private func appendValue(_ row: Int, to text: inout [UInt8]) throws(TernError) {
    switch form {
    case .null: break
    case .bool, .whole: try column.appendText(at: row, to: &text)
    case .double: Self.append(try column.double(at: row), to: &text)
    case .decimal: try Self.shortened(try column.decimal(at: row)).append(to: &text)
    case .text: try appendText(row, to: &text)
    case .bytes: Self.append(hex: try column.bytes(at: row), to: &text)
    case .date: NumberText.append(Int64(try date(row)) * 86_400_000, to: &text)
    case .time: NumberText.append(try time(row), to: &text)
    case .wallClock: text += "\(Self.nanoseconds(try moment(row)))".utf8
    case .instant:
      let moment = try moment(row)
      text += "\(Self.nanoseconds(moment)) \(moment.offsetMinutes + 1_440)".utf8
    case .momentText: MomentText.append(try moment(row), digits: 9, to: &text)
    case .months: NumberText.append(Int64(try column.interval(at: row).months), to: &text)
    case .elapsed: text += "\(try elapsed(row))".utf8
    }
  }
}

// Values, checked.
extension SnowflakeBinding {
  /// 0001-01-01 and 9999-12-31: other dates are no literals of Snowflake's.
  private static let days = -719_162...2_932_896
  private static let seconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
  /// Nanoseconds of a day.
  private static let day: Int64 = 86_400_000_000_000

  /// Days since 1970.
  func date(_ row: Int) throws(TernError) -> Int {
    let days = Int(try column.date(at: row))
    guard Self.days.contains(days) else { throw Self.outOfRange }
    return days
  }

  /// Nanoseconds since midnight.
  func time(_ row: Int) throws(TernError) -> Int64 {
    let time = try column.time(at: row)
    guard time >= 0, time < Self.day else {
      throw .data("a time of day before 0:00 or from 24:00 on", .datetimeOutOfRange)
    }
    return time
  }

  /// A moment with its offset.
  func moment(_ row: Int) throws(TernError) -> WideTimestamp {
    var moment = try column.timestamp(at: row)
    guard form == .instant else {
      guard Self.seconds.contains(moment.wallSeconds) else { throw Self.outOfRange }
      return WideTimestamp(seconds: moment.wallSeconds, nanoseconds: moment.nanoseconds)
    }
    guard Self.seconds.contains(moment.seconds) else { throw Self.outOfRange }
    if let zone {
      // Offsets of old local times have seconds; the instant is what counts.
      moment.offsetMinutes = Int32(clamping: zone.offsetSeconds(at: moment.seconds) / 60)
    }
    guard (-1_440...1_440).contains(moment.offsetMinutes) else { throw Self.outOfRange }
    return moment
  }

  /// Nanoseconds of an interval without months.
  func elapsed(_ row: Int) throws(TernError) -> Int128 {
    if case .intervalMonthDayNano = column.type {
      let value = try column.interval(at: row)
      return Int128(value.days) * Int128(Self.day) + Int128(value.nanoseconds)
    }
    return Self.nanoseconds(try column.duration(at: row))
  }

  /// Beyond 64 bits from the year 2262 on.
  static func nanoseconds(_ moment: WideTimestamp) -> Int128 {
    Int128(moment.seconds) * 1_000_000_000 + Int128(moment.nanoseconds)
  }

  /// The shortest digits that read back the same.
  static func append(_ value: Double, to text: inout [UInt8]) {
    if value.isFinite {
      text += value.description.utf8
    } else {
      text += (value.isNaN ? "NaN" : value < 0 ? "-inf" : "inf").utf8
    }
  }

  /// What does not fit 38 digits the server would round, or refuse.
  static func shortened(_ value: DecimalValue) throws(TernError) -> DecimalValue {
    var value = value
    if value.scale < 0 {
      guard let whole = value.rescaled(to: 0) else { throw Self.tooManyDigits }
      value = whole
    }
    while value.scale > 37, let shorter = value.rescaled(to: value.scale - 1) { value = shorter }
    guard value.scale <= 37, value.precision <= 38 else { throw Self.tooManyDigits }
    return value
  }

  private func appendText(_ row: Int, to text: inout [UInt8]) throws(TernError) {
    let start = text.count
    try column.appendText(at: row, to: &text)
    let isASCII = text[start...].allSatisfy { $0 < 0x80 }
    guard isASCII || String(validating: text[start...], as: UTF8.self) != nil else {
      throw .data("a text that is not UTF-8", .invalidCast)
    }
  }

  static func append(hex bytes: [UInt8], to text: inout [UInt8]) {
    text.reserveCapacity(text.count + 2 * bytes.count)
    for byte in bytes {
      text.append(hexDigits[Int(byte >> 4)])
      text.append(hexDigits[Int(byte & 15)])
    }
  }

  private static let hexDigits = Array("0123456789ABCDEF".utf8)
  private static let outOfRange = TernError.data(
    "Snowflake's dates go from the year 1 to 9999", .datetimeOutOfRange)
  private static let tooManyDigits = TernError.data(
    "a decimal has more than the 38 digits, or 37 behind the point, that Snowflake's have",
    .numberOutOfRange)
}

// All parameters together.
extension SnowflakeBinding {
  /// The columns of a batch, in order.
  static func all(
    of batch: Batch, sendsMomentsAsText: Bool = false
  ) throws(TernError) -> [SnowflakeBinding] {
    var bindings: [SnowflakeBinding] = []
    for (index, column) in batch.columns.enumerated() {
      bindings.append(
        try SnowflakeBinding(
          column, number: index + 1, sendsMomentsAsText: sendsMomentsAsText))
    }
    return bindings
  }

  /// The value of `bindings` for one row: single values.
  ///
  /// - Parameter markers: the markers' names, one a column.
  static func json(
    _ bindings: [SnowflakeBinding], _ markers: [String], row: Int
  ) throws(TernError) -> [UInt8] {
    try json(bindings, markers) { binding, writer throws(TernError) in
      try binding.append(row, to: &writer)
    }
  }

  /// The value of `bindings` for some rows: a list a parameter.
  static func json(
    _ bindings: [SnowflakeBinding], _ markers: [String], rows: Range<Int>
  ) throws(TernError) -> [UInt8] {
    try json(bindings, markers) { binding, writer throws(TernError) in
      writer.beginArray()
      for row in rows { try binding.append(row, to: &writer) }
      writer.endArray()
    }
  }

  private static func json(
    _ bindings: [SnowflakeBinding], _ markers: [String],
    _ append: (SnowflakeBinding, inout JSONWriter) throws(TernError) -> Void
  ) throws(TernError) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    for (binding, marker) in zip(bindings, markers) {
      writer.key(marker)
      writer.beginObject()
      writer.member("type", binding.typeName)
      writer.key("value")
      try append(binding, &writer)
      writer.endObject()
    }
    writer.endObject()
    return writer.finish()
  }

  /// Every value is a string or null, whatever its type.
  private func append(_ row: Int, to writer: inout JSONWriter) throws(TernError) {
    if try isNull(row) { return writer.null() }
    var text: [UInt8] = []
    try append(row, to: &text)
    writer.value(utf8: text.span)
  }
}
