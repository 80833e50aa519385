import Foundation
import TernColumns
import TernCore
import TernDriver
import Testing

@testable import TernSnowflake

/// Every query's answer of fakesnow, recorded with three real clients.
struct RecordedTests {
  private static var exchanges: [[String: Any]] { Fixtures.lines("fakesnow-session.jsonl") }

  @Test func everyAnswerDecodes() throws {
    var counts: [String: Int] = [:]
    for exchange in Self.exchanges {
      let target = (exchange["request"] as? [String: Any])?["target"] as? String ?? ""
      guard target.hasPrefix("/queries/v1/query-request"),
        let body = (exchange["response"] as? [String: Any])?["body"] as? [String: Any],
        let object = body["json"] as? [String: Any]
      else { continue }
      let label = exchange["label"] as? String ?? ""
      let data = object["data"] as? [String: Any] ?? [:]
      let answer = try SnowflakeAnswer(object: object)
      #expect(answer.queryID == data["queryId"] as? String, "\(label)")
      #expect(answer.total == (data["total"] as? NSNumber)?.int64Value, "\(label)")
      #expect(answer.columns?.count == (data["rowtype"] as? [Any])?.count, "\(label)")
      guard answer.columns != nil, answer.hasRows else {
        counts["none", default: 0] += 1
        continue
      }
      let pages = try Fixtures.pages(answer)
      var rowCount = 0
      while let batch = try pages.nextPage(CallContext()) {
        rowCount += batch.rowCount
        for row in 0..<batch.rowCount { _ = try batch.row(row) }
        #expect(batch.schema == Schema(pages.columns.map(\.field)), "\(label)")
      }
      #expect(rowCount == Int(pages.rowCount ?? -1), "\(label)")
      counts["\(answer.format)", default: 0] += 1
    }
    #expect(counts == ["arrow": 111, "json": 10, "none": 42], "\(counts)")
  }
}
