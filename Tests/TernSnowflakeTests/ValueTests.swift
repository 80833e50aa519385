import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet
import Testing

@testable import TernSnowflake

/// Values at the edges of their types, from JSON and from Arrow.
struct ValueTests {
  /// The first column of JSON cells under one entry of `rowtype`.
  static func column(
    _ rowtype: String, _ cells: [String?], _ options: SnowflakeTypeOptions = SnowflakeTypeOptions(),
    version: Int = 1
  ) throws -> Column {
    let rows = cells.map { cell in
      cell.map { "[\"\($0)\"]" } ?? "[null]"
    }.joined(separator: ",")
    let body =
      #"{"data":{"version":\#(version),"rowtype":[\#(rowtype)],"rowset":[\#(rows)]}}"#
    var execution = ExecutionOptions()
    execution.batchByteCountMax = 1 << 26
    let pages = try Fixtures.pages(
      try SnowflakeAnswer(body: Array(body.utf8)), options, execution)
    return try #require(try pages.nextPage(CallContext())).columns[0]
  }

  /// The same from an Arrow column.
  static func column(
    _ rowtype: String, arrow type: DataType, _ values: [Value],
    _ options: SnowflakeTypeOptions = SnowflakeTypeOptions()
  ) throws -> Column {
    let builder = BatchBuilder(Schema([Field("x", type)]))
    for value in values { try builder.append([value]) }
    var bytes: [UInt8] = []
    var writer = try ArrowStreamWriter(builder.schema)
    try writer.append(try builder.finish(), to: &bytes)
    let text = Base64.encode(bytes)
    let body = #"{"data":{"rowtype":[\#(rowtype)],"rowsetBase64":"\#(text)"}}"#
    var execution = ExecutionOptions()
    execution.batchByteCountMax = 1 << 26
    let pages = try Fixtures.pages(
      try SnowflakeAnswer(body: Array(body.utf8)), options, execution)
    return try #require(try pages.nextPage(CallContext())).columns[0]
  }

  private static func texts(_ column: Column) throws -> [String?] {
    try (0..<column.count).map { try column.isNull(at: $0) ? nil : column.text(at: $0) }
  }

  @Test("traps 26 and 28: moments beyond the range of nanoseconds, and before 1970, are exact")
  func momentsOfAnyYear() throws {
    let type = #"{"type":"timestamp_ntz","scale":9}"#
    let cells = [
      "253402300799.999999999", "-62135596800.000000000", "-0.000000001", "-0.500000000",
      "-1.999999999", "0.1", "7", "253434182400.000000000", "-377711769600.000000000",
    ]
    let column = try Self.column(type, cells)
    let expected = [
      "9999-12-31 23:59:59.999999999", "0001-01-01 00:00:00.000000000",
      "1969-12-31 23:59:59.999999999", "1969-12-31 23:59:59.500000000",
      "1969-12-31 23:59:58.000000001", "1970-01-01 00:00:00.100000000",
      "1970-01-01 00:00:07.000000000",
    ]
    #expect(try Array(Self.texts(column).prefix(7)) == expected)
    // Years that only arithmetic reaches are shipped as they are.
    #expect(try column.timestamp(at: 7).seconds == 253_434_182_400)
    #expect(try column.timestamp(at: 8).seconds == -377_711_769_600)
    let parts = DataType.structure([Field("epoch", .int64), Field("fraction", .int32)])
    let arrow = try Self.column(
      type, arrow: parts,
      [
        .structure([.integer(253_402_300_799), .integer(999_999_999)]), .null,
        .structure([.integer(-1), .integer(999_999_999)]),
      ])
    #expect(try Self.texts(arrow) == [expected[0], nil, expected[2]])
  }

