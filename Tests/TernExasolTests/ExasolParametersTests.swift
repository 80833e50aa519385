import Foundation
import TernColumns
import TernCore
import Testing

@testable import TernExasol

/// What is sent for each type (Exasol reference, section 3.4): the parameter's type decides, whatever
/// type was bound (trap 44).
@Suite struct ExasolParametersTests {
  private func parameters(
    _ json: String, format: String? = nil, zone: String = ""
  ) throws -> ExasolParameters {
    var attributes = ExasolAttributes()
    attributes.timeZone = zone
    if let format { attributes.datetimeFormat = format }
    return ExasolParameters(
      handle: 7, types: [try ExasolDataType(reading: JSONReader(Array(json.utf8)))],
      formats: ExasolFormats(attributes, ExasolTypeOptions()), writesBinaryAsHex: false)
  }

  private func data(
    _ json: String, _ type: DataType, _ value: Value, format: String? = nil, zone: String = ""
  ) throws -> String {
    let builder = BatchBuilder(Schema([Field("", type)]))
    try builder.append([value])
    let request = try parameters(json, format: format, zone: zone)
      .request(builder.finish(), from: 0, byteCountMax: 1_000)
    let text = String(decoding: request.bytes, as: UTF8.self)
    let start = try #require(text.range(of: #""data":[["#))
    return String(text[start.upperBound...].dropLast(3))
  }

  static let decimal = #"{"type":"DECIMAL","precision":18,"scale":2}"#
  static let stamp = #"{"type":"TIMESTAMP","precision":9}"#
  static let local = #"{"type":"TIMESTAMP WITH LOCAL TIME ZONE","precision":6}"#
  static let elapsed = #"{"type":"INTERVAL DAY TO SECOND","precision":2,"fraction":3}"#
  static let moment = WideTimestamp(seconds: 1_718_731_333, nanoseconds: 123_456_000)

