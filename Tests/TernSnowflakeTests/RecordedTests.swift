import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet
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

  /// What was sent with a text, and what came back.
  private struct Recorded: Sendable {
    let sql: String
    let status: Int
    let answer: [UInt8]
    let hasBinds: Bool
    let isDescribing: Bool
  }

  private static func recorded() throws -> [Recorded] {
    try exchanges.compactMap { exchange in
      guard let request = exchange["request"] as? [String: Any],
        let target = request["target"] as? String,
        target.hasPrefix("/queries/v1/query-request"),
        let sent = (request["body"] as? [String: Any])?["json"] as? [String: Any],
        let sql = sent["sqlText"] as? String,
        let response = exchange["response"] as? [String: Any],
        let body = (response["body"] as? [String: Any])?["json"],
        let status = (response["status"] as? String)?.split(separator: " ")[1]
      else { return nil }
      return Recorded(
        sql: sql, status: Int(status) ?? 0,
        answer: Array(try JSONSerialization.data(withJSONObject: body)),
        hasBinds: sent["bindings"] != nil, isDescribing: sent["describeOnly"] as? Bool == true)
    }
  }

  @Test func everyStatementIsWalkedThroughASession() throws {
    let recorded = try Self.recorded().filter { $0.status == 200 && !$0.hasBinds }
    let next = Locked(0)
    let service = try ScriptedService { request in
      guard request.path == ScriptedService.queries else { return Answers.nothing }
      let entry = recorded[next.current]
      return .answer(200, [], entry.answer)
    }
    let session = try service.session()
    var kinds: [String: Int] = [:]
    for (index, entry) in recorded.enumerated() {
      next.withLock { $0 = index }
      do throws(TernError) {
        if entry.isDescribing {
          let preparation = try session.prepare(entry.sql, patience)
          kinds[preparation.columns == nil ? "undescribed" : "described", default: 0] += 1
          continue
        }
        let outcomes = try session.execute(entry.sql, ExecutionOptions(), patience)
        switch try outcomes.next(patience) {
        case .rows(let pages):
          while let batch = try pages.nextPage(patience) { _ = batch.rowCount }
          kinds["rows", default: 0] += 1
        case .changed(let rows, _, _): kinds[rows == nil ? "none" : "counts", default: 0] += 1
        case nil: kinds["nothing", default: 0] += 1
        }
      } catch {
        kinds[error.sqlState.text, default: 0] += 1
      }
    }
    #expect(session.state.catalog == "DB1" && session.state.schema == "SCHEMA1")
    #expect(session.parameter("TIMEZONE") == "Etc/UTC")
    // What fakesnow cannot do has its own words; PUT and GET are refused before they are sent.
    #expect(
      kinds == [
        "rows": 75, "counts": 6, "none": 20, "described": 2, "42S02": 5, "22007": 3, "42000": 2,
        "99999": 1, "HYC00": 5,
      ], "\(kinds)")
  }
}