  /// Digits of every scale, counted in units of it.
  @Test(arguments: 0...9)
  func everyScale(_ scale: Int) throws {
    let power = (0..<scale).reduce(Int64(1)) { power, _ in power * 10 }
    let counts = [0, 1, -1, 1_704_164_645 * min(power, 1_000_000_000) + power - 1]
    let cells = counts.map { count in
      let (whole, rest) = count.magnitude.quotientAndRemainder(dividingBy: UInt64(power))
      let digits = String(repeating: "0", count: max(0, scale - "\(rest)".count)) + "\(rest)"
      return (count < 0 ? "-" : "") + "\(whole)" + (scale > 0 ? ".\(digits)" : "")
    }
    for type in ["timestamp_ntz", "timestamp_ltz", "time"] {
      let rowtype = #"{"type":"\#(type)","scale":\#(scale)}"#
      // Times of day are not negative, nor that large.
      let wanted = type == "time" ? Array(counts.prefix(2)) : counts
      let json = try Self.column(rowtype, Array(cells.prefix(wanted.count)))
      let arrow = try Self.column(rowtype, arrow: .int64, wanted.map { .integer($0) })
      #expect(json == arrow && json.type == arrow.type)
      if scale <= 4, type == "time" {
        #expect(try Self.column(rowtype, arrow: .int32, wanted.map { .integer($0) }) == json)
      }
      for (row, count) in wanted.enumerated() where type != "time" {
        let moment = try json.timestamp(at: row)
        let total = Int128(moment.seconds) * 1_000_000_000 + Int128(moment.nanoseconds)
        #expect(total == Int128(count) * Int128(1_000_000_000 / power))
      }
    }
  }

  @Test("trap 29: a wall clock has no zone, whatever the session's is")
  func wallClocksHaveNoZone() throws {
    var options = SnowflakeTypeOptions()
    options.zone = "America/New_York"
    func type(_ name: String, _ scale: Int) throws -> DataType {
      try Self.column(#"{"type":"\#(name)","scale":\#(scale)}"#, ["0"], options).type
    }
    #expect(try type("timestamp_ntz", 3) == .timestamp(.millisecond, zone: nil))
    #expect(try type("timestamp_ntz", 9) == .wideTimestamp(digits: 9, zone: nil))
    #expect(try type("timestamp_ltz", 6) == .timestamp(.microsecond, zone: "America/New_York"))
    let wall = try Self.column(#"{"type":"timestamp_ntz","scale":0}"#, ["1710054000"], options)
    // An hour that New York skipped.
    #expect(try wall.text(at: 0) == "2024-03-10 07:00:00")
  }

  @Test func offsetsOfOldServersAreUnpacked() throws {
    let type = #"{"type":"timestamp_tz","scale":9}"#
    let old = try Self.column(type, ["23812288741376.000000960", nil], version: 0)
    #expect(
      try old.timestamp(at: 0)
        == WideTimestamp(seconds: 1_453_386_764, nanoseconds: 0, offsetMinutes: -480))
    #expect(try old.isNull(at: 1))
    // A packed value is not guessed at.
    #expect(throws: TernError.self) {
      try Self.column(type, ["23812288741376.000000960"], version: 1)
    }
  }

