import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet
import Testing

@testable import TernSnowflake

/// Answers and parts of the live service, where a machine has them.
@Suite(.enabled(if: Fixtures.real != nil, "skipped: no genuine answers on this machine"))
struct GenuineTests {
  private static func lines(_ name: String) -> [[String: Any]] {
    Fixtures.real.map { Fixtures.lines($0.appendingPathComponent(name)) } ?? []
  }

  private static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: try #require(Fixtures.real).appendingPathComponent(name)))
  }

  /// The bodies of all files, with where they are from.
  private static func bodies() -> [(name: String, body: [String: Any])] {
    var bodies: [(String, [String: Any])] = []
    for (file, keys) in [
      ("grouparoo-nock-session.jsonl", ["body"]), ("req_snowflake-responses.jsonl", []),
      ("vendor-wiremock.jsonl", ["jsonBody", "body"]), ("vendor-nodejs-unit-stubs.jsonl", []),
    ] {
      for (index, line) in lines(file).enumerated() {
        let response = line["response"] as? [String: Any] ?? [:]
        var found =
          keys.isEmpty ? response : keys.compactMap { response[$0] as? [String: Any] }.first
        if found == nil, let text = keys.compactMap({ response[$0] as? String }).first {
          found = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        }
        if let found { bodies.append(("\(file):\(index + 1)", found)) }
      }
    }
    return bodies
  }

  @Test("traps 45 and 46: every body is read, and every inline row of them decodes")
  func everyBodyDecodes() throws {
    var (answers, cells) = (0, 0)
    for (name, body) in Self.bodies() {
      var answer = try SnowflakeAnswer(object: body)
      answers += 1
      guard answer.columns != nil, answer.hasRows else { continue }
      let data = body["data"] as? [String: Any] ?? [:]
      // The authors took the addresses of parts away.
      if data["chunks"] != nil || data["qrmk"] != nil {
        answer.chunks.removeAll()
        answer.returned = nil
      }
      let pages = try Fixtures.pages(answer)
      let texts = data["rowset"] as? [[Any]]
      if texts?.contains(where: { $0.count != pages.columns.count }) ?? false {
        // One stub has rows of another query than its columns.
        #expect(throws: TernError.self, "\(name)") { try pages.nextPage(CallContext()) }
        continue
      }
      var rows: [[Value]] = []
      while let batch = try pages.nextPage(CallContext()) {
        for row in 0..<batch.rowCount { rows.append(try batch.row(row)) }
      }
      cells += rows.reduce(0) { $0 + $1.count }
      guard let texts else { continue }
      #expect(rows.count == texts.count, "\(name)")
      for (found, wanted) in zip(rows, texts) {
        for (column, (value, cell)) in zip(found, wanted).enumerated() {
          #expect((value == .null) == (cell is NSNull), "\(name), column \(column)")
          guard case .text(let text) = value else { continue }
          #expect(text == cell as? String, "\(name), column \(column)")
        }
      }
    }
    #expect(answers > 430 && cells > 13_000, "\(answers) answers, \(cells) cells")
  }

  @Test func valuesOfSingleColumnsAreThose() throws {
    let cases = Self.lines("single-column-arrow.jsonl")
    #expect(cases.count == 19)
    for line in cases {
      let name = line["case"] as? String ?? ""
      let fields = line["fields"] as? [[String: Any]] ?? []
      let rowtype = fields.map { field -> [String: Any] in
        let metadata = field["metadata"] as? [String: String] ?? [:]
        return [
          "name": field["name"] ?? "", "type": metadata["logicalType"] ?? "",
          "precision": metadata["precision"] ?? NSNull(), "scale": metadata["scale"] ?? NSNull(),
        ]
      }
      let answer = try SnowflakeAnswer(object: [
        "data": ["rowtype": rowtype, "rowsetBase64": line["rowsetBase64"] ?? ""]
      ])
      let pages = try Fixtures.pages(answer)
      let batch = try #require(try pages.nextPage(CallContext()), "\(name)")
      let expected = line["values"] as? [[Any]] ?? []
      #expect(batch.columns.count == expected.count, "\(name)")
      for (index, (column, values)) in zip(batch.columns, expected).enumerated() {
        #expect(column.count == values.count)
        for (row, value) in values.enumerated() {
          #expect(
            try Self.isSame(column, row, value), "\(name), column \(index), row \(row): \(value)")
        }
      }
      #expect(try pages.nextPage(CallContext()) == nil)
    }
  }

  /// Whether a value is what another reader found: numbers unscaled, dates in days, bytes as hex.
  private static func isSame(_ column: Column, _ row: Int, _ wanted: Any) throws -> Bool {
    if try column.isNull(at: row) { return wanted is NSNull }
    switch column.type {
    case .bool: return try column.bool(at: row) == (wanted as? NSNumber)?.boolValue
    case .float64: return try column.double(at: row) == (wanted as? NSNumber)?.doubleValue
    case .utf8: return try column.text(at: row) == wanted as? String
    case .binary: return try column.text(at: row).lowercased() == wanted as? String
    case .decimal128:
      let unscaled = (wanted as? NSNumber)?.int64Value ?? 0
      return try column.decimal(at: row).unscaled == Int128(unscaled)
    case .date32: return try Int64(column.date(at: row)) == (wanted as? NSNumber)?.int64Value
    case .time64: return try column.time(at: row) == (wanted as? NSNumber)?.int64Value
    case .wideTimestamp, .timestamp:
      let parts = wanted as? [String: NSNumber] ?? [:]
      let moment = try column.timestamp(at: row)
      return moment.seconds == parts["epoch"]?.int64Value
        && moment.nanoseconds == parts["fraction"]?.int32Value ?? 0
        && moment.offsetMinutes == (parts["timezone"]?.int32Value ?? 1_440) - 1_440
    default: return false
    }
  }

  @Test("trap 27: a result of 5 000 rows in three Arrow parts is read whole, in parallel")
  func chunkedResult() throws {
    let counts = [630, 1_876, 2_494]
    let files = try (0..<3).map { index in
      let plain = try Self.bytes("arrow/chunk-\(index).arrow")
      return try Deflater.compress(plain.span, .gzip)
    }
    let service = try ScriptedService { request in
      guard let part = Int(request.path.dropFirst(1)), files.indices.contains(part) else {
        return .status(404)
      }
      return .answer(200, [("Content-Encoding", "gzip")], files[part])
    }
    let line = try #require(
      Self.lines("req_snowflake-responses.jsonl").first {
        $0["case"] as? String == "arrow_all_in_chunks_5000"
      })
    var response = line["response"] as? [String: Any] ?? [:]
    var data = response["data"] as? [String: Any] ?? [:]
    data["chunks"] = counts.enumerated().map { index, count in
      ["url": "http://127.0.0.1:\(service.port)/\(index)", "rowCount": count] as [String: Any]
    }
    response["data"] = data
    let answer = try SnowflakeAnswer(object: response)
    #expect(answer.returned == 5_000 && answer.format == .arrow && answer.columns?.count == 15)
    var readings: [[[Value]]] = []
    for readerCount in [1, 3] {
      let connection = try StoreSession { options throws(TernError) in
        try SnowflakePages(answer, SnowflakeTypeOptions(), options, PartedResult.store())
      }.connection("parallel=\(readerCount)")
      let result = try connection.execute("x")
      var rows: [[Value]] = []
      while let batch = try result.nextBatch() {
        for row in 0..<batch.rowCount { rows.append(try batch.row(row)) }
      }
      readings.append(rows)
    }
    #expect(readings[0].count == 5_000 && readings[0] == readings[1])
    #expect(service.requests.allSatisfy { $0.header("Authorization") == nil })
  }

  @Test func genuineJSONParts() throws {
    let line = try #require(
      Self.lines("req_snowflake-responses.jsonl").first {
        $0["case"] as? String == "json_all_in_chunks"
      })
    let answer = try SnowflakeAnswer(object: line["response"] ?? [:])
    let layout = SnowflakeLayout(try #require(answer.columns), SnowflakeTypeOptions())
    for name in ["json-lineitem-chunk-1.txt", "json-lineitem-chunk-2.txt"] {
      let bytes = try Self.bytes(name)
      let part = try SnowflakePart(ArraySource(bytes, pieceMax: 7), layout, ExecutionOptions())
      let batch = try #require(try part.next())
      #expect(batch.rowCount == 3)
      #expect(try batch.columns[4].text(at: 1).hasSuffix(".00"))
      #expect(try part.next() == nil)
    }
  }
}
