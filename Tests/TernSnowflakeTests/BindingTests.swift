import TernColumns
import TernCore
import Testing

@testable import TernSnowflake

/// Parameters as the server takes them (section 3.2).
struct BindingTests {
  private func column(_ type: DataType, _ values: Value...) throws -> Column {
    let builder = ColumnBuilder(type)
    for value in values { try builder.append(value) }
    return try builder.finish()
  }

  private func bound(_ type: DataType, _ value: Value) throws -> String {
    let binding = try SnowflakeBinding(try column(type, value), number: 1)
    var text: [UInt8] = []
    try binding.append(0, to: &text)
    return "\(binding.typeName) \(String(decoding: text, as: UTF8.self))"
  }

  private func state(_ type: DataType, _ value: Value) -> String? {
    do {
      _ = try bound(type, value)
      return nil
    } catch { return (error as? TernError)?.sqlState.text }
  }

  private func moment(_ seconds: Int64, _ nanoseconds: Int32, _ offset: Int32 = 0) -> Value {
    .timestamp(
      WideTimestamp(seconds: seconds, nanoseconds: nanoseconds, offsetMinutes: offset))
  }

  @Test func plainValues() throws {
    #expect(try bound(.bool, true) == "BOOLEAN true")
    #expect(try bound(.int8, -5) == "FIXED -5")
    #expect(try bound(.int64, .integer(.min)) == "FIXED -9223372036854775808")
    #expect(try bound(.uint64, .unsigned(.max)) == "FIXED 18446744073709551615")
    #expect(try bound(.utf8, "é'\\\n") == "TEXT é'\\\n")
    #expect(try bound(.utf8, "") == "TEXT ")
    #expect(try bound(.binary, .bytes([0xDE, 0xAD, 0, 0x0F])) == "BINARY DEAD000F")
    #expect(try bound(.binary, .bytes([])) == "BINARY ")
  }