  @Test("trap 32: a result without rows has its columns, from `rowtype`")
  func emptyResultsHaveTheirSchema() throws {
    let rowtype =
      #"{"name":"A","type":"fixed","precision":10,"scale":2},{"name":"B","type":"text"}"#
    for rows in [
      #""rowsetBase64":"","queryResultFormat":"arrow""#, #""rowset":[],"queryResultFormat":"json""#,
      #""queryResultFormat":"arrow""#, #""rowset":null,"rowsetBase64":null"#,
    ] {
      let body = #"{"data":{"rowtype":[\#(rowtype)],"returned":0,"total":0,\#(rows)}}"#
      let pages = try Fixtures.pages(try SnowflakeAnswer(body: Array(body.utf8)))
      #expect(try pages.nextPage(CallContext()) == nil && pages.isFinished)
      #expect(
        pages.columns.map(\.dataType) == [.decimal128(precision: 10, scale: 2), .utf8], "\(rows)")
    }
  }

  @Test("trap 51: one cell of twenty megabytes, in JSON and in Arrow")
  func aHugeCell() throws {
    let text = String(repeating: "0123456789abcde,", count: 17 << 16)
    let json = try Self.column(#"{"type":"text"}"#, [text, "x"])
    #expect(try json.text(at: 0) == text && json.text(at: 1) == "x")
    let arrow = try Self.column(#"{"type":"text"}"#, arrow: .utf8, [.text(text), .text("x")])
    #expect(try arrow.bytes(at: 0) == json.bytes(at: 0) && arrow.count == 2)
  }

  @Test("trap 24: whole numbers of 38 digits keep every one")
  func wideNumbers() throws {
    let digits = String(repeating: "9", count: 38)
    let type = #"{"type":"fixed","precision":38,"scale":0}"#
    let column = try Self.column(type, [digits, "-" + digits, "9007199254740993", "-1", nil])
    #expect(
      try Self.texts(column) == [digits, "-" + digits, "9007199254740993", "-1", nil])
    var options = SnowflakeTypeOptions()
    options.decimalAsInteger = true
    let narrow = #"{"type":"fixed","precision":18,"scale":0}"#
    #expect(try Self.column(narrow, ["-7"], options).type == .int64)
    #expect(
      try Self.column(narrow, arrow: .int8, [.integer(-7), .null], options)
        == Self.column(narrow, ["-7", nil], options))
    #expect(try Self.column(type, ["-7"], options).type == .decimal128(precision: 38, scale: 0))
  }

  @Test func textThatIsNoUTF8IsRepaired() throws {
    let body =
      Array(#"{"data":{"rowtype":[{"type":"text"}],"rowset":[["a"#.utf8) + [0xC3, 0x28]
      + Array(#"b"],["\u0000\ud83d\ude00"],["it\'s"]]}}"#.utf8)
    let pages = try Fixtures.pages(try SnowflakeAnswer(body, data: 8..<body.count - 1))
    let column = try #require(try pages.nextPage(CallContext())).columns[0]
    #expect(try Self.texts(column) == ["a\u{FFFD}(b", "\u{0}\u{1F600}", "it's"])
    let bad = try Self.column(#"{"type":"text"}"#, arrow: .binary, [.bytes([0x61, 0xFF])])
    #expect(bad.type == .utf8)
  }

  @Test func booleansOfEverySpelling() throws {
    let column = try Self.column(
      #"{"type":"boolean"}"#, ["1", "0", "TRUE", "false", nil, "True", "1"])
    #expect(
      try column.allValues()
        == [.bool(true), .bool(false), .bool(true), .bool(false), .null, .bool(true), .bool(true)])
  }

  @Test func realsKeepWhatTheyAre() throws {
    let column = try Self.column(
      #"{"type":"real"}"#,
      ["36200", "10995.88", "1.23456789012346e+37", "NaN", "inf", "-inf", "-0.0", "-0", nil])
    #expect(
      try Self.texts(column)
        == [
          "36200.0", "10995.88", "1.23456789012346e+37", "NaN", "Infinity", "-Infinity", "-0.0",
          "-0.0", nil,
        ])
  }

  @Test func decimalFloatsAreOneForm() throws {
    let column = try Self.column(
      #"{"type":"decfloat"}"#, ["1.50", "150e-2", "1E+6", "-0.0000001", "1e-16383", "0", nil])
    #expect(
      try Self.texts(column)
        == ["1.50", "1.50", "1E+6", "-1E-7", "1E-16383", "0", nil])
  }

  @Test func nestedTextIsParsedOrKept() throws {
    let type =
      #"{"type":"object","fields":[{"name":"a","type":"fixed","scale":0},"#
      + #"{"name":"l","type":"array","fields":[{"type":"text"}]},"#
      + #"{"name":"m","type":"map","fields":[{"type":"text"},{"type":"variant"}]}]}"#
    let cell = #"{\"m\":{\"k\":{\"x\":[1]}},\"l\":[\"p\",null],\"a\":12}"#
    let column = try Self.column(type, [cell, nil])
    #expect(
      try column.text(at: 0)
        == #"{"a":12,"l":["p",null],"m":[{"key":"k","value":"{\"x\":[1]}"}]}"#)
    #expect(try column.isNull(at: 1))
    let arrow = try Self.column(
      type, arrow: .utf8, [.text(cell.replacingOccurrences(of: "\\", with: "")), .null])
    #expect(arrow == column)
    var options = SnowflakeTypeOptions()
    options.structuredAsText = true
    #expect(try Self.column(type, [cell], options).type == .utf8)
    let error = try #require(throws: TernError.self) {
      try Self.column(type, [#"{\"a\":"#])
    }
    #expect(error.kind == .data && error.message.contains("structured_types=text"))
  }

  @Test func typesThatNobodyKnowsAreText() throws {
    let type = #"{"name":"Q","type":"quaternion"}"#
    #expect(try Self.texts(Self.column(type, ["(1,2)", nil])) == ["(1,2)", nil])
    #expect(
      try Self.texts(Self.column(type, arrow: .int16, [.integer(-5), .null])) == ["-5", nil])
    #expect(
      try Self.texts(
        Self.column(type, arrow: .list(Field("i", .float64)), [.list([.double(1.5)])]))
        == ["[1.5]"])
  }

  /// Streams of other servers: a moment whose parts are NULL is NULL, Arrow's own types are taken.
  @Test func otherPhysicalTypesConvert() throws {
    let type = #"{"type":"timestamp_tz","scale":9}"#
    let parts = DataType.structure([
      Field("epoch", .int64), Field("fraction", .int32), Field("timezone", .int32),
    ])
    let column = try Self.column(
      type, arrow: parts,
      [
        .structure([.null, .null, .null]),
        .structure([.integer(-1), .integer(5), .integer(1_440 - 90)]),
      ])
    #expect(try column.isNull(at: 0))
    #expect(
      try column.timestamp(at: 1)
        == WideTimestamp(seconds: -1, nanoseconds: 5, offsetMinutes: -90))
    let bad = try #require(throws: TernError.self) {
      try Self.column(type, arrow: parts, [.structure([.integer(0), .integer(-1), .integer(0)])])
    }
    #expect(bad.kind == .data)
    let native = try Self.column(
      #"{"type":"timestamp_ntz","scale":9}"#, arrow: .timestamp(.nanosecond, zone: nil),
      [.timestamp(WideTimestamp(seconds: -2, nanoseconds: 7))])
    #expect(try native.timestamp(at: 0) == WideTimestamp(seconds: -2, nanoseconds: 7))
    let text = try Self.column(
      #"{"type":"fixed","precision":10,"scale":2}"#, arrow: .utf8, [.text("1.5")])
    #expect(try text.text(at: 0) == "1.50")
  }

  @Test func geographyKeepsItsName() throws {
    for (type, dataType) in [("object", DataType.utf8), ("text", .utf8), ("binary", .binary)] {
      let answer = try SnowflakeAnswer(
        body: Array(
          #"{"data":{"rowtype":[{"type":"\#(type)","extTypeName":"GEOGRAPHY"}]}}"#.utf8))
      let layout = SnowflakeLayout(try #require(answer.columns), SnowflakeTypeOptions())
      #expect(layout.columns[0].sql.typeName == "GEOGRAPHY")
      #expect(layout.columns[0].dataType == dataType)
      #expect(layout.schema.fields[0].metadata == [MetadataEntry("snowflake:type", "GEOGRAPHY")])
    }
  }
}
