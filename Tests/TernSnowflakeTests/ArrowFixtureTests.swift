import Foundation
import TernColumns
import TernCore
import TernDriver
import Testing

@testable import TernSnowflake

/// Every type in every physical form, from Arrow and from JSON, against the expected values.
struct ArrowFixtureTests {
  private static var cases: [[String: Any]] { Fixtures.lines("arrow-fixtures.jsonl") }

  @Test func allCasesAreThere() { #expect(Self.cases.count == 17) }

  @Test(
    "traps 24, 27, 28 and 33: each case has its values in Arrow and in JSON",
    arguments: cases.compactMap { $0["case"] as? String })
  func everyValueIsExact(_ name: String) throws {
    let fixture = try #require(Self.cases.first { $0["case"] as? String == name })
    let expected = try #require(fixture["values"] as? [[Any]])
    var schemas: [Schema] = []
    for format in ["arrow", "json"] {
      var data: [String: Any] = [
        "rowtype": fixture["rowtype"] ?? [], "queryResultFormat": format,
        "total": expected.count, "returned": expected.count,
      ]
      let rows = format == "arrow" ? "rowsetBase64" : "rowset"
      data[rows] = fixture[rows]
      let pages = try Fixtures.pages(try SnowflakeAnswer(object: ["data": data]))
      var texts: [[String?]] = []
      while let batch = try pages.nextPage(CallContext()) {
        for row in 0..<batch.rowCount {
          texts.append(
            try zip(batch.columns, pages.columns).map { column, description in
              try Self.text(column, row, description, name)
            })
        }
        schemas.append(batch.schema)
      }
      schemas.append(Schema(pages.columns.map(\.field)))
      #expect(texts.count == expected.count, "\(name) in \(format)")
      for (row, (found, wanted)) in zip(texts, expected).enumerated() {
        for (column, (found, wanted)) in zip(found, wanted).enumerated() {
          #expect(
            found == Self.canonical(wanted as? String, name),
            "\(name) in \(format), row \(row), column \(column)")
        }
      }
    }
    // The widths of the streams do not show.
    #expect(Set(schemas).count == 1, "\(name)")
  }

  @Test(arguments: ["arrow", "json"])
  func nestedValuesAsTextHaveTheirScales(format: String) throws {
    let fixture = try #require(Self.cases.first { $0["case"] as? String == "structured_native" })
    let wanted = try #require(fixture["rowset"] as? [[Any]])
    var data: [String: Any] = ["rowtype": fixture["rowtype"] ?? [], "queryResultFormat": format]
    let rows = format == "arrow" ? "rowsetBase64" : "rowset"
    data[rows] = fixture[rows]
    var options = SnowflakeTypeOptions()
    options.structuredAsText = true
    let pages = try Fixtures.pages(try SnowflakeAnswer(object: ["data": data]), options)
    #expect(pages.columns.map(\.dataType) == [.utf8, .utf8, .utf8])
    #expect(try pages.texts() == wanted.map { row in row.map { $0 as? String } })
  }

  /// The fixtures' canonical text of a value.
  private static func text(
    _ column: Column, _ row: Int, _ description: ColumnDescription, _ name: String
  ) throws -> String? {
    if try column.isNull(at: row) { return nil }
    let digits = description.sql.decimalDigits.map { Int($0) }
    var bytes: [UInt8] = []
    switch column.type {
    case .binary: return try column.text(at: row).lowercased()
    case .float64:
      let text = try column.text(at: row)
      return ["NaN": "nan", "Infinity": "inf"][text] ?? text
    case .wideTimestamp, .timestamp:
      let moment = try column.timestamp(at: row)
      var instant = moment
      instant.offsetMinutes = 0
      MomentText.append(instant, digits: digits ?? 9, to: &bytes)
      let text = String(decoding: bytes, as: UTF8.self)
      guard name == "timestamp_tz" else { return text }
      let offset = Int(moment.offsetMinutes)
      let (hours, minutes) = (abs(offset) / 60, abs(offset) % 60)
      return text + "Z " + (offset < 0 ? "-" : "+") + String(format: "%02d:%02d", hours, minutes)
    case .duration:
      let value = try column.duration(at: row)
      return "\(Int128(value.seconds) * 1_000_000_000 + Int128(value.nanoseconds)) ns"
    case .intervalMonthDayNano:
      let value = try column.interval(at: row)
      return "\(Int128(value.days) * 86_400_000_000_000 + Int128(value.nanoseconds)) ns"
    case .map:
      let entries = try column.list(at: row)
      return try "{"
        + (0..<entries.count).map { entry in
          try entries.children.map { try $0.text(at: entries.offset + entry) }
            .joined(separator: ":")
        }.joined(separator: ",") + "}"
    case .structure: return try column.text(at: row).replacingOccurrences(of: "\"", with: "")
    case .fixedSizeList: return try column.text(at: row).replacingOccurrences(of: ".0]", with: "]")
    default:
      try column.appendText(at: row, digits: digits, to: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// What of the fixtures' texts has another form here.
  private static func canonical(_ text: String?, _ name: String) -> String? {
    text.map { others[name + $0] ?? $0 }
  }

  private static let others = [
    "decfloat123e-2": "1.23", "decfloat-1e-100": "-1E-100", "decfloat0e0": "0",
    "decfloat-128e3": "-1.28E+5",
    "decfloat99999999999999999999999999999999999999e0": String(repeating: "9", count: 38),
    "decfloat12345678901234567890123456789012345678e-16000":
      "1.2345678901234567890123456789012345678E-15963",
    "interval0 months": "0-00", "interval14 months": "1-02", "interval-15 months": "-1-03",
    "interval11999999999 months": "999999999-11",
  ]
}
