import CTern
import TernColumns
import TernCore
import Testing

/// A type and format, JSON values, and the canonical texts they become (nil is NULL).
struct DecodeCase: Sendable, CustomTestStringConvertible {
  let type: DataType
  let format: ColumnFormat
  let json: [String]
  let texts: [String?]
  var testDescription: String { "\(type) \(format)" }
  init(_ type: DataType, _ pairs: [(String, String?)]) { self.init(type, .standard, pairs) }
  init(_ type: DataType, _ format: ColumnFormat, _ pairs: [(String, String?)]) {
    (self.type, self.format) = (type, format)
    json = pairs.map(\.0)
    texts = pairs.map(\.1)
  }
}

private let nines36 = String(repeating: "9", count: 36)

private let decodeCases: [DecodeCase] = [
  DecodeCase(
    .int64,
    [
      ("0", "0"), ("-1", "-1"), ("999999999999999999", "999999999999999999"), ("null", nil),
      ("9223372036854775807", "9223372036854775807"), ("\"12\"", "12"), ("5.0", "5"),
      ("-9223372036854775808", "-9223372036854775808"), ("5E0", "5"), ("-0", "0"),
      ("12345678", "12345678"), ("1234567890123456", "1234567890123456"),
    ]),
  DecodeCase(.int8, [("-128", "-128"), ("127", "127"), ("\"0\"", "0")]),
  DecodeCase(.uint16, [("65535", "65535"), ("0", "0")]),
  DecodeCase(.uint64, [("18446744073709551615", "18446744073709551615"), ("7", "7")]),
  DecodeCase(.int32, [("19782", "19782")]),
  DecodeCase(
    .bool,
    [
      ("true", "true"), ("false", "false"), ("null", nil), ("1", "true"), ("0", "false"),
      ("\"TRUE\"", "true"), ("\"0\"", "false"), ("true", "true"), ("false", "false"),
    ]),
  DecodeCase(
    .decimal128(precision: 18, scale: 2),
    [
      ("\"0.7\"", "0.70"), ("\"-0.7\"", "-0.70"), ("1", "1.00"), ("\"1.50000\"", "1.50"),
      ("\"9999999999999999.99\"", "9999999999999999.99"), ("null", nil),
      ("1.5E+10", "15000000000.00"),
      ("\"-123456.78\"", "-123456.78"), ("\"-0.0\"", "0.00"), ("\"12345678\"", "12345678.00"),
    ]),
  DecodeCase(
    .decimal128(precision: 36, scale: 0), [("\"-\(nines36)\"", "-" + nines36), ("1", "1")]),
  DecodeCase(
    .decimal128(precision: 36, scale: 36),
    [("\"0.\(nines36)\"", "0." + nines36), ("0", "0.\(String(repeating: "0", count: 36))")]),
  DecodeCase(
    .decimal256(precision: 65, scale: 30), [("\"0.1\"", "0.1" + String(repeating: "0", count: 29))]),
  DecodeCase(
    .float64,
    [
      ("1.5e+100", "1.5e+100"), ("0", "0.0"), ("-0.0", "-0.0"), ("\"NaN\"", "NaN"),
      ("\"-Infinity\"", "-Infinity"), ("0.1", "0.1"), ("5e-324", "5e-324"), ("null", nil),
      ("1.7976931348623157e308", "1.7976931348623157e+308"),
      ("0.30000000000000004", "0.30000000000000004"),
      ("9007199254740993", "9007199254740992.0"), ("\"1.25\"", "1.25"),
      ("123456789012345678901234567890", "1.2345678901234568e+29"),
      ("2.2250738585072011e-308", "2.225073858507201e-308"),
    ]),
  DecodeCase(.float32, [("0.1", "0.1"), ("16777217", "16777216.0"), ("\"inf\"", "Infinity")]),
  DecodeCase(
    .utf8,
    [
      ("\"\"", ""), ("\"plain\"", "plain"), ("null", nil),
      (#""a\"\\\n\u00e9\ud83d\ude80""#, "a\"\\\né\u{1F680}"),
      ("\"exactly 16 bytes\"", "exactly 16 bytes"),
      ("\"Grüße \u{1F680} and a longer tail\"", "Grüße \u{1F680} and a longer tail"),
      ("1.50", "1.50"), ("true", "true"), ("[1, 2]", "[1, 2]"), ("{\"a\":null}", "{\"a\":null}"),
      (#""\u0000""#, "\u{0}"),
    ]),
  DecodeCase(.largeUtf8, [("\"x\"", "x"), ("null", nil)]),
  DecodeCase(.utf8, .json, [("\"x\\n\"", "\"x\\n\""), ("{ }", "{ }"), ("null", nil), ("1", "1")]),
  DecodeCase(
    .utf8, .textOrHex,
    [
      ("\"plain\"", "plain"), (#""\u0001610062""#, "a\u{0}b"), (#""\u0001""#, ""), ("null", nil),
      (#""\u00010178""#, "\u{1}x"), (#""x\u0001""#, "x\u{1}"),
    ]),
  DecodeCase(
    .date32, .zeroIsNull,
    [
      ("\"0000-00-00\"", nil), ("\"2024-00-10\"", nil), ("\"2024-05-00\"", nil),
      ("\"0000-05-05\"", nil), ("\"2024-02-29\"", "2024-02-29"), ("null", nil),
    ]),
  DecodeCase(
    .timestamp(.microsecond, zone: nil), .zeroIsNull,
    [
      ("\"0000-00-00 00:00:00\"", nil),
      ("\"2024-06-18 00:00:00\"", "2024-06-18 00:00:00.000000"),
    ]),
  DecodeCase(.binary, [("\"00ff\"", "00FF"), ("\"\"", ""), ("null", nil)]),
  DecodeCase(.fixedSizeBinary(2), [("\"1\"", "0001"), ("\"abcd\"", "ABCD")]),
  DecodeCase(.binary, .base64, [("\"AP8=\"", "00FF"), ("\"AAEC\"", "000102"), ("\"\"", "")]),
  DecodeCase(.binary, .plainBytes, [("\"A\\u0001\"", "4101")]),
  DecodeCase(
    .fixedSizeBinary(16), .uuid,
    [("\"550e8400-e29b-11d4-a716-446655440000\"", "550E8400E29B11D4A716446655440000")]),
  DecodeCase(
    .date32,
    [
      ("\"0001-01-01\"", "0001-01-01"), ("\"9999-12-31\"", "9999-12-31"), ("null", nil),
      ("\"2024-02-29\"", "2024-02-29"), ("\"2000-02-29 00:00:00\"", "2000-02-29"),
      ("19782", "2024-02-29"),
    ]),
  DecodeCase(.date32, .epochDays, [("-1", "1969-12-31"), ("\"19782\"", "2024-02-29")]),
  DecodeCase(
    .timestamp(.microsecond, zone: nil),
    [
      ("\"2024-06-18 17:22:13.123000\"", "2024-06-18 17:22:13.123000"), ("null", nil),
      ("\"0001-01-01 00:00:00\"", "0001-01-01 00:00:00.000000"),
      ("\"9999-12-31 23:59:59.999999\"", "9999-12-31 23:59:59.999999"),
      ("\"1969-12-31T23:59:59.9999990\"", "1969-12-31 23:59:59.999999"),
      ("\"2024-06-18\"", "2024-06-18 00:00:00.000000"),
    ]),
  DecodeCase(
    .timestamp(.millisecond, zone: nil),
    [
      ("\"2024-06-18 17:22:13.123000\"", "2024-06-18 17:22:13.123"),
      ("\"2024-06-18 17:22:13\"", "2024-06-18 17:22:13.000"),
    ]),
  DecodeCase(
    .timestamp(.second, zone: nil), [("\"2024-06-18 17:22:13.000\"", "2024-06-18 17:22:13")]),
  DecodeCase(
    .timestamp(.nanosecond, zone: nil),
    [("\"2262-04-11 23:47:16.854775807\"", "2262-04-11 23:47:16.854775807")]),
  DecodeCase(
    .timestamp(.microsecond, zone: "UTC"),
    [
      ("\"2024-02-29T12:34:56.123+05:30\"", "2024-02-29 07:04:56.123000 +00:00"),
      ("\"2024-02-29 12:34:56Z\"", "2024-02-29 12:34:56.000000 +00:00"),
    ]),
  DecodeCase(
    .wideTimestamp(digits: 9, zone: nil),
    [
      ("\"9999-12-31 23:59:59.999999999\"", "9999-12-31 23:59:59.999999999"),
      ("\"0001-01-01 00:00:00.000000001\"", "0001-01-01 00:00:00.000000001"), ("null", nil),
    ]),
  DecodeCase(
    .timestamp(.millisecond, zone: nil), .epoch(.millisecond), [("-1", "1969-12-31 23:59:59.999")]),
  DecodeCase(
    .timestamp(.microsecond, zone: nil), .epoch(.millisecond),
    [("-1", "1969-12-31 23:59:59.999000")]),
  DecodeCase(
    .wideTimestamp(digits: 9, zone: nil), .epochSeconds,
    [
      ("\"-0.500000000\"", "1969-12-31 23:59:59.500000000"),
      ("\"1714.000000001\"", "1970-01-01 00:28:34.000000001"),
    ]),
  DecodeCase(
    .wideTimestamp(digits: 3, zone: "UTC"), .epochSecondsAndOffset,
    [
      ("\"0.000 1500\"", "1970-01-01 01:00:00.000 +01:00"),
      ("\"0.5 1110\"", "1969-12-31 18:30:00.500 -05:30"),
    ]),
  DecodeCase(.time64(.nanosecond), .epochSeconds, [("\"86399.999999999\"", "23:59:59.999999999")]),
  DecodeCase(
    .time64(.microsecond),
    [("\"12:34:56.789\"", "12:34:56.789000"), ("\"00:00:00\"", "00:00:00.000000")]),
  DecodeCase(.time32(.millisecond), .epoch(.millisecond), [("86399999", "23:59:59.999")]),
  DecodeCase(
    .intervalMonths,
    [("\"+05-03\"", "5-03"), ("\"-05-03\"", "-5-03"), ("\"-00-01\"", "-0-01"), ("7", "0-07")]),
  DecodeCase(
    .duration(.millisecond),
    [
      ("\"+02 12:50:10.123\"", "2 12:50:10.123"), ("\"-00 00:00:01.500\"", "-0 00:00:01.500"),
      ("\"-838:59:59\"", "-34 22:59:59.000"),
    ]),
  DecodeCase(
    .intervalMonthDayNano,
    [
      ("\"+000000003 10:59:59.123000000\"", "3 10:59:59.123000000"),
      ("\"-00 00:00:00.000000001\"", "-0 00:00:00.000000001"),
    ]),
  DecodeCase(
    .intervalMonthDayNano, .epochNanoseconds, [("86400000000001", "1 00:00:00.000000001")]),
  DecodeCase(
    .list(Field("item", .int32)), [("[1,null,2]", "[1,null,2]"), ("[]", "[]"), ("null", nil)]),
  DecodeCase(
    .list(Field("item", .list(Field("item", .utf8)))), [(#"[["a"],[]]"#, #"[["a"],[]]"#)]),
  DecodeCase(
    .fixedSizeList(Field("item", .float64), count: 2), [("[1,2.5]", "[1.0,2.5]"), ("null", nil)]),
  DecodeCase(
    .structure([Field("a", .int8), Field("b", .utf8)]),
    [(#"[1,"x"]"#, #"{"a":1,"b":"x"}"#), (#"{"b":"y","z":[{}]}"#, #"{"a":null,"b":"y"}"#)]),
]

@Suite struct ColumnDecoderTests {
  @Test("values become columns, column by column and row by row", arguments: decodeCases)
  func values(_ row: DecodeCase) throws {
    let schema = Schema([Field("c", row.type)])
    for separator in [",", ", ", " ,\n "] {
      let columns = "[[" + row.json.joined(separator: separator) + "]]"
      let rows = "[" + row.json.map { "[\($0)]" }.joined(separator: separator) + "]"
      let objects = "[" + row.json.map { "{\"c\":\($0)}" }.joined(separator: separator) + "]"
      for pieceMax in [1, 3, 7, 16, 61, 4_096] {
        let first = try decodeColumns(schema, [row.format], columns, pieceMax)
        #expect(try texts(first) == row.texts)
        #expect(try isSound(first))
        #expect(first.columns[0].nullCount == row.texts.count { $0 == nil })
        let second = try decodeRows(schema, [row.format], rows, pieceMax)
        #expect(try texts(second) == row.texts)
        #expect(try isSound(second))
        #expect(try texts(decodeRows(schema, [row.format], objects, pieceMax)) == row.texts)
      }
    }
  }

  @Test("a long column survives every window border, with NULLs")
  func long() throws {
    let schema = Schema([Field("i", .int64), Field("t", .utf8), Field("b", .bool)])
    let count = 10_000
    let integers = (0..<count).map { $0 % 7 == 0 ? "null" : "\($0 * 1_000_003)" }
    let texts = (0..<count).map {
      $0 % 5 == 0 ? "null" : "\"\(String(repeating: "x", count: $0 % 40))\""
    }
    let bools = (0..<count).map { $0 % 11 == 0 ? "null" : $0 % 3 == 0 ? "true" : "false" }
    let columns =
      "["
      + [integers, texts, bools].map { "[" + $0.joined(separator: ",") + "]" }.joined(
        separator: ",") + "]"
    let rows =
      "[" + (0..<count).map { "[\(integers[$0]),\(texts[$0]),\(bools[$0])]" }.joined(separator: ",")
      + "]"
    let whole = try decodeColumns(schema, nil, columns, .max)
    #expect(whole.rowCount == count)
    #expect(try whole.columns[0].int64(at: 9_999) == 9_999 * 1_000_003)
    #expect(try whole.columns[2].bool(at: 9_996))
    #expect(try !whole.columns[2].bool(at: 9_998))
    for pieceMax in [97, 1_024] {
      #expect(try decodeColumns(schema, nil, columns, pieceMax) == whole)
      #expect(try decodeRows(schema, nil, rows, pieceMax) == whole)
    }
  }

  @Test("rows come in batches of at most so many, and the document can be read on")
  func batches() throws {
    let decoder = try ColumnDecoder(Schema([Field("a", .int32), Field("b", .utf8)]))
    let rows = (0..<1_000).map { "[\($0),\"\($0)\"]" }.joined(separator: ",")
    let reader = try JSONReader(Array("{\"data\":[\(rows)],\"next\":1}".utf8))
    try reader.beginObject()
    _ = try reader.nextKey()
    try decoder.beginRows(reader)
    var counts: [Int] = []
    while let batch = try decoder.rows(from: reader, rowCountMax: 300) {
      counts.append(batch.rowCount)
    }
    #expect(counts == [300, 300, 300, 100])
    #expect(try decoder.rows(from: reader) == nil)
    #expect(try reader.nextKey() == "next")
    #expect(try reader.int64() == 1)
    #expect(try reader.nextKey() == nil)
    try reader.finish()
  }

  @Test("no rows in any spelling", arguments: ["[]", "[[],[]]", "[ [ ] , [ ] ]"])
  func empty(_ text: String) throws {
    let schema = Schema([Field("a", .int32), Field("b", .utf8)])
    #expect(try decodeColumns(schema, nil, text, 1).rowCount == 0)
  }

  @Test("shapes that do not fit are refused")
  func shapes() throws {
    let schema = Schema([Field("a", .int32), Field("b", .utf8)])
    for text in [
      "[[1]]", "[[1],[]]", "[[1],[\"a\"],[1]]", "[[1,],[]]", "[[1 2],[]]", "{}", "[[1],[\"a\"]",
      "[1,2]", "[[1],[\"a\",\"b\"]]",
    ] {
      #expect(throws: TernError.self, "\(text)") { try decodeColumns(schema, nil, text, 5) }
    }
    for text in [
      "[[1]]", "[[1,\"a\",2]]", "[[]]", "[1]", "[[1,\"a\"],]", "[[1,\"a\"]", "[[1,\"a\"}",
      "[[1;\"a\"]]", "[[1,\"a\"] [1,\"a\"]]",
    ] {
      #expect(throws: TernError.self, "\(text)") { try decodeRows(schema, nil, text, 5) }
    }
    #expect(throws: TernError.self) {
      try ColumnDecoder(schema).columns(from: JSONReader(Array("[[1],[\"a\"]]".utf8)), rowCount: 2)
    }
  }

  @Test("a number that the document ends in is a cut document, not a value that does not fit")
  func cutNumber() throws {
    let error = #expect(throws: TernError.self) {
      try decodeRows(Schema([Field("a", .decimal128(precision: 38, scale: 38))]), nil, "[[1", 5)
    }
    #expect(error?.sqlState == .linkFailure, "\(String(describing: error))")
  }

  @Test(
    "a value that does not fit names column, row and byte",
    arguments: [
      (DataType.int8, "128", SQLState.numberOutOfRange),
      (.int64, "9223372036854775808", .numberOutOfRange),
      (.int64, "\"x\"", .invalidCast), (.int64, "true", .invalidCast),
      (.int64, "1.5", .numberOutOfRange),
      (.int64, "[]", .invalidCast), (.int64, "{}", .invalidCast), (.uint8, "-1", .numberOutOfRange),
      (.decimal128(precision: 4, scale: 2), "\"100\"", .numberOutOfRange),
      (.decimal128(precision: 4, scale: 2), "\"1.005\"", .numberOutOfRange),
      (.decimal128(precision: 4, scale: 2), "\"1,5\"", .invalidCast),
      (.float64, "1e400", .numberOutOfRange), (.float64, "\"\"", .invalidCast),
      (.float32, "1e39", .numberOutOfRange),
      (.bool, "2", .invalidCast), (.bool, "\"yes\"", .invalidCast),
      (.date32, "\"2023-02-29\"", .invalidDatetime), (.date32, "\"0000-01-01\"", .invalidDatetime),
      (.date32, "\"2023-2-9x\"", .invalidDatetime),
      (.date32, "\"2023-02-09 01:00:00\"", .invalidDatetime),
      (.timestamp(.microsecond, zone: nil), "\"2024-06-18 24:00:00\"", .invalidDatetime),
      (.timestamp(.microsecond, zone: nil), "\"2024-06-18 17:22:13.1234567\"", .datetimeOutOfRange),
      (
        .timestamp(.nanosecond, zone: nil), "\"2262-04-11 23:47:16.854775808\"", .datetimeOutOfRange
      ),
      (.timestamp(.microsecond, zone: nil), "\"2024-06-18 10:00:00+01:00\"", .invalidDatetime),
      (.intervalMonths, "\"+05-13\"", .intervalOutOfRange),
      (.intervalMonths, "\"x\"", .invalidDatetime),
      (.binary, "\"abc\"", .invalidCast), (.binary, "\"zz\"", .invalidCast),
      (.fixedSizeList(Field("item", .int8), count: 2), "[1]", .invalidCast),
      (.structure([Field("a", .int8)]), "[1,2]", .invalidCast),
    ])
  func refused(_ type: DataType, _ value: String, _ state: SQLState) throws {
    let schema = Schema([Field("first", .utf8), Field("second", type)])
    let columns = "[[\"a\",\"b\"],[null,\(value)]]"
    let error = #expect(throws: TernError.self) { try decodeColumns(schema, nil, columns, 4_096) }
    #expect(error?.sqlState == state, "\(error?.message ?? "")")
    #expect(error?.kind == .data)
    #expect(
      error?.message.hasPrefix("column second, row 2, byte 17") == true, "\(error?.message ?? "")")
    let rows = "[[\"a\",null],[\"b\",\(value)]]"
    let second = #expect(throws: TernError.self) { try decodeRows(schema, nil, rows, 4_096) }
    #expect(second?.sqlState == state)
    #expect(second?.message.hasPrefix("column second, row 2") == true, "\(second?.message ?? "")")
  }

  @Test("text that is not UTF-8 is refused wherever it lies, and broken strings name the byte")
  func brokenText() throws {
    let schema = Schema([Field("t", .utf8)])
    let bad: [[UInt8]] = [
      [0x80], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0xC3, 0xC3, 0xBC],
      [0xE2, 0x82], [0xF0, 0x9F, 0x9A], [0x01], [0x5C, 0x78],
    ]
    for bytes in bad {
      for lead in 0..<70 {
        let start = Array("[[\"ok\",\"".utf8) + Array(repeating: 0x78, count: lead)
        let text = start + bytes + Array("\",\"ok\"]]".utf8)
        let reader = try JSONReader(text)
        let error = #expect(throws: TernError.self) {
          try ColumnDecoder(schema).columns(from: reader)
        }
        #expect(error?.kind == .connection)
      }
    }
    for lead in 0..<70 {
      let text = String(repeating: "x", count: lead) + "ü€\u{1F680}"
      let batch = try decodeColumns(schema, nil, "[[\"\(text)\",\"\(text)\"]]", 4_096)
      #expect(try batch.columns[0].text(at: 1) == text)
    }
  }

  @Test("a decoder that failed serves the next document")
  func afterFailure() throws {
    let decoder = try ColumnDecoder(Schema([Field("a", .int32), Field("b", .utf8)]))
    #expect(throws: TernError.self) {
      try decoder.columns(from: JSONReader(Array("[[1,2],[\"a\",3,\"c\"]]".utf8)))
    }
    let batch = try decoder.columns(from: JSONReader(Array("[[7],[\"x\"]]".utf8)))
    #expect(try batch.row(0) == [7, "x"])
    let reader = try JSONReader(Array("[[1,\"a\"],[2]]".utf8))
    try decoder.beginRows(reader)
    #expect(throws: TernError.self) { try decoder.rows(from: reader) }
    let next = try JSONReader(Array("[[8,null]]".utf8))
    try decoder.beginRows(next)
    #expect(try decoder.rows(from: next)?.row(0) == [8, nil])
  }

  @Test("doubles are rounded as strtod does")
  func doubles() throws {
    var random = SystemRandomNumberGenerator()
    var texts: [String] = []
    for _ in 0..<20_000 {
      let value = Double(bitPattern: random.next())
      if value.isFinite { texts.append(value.description) }
      let digits = (0..<Int.random(in: 1...19)).map { _ in String(Int.random(in: 0...9)) }.joined()
      texts.append("\(Int.random(in: 1...9)).\(digits)e\(Int.random(in: -340...306))")
      texts.append("\(Int64.random(in: .min ... .max))")
      // Halfway between two doubles, and next to it.
      let half = UInt64.random(in: 1 << 53..<1 << 54) | 1
      texts += ["\(half)", "\(half)e1", "\(half).5"]
    }
    let json = "[[" + texts.joined(separator: ",") + "]]"
    let column = try decodeColumns(Schema([Field("d", .float64)]), nil, json, .max).columns[0]
    for (row, text) in texts.enumerated() {
      #expect(try column.double(at: row).bitPattern == Double(text)?.bitPattern, "\(text)")
    }
  }
}

/// Columns of numbers are read comma by comma, rows value by value: two ways to one answer.
@Suite struct NumberDecodingTests {
  private static let types: [DataType] = [
    .float64, .decimal128(precision: 18, scale: 2), .decimal128(precision: 18, scale: 0),
    .decimal128(precision: 9, scale: 9), .decimal128(precision: 36, scale: 4),
  ]

  /// Mostly numbers; sometimes what only looks like one.
  private static func text(_ random: inout SystemRandomNumberGenerator) -> String {
    func digits(_ count: Int) -> String {
      (0..<count).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
    }
    switch Int.random(in: 0..<40, using: &random) {
    case 0: return "null"
    case 1:
      return ["true", "\"\"", "\"-\"", "-", ".5", "5.", "1.2.3", "1e5", "[1,2]", "+1", "01"]
        .randomElement(using: &random) ?? ""
    default: break
    }
    let first = Int.random(in: 0...9, using: &random)
    var number = first == 0 ? "0" : "\(first)" + digits(Int.random(in: 0...17, using: &random))
    if Bool.random(using: &random) { number += "." + digits(.random(in: 1...19, using: &random)) }
    if Bool.random(using: &random) { number = "-" + number }
    return Int.random(in: 0..<3, using: &random) == 0 ? "\"\(number)\"" : number
  }

  private static func outcome(_ body: () throws -> Batch) -> [String?] {
    do {
      let column = try body().columns[0]
      return try (0..<column.count).map { try column.isNull(at: $0) ? nil : column.text(at: $0) }
    } catch {
      return ["error \((error as? TernError)?.sqlState.description ?? "?")"]
    }
  }

  @Test(arguments: types)
  func columnsAndRowsSayTheSame(_ type: DataType) throws {
    var random = SystemRandomNumberGenerator()
    let schema = Schema([Field("n", type)])
    var goodCount = 0
    for _ in 0..<3_000 {
      let count = Int.random(in: 1...9, using: &random)
      let texts = (0..<count).map { _ in Self.text(&random) }
      let separator = [",", ",", ", ", " , "].randomElement(using: &random) ?? ","
      let pieceMax = [Int.max, 5, 64].randomElement(using: &random) ?? .max
      let columns = Self.outcome {
        try decodeColumns(schema, nil, "[[\(texts.joined(separator: separator))]]", pieceMax)
      }
      let rows = Self.outcome {
        let rows = texts.map { "[\($0)]" }.joined(separator: ",")
        return try decodeRows(schema, nil, "[\(rows)]", .max)
      }
      #expect(columns == rows, "\(texts)")
      if columns.first??.hasPrefix("error") != true { goodCount += 1 }
    }
    #expect(goodCount > 10)
  }
}

func decodeColumns(
  _ schema: Schema, _ formats: [ColumnFormat]?, _ text: String, _ pieceMax: Int
) throws -> Batch {
  let source = ArraySource(Array(text.utf8), pieceMax: pieceMax)
  let reader = try JSONReader(source, windowByteCount: pieceMax == .max ? 1 << 18 : 64)
  let batch = try ColumnDecoder(schema, formats: formats).columns(from: reader)
  try reader.finish()
  return batch
}

func decodeRows(
  _ schema: Schema, _ formats: [ColumnFormat]?, _ text: String, _ pieceMax: Int
) throws -> Batch {
  let source = ArraySource(Array(text.utf8), pieceMax: pieceMax)
  let reader = try JSONReader(source, windowByteCount: pieceMax == .max ? 1 << 18 : 64)
  let decoder = try ColumnDecoder(schema, formats: formats)
  try decoder.beginRows(reader)
  let batch = try #require(try decoder.rows(from: reader, byteCountMax: .max))
  #expect(try decoder.rows(from: reader) == nil)
  try reader.finish()
  return batch
}

/// Whether Arrow import, which checks every offset, takes the batch.
private func isSound(_ batch: Batch) throws -> Bool {
  if case .wideTimestamp = batch.columns[0].type { return true }
  var array = unsafe ArrowArray()
  var schema = unsafe ArrowSchema()
  try unsafe ArrowExport.schema(batch.schema, to: &schema)
  try unsafe ArrowExport.batch(batch, to: &array)
  return try unsafe ArrowImport.batch(&array, &schema) == batch
}

private func texts(_ batch: Batch) throws -> [String?] {
  let column = batch.columns[0]
  return try (0..<column.count).map { try column.isNull(at: $0) ? nil : column.text(at: $0) }
}
