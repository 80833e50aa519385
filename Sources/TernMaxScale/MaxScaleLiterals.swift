internal import TernColumns
internal import TernCore

/// Writes values as literals that mean the same under every `sql_mode` and character set.
///
/// Source: MaxScale reference, section 10.
struct MaxScaleLiterals: Sendable {
  /// The session's time zone is UTC: an instant has a wall clock.
  var isUTC = true

  private static let microsecond: Int64 = 1_000
  /// What TIME holds: 838:59:59.999999.
  private static let timeMicrosecondsMax: Int64 = 3_020_399_999_999

  /// The literals of one row; an error names the parameter and its row, and no value.
  func row(_ batch: Batch, _ row: Int) throws(TernError) -> [[UInt8]] {
    var literals: [[UInt8]] = []
    literals.reserveCapacity(batch.columns.count)
    for (index, column) in batch.columns.enumerated() {
      do throws(TernError) {
        literals.append(try literal(column, row))
      } catch {
        throw error.prefixed("parameter \(index + 1), row \(row + 1)")
      }
    }
    return literals
  }

  /// The literal of one value.
  func literal(_ column: Column, _ row: Int) throws(TernError) -> [UInt8] {
    if try column.isNull(at: row) { return Array("NULL".utf8) }
    switch column.type {
    case .null: return Array("NULL".utf8)
    case .bool: return Array((try column.bool(at: row) ? "TRUE" : "FALSE").utf8)
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32:
      return Self.number("\(try column.int64(at: row))")
    case .uint64: return Array("\(try column.uint64(at: row))".utf8)
    case .float32, .float64: return try Self.double(try column.double(at: row))
    case .decimal128, .decimal256: return try Self.decimal(try column.decimal(at: row))
    case .utf8, .largeUtf8: return try Self.text(try column.bytes(at: row))
    case .binary, .largeBinary, .fixedSizeBinary:
      return Self.hex(try column.bytes(at: row), "x'")
    case .date32: return try date(column, row)
    case .time32, .time64: return try time(column, row)
    case .timestamp(_, let zone), .wideTimestamp(_, let zone):
      return try timestamp(try column.timestamp(at: row), isInstant: zone != nil)
    case .duration: return try duration(column, row)
    case .intervalMonths, .intervalMonthDayNano, .list, .fixedSizeList, .structure, .map:
      throw TernError(
        .usage, .restrictedType, "MariaDB has no type for a value of type \(column.type)")
    }
  }

  /// Negative numbers in brackets: two minus signs start a comment.
  private static func number(_ text: String) -> [UInt8] {
    Array((text.utf8.first == UInt8(ascii: "-") ? "(\(text))" : text).utf8)
  }

  /// With an exponent, or it would be a decimal.
  private static func double(_ value: Double) throws(TernError) -> [UInt8] {
    guard value.isFinite else {
      throw .data("MariaDB has neither NaN nor infinities", .numberOutOfRange)
    }
    let text = value.description
    return number(text.contains("e") ? text : text + "e0")
  }

  /// Longer ones the server would round.
  private static func decimal(_ value: DecimalValue) throws(TernError) -> [UInt8] {
    var value = value
    if value.scale < 0 {
      guard let whole = value.rescaled(to: 0) else {
        throw .data("a decimal has more digits than fit", .numberOutOfRange)
      }
      value = whole
    }
    while value.scale > 38, let shorter = value.rescaled(to: value.scale - 1) { value = shorter }
    guard value.scale <= 38, max(value.precision, value.scale) <= 65 else {
      throw .data(
        "a decimal has more than the 65 digits, or 38 behind the point, that MariaDB's have",
        .numberOutOfRange)
    }
    return number(value.description)
  }

