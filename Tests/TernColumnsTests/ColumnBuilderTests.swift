import TernColumns
import TernCore
import Testing

/// One row of the table: a type, what goes in, and the canonical text that comes out.
struct ValueCase: Sendable, CustomTestStringConvertible {
  let type: DataType
  let value: Value
  let text: String
  var testDescription: String { "\(type) \(text)" }
  init(_ type: DataType, _ value: Value, _ text: String) {
    (self.type, self.value, self.text) = (type, value, text)
  }
}

private let digits38 = String(repeating: "9", count: 38)
private let digits76 = String(repeating: "9", count: 76)
private let endOfTime = WideTimestamp(seconds: 253_402_300_799, nanoseconds: 999_999_999)
private let yearOne = WideTimestamp(seconds: -62_135_596_800, nanoseconds: 1)

private func decimal(_ text: String) -> Value {
  DecimalValue(text).map { .decimal($0) } ?? .null
}

private let cases: [ValueCase] = [
  ValueCase(.bool, true, "true"), ValueCase(.bool, false, "false"),
  ValueCase(.int8, -128, "-128"), ValueCase(.int16, 32767, "32767"),
  ValueCase(.int32, -2_147_483_648, "-2147483648"),
  ValueCase(.int64, .integer(.min), "-9223372036854775808"),
  ValueCase(.uint8, 255, "255"), ValueCase(.uint16, 65_535, "65535"),
  ValueCase(.uint32, 4_294_967_295, "4294967295"),
  ValueCase(.uint64, .unsigned(.max), "18446744073709551615"),
  ValueCase(.float32, .double(Double(Float(0.1))), "0.1"),
  ValueCase(.float64, 0.1, "0.1"), ValueCase(.float64, 1.0, "1.0"),
  ValueCase(.float64, .double(.nan), "NaN"), ValueCase(.float64, .double(-.infinity), "-Infinity"),
  ValueCase(.float64, .double(.leastNonzeroMagnitude), "5e-324"),
  ValueCase(.float64, .double(-0.0), "-0.0"),
  ValueCase(.decimal128(precision: 38, scale: 0), decimal("-" + digits38), "-" + digits38),
  ValueCase(.decimal128(precision: 10, scale: 5), decimal("-0.70000"), "-0.70000"),
  ValueCase(.decimal128(precision: 18, scale: 2), decimal("0.00"), "0.00"),
  ValueCase(.decimal256(precision: 76, scale: 0), decimal(digits76), digits76),
  ValueCase(
    .decimal256(precision: 76, scale: 76), decimal("-0." + digits76), "-0." + digits76),
  ValueCase(.date32, .date(-719_162), "0001-01-01"),
  ValueCase(.date32, .date(2_932_896), "9999-12-31"),
  ValueCase(.date32, .date(19_782), "2024-02-29"),
  ValueCase(.date32, .date(-719_163), "0000-12-31"),
  ValueCase(.time32(.second), .time(86_399_000_000_000), "23:59:59"),
  ValueCase(.time32(.millisecond), .time(1_000_000), "00:00:00.001"),
  ValueCase(.time64(.nanosecond), .time(86_399_999_999_999), "23:59:59.999999999"),
  ValueCase(
    .timestamp(.microsecond, zone: nil),
    .timestamp(WideTimestamp(seconds: -1, nanoseconds: 999_999_000)),
    "1969-12-31 23:59:59.999999"),
  ValueCase(
    .timestamp(.second, zone: "UTC"), .timestamp(WideTimestamp(seconds: 0, nanoseconds: 0)),
    "1970-01-01 00:00:00 +00:00"),
  ValueCase(
    .wideTimestamp(digits: 9, zone: nil), .timestamp(endOfTime), "9999-12-31 23:59:59.999999999"),
  ValueCase(
    .wideTimestamp(digits: 9, zone: nil), .timestamp(yearOne), "0001-01-01 00:00:00.000000001"),
  ValueCase(
    .wideTimestamp(digits: 3, zone: "UTC"),
    .timestamp(WideTimestamp(seconds: 0, nanoseconds: 5_000_000, offsetMinutes: -330)),
    "1969-12-31 18:30:00.005 -05:30"),
  ValueCase(
    .duration(.millisecond), .duration(seconds: -2, nanoseconds: 500_000_000),
    "-0 00:00:01.500"),
  ValueCase(
    .intervalMonths, .interval(MonthDayNano(months: -63, days: 0, nanoseconds: 0)), "-5-03"),
  ValueCase(
    .intervalMonthDayNano,
    .interval(MonthDayNano(months: 0, days: 2, nanoseconds: 46_210_123_000_000)),
    "2 12:50:10.123000000"),
  ValueCase(.utf8, "", ""), ValueCase(.utf8, "Grüße \u{1F680}\u{0}", "Grüße \u{1F680}\u{0}"),
  ValueCase(.largeUtf8, "x", "x"), ValueCase(.binary, .bytes([0, 0xAB]), "00AB"),
  ValueCase(.largeBinary, .bytes([]), ""), ValueCase(.fixedSizeBinary(2), .bytes([1, 2]), "0102"),
  ValueCase(.list(Field("item", .int32)), [1, nil, 3], "[1,null,3]"),
  ValueCase(.list(Field("item", .utf8)), [], "[]"),
  ValueCase(.fixedSizeList(Field("item", .float64), count: 2), [1.5, 2.5], "[1.5,2.5]"),
  ValueCase(
    .structure([Field("a", .int8), Field("b\"", .utf8)]), .structure([1, "x\n"]),
    "{\"a\":1,\"b\\\"\":\"x\\n\"}"),
]