  @Test(arguments: [
    (#"{"type":"BOOLEAN"}"#, DataType.bool, Value.bool(true), "true"),
    (decimal, .int64, .integer(-5), #""-5.00""#), (decimal, .uint8, .integer(5), #""5.00""#),
    (decimal, .utf8, .text("1.5"), #""1.50""#), (decimal, .float64, .double(1.5), #""1.50""#),
    (#"{"type":"DOUBLE"}"#, .int32, .integer(1), "1.0"),
    (#"{"type":"DOUBLE"}"#, .float64, .double(0.1), "0.1"),
    (#"{"type":"VARCHAR","size":9}"#, .int64, .integer(5), #""5""#),
    (#"{"type":"VARCHAR","size":9}"#, .utf8, .text("a\"ü"), #""a\"ü""#),
    (#"{"type":"DATE"}"#, .date32, .date(19_892), #""2024-06-18""#),
    (
      #"{"type":"DATE"}"#, .timestamp(.second, zone: nil),
      .timestamp(WideTimestamp(seconds: 1_718_668_800, nanoseconds: 0)), #""2024-06-18""#
    ),
    (
      stamp, .timestamp(.microsecond, zone: nil), .timestamp(moment),
      #""2024-06-18 17:22:13.123456""#
    ),
    (
      stamp, .timestamp(.microsecond, zone: "UTC"), .timestamp(moment),
      #""2024-06-18 17:22:13.123456""#
    ),
    (stamp, .date32, .date(19_892), #""2024-06-18 00:00:00.000000""#),
    (
      elapsed, .duration(.millisecond), .duration(seconds: -90_000, nanoseconds: 0),
      #""-1 01:00:00.000""#
    ),
    (
      #"{"type":"INTERVAL YEAR TO MONTH","precision":2}"#, .intervalMonths,
      .interval(MonthDayNano(months: -63, days: 0, nanoseconds: 0)), #""-5-03""#
    ),
    (#"{"type":"HASHTYPE","size":4}"#, .fixedSizeBinary(2), .bytes([0xAB, 0x01]), #""ab01""#),
    (decimal, .int64, .null, "null"), (stamp, .null, .null, "null"),
  ])
  func valuesAreWrittenAsTheParameterWantsThem(
    json: String, type: DataType, value: Value, text: String
  ) throws {
    #expect(try data(json, type, value) == text)
  }

  @Test(arguments: [
    (decimal, DataType.float64, Value.double(1.005), "22003"),
    (#"{"type":"DECIMAL","precision":2,"scale":0}"#, .int64, .integer(100), "22003"),
    (#"{"type":"DECIMAL","precision":18,"scale":0}"#, .utf8, .text("1.1"), "22003"),
    (#"{"type":"DOUBLE"}"#, .float64, .double(.nan), "22003"),
    (#"{"type":"DOUBLE"}"#, .float64, .double(.infinity), "22003"),
    (
      #"{"type":"DATE"}"#, .timestamp(.second, zone: nil),
      .timestamp(WideTimestamp(seconds: 1, nanoseconds: 0)), "22008"
    ),
    (#"{"type":"DATE"}"#, .int64, .integer(1), "07006"),
    (
      #"{"type":"TIMESTAMP","precision":3}"#, .timestamp(.microsecond, zone: nil),
      .timestamp(moment), "22008"
    ),
    (local, .timestamp(.microsecond, zone: "UTC"), .timestamp(moment), "HYC00"),
    (elapsed, .duration(.microsecond), .duration(seconds: 0, nanoseconds: 1_000), "22015"),
    (#"{"type":"VARCHAR","size":9}"#, .binary, .bytes([1]), "HYC00"),
  ])
  func whatWouldChangeIsRefused(
    json: String, type: DataType, value: Value, state: String
  ) throws {
    let error = #expect(throws: TernError.self) { try data(json, type, value) }
    #expect(error?.sqlState.text == state, "\(String(describing: error))")
    #expect(error?.message.hasPrefix("parameter 1, row 1: ") == true)
  }

  @Test func formatOfTheSessionDecidesTheDigits() throws {
    let nano = WideTimestamp(seconds: 0, nanoseconds: 1)
    let type = DataType.wideTimestamp(digits: 9, zone: nil)
    #expect(
      try data(Self.stamp, type, .timestamp(nano), format: "YYYY-MM-DD HH24:MI:SS.FF9")
        == #""1970-01-01 00:00:00.000000001""#)
    #expect(throws: TernError.self) { try data(Self.stamp, type, .timestamp(nano)) }
    #expect(throws: TernError.self) {
      try data(Self.stamp, type, .timestamp(nano), format: "DD.MM.YYYY HH24:MI:SS.FF9")
    }
    #expect(
      try data(
        Self.local, .timestamp(.second, zone: "UTC"),
        .timestamp(WideTimestamp(seconds: 0, nanoseconds: 0)), zone: "UTC")
        == #""1970-01-01 00:00:00.000000""#)
  }

  @Test func requestsAreCutByBytesAndLoseNothing() throws {
    let builder = BatchBuilder(Schema([Field("", .int64)]))
    for row in 0..<1_000 { try builder.append([.integer(Int64(row))]) }
    let batch = try builder.finish()
    let parameters = try parameters(Self.decimal)
    var (start, requests) = (0, 0)
    while start < 1_000 {
      let chunk = try parameters.request(batch, from: start, byteCountMax: 500)
      #expect(chunk.end > start)
      #expect(chunk.bytes.count < 800)
      start = chunk.end
      requests += 1
    }
    #expect(start == 1_000)
    #expect(requests > 10)
  }

  @Test func countsMustAgree() throws {
    let builder = BatchBuilder(Schema([Field("", .int64), Field("", .int64)]))
    try builder.append([1, 2])
    let batch = try builder.finish()
    let error = #expect(throws: TernError.self) {
      try parameters(Self.decimal).request(batch, from: 0, byteCountMax: 1)
    }
    #expect(error?.sqlState == .wrongParameterCount)
  }
}