  /// In quotes where nothing in it could mean anything else, and as the digits of its bytes else.
  static func text(_ bytes: [UInt8]) throws(TernError) -> [UInt8] {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw .data("a text that is not UTF-8", .invalidCast)
    }
    return plainText(bytes)
  }

  /// The same of bytes that are known to be UTF-8.
  static func plainText(_ bytes: [UInt8]) -> [UInt8] {
    guard !bytes.contains(where: { $0 == UInt8(ascii: "\\") || $0 == 0 }) else {
      return hex(bytes, "_utf8mb4 x'")
    }
    var literal: [UInt8] = [UInt8(ascii: "'")]
    literal.reserveCapacity(bytes.count + 2)
    for byte in bytes {
      if byte == UInt8(ascii: "'") { literal.append(byte) }
      literal.append(byte)
    }
    literal.append(UInt8(ascii: "'"))
    return literal
  }

  /// Two digits a byte, behind what says how they are meant.
  private static func hex(_ bytes: [UInt8], _ prefix: String) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    var literal = Array(prefix.utf8)
    literal.reserveCapacity(literal.count + 2 * bytes.count + 1)
    for byte in bytes {
      literal.append(digits[Int(byte >> 4)])
      literal.append(digits[Int(byte & 15)])
    }
    literal.append(UInt8(ascii: "'"))
    return literal
  }

  /// Year 0 is one that MariaDB knows.
  private func date(_ column: Column, _ row: Int) throws(TernError) -> [UInt8] {
    let days = Int(try column.date(at: row))
    // 0000-01-01 and 9999-12-31.
    guard (-719_528...2_932_896).contains(days) else { throw Self.outOfRange }
    var text: [UInt8] = []
    MomentText.append(days: days, to: &text)
    return Self.quoted("DATE", text)
  }

  /// A time of day to the microsecond.
  private func time(_ column: Column, _ row: Int) throws(TernError) -> [UInt8] {
    let nanoseconds = try column.time(at: row)
    guard nanoseconds % Self.microsecond == 0 else { throw Self.tooFine }
    var text: [UInt8] = []
    MomentText.append(timeOfDay: nanoseconds, digits: 6, to: &text)
    return Self.quoted("TIME", text)
  }

  /// A wall clock; that of an instant is the one of the session's zone.
  private func timestamp(
    _ moment: WideTimestamp, isInstant: Bool
  ) throws(TernError) -> [UInt8] {
    guard !isInstant || isUTC else {
      throw .unsupported(
        "an instant has no wall clock in this session: bind a timestamp without zone, or leave "
          + "time_zone at +00:00")
    }
    guard (-62_167_219_200...253_402_300_799).contains(moment.seconds) else {
      throw Self.outOfRange
    }
    guard Int64(moment.nanoseconds) % Self.microsecond == 0 else { throw Self.tooFine }
    var text: [UInt8] = []
    MomentText.append(
      WideTimestamp(seconds: moment.seconds, nanoseconds: moment.nanoseconds), digits: 6,
      to: &text)
    return Self.quoted("TIMESTAMP", text)
  }

  /// TIME holds elapsed times too, of five weeks at most.
  private func duration(_ column: Column, _ row: Int) throws(TernError) -> [UInt8] {
    let value = try column.duration(at: row)
    let total = Int128(value.seconds) * 1_000_000_000 + Int128(value.nanoseconds)
    guard total % 1_000 == 0 else { throw Self.tooFine }
    let microseconds = (total / 1_000).magnitude
    guard microseconds <= Self.timeMicrosecondsMax else {
      throw .data("TIME holds at most 838:59:59.999999", .intervalOutOfRange)
    }
    let (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    func two(_ number: UInt128) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let digits = String("\(fraction + 1_000_000)".dropFirst())
    let text =
      "\(total < 0 ? "-" : "")\(two(seconds / 3_600)):\(two(seconds / 60 % 60)):"
      + "\(two(seconds % 60)).\(digits)"
    return Self.quoted("TIME", Array(text.utf8))
  }

  private static func quoted(_ word: String, _ text: [UInt8]) -> [UInt8] {
    Array("\(word)'".utf8) + text + [UInt8(ascii: "'")]
  }

  private static let outOfRange = TernError.data(
    "MariaDB's dates go from the year 0 to 9999", .datetimeOutOfRange)
  private static let tooFine = TernError.data(
    "MariaDB's times have six digits of a second, the value has more", .datetimeOutOfRange)
}