@Suite struct ColumnBuilderTests {
  @Test("a value comes back as it went in, around NULLs", arguments: cases)
  func roundTrip(_ row: ValueCase) throws {
    let builder = ColumnBuilder(row.type)
    try builder.append(row.value)
    for _ in 0..<9 { try builder.appendNull() }
    try builder.append(row.value)
    let column = try builder.finish()
    #expect(column.count == 11)
    #expect(column.nullCount == 9)
    for index in [0, 10] {
      #expect(try column.text(at: index) == row.text)
      if case .double(let value) = row.value, value.isNaN { continue }
      #expect(try column.value(at: index) == row.value)
    }
    #expect(try (1...9).allSatisfy { try column.isNull(at: $0) })
    let slice = try column.slice(9, count: 2)
    #expect(slice.nullCount == 1)
    #expect(try slice.text(at: 1) == row.text)
    #expect(try slice == column.slice(9, count: 2))
  }

  @Test("a column without NULLs has no bitmap, and a builder starts again empty")
  func withoutNulls() throws {
    let builder = ColumnBuilder(.int64)
    for value in 0..<1_000 { try builder.append(integer: Int64(value)) }
    let column = try builder.finish()
    #expect(column.validity == nil)
    #expect(try column.int64(at: 999) == 999)
    #expect(try builder.finish().count == 0)
  }

  @Test("a value outside the type is refused and leaves the column as it was")
  func refused() throws {
    let refusals: [(DataType, Value, SQLState)] = [
      (.int8, 128, .numberOutOfRange), (.uint8, -1, .numberOutOfRange),
      (.int64, .unsigned(.max), .numberOutOfRange), (.int32, "1", .restrictedType),
      (.float32, .double(1e300), .numberOutOfRange), (.bool, 1, .restrictedType),
      (.decimal128(precision: 3, scale: 2), decimal("10"), .numberOutOfRange),
      (.decimal128(precision: 5, scale: 1), decimal("1.25"), .numberOutOfRange),
      (.decimal256(precision: 76, scale: 76), decimal("1"), .numberOutOfRange),
      (.time32(.second), .time(1), .datetimeOutOfRange),
      (.timestamp(.nanosecond, zone: nil), .timestamp(endOfTime), .datetimeOutOfRange),
      (.timestamp(.microsecond, zone: nil), .timestamp(yearOne), .datetimeOutOfRange),
      (.fixedSizeBinary(2), .bytes([1]), .numberOutOfRange),
      (.utf8, .bytes([0xC0, 0x80]), .invalidCast),
      (.utf8, .bytes([0xED, 0xA0, 0x80]), .invalidCast),
      (
        .intervalMonths, .interval(MonthDayNano(months: 1, days: 1, nanoseconds: 0)),
        .numberOutOfRange
      ),
      (.date32, 1.5, .restrictedType), (.null, 1, .restrictedType),
    ]
    for (type, value, state) in refusals {
      let builder = ColumnBuilder(type)
      let error = #expect(throws: TernError.self) { try builder.append(value) }
      #expect(error?.sqlState == state, "\(type)")
      #expect(builder.count == 0)
      #expect(try builder.finish().count == 0)
    }
  }

  @Test("rows become a batch, and a row of the wrong width is refused")
  func batch() throws {
    let schema = Schema([Field("name", .utf8), Field("size", .int32)])
    let rows = BatchBuilder(schema)
    try rows.append(["a", 1])
    try rows.append([nil, nil])
    #expect(throws: TernError.self) { try rows.append(["a"]) }
    let batch = try rows.finish()
    #expect(batch.rowCount == 2)
    #expect(try batch.row(0) == ["a", 1])
    #expect(try batch.slice(1, count: 1).row(0) == [nil, nil])
    #expect(throws: TernError.self) { try batch.slice(1, count: 2) }
    #expect(batch.byteCount > 0)
  }
}
