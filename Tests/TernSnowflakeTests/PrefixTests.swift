import Foundation
import TernColumns
import TernCore
import TernDriver
import Testing

@_spi(Fuzzing) @testable import TernSnowflake

/// Answers and parts, cut: an error that says so, or fewer rows, never other rows and never a trap.
struct PrefixTests {
  private static var fixtures: [[String: Any]] { Fixtures.lines("arrow-fixtures.jsonl") }

  /// Documents up to here are cut at every byte, longer ones at some hundred places.
  /// `TERN_CUT_MAX` sets another limit, for an optimised build.
  private static let everyByteCountMax =
    ProcessInfo.processInfo.environment["TERN_CUT_MAX"].flatMap { Int($0) } ?? 200

  private static func places(_ count: Int) -> [Int] {
    count <= everyByteCountMax
      ? Array(0..<count)
      : Array(stride(from: 0, to: count, by: max(1, count / 120))) + Array(count - 40..<count)
  }

  @Test("trap 5: an answer that is cut anywhere is an error")
  func everyPrefixOfAnAnswer() throws {
    var cutCount = 0
    for fixture in Self.fixtures {
      for rows in ["rowset", "rowsetBase64"] {
        let data: [String: Any] = [
          "rowtype": fixture["rowtype"] ?? [], rows: fixture[rows] ?? [], "total": 1,
          "chunks": [["url": "u", "rowCount": 1]],
          "queryContext": ["entries": [["id": 0, "timestamp": 1, "priority": 0]]],
        ]
        let body = Array(try JSONSerialization.data(withJSONObject: data))
        for place in Self.places(body.count) where place > 0 {
          cutCount += 1
          let cut = Array(body.prefix(place))
          let kind =
            (#expect(throws: TernError.self) {
              _ = try SnowflakeAnswer(cut, data: 0..<place)
            })?.kind
          #expect(kind == .connection, "cut at \(place)")
        }
      }
    }
    #expect(cutCount > 4_000)
  }

  @Test("trap 5: the answer to a login that is cut anywhere is an error")
  func everyPrefixOfALogin() throws {
    guard case .answer(_, _, let body) = Answers.login() else {
      Issue.record("a login is an answer")
      return
    }
    for place in 0..<body.count {
      let cut = ArraySource(Array(body.prefix(place)))
      let error = #expect(throws: TernError.self) {
        try SnowflakeReading.read(cut, as: .login)
      }
      #expect(error?.kind == .connection, "cut at \(place): \(String(describing: error))")
    }
    try SnowflakeReading.read(ArraySource(body), as: .login)
  }

  /// What a part is, cut after each byte, in the form that inline rows have and that parts have.
  @Test("trap 5: rows that are cut anywhere are an error or the rows before the cut")
  func everyPrefixOfRows() throws {
    var (cutCount, wholeCount) = (0, 0)
    for fixture in Self.fixtures {
      let layout = try Self.layout(fixture)
      let arrow = Array(
        Data(base64Encoded: fixture["rowsetBase64"] as? String ?? "") ?? Data())
      let rows = (fixture["rowset"] as? [Any] ?? []).map { row in
        (try? JSONSerialization.data(withJSONObject: row)).map { Array($0) } ?? []
      }
      let json = Array(rows.joined(separator: Array(",\n".utf8)))
      for whole in [arrow, json] {
        let expected = try Self.values(whole, layout)
        for place in Self.places(whole.count) {
          cutCount += 1
          guard let found = try? Self.values(Array(whole.prefix(place)), layout) else { continue }
          wholeCount += 1
          #expect(found == Array(expected.prefix(found.count)), "cut at \(place)")
        }
        // Pieces of any size say the same.
        #expect(try Self.values(whole, layout, pieceMax: 1) == expected)
        #expect(try Self.values(whole, layout, pieceMax: 13) == expected)
      }
    }
    #expect(cutCount > 3_000 && wholeCount < 400)
  }

  private static func layout(_ fixture: [String: Any]) throws -> SnowflakeLayout {
    let answer = try SnowflakeAnswer(object: ["data": ["rowtype": fixture["rowtype"] ?? []]])
    return SnowflakeLayout(answer.columns ?? [], SnowflakeTypeOptions())
  }

  private static func values(
    _ bytes: [UInt8], _ layout: SnowflakeLayout, pieceMax: Int = .max
  ) throws -> [[Value]] {
    let part = try SnowflakePart(
      ArraySource(bytes, pieceMax: pieceMax), layout, ExecutionOptions())
    var rows: [[Value]] = []
    while let batch = try part.next() {
      for row in 0..<batch.rowCount { rows.append(try batch.row(row).map(bits)) }
    }
    return rows
  }

  /// NaN is itself here.
  private static func bits(_ value: Value) -> Value {
    if case .double(let double) = value { return .unsigned(double.bitPattern) }
    return value
  }

  @Test func anyByteMayBeWrong() throws {
    for fixture in Self.fixtures {
      let layout = try Self.layout(fixture)
      let stream = Array(
        Data(base64Encoded: fixture["rowsetBase64"] as? String ?? "") ?? Data())
      for index in stride(from: 0, to: stream.count, by: stream.count > 1_000 ? 5 : 2) {
        var damaged = stream
        damaged[index] ^= [UInt8(0x01), 0x80, 0xFF][index % 3]
        _ = try? Self.values(damaged, layout)
      }
    }
  }
}
