import TernColumns
import TernCore
import TernTestKit
import Testing

@testable import TernSnowflake

/// Parameters as a file for the bind stage (section 3.4).
struct StageFileTests {
  private func file(
    _ types: [DataType], _ rows: [[Value]], from start: Int = 0, byteCountMax: Int = 1 << 20
  ) throws -> (text: String, next: Int) {
    let file = SnowflakeStageFile(try SnowflakeBinding.all(of: try batch(types, rows)))
    let (bytes, next) = try file.bytes(
      from: start, rowCount: rows.count, byteCountMax: byteCountMax)
    return (String(decoding: bytes, as: UTF8.self), next)
  }

  @Test(
    "trap 39: texts that could mean something else are in quotes",
    arguments: [
      ("a", "a"), ("", "\"\""), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\\b", "\"a\\b\""),
      ("\\N", "\"\\N\""), ("a\nb", "\"a\nb\""), ("a\rb", "\"a\rb\""), (" a", "\" a\""),
      ("a ", "\"a \""), ("\ta", "\"\ta\""), ("a b", "a b"), ("é😀", "é😀"), ("NULL", "NULL"),
      ("'", "'"),
    ])
  func trap39Texts(text: String, expected: String) throws {
    #expect(try file([.utf8], [[.text(text)]]).text == expected + "\n")
  }

  @Test("trap 39: NULL is an empty field, an empty text is not")
  func trap39Null() throws {
    let rows: [[Value]] = [[.null, ""], ["", .null], [.null, .null]]
    #expect(try file([.utf8, .utf8], rows).text == ",\"\"\n\"\",\n,\n")
    #expect(try file([.binary, .utf8], [[.bytes([]), "a"], [.null, "b"]]).text == "\"\",a\n,b\n")
  }

  @Test("trap 30: dates from the year 2969 on are no bare numbers in a file")
  func trap30DatesAreTexts() throws {
    let moment = WideTimestamp(seconds: 253_402_300_799, nanoseconds: 999_999_999)
    let offset = WideTimestamp(seconds: -1, nanoseconds: 0, offsetMinutes: -90)
    let rows: [[Value]] = [
      [
        .date(2_932_896), .time(86_399_999_999_999), .timestamp(moment), .timestamp(offset),
        true, .double(-.infinity), .bytes([0xAB]),
        .decimal(DecimalValue(unscaled: -150, scale: 2)),
      ]
    ]
    let types: [DataType] = [
      .date32, .time64(.nanosecond), .wideTimestamp(digits: 9, zone: nil),
      .wideTimestamp(digits: 9, zone: "UTC"), .bool, .float64, .binary,
      .decimal128(precision: 10, scale: 2),
    ]
    #expect(
      try file(types, rows).text
        == "9999-12-31,23:59:59.999999999,9999-12-31 23:59:59.999999999,"
        + "1969-12-31 22:29:59.000000000 -01:30,true,-inf,AB,-1.50\n")
  }

  @Test func filesEndBeforeTheyAreTooLong() throws {
    let rows = (0..<10).map { [Value.text("row \($0)")] }
    let first = try file([.utf8], rows, byteCountMax: 18)
    #expect(first == ("row 0\nrow 1\nrow 2\n", 3))
    #expect(try file([.utf8], rows, from: 9, byteCountMax: 1) == ("row 9\n", 10))
  }

  @Test func intervalsDoNotGoThroughFiles() throws {
    let bindings = try SnowflakeBinding.all(
      of: try batch([.duration(.second)], [[.duration(seconds: 1, nanoseconds: 0)]]))
    #expect(!SnowflakeStageFile(bindings).isPossible)
  }
}
