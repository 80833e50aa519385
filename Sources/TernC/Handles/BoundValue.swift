import TernColumns
import TernCore

/// A value bound by index, and the Arrow type it travels in.
struct BoundValue: Sendable {
  let value: Value
  let type: DataType

  /// A value that knows its type.
  init(_ value: Value, _ type: DataType) {
    self.value = value
    self.type = type
  }

  /// A decimal from its digits, in the smallest type that holds them.
  ///
  /// - Throws: `.data` 22018 for text that is no decimal number, 22003 beyond 76 digits.
  init(decimal text: String) throws(TernError) {
    guard let decimal = DecimalValue(text) else {
      throw .data("the text is not a decimal number", .invalidCast)
    }
    let precision = max(decimal.precision, decimal.scale, 1)
    guard precision <= 76, decimal.scale >= 0 else {
      throw .data("a decimal of more than 76 digits", .numberOutOfRange)
    }
    value = .decimal(decimal)
    type =
      precision <= 38
      ? .decimal128(precision: precision, scale: decimal.scale)
      : .decimal256(precision: precision, scale: decimal.scale)
  }

  /// A time of day.
  ///
  /// - Throws: `.data` 22008 outside the day.
  init(time nanoseconds: Int64) throws(TernError) {
    guard (0..<86_400_000_000_000).contains(nanoseconds) else {
      throw .data("a time of day is 0 to 86 399 999 999 999 nanoseconds", .datetimeOutOfRange)
    }
    self.init(.time(nanoseconds), .time64(.nanosecond))
  }

  /// A timestamp without a zone.
  ///
  /// - Throws: `.data` 22008 for nanoseconds that are not below a second, or a year that is not
  ///   1 to 9999.
  init(seconds: Int64, nanoseconds: Int32) throws(TernError) {
    guard (0..<1_000_000_000).contains(nanoseconds),
      (-62_135_596_800...253_402_300_799).contains(seconds)
    else {
      throw .data("the timestamp is outside of years 1 to 9999", .datetimeOutOfRange)
    }
    self.init(
      .timestamp(WideTimestamp(seconds: seconds, nanoseconds: nanoseconds)),
      .wideTimestamp(digits: 9, zone: nil))
  }
}
