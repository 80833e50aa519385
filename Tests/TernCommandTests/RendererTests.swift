import TernColumns
import TernCore
import Testing

@testable import TernCommand

@Suite struct RendererTests {
  private let fields = [
    Field("ID", .int64), Field("NAME", .utf8), Field("PRICE", .decimal128(precision: 18, scale: 2)),
  ]
  private let rows: [[Value]] = [
    [1, "Ada", .decimal(DecimalValue(unscaled: 150, scale: 2))],
    [12345, "", nil],
    [nil, "日本\n", .decimal(DecimalValue(unscaled: -1, scale: 2))],
  ]

  @Test func tablesAreAligned() throws {
    let expected = """
         ID | NAME   | PRICE
      ------+--------+------
          1 | Ada    |  1.50
      12345 |        |  NULL
       NULL | 日本\\n | -0.01

      """
    #expect(try render(.table, fields, [rows]) == expected)
  }

  @Test func tablesHaveNoBlanksAtTheEndOfALine() throws {
    let text = try render(.table, [Field("LONG NAME", .utf8)], [[["a"], [nil]]], nullText: "-")
    #expect(text == "LONG NAME\n---------\na\n-\n")
  }

  @Test func laterBlocksOnlyWidenATable() throws {
    let short = (0..<TableRenderer.blockRowCountMax).map { _ in [Value.text("a"), 1] }
    let text = try render(
      .table, [Field("A", .utf8), Field("B", .int32)], [short, [["wider", 1]], [["a", 1]]])
    let lines = text.split(separator: "\n")
    #expect(lines[2] == "a | 1")
    #expect(lines[lines.count - 2] == "wider | 1")
    #expect(lines.last == "a     | 1")
  }

  @Test func oneLongValueDoesNotWidenEveryRow() throws {
    let long = String(repeating: "x", count: 5000)
    let text = try render(
      .table, [Field("A", .utf8), Field("B", .int32)], [[[.text(long), 1], ["a", 2]]])
    let lines = text.split(separator: "\n")
    #expect(lines[2] == "\(long) | 1")
    #expect(lines[3].utf8.count == TableRenderer.paddedWidthMax + 4)
  }

  @Test func csvFollowsRFC4180() throws {
    let fields = [Field("a,b", .utf8), Field("c", .int32), Field("d", .binary)]
    let text = try render(
      .csv, fields,
      [
        [
          ["x", 1, .bytes([0xAB, 1])], ["say \"hi\"\r\n", nil, nil], ["", nil, nil], [nil, 2, nil],
        ]
      ])
    let expected =
      "\"a,b\",c,d\r\nx,1,AB01\r\n\"say \"\"hi\"\"\r\n\",,\r\n\"\",,\r\n,2,\r\n"
    #expect(text == expected)
  }

  @Test func csvKeepsANullTextApartFromTheSameValue() throws {
    let text = try render(.csv, [Field("a", .utf8)], [[["NULL"], [nil], [""]]], nullText: "NULL")
    #expect(text == "a\r\n\"NULL\"\r\nNULL\r\n\"\"\r\n")
  }

  @Test func jsonNumbersKeepEveryDigit() throws {
    let fields = [
      Field("i", .int64), Field("u", .uint64), Field("d", .decimal128(precision: 38, scale: 10)),
      Field("f", .float64), Field("b", .bool), Field("t", .utf8), Field("day", .date32),
    ]
    let big = DecimalValue(unscaled: 12_345_678_901_234_567_890_123_456_789, scale: 10)
    let text = try render(
      .json, fields,
      [
        [
          [.integer(.max), .unsigned(.max), .decimal(big), 0.1, true, "q\"\\\u{1}ü", .date(0)],
          [nil, nil, nil, .double(.nan), nil, nil, nil],
        ]
      ])
    let lines = text.split(separator: "\n")
    #expect(
      lines[0]
        == #"{"i":9223372036854775807,"u":18446744073709551615,"d":1234567890123456789.0123456789,"#
        + #""f":0.1,"b":true,"t":"q\"\\\u0001ü","day":"1970-01-01"}"#)
    #expect(lines[1].hasPrefix(#"{"i":null,"u":null,"d":null,"f":"NaN","b":null"#))
  }

  @Test func jsonMembersAreUnique() {
    #expect(
      JSONLinesRenderer.uniqueNames(["a", "a", "a_2", "a", "b"]) == ["a", "a_3", "a_2", "a_4", "b"])
  }

  @Test func arrowNarrowsExactTimestampsOrSaysThatItCannot() throws {
    let fields = [Field("t", .wideTimestamp(digits: 9, zone: nil))]
    let fine = WideTimestamp(seconds: 0, nanoseconds: 1000)
    let tooFine = WideTimestamp(seconds: 0, nanoseconds: 1)
    #expect(throws: Never.self) { try render(.arrow, fields, [[[.timestamp(fine)]]]) }
    #expect(throws: TernError.self) { try render(.arrow, fields, [[[.timestamp(tooFine)]]]) }
    var asText = try OutputFormat.arrow.renderer(Schema(fields), nullText: nil, timestamps: .text)
    var output: [UInt8] = []
    try asText.append(try makeBatch(fields, [[.timestamp(tooFine)]]), to: &output)
    #expect(String(decoding: output, as: UTF8.self).contains("1970-01-01 00:00:00.000000001"))
  }

  @Test(arguments: [
    (OutputFormat.table, "ID | NAME | PRICE\n---+------+------\n"),
    (.csv, "ID,NAME,PRICE\r\n"), (.json, ""),
  ])
  func emptyResultsStillTellTheirColumns(format: OutputFormat, expected: String) throws {
    #expect(try render(format, fields, []) == expected)
    #expect(try render(format, fields, [[]]) == expected)
  }
}
