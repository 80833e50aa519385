import TernColumns
import TernCore
import Testing

@testable import TernODBCConvert

@Suite struct ParameterTests {
  /// Bytes of a C value.
  static func raw<Stored: BitwiseCopyable>(_ values: Stored...) -> [UInt8] {
    values.flatMap { value in unsafe withUnsafeBytes(of: value) { unsafe Array($0) } }
  }

  static func wide(_ text: String) -> [UInt8] { text.utf16.flatMap { raw($0) } }

  /// Encodes one value; its column, or what was refused.
  private func encode(
    _ bytes: [UInt8], _ cType: Int16, _ sqlType: Int16, length: Int? = nil,
    _ change: (inout BoundParameter) -> Void = { _ in }
  ) throws -> (Value, DataType, ConversionOutcome) {
    let application = Application(rowCount: 1, bufferLength: max(bytes.count + 4, 32))
    application.set(0, bytes + [0, 0])
    application.setLength(0, length ?? bytes.count)
    var parameter = BoundParameter(
      cType: cType, sqlType: sqlType, data: application.data, dataStride: 0,
      bufferLength: bytes.count, indicator: application.cell, lengthCell: application.cell)
    change(&parameter)
    let encoder = try ParameterEncoder([parameter], setCount: 1, today: 10)
    guard let batch = try encoder.encode() else {
      #expect(encoder.events.all.count == 1)
      return (.null, .null, try #require(encoder.events.all.first?.outcome))
    }
    return (try batch.columns[0].value(at: 0), batch.columns[0].type, .exact)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    let cType: Int16
    let sqlType: Int16
    let value: Value
    let type: DataType
    var testDescription: String { "\(cType) to \(sqlType): \(value)" }
    init(_ bytes: [UInt8], _ cType: Int16, _ sqlType: Int16, _ value: Value, _ type: DataType) {
      (self.bytes, self.cType, self.sqlType) = (bytes, cType, sqlType)
      (self.value, self.type) = (value, type)
    }
  }

  static func text(_ text: String) -> [UInt8] { Array(text.utf8) }
  static func dec(_ text: String) -> Value {
    .decimal(DecimalValue(text) ?? DecimalValue(unscaled: 0))
  }
  static let date: [UInt8] = raw(2024 as Int16, 2, 29)
  static let time: [UInt8] = raw(23 as Int16, 59, 58)
  static let stamp: [UInt8] = date + time + raw(500_000_000 as UInt32)
  static let midnight: [UInt8] = date + raw(0 as Int16, 0, 0) + raw(0 as UInt32)
  static let numeric: [UInt8] = raw(10 as UInt8, 2, 0) + raw(1234 as UInt64, 0)
  static let dayTime: [UInt8] =
    raw(10 as Int32) + raw(1 as Int16, 0) + raw(5 as UInt32, 12, 30, 45, 123_000)
  static let yearMonth: [UInt8] =
    raw(7 as Int32) + raw(0 as Int16, 0) + raw(3 as UInt32, 2, 0, 0, 0)
  static let guid: [UInt8] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
  static let guidText = "00010203-0405-0607-0809-0a0b0c0d0e0f"
  static let micro = DataType.timestamp(.microsecond, zone: nil)
  static let stampValue = Value.timestamp(
    WideTimestamp(seconds: 1_709_251_198, nanoseconds: 500_000_000))

  static let cases: [Case] = [
    Case(text("Grüße"), CType.char, 12, "Grüße", .utf8),
    Case(wide("a😀"), CType.wchar, -9, "a😀", .utf8),
    Case(raw(0xD83D as UInt16), CType.wchar, -9, "\u{FFFD}", .utf8),
    Case(raw(0xDE00 as UInt16, 0x61), CType.wchar, -9, "\u{FFFD}a", .utf8),
    Case(text("12.50"), CType.char, 3, dec("12.50"), .decimal128(precision: 38, scale: 2)),
    Case(wide(" -7 "), CType.wchar, 4, -7, .int32),
    Case(text("1e3"), CType.char, -5, 1000, .int64),
    Case(text("1.5"), CType.char, 8, 1.5, .float64), Case(text("1"), CType.char, -7, true, .bool),
    Case(text("false"), CType.char, -7, false, .bool),
    Case(text("0aFF"), CType.char, -3, .bytes([10, 255]), .binary),
    Case(text("2024-02-29"), CType.char, 91, .date(19_782), .date32),
    Case(text("10:00:00.25"), CType.char, 92, .time(36_000_250_000_000), .time64(.microsecond)),
    Case(text("2024-02-29 23:59:58.5"), CType.char, 93, stampValue, micro),
    Case(text("3-02"), CType.char, 107, FetchMomentTests.interval(38), .intervalMonths),
    Case(
      text("-5 12:30:45.123"), CType.char, 110,
      FetchMomentTests.interval(0, -5, -45_045_123_000_000),
      .intervalMonthDayNano),
    Case(text("{\(guidText)}"), CType.char, -11, .text(guidText), .utf8),
    Case(raw(Int64.min), CType.sbigint, -5, .integer(.min), .int64),
    Case(raw(UInt64.max), CType.ubigint, -5, .unsigned(.max), .uint64),
    Case(raw(-3 as Int8), CType.tinyint, 12, "-3", .utf8),
    Case(raw(200 as UInt8), CType.utinyint, -6, 200, .uint8),
    Case(raw(-5 as Int16), CType.short, 3, dec("-5"), .decimal128(precision: 38, scale: 0)),
    Case(raw(70_000 as UInt32), CType.ulong, 8, 70_000.0, .float64),
    Case(raw(1 as UInt8), CType.bit, 4, 1, .int32),
    Case(raw(1 as Int32), CType.long, -7, true, .bool),
    Case(raw(258 as Int32), CType.long, -3, .bytes([2, 1, 0, 0]), .binary),
    Case(raw(5 as Int32), CType.long, 103, FetchMomentTests.interval(0, 5), .intervalMonthDayNano),
    Case(raw(0.5 as Float), CType.float, 7, 0.5, .float32),
    Case(raw(2.0 as Double), CType.double, 4, 2, .int32),
    Case(raw(0.1 as Double), CType.double, 3, dec("0.1"), .decimal128(precision: 38, scale: 1)),
    Case(raw(0.1 as Double), CType.double, 12, "0.1", .utf8),
    Case(numeric, CType.numeric, 2, dec("-12.34"), .decimal128(precision: 38, scale: 2)),
    Case(numeric, CType.numeric, 12, "-12.34", .utf8),
    Case([1, 255], CType.binary, -3, .bytes([1, 255]), .binary),
    Case(text("ü"), CType.binary, 12, "ü", .utf8),
    Case(raw(7 as Int64), CType.binary, -5, 7, .int64),
    Case(date, CType.binary, 91, .date(19_782), .date32),
    Case(date, CType.date, 91, .date(19_782), .date32), Case(date, 9, 12, "2024-02-29", .utf8),
    Case(
      date, CType.date, 93, .timestamp(WideTimestamp(seconds: 1_709_164_800, nanoseconds: 0)), micro
    ),
    Case(time, CType.time, 92, .time(86_398_000_000_000), .time64(.microsecond)),
    Case(time, CType.time, 12, "23:59:58", .utf8),
    Case(time, CType.time, 93, .timestamp(WideTimestamp(seconds: 950_398, nanoseconds: 0)), micro),
    Case(stamp, CType.timestamp, 93, stampValue, micro),
    Case(stamp, CType.timestamp, 12, "2024-02-29 23:59:58.5", .utf8),
    Case(midnight, 11, 91, .date(19_782), .date32),
    Case(yearMonth, 107, 107, FetchMomentTests.interval(38), .intervalMonths),
    Case(yearMonth, 107, 12, "3-02", .utf8),
    Case(
      dayTime, 110, 110, FetchMomentTests.interval(0, -5, -45_045_123_000_000),
      .intervalMonthDayNano),
    Case(dayTime, 110, 12, "-5 12:30:45.123", .utf8),
    Case(guid, CType.guid, -11, .text(guidText), .utf8),
    Case(guid, CType.guid, -2, .bytes(Array(0..<16)), .binary),
    Case(raw(7 as Int32), CType.default, 4, 7, .int32),
    Case(raw(7 as Int32), CType.long, 0, 7, .int32),
  ]

  @Test(arguments: cases)
  func valuesBecomeTheSQLTypeExactly(test: Case) throws {
    let (value, type, outcome) = try encode(test.bytes, test.cType, test.sqlType)
    #expect(outcome == .exact)
    #expect(value == test.value)
    #expect(type == test.type)
  }

  @Test(
    arguments: [
      (raw(128 as Int32), CType.long, -6, .numberOutOfRange),
      (text("1.5"), CType.char, 4, .textTruncated),
      (raw(1.5 as Double), CType.double, -5, .textTruncated),
      (raw(Double.nan), CType.double, 3, .numberOutOfRange),
      (text("x"), CType.char, 4, .invalidCast), (text(""), CType.char, 3, .invalidCast),
      (text("abc"), CType.char, -3, .invalidCast),
      (text("1e400"), CType.char, 8, .numberOutOfRange),
      (text("1e39"), CType.char, 7, .numberOutOfRange),
      (text("2"), CType.char, -7, .numberOutOfRange),
      ([0xFF, 0xFE], CType.char, 12, .invalidCast), ([0xC3], CType.binary, 12, .invalidCast),
      (raw(2023 as Int16, 2, 29), CType.date, 91, .invalidDatetime),
      (raw(2023 as Int16, 13, 1), CType.date, 91, .invalidDatetime),
      (raw(25 as Int16, 0, 0), CType.time, 92, .invalidDatetime),
      (date + time + raw(1_000_000_000 as UInt32), CType.timestamp, 93, .invalidDatetime),
      (stamp, CType.timestamp, 91, .datetimeOutOfRange),
      (stamp, CType.timestamp, 92, .datetimeOutOfRange),
      (text("2024-02-30"), CType.char, 91, .invalidDatetime),
      (text("noon"), CType.char, 92, .invalidCast),
      (raw(3 as Int16), CType.binary, 4, .numberOutOfRange),
      (raw(1 as UInt8, 1, 7) + raw(0 as UInt64, 0), CType.numeric, 3, .numberOutOfRange),
      (raw(2 as UInt8), CType.bit, -7, .numberOutOfRange),
      (raw(99 as Int32) + raw(0 as Int16), 110, 110, .invalidDatetime),
    ] as [([UInt8], Int16, Int16, ConversionOutcome)])
  func whatDoesNotFitIsRefused(
    bytes: [UInt8], cType: Int16, sqlType: Int16, outcome: ConversionOutcome
  ) throws {
    #expect(try encode(bytes, cType, sqlType).2 == outcome)
  }

  @Test(
    arguments: [
      (-1, CType.char, .exact, nil), (-3, CType.char, .exact, "abc"), (2, CType.char, .exact, "ab"),
      (0, CType.char, .exact, ""),
      (-5, CType.char, .invalidDefaultParameter, nil), (-4, CType.char, .invalidLength, nil),
      (-7, CType.char, .invalidLength, nil),
      (3, CType.wchar, .invalidLength, nil), (-3, CType.binary, .invalidLength, nil),
    ] as [(Int, Int16, ConversionOutcome, String?)])
  func lengthsSayWhatIsThere(
    length: Int, cType: Int16, outcome: ConversionOutcome, text: String?
  ) throws {
    let found = try encode(Self.text("abc"), cType, 12, length: length)
    #expect(found.2 == outcome)
    #expect(found.0 == Value(text))
  }

  @Test func withoutCellsTextIsTerminatedAndBytesFillTheBuffer() throws {
    func clear(_ parameter: inout BoundParameter) {
      (parameter.indicator, parameter.lengthCell) = (0, 0)
    }
    #expect(try encode(Self.text("abc"), CType.char, 12, clear).0 == "abc")
    #expect(try encode(Self.wide("aü"), CType.wchar, 12, clear).0 == "aü")
    #expect(try encode([1, 0, 2], CType.binary, -3, clear).0 == .bytes([1, 0, 2]))
    #expect(try encode(Self.raw(5 as Int32), CType.long, 4, clear).0 == 5)
  }

  @Test func aNullPointerIsNullOrRefused() throws {
    #expect(try encode([], CType.long, 4, length: 0) { $0.data = 0 }.2 == .nullArgument)
    #expect(try encode([], CType.char, 12, length: 0) { $0.data = 0 }.0 == "")
    #expect(try encode([], CType.char, 12, length: 4) { $0.data = 0 }.2 == .nullArgument)
    #expect(try encode([], CType.default, 4, length: -1) { $0.data = 0 }.2 == .exact)
  }

  @Test func theRecordsScaleRules() throws {
    #expect(
      try encode(Self.numeric, CType.numeric, 3) { $0.numericScale = 4 }.0 == Self.dec("-0.1234"))
  }

