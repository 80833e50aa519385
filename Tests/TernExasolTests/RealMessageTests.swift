import Foundation
import TernColumns
import TernCore
import Testing

@testable import TernExasol

/// The file of messages that real servers sent.
private enum RealMessages {
  private static let file = Transcript.folder
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .appendingPathComponent("shared/protocols/exasol-real-messages.jsonl")

  static var isThere: Bool { FileManager.default.isReadableFile(atPath: file.path) }

  static func payloads(_ kind: String) throws -> [[String: Any]] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
      guard let object = JSONComparison.object(String(line)),
        kind.isEmpty || object["kind"] as? String == kind
      else { return nil }
      return object["payload"] as? [String: Any]
    }
  }
}

/// Messages that real servers sent, read where they lie beside the project.
@Suite(
  .enabled(
    if: RealMessages.isThere,
    "exasol-real-messages.jsonl is not beside this project: nothing to compare with"))
struct RealMessageTests {
  private func bytes(_ object: Any) throws -> [UInt8] {
    Array(try JSONSerialization.data(withJSONObject: object))
  }

  @Test func everyReplyIsReadAndEveryErrorIsTyped() throws {
    var count = 0
    for payload in try RealMessages.payloads("response") where payload["status"] != nil {
      let reader = ExasolResultReader(formats: ExasolFormats(ExasolAttributes(), .init()))
      let reply = try ExasolReply(reading: JSONReader(bytes(payload))) {
        json throws(TernError) in
        let raw = try json.rawValue()
        if let results = try? reader.results(JSONReader(raw)), !results.isEmpty {
          return results.count
        }
        return try ExasolFields(reading: JSONReader(raw)).text("sessionId") == nil ? 0 : 1
      }
      if let exception = reply.exception {
        let error = ExasolErrors.error(exception)
        #expect(error.message == exception.text)
        #expect(error.sqlState.isFailure)
      }
      if let attributes = reply.attributes {
        var merged = ExasolAttributes()
        merged.currentSchema = "X"
        try merged.merge(reading: JSONReader(attributes))
        #expect(merged.isTransactionOpen == false)
        #expect(merged.timeZone == "EUROPE/LONDON")
        #expect(merged.currentSchema == "ANALYTICS")
        #expect(merged.feedbackIntervalSeconds == 1)
      }
      count += 1
    }
    #expect(count > 30)
  }

  @Test func everyColumnAndValueIsDecoded() throws {
    var count = 0
    for payload in try RealMessages.payloads("") {
      guard let columns = payload["columns"] as? [[String: Any]],
        let data = payload["data"] as? [[Any]], data.count == columns.count
      else { continue }
      let rows = data.first?.count ?? 0
      let set: [String: Any] = [
        "columns": columns, "data": data, "numColumns": columns.count, "numRows": rows,
        "numRowsInMessage": rows,
      ]
      let result = ["resultType": "resultSet", "resultSet": set] as [String: Any]
      let reader = ExasolResultReader(formats: ExasolFormats(ExasolAttributes(), .init()))
      let json = try bytes(["results": [result], "numResults": 1])
      // A decimal whose scale the fragment leaves out cannot hold its fraction.
      guard let results = try? reader.results(JSONReader(json)) else {
        let types = columns.compactMap { ($0["dataType"] as? [String: Any])?["type"] as? String }
        #expect(types == ["DECIMAL"], "\(payload)")
        continue
      }
      guard case .resultSet(let header)? = results.first else { continue }
      #expect(header.rowCount == Int64(rows))
      count += 1
    }
    #expect(count > 10)
  }
}