  @Test(
    "trap 24: decimals keep all their digits",
    arguments: [
      ("-12.50", 4, 2, "-12.50"), ("0.00", 3, 2, "0.00"),
      ("99999999999999999999999999999999999999", 38, 0, "99999999999999999999999999999999999999"),
      (
        "-0.0000000000000000000000000000000000001", 38, 37,
        "-0.0000000000000000000000000000000000001"
      ),
    ])
  func trap24Decimals(text: String, digits: Int, scale: Int, expected: String) throws {
    let value = try #require(DecimalValue(text)?.rescaled(to: scale))
    #expect(
      try bound(.decimal128(precision: digits, scale: scale), .decimal(value))
        == "FIXED \(expected)")
  }

  @Test func decimalsThatSnowflakeHasNoDigitsForAreRefused() throws {
    let wide = DataType.decimal256(precision: 76, scale: 0)
    let long = try #require(DecimalValue("100000000000000000000000000000000000000"))
    #expect(state(wide, .decimal(long)) == "22003")
    let deep = try #require(DecimalValue(unscaled: 1).rescaled(to: 40))
    #expect(
      try bound(.decimal256(precision: 76, scale: 40), .decimal(deep))
        == "FIXED 1.0000000000000000000000000000000000000")
    #expect(
      state(.decimal256(precision: 76, scale: 40), .decimal(DecimalValue(unscaled: 1, scale: 40)))
        == "22003")
    #expect(
      try bound(
        .decimal128(precision: 5, scale: -2), .decimal(DecimalValue(unscaled: 7, scale: -2)))
        == "FIXED 700")
  }

  @Test(
    "trap 25: doubles have the digits that read back the same 64 bits",
    arguments: [
      (0.1, "0.1"), (1.0 / 3, "0.3333333333333333"), (-0.0, "-0.0"),
      (.leastNonzeroMagnitude, "5e-324"),
      (1.7976931348623157e308, "1.7976931348623157e+308"), (.infinity, "inf"),
      (-.infinity, "-inf"), (.nan, "NaN"), (123456789.125, "123456789.125"),
    ] as [(Double, String)])
  func trap25Doubles(value: Double, expected: String) throws {
    #expect(try bound(.float64, .double(value)) == "REAL \(expected)")
    if value.isFinite { #expect(Double(expected)?.bitPattern == value.bitPattern) }
  }

  @Test("trap 25: a float is sent as the double that it is")
  func trap25Floats() throws {
    #expect(try bound(.float32, .double(Double(Float(0.1)))) == "REAL 0.10000000149011612")
  }

  @Test(
    "trap 30: a date is its own midnight in UTC, whatever zone this process is in",
    arguments: [
      (0, "0"), (19_782, "1709164800000"), (-1, "-86400000"), (364_877, "31525372800000"),
      (365_250, "31557600000000"), (2_932_896, "253402214400000"), (-719_162, "-62135596800000"),
    ] as [(Int32, String)])
  func trap30Dates(days: Int32, expected: String) throws {
    #expect(try bound(.date32, .date(days)) == "DATE \(expected)")
  }

  @Test(
    "trap 26: moments beyond 64 bits of nanoseconds are exact",
    arguments: [
      (1_704_164_645, 123_456_789, "1704164645123456789"), (0, 0, "0"),
      (-1, 500_000_000, "-500000000"), (253_402_300_799, 999_999_999, "253402300799999999999"),
      (-62_135_596_800, 0, "-62135596800000000000"), (-62_135_596_800, 1, "-62135596799999999999"),
    ] as [(Int64, Int32, String)])
  func trap26Moments(seconds: Int64, nanoseconds: Int32, expected: String) throws {
    let type = DataType.wideTimestamp(digits: 9, zone: nil)
    #expect(try bound(type, moment(seconds, nanoseconds)) == "TIMESTAMP_NTZ \(expected)")
  }

  @Test func instantsKeepTheirOffset() throws {
    let wide = DataType.wideTimestamp(digits: 9, zone: "UTC")
    #expect(
      try bound(wide, moment(1_704_157_445, 123_456_789, 120))
        == "TIMESTAMP_TZ 1704157445123456789 1560")
    #expect(try bound(wide, moment(0, 0, -480)) == "TIMESTAMP_TZ 0 960")
    #expect(
      try bound(.timestamp(.second, zone: "UTC"), moment(1_700_000_000, 0))
        == "TIMESTAMP_TZ 1700000000000000000 1440")
    #expect(
      try bound(.timestamp(.microsecond, zone: "+05:30"), moment(1_700_000_000, 1_000))
        == "TIMESTAMP_TZ 1700000000000001000 1770")
    // Summer and winter.
    let berlin = DataType.timestamp(.second, zone: "Europe/Berlin")
    #expect(
      try bound(berlin, moment(1_720_000_000, 0)) == "TIMESTAMP_TZ 1720000000000000000 1560")
    #expect(
      try bound(berlin, moment(1_704_067_200, 0)) == "TIMESTAMP_TZ 1704067200000000000 1500")
    #expect(state(.timestamp(.second, zone: "Nowhere/At_All"), moment(0, 0)) == "HY024")
    #expect(state(wide, moment(0, 0, 1_441)) == "22008")
  }

  @Test func timesAndIntervals() throws {
    #expect(
      try bound(.time64(.nanosecond), .time(45_296_789_000_000)) == "TIME 45296789000000")
    #expect(try bound(.time32(.second), .time(0)) == "TIME 0")
    #expect(state(.time64(.nanosecond), .time(86_400_000_000_000)) == "22008")
    #expect(
      try bound(.intervalMonths, .interval(.init(months: -14, days: 0, nanoseconds: 0)))
        == "INTERVAL_YEAR_MONTH -14")
    #expect(
      try bound(.duration(.second), .duration(seconds: .max, nanoseconds: 0))
        == "INTERVAL_DAY_TIME 9223372036854775807000000000")
    #expect(
      try bound(.duration(.nanosecond), .duration(seconds: -1, nanoseconds: 999_999_999))
        == "INTERVAL_DAY_TIME -1")
    #expect(
      try bound(.intervalMonthDayNano, .interval(.init(months: 0, days: 2, nanoseconds: -1)))
        == "INTERVAL_DAY_TIME 172799999999999")
    #expect(
      state(.intervalMonthDayNano, .interval(.init(months: 1, days: 2, nanoseconds: 0)))
        == "07006")
  }

  @Test func whatIsOutOfRangeIsRefused() {
    #expect(state(.date32, .date(2_932_897)) == "22008")
    #expect(state(.date32, .date(-719_163)) == "22008")
    let wide = DataType.wideTimestamp(digits: 9, zone: nil)
    #expect(state(wide, moment(253_402_300_800, 0)) == "22008")
    #expect(state(wide, moment(-62_135_596_801, 999_999_999)) == "22008")
    #expect(state(.timestamp(.second, zone: nil), moment(.max, 0)) == "22008")
    #expect(state(.timestamp(.second, zone: "UTC"), moment(.min, 0)) == "22008")
  }

  @Test func nestedValuesAreJSON() throws {
    let list = DataType.list(Field("item", .int64))
    #expect(try bound(list, .list([1, .null, 3])) == "TEXT [1,null,3]")
  }

  @Test func errorsNameTheParameterAndNotTheValue() throws {
    let binding = try SnowflakeBinding(
      try column(.date32, .date(0), .date(2_932_897)), number: 3)
    var text: [UInt8] = []
    let error = #expect(throws: TernError.self) { try binding.append(1, to: &text) }
    #expect(error?.message.hasPrefix("parameter 3, row 2: ") ?? false)
    #expect(error?.message.contains("2932897") == false)
  }

  private func batch() throws -> Batch {
    let builder = BatchBuilder(Schema([Field("a", .int64), Field("b", .utf8)]))
    for row in [[1, "a"], [2, .null], [.null, "\"\u{1}"]] as [[Value]] { try builder.append(row) }
    return try builder.finish()
  }

  @Test func bindingsAreStringsOrNull() throws {
    let bindings = try SnowflakeBinding.all(of: try batch())
    let one = try SnowflakeBinding.json(bindings, ["1", "2"], row: 1)
    #expect(
      String(decoding: one, as: UTF8.self)
        == #"{"1":{"type":"FIXED","value":"2"},"2":{"type":"TEXT","value":null}}"#)
    let all = try SnowflakeBinding.json(bindings, ["1", "who"], rows: 0..<3)
    #expect(
      String(decoding: all, as: UTF8.self)
        == #"{"1":{"type":"FIXED","value":["1","2",null]},"#
        + #""who":{"type":"TEXT","value":["a",null,"\"\u0001"]}}"#)
  }

  @Test func momentsMayBeTexts() throws {
    let type = DataType.wideTimestamp(digits: 9, zone: nil)
    let binding = try SnowflakeBinding(
      try column(type, moment(1_704_164_645, 5)), number: 1, sendsMomentsAsText: true)
    var text: [UInt8] = []
    try binding.append(0, to: &text)
    #expect(binding.typeName == "TEXT")
    #expect(String(decoding: text, as: UTF8.self) == "2024-01-02 03:04:05.000000005")
  }
}
