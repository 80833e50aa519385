import TernColumns
import TernCore
import Testing

@Suite struct ColumnEncoderTests {
  private static let moment = WideTimestamp(seconds: 1_718_731_333, nanoseconds: 123_000_000)

  private static func batch() throws -> Batch {
    let schema = Schema([
      Field("i", .int64), Field("d", .decimal128(precision: 18, scale: 2)), Field("f", .float64),
      Field("t", .utf8), Field("day", .date32), Field("ts", .timestamp(.millisecond, zone: nil)),
      Field("b", .bool), Field("x", .binary), Field("m", .intervalMonths),
    ])
    let rows = BatchBuilder(schema)
    try rows.append([
      1, .decimal(try #require(DecimalValue("0.70"))), 1.0, "a\"\n\u{1F680}", .date(19_782),
      .timestamp(moment), true, .bytes([0, 255]),
      .interval(MonthDayNano(months: -63, days: 0, nanoseconds: 0)),
    ])
    try rows.append(Array(repeating: .null, count: 9))
    try rows.append([
      .integer(.min), .decimal(try #require(DecimalValue("-12345678.9"))), 1e300, "", .date(0),
      .timestamp(WideTimestamp(seconds: 0, nanoseconds: 0)), false, .bytes([]),
      .interval(MonthDayNano(months: 1, days: 0, nanoseconds: 0)),
    ])
    return try rows.finish()
  }

  @Test("each type has its standard form, in columns and in rows")
  func standard() throws {
    var writer = JSONWriter()
    let next = try ColumnEncoder(columnCount: 9).columns(of: Self.batch(), from: 0, to: &writer)
    #expect(next == 3)
    #expect(
      String(decoding: writer.bytes, as: UTF8.self) == #"""
        [[1,null,-9223372036854775808],["0.70",null,"-12345678.90"],[1.0,null,1e+300],\#
        ["a\"\n🚀",null,""],["2024-02-29",null,"1970-01-01"],\#
        ["2024-06-18 17:22:13.123",null,"1970-01-01 00:00:00.000"],[true,null,false],\#
        ["00FF",null,""],["-5-03",null,"0-01"]]
        """#)
    writer = JSONWriter()
    #expect(try ColumnEncoder(columnCount: 9).rows(of: Self.batch(), from: 1, to: &writer) == 3)
    let reader = try JSONReader(writer.bytes)
    try reader.skip()
    try reader.finish()
  }

  @Test("requests of limited size hold every row once, and decode to what went in")
  func chunks() throws {
    let schema = Schema([Field("i", .int64), Field("t", .utf8)])
    let rows = BatchBuilder(schema)
    for index in 0..<500 {
      try rows.append([.integer(Int64(index)), .text(String(repeating: "x", count: index % 50))])
    }
    let batch = try rows.finish()
    let encoder = ColumnEncoder(columnCount: 2)
    for limit in [1, 100, 1_000, 1 << 20] {
      var row = 0
      var rowWise = 0
      var decoded: [[Value]] = []
      while row < batch.rowCount {
        var writer = JSONWriter()
        let next = try encoder.columns(of: batch, from: row, byteCountMax: limit, to: &writer)
        #expect(next > row)
        #expect(next == row + 1 || writer.bytes.count <= limit + 8)
        let part = try ColumnDecoder(schema).columns(from: JSONReader(writer.bytes))
        for index in 0..<part.rowCount { decoded.append(try part.row(index)) }
        row = next
      }
      while rowWise < batch.rowCount {
        var writer = JSONWriter()
        let next = try encoder.rows(of: batch, from: rowWise, byteCountMax: limit, to: &writer)
        #expect(next > rowWise)
        rowWise = next
      }
      #expect(try decoded == (0..<500).map { try batch.row($0) })
    }
  }

  @Test(
    "a form writes the value its way or refuses it",
    arguments: [
      (DataType.int64, Value.integer(1), ValueForm.double, "1.0"),
      (
        .decimal128(precision: 9, scale: 2), .decimal(DecimalValue(unscaled: 150, scale: 2)),
        .number, "1.50"
      ),
      (.float32, .double(Double(Float(0.1))), .standard, "0.1"),
      (.int64, 5, .text, "\"5\""), (.int64, 5, .decimal(precision: 3, scale: 2), "\"5.00\""),
      (.utf8, "1.5", .decimal(precision: 18, scale: 0), "22003"),
      (.utf8, "x", .number, "22018"), (.float64, .double(.nan), .standard, "22003"),
      (.date32, .date(19_782), .epochDays, "19782"),
      (.date32, .date(1), .epoch(.millisecond), "86400000"),
      (
        .wideTimestamp(digits: 9, zone: nil), .timestamp(WideTimestamp(seconds: 0, nanoseconds: 1)),
        .digits(6), "22008"
      ),
      (
        .wideTimestamp(digits: 9, zone: nil), .timestamp(WideTimestamp(seconds: 0, nanoseconds: 1)),
        .digits(9), "\"1970-01-01 00:00:00.000000001\""
      ),
      (
        .wideTimestamp(digits: 9, zone: nil), .timestamp(WideTimestamp(seconds: 0, nanoseconds: 1)),
        .quoted(.epoch(.nanosecond)), "\"1\""
      ),
      (.binary, .bytes([0, 255]), .base64, "\"AP8=\""), (.binary, .bytes([1]), .base64, "\"AQ==\""),
      (.time64(.microsecond), .time(1_000_000), .epoch(.millisecond), "1"),
    ])
  func forms(_ type: DataType, _ value: Value, _ form: ValueForm, _ expected: String) throws {
    let rows = BatchBuilder(Schema([Field("c", type)]))
    try rows.append([value])
    let batch = try rows.finish()
    var writer = JSONWriter()
    do {
      try ColumnEncoder([form]).value(of: batch, row: 0, column: 0, to: &writer)
      #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    } catch {
      #expect(error.sqlState.text == expected)
      #expect(error.message.hasPrefix("parameter 1, row 1: "))
    }
  }

  @Test(
    "a session's own format is written and read back",
    arguments: [
      ("YYYY-MM-DD HH24:MI:SS.FF6", "2024-06-18 17:22:13.123000", true),
      ("DD.MM.YYYY HH12:MI:SS.FF3 AM", "18.06.2024 05:22:13.123 PM", true),
      ("DD-MON-YYYY\"T\"SSSSS.FF9", "18-JUN-2024T62533.123000000", true),
      ("YYYYDDD HH24:MI:SS.FF3", "2024170 17:22:13.123", true),
      ("DAY DD MONTH YYYY HH24.MI.SS.FF3", "TUESDAY 18 JUNE 2024 17.22.13.123", true),
      ("DD.MM.YY HH24:MI:SS.FF3", "18.06.24 17:22:13.123", false),
      ("YYYY-MM-DD HH24:MI", "2024-06-18 17:22", false),
    ])
  func patterns(_ format: String, _ text: String, _ isComplete: Bool) throws {
    let pattern = try MomentPattern(format)
    #expect(pattern.isCompleteTimestamp(digits: 3) == isComplete)
    var bytes: [UInt8] = []
    pattern.append(Self.moment, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == text)
    if isComplete {
      #expect(try pattern.parse(Array(text.utf8).span) == Self.moment)
      // Fewer zeros at the end of a fraction are the same moment.
      for count in 0..<text.utf8.count
      where text.utf8.dropFirst(count).contains(where: { $0 != 0x30 }) {
        let prefix = Array(text.utf8.prefix(count))
        #expect((try? pattern.parse(prefix.span)) != Self.moment)
      }
    } else if !format.contains("YYYY") {
      #expect(throws: TernError.self) { try pattern.parse(Array(text.utf8).span) }
    }
  }

  @Test(
    "a year that a format cannot show is refused",
    arguments: [
      (-719_162, "01.01.0001"), (2_932_896, "31.12.9999"), (-719_163, nil), (2_932_897, nil),
      (-800_000, nil), (.min, nil), (.max, nil),
    ] as [(Int32, String?)])
  func yearsOfPatterns(_ days: Int32, _ text: String?) throws {
    let rows = BatchBuilder(Schema([Field("d", .date32)]))
    try rows.append([.date(days)])
    let batch = try rows.finish()
    let encoder = ColumnEncoder([.pattern(try MomentPattern("DD.MM.YYYY"))])
    var writer = JSONWriter()
    guard let text else {
      let error = #expect(throws: TernError.self) {
        try encoder.value(of: batch, row: 0, column: 0, to: &writer)
      }
      #expect(error?.sqlState == .datetimeOutOfRange)
      return
    }
    try encoder.value(of: batch, row: 0, column: 0, to: &writer)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "\"\(text)\"")
  }

  @Test("German month names are read, unknown elements refused")
  func languages() throws {
    let pattern = try MomentPattern("DD. MONTH YYYY", language: "DEU")
    #expect(try pattern.parse(Array("29. MÄRZ 2024".utf8).span).wallDays == 19_811)
    #expect(try pattern.parse(Array("29. März 2024".utf8).span).wallDays == 19_811)
    #expect(throws: TernError.self) { try MomentPattern("YYYY-QQ") }
    let schema = Schema([Field("d", .date32)])
    let batch = try decodeColumns(schema, [.pattern(pattern)], "[[\"01. Mai 2024\",null]]", 4_096)
    #expect(try batch.columns[0].text(at: 0) == "2024-05-01")
  }
}
