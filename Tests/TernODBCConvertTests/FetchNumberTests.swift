import TernColumns
import TernCore
import Testing

@testable import TernODBCConvert

@Suite struct FetchNumberTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let type: DataType
    let value: Value
    let cType: Int16
    let expected: Int64
    var outcome = ConversionOutcome.exact
    var testDescription: String { "\(value) of \(type) as \(cType)" }
  }

  static let decimal = DataType.decimal128(precision: 18, scale: 2)
  static func dec(_ text: String) -> Value {
    .decimal(DecimalValue(text) ?? DecimalValue(unscaled: 0))
  }

  @Test(arguments: [
    Case(type: .int64, value: 5, cType: CType.sbigint, expected: 5),
    Case(type: .int64, value: .integer(.min), cType: CType.sbigint, expected: .min),
    Case(type: .int64, value: 127, cType: CType.stinyint, expected: 127),
    Case(type: .int64, value: 128, cType: CType.stinyint, expected: 0, outcome: .numberOutOfRange),
    Case(type: .int64, value: 255, cType: CType.utinyint, expected: 255),
    Case(type: .int64, value: -1, cType: CType.utinyint, expected: 0, outcome: .numberOutOfRange),
    Case(type: .int64, value: -32768, cType: CType.short, expected: -32768),
    Case(type: .int64, value: 65535, cType: CType.ushort, expected: 65535),
    Case(type: .int64, value: 2_147_483_647, cType: CType.long, expected: 2_147_483_647),
    Case(
      type: .int64, value: 2_147_483_648, cType: CType.slong, expected: 0,
      outcome: .numberOutOfRange),
    Case(type: .int64, value: 4_294_967_295, cType: CType.ulong, expected: 4_294_967_295),
    Case(type: .uint64, value: .unsigned(.max), cType: CType.ubigint, expected: -1),
    Case(
      type: .uint64, value: .unsigned(.max), cType: CType.sbigint, expected: 0,
      outcome: .numberOutOfRange),
    Case(type: .int8, value: -7, cType: CType.long, expected: -7),
    Case(type: .int32, value: 1, cType: CType.bit, expected: 1),
    Case(type: .int32, value: 2, cType: CType.bit, expected: 0, outcome: .numberOutOfRange),
    Case(type: .bool, value: true, cType: CType.long, expected: 1),
    Case(type: decimal, value: dec("12.00"), cType: CType.long, expected: 12),
    Case(
      type: decimal, value: dec("-12.99"), cType: CType.long, expected: -12,
      outcome: .fractionTruncated),
    Case(
      type: decimal, value: dec("0.50"), cType: CType.bit, expected: 0, outcome: .fractionTruncated),
    Case(
      type: decimal, value: dec("1.99"), cType: CType.bit, expected: 1, outcome: .fractionTruncated),
    Case(type: decimal, value: dec("2"), cType: CType.bit, expected: 0, outcome: .numberOutOfRange),
    Case(
      type: decimal, value: dec("300"), cType: CType.stinyint, expected: 0,
      outcome: .numberOutOfRange),
    Case(
      type: .decimal256(precision: 50, scale: 1), value: dec("77.7"), cType: CType.sbigint,
      expected: 77, outcome: .fractionTruncated),
    Case(
      type: .float64, value: 1.5, cType: CType.sbigint, expected: 1, outcome: .fractionTruncated),
    Case(
      type: .float64, value: 9_223_372_036_854_775_807.0, cType: CType.sbigint, expected: 0,
      outcome: .numberOutOfRange),
    Case(
      type: .float64, value: .double(.nan), cType: CType.sbigint, expected: 0,
      outcome: .numberOutOfRange),
    Case(
      type: .float64, value: .double(.infinity), cType: CType.bit, expected: 0,
      outcome: .numberOutOfRange),
    Case(type: .float32, value: .double(-3), cType: CType.stinyint, expected: -3),
    Case(type: .utf8, value: " 42 ", cType: CType.long, expected: 42),
    Case(type: .utf8, value: "1.5e1", cType: CType.long, expected: 15),
    Case(type: .utf8, value: "1.5", cType: CType.long, expected: 1, outcome: .fractionTruncated),
    Case(type: .utf8, value: "1e300", cType: CType.long, expected: 0, outcome: .numberOutOfRange),
    Case(type: .utf8, value: "", cType: CType.long, expected: 0, outcome: .invalidCast),
    Case(type: .utf8, value: "1x", cType: CType.long, expected: 0, outcome: .invalidCast),
    Case(type: .utf8, value: "true", cType: CType.bit, expected: 1),
    Case(type: .largeUtf8, value: "7", cType: CType.utinyint, expected: 7),
    Case(
      type: .intervalMonths, value: .interval(MonthDayNano(months: 24, days: 0, nanoseconds: 0)),
      cType: CType.long, expected: 2),
  ])
  func numbersBecomeIntegersOrSayWhy(test: Case) throws {
    let sqlType: Int16 = test.type == .intervalMonths ? 101 : 4
    let fetched = try fetch(
      test.type, test.value, as: test.cType, sqlType: sqlType, bufferLength: 0)
    #expect(fetched.outcome == test.outcome)
    #expect(fetched.application.isIntact)
    guard !test.outcome.isError else {
      #expect(fetched.bytes(8) == [UInt8](repeating: Application.guardByte, count: 8))
      return
    }
    let count = try #require(CTarget(code: test.cType)?.byteCount)
    #expect(fetched.length == count)
    #expect(fetched.bytes(9)[count] == Application.guardByte)
    let wanted = (0..<count).map { UInt8(truncatingIfNeeded: test.expected >> Int64($0 * 8)) }
    #expect(fetched.bytes(count) == wanted)
  }

  @Test(
    arguments: [
      (.int64, 3, 3.0), (.float32, .double(0.5), 0.5), (decimal, dec("0.07"), 0.07),
      (
        .decimal128(precision: 38, scale: 10), dec("1234567890123456789.0123456789"),
        1234567890123456789.0123456789
      ),
      (.utf8, "1e300", 1e300), (.utf8, " -2.5 ", -2.5), (.float64, .double(.infinity), .infinity),
      (.bool, true, 1),
    ] as [(DataType, Value, Double)])
  func numbersBecomeTheNearestDouble(type: DataType, value: Value, expected: Double) throws {
    let fetched = try fetch(type, value, as: CType.double, bufferLength: 0)
    #expect(fetched.outcome == .exact)
    #expect(fetched.application.value(0, Double.self) == expected)
  }

  @Test func aFloatCanOverflow() throws {
    #expect(try fetch(.float64, 1e300, as: CType.float).outcome == .numberOutOfRange)
    #expect(try fetch(.float64, 0.1, as: CType.float).application.value(0, Float.self) == 0.1)
    #expect(try fetch(.utf8, "abc", as: CType.double).outcome == .invalidCast)
  }

  @Test(
    arguments: [
      (.int64, .integer(.min), "-9223372036854775808"), (.int64, 0, "0"), (.uint8, 255, "255"),
      (.uint64, .unsigned(.max), "18446744073709551615"), (decimal, dec("0.5"), "0.50"),
      (decimal, dec("-0.05"), "-0.05"), (decimal, dec("0"), "0.00"),
      (decimal, dec("1234567890123456.78"), "1234567890123456.78"),
      (
        .decimal128(precision: 38, scale: 0), dec("99999999999999999999999999999999999999"),
        "99999999999999999999999999999999999999"
      ),
      (
        .decimal128(precision: 38, scale: 38), dec("-0.00000000000000000000000000000000000001"),
        "-0.00000000000000000000000000000000000001"
      ),
      (
        .decimal128(precision: 38, scale: 20), dec("100000000000000000.00000000000000000001"),
        "100000000000000000.00000000000000000001"
      ),
      (
        .decimal256(precision: 76, scale: 1),
        dec("1234567890123456789012345678901234567890123456.5"),
        "1234567890123456789012345678901234567890123456.5"
      ),
      (.float64, 1.5, "1.5"), (.float64, .double(-.infinity), "-Infinity"),
      (.float64, 1e300, "1e+300"),
      (.bool, true, "1"), (.bool, false, "0"),
    ] as [(DataType, Value, String)])
  func numbersBecomeText(type: DataType, value: Value, expected: String) throws {
    let narrow = try fetch(type, value, as: CType.char)
    #expect(narrow.text == expected)
    #expect(narrow.length == expected.utf8.count)
    let wide = try fetch(type, value, as: CType.wchar, bufferLength: 128)
    #expect(wide.wideText == expected)
    #expect(wide.length == expected.utf8.count * 2)
  }

  @Test func booleansAreWordsWhereAsked() throws {
    let fetched = try fetch(.bool, false, as: CType.char) { $0.isBooleanText = true }
    #expect(fetched.text == "false")
  }

  @Test(
    arguments: [
      (5, "", .numberOutOfRange), (6, "12345", .truncated), (7, "12345", .truncated),
      (8, "12345.6", .truncated), (9, "12345.67", .exact), (0, "", .numberOutOfRange),
    ] as [(Int, String, ConversionOutcome)])
  func onlyAFractionOfANumberIsCut(
    bufferLength: Int, text: String, outcome: ConversionOutcome
  ) throws {
    let fetched = try fetch(
      Self.decimal, Self.dec("12345.67"), as: CType.char, bufferLength: bufferLength)
    #expect(fetched.outcome == outcome)
    if !outcome.isError {
      #expect(fetched.text == text)
      #expect(fetched.length == 8)
    }
    let wide = try fetch(
      Self.decimal, Self.dec("12345.67"), as: CType.wchar, bufferLength: bufferLength * 2)
    #expect(wide.outcome == outcome)
    if !outcome.isError { #expect(wide.wideText == text) }
  }

  @Test(
    arguments: [
      ("12.34", nil, nil, 1234, 2, .exact), ("12.34", 38, 1, 123, 1, .fractionTruncated),
      ("12.34", 38, 0, 12, 0, .fractionTruncated), ("12.34", 38, 4, 123400, 4, .exact),
      ("12.34", 1, 0, 0, 0, .numberOutOfRange),
      ("-1200", 38, -2, 12, -2, .exact),
    ] as [(String, Int16?, Int16?, Int, Int8, ConversionOutcome)])
  func decimalsBecomeTheNumericStructure(
    text: String, precision: Int16?, scale: Int16?, magnitude: Int, written: Int8,
    outcome: ConversionOutcome
  ) throws {
    let fetched = try fetch(Self.decimal, Self.dec(text), as: CType.numeric, bufferLength: 0) {
      $0.numericPrecision = precision
      $0.numericScale = scale
    }
    #expect(fetched.outcome == outcome)
    if outcome.isError { return }
    #expect(fetched.length == 19)
    #expect(fetched.application.value(0, Int8.self, at: 1) == written)
    #expect(fetched.application.value(0, UInt8.self, at: 2) == (text.hasPrefix("-") ? 0 : 1))
    #expect(fetched.application.value(0, UInt64.self, at: 3) == UInt64(magnitude))
  }

  @Test func valuesBecomeNativeBytes() throws {
    let fetched = try fetch(.int32, 258, as: CType.binary, bufferLength: 4)
    #expect(fetched.bytes(4) == [2, 1, 0, 0])
    #expect(fetched.length == 4)
    #expect(try fetch(.int32, 258, as: CType.binary, bufferLength: 3).outcome == .numberOutOfRange)
    #expect(try fetch(.date32, .date(0), as: CType.binary, bufferLength: 6).length == 6)
  }
}