  @Test func setsFailByNumberAndIgnoredOnesAreSkipped() throws {
    let application = Application(rowCount: 4, bufferLength: 8, stride: 16)
    for (row, text) in ["1", "x", "3", "y"].enumerated() {
      application.set(row, Self.text(text))
      application.setLength(row, 1)
    }
    let operations = Application(rowCount: 1, bufferLength: 8)
    operations.set(0, Self.raw(0 as UInt16, 1, 0, 0))
    let parameter = BoundParameter(
      cType: CType.char, sqlType: 3, data: application.data, dataStride: 16, bufferLength: 8,
      indicator: application.cell, lengthCell: application.cell)
    let encoder = try ParameterEncoder([parameter], setCount: 4, operations: operations.data)
    #expect(encoder.sets == [0, 2, 3])
    #expect(try encoder.encode() == nil)
    #expect(
      encoder.events.all == [ConversionEvents.Event(row: 3, column: 1, outcome: .invalidCast)])
    let fewer = try ParameterEncoder([parameter], setCount: 3, operations: operations.data)
    let batch = try #require(try fewer.encode())
    #expect(try batch.columns[0].allValues() == [Self.dec("1"), Self.dec("3")])
  }

  @Test func aColumnHasTheScaleOfItsWidestValue() throws {
    let application = Application(rowCount: 2, bufferLength: 48)
    for (row, text) in ["1.5", "0.123"].enumerated() {
      application.set(row, Self.text(text) + [0])
      application.setLength(row, -3)
    }
    let parameter = BoundParameter(
      cType: CType.char, sqlType: 3, data: application.data, dataStride: 48, bufferLength: 48,
      indicator: application.cell, lengthCell: application.cell)
    let batch = try #require(try ParameterEncoder([parameter], setCount: 2).encode())
    #expect(batch.columns[0].type == .decimal128(precision: 38, scale: 3))
    #expect(try batch.columns[0].text(at: 0) == "1.500")
  }

  @Test(
    arguments: [
      (CType.date, 4), (CType.date, 92), (CType.time, 91), (CType.long, 91), (CType.guid, 4),
      (107, 110), (110, 4), (CType.timestamp, 8), (CType.binary, 110), (CType.long, 107),
    ] as [(Int16, Int16)])
  func whatTheMatrixLeavesBlankIsRefused(cType: Int16, sqlType: Int16) {
    #expect(!ParameterEncoder.supports(cType, to: sqlType))
    let parameter = BoundParameter(
      cType: cType, sqlType: sqlType, data: 8, dataStride: 0, bufferLength: 0, indicator: 0,
      lengthCell: 0)
    #expect(throws: TernError.self) { try ParameterEncoder([parameter], setCount: 1) }
  }
}
