import Foundation
import TernColumns
import TernCore
import TernDriver
import Testing

@testable import TernAvatica

/// Answers that say the same in another form.
struct AttributeOrderTests {
  private let message = AvaticaMessages.PrepareAndExecute(
    statement: 0, sql: "", rowCountMax: 0, isOld: false, firstFrame: -1)

  /// Everything that an execution tells, as text.
  private func described(_ execution: AvaticaExecution) throws -> [String] {
    var lines = ["missing \(execution.isStatementMissing)"]
    for result in execution.results {
      lines.append("\(result.statementID ?? -1) \(result.updateCount)")
      lines += result.signature?.columns.map { "\($0.name) \($0.dataType) \($0.sql)" } ?? ["none"]
      lines.append("\(result.frame?.offset ?? -1) \(result.frame?.isLast ?? false)")
      guard let rows = result.frame?.rows else { continue }
      for row in 0..<rows.rowCount {
        let cells = try rows.columns.map { column in
          var text: [UInt8] = []
          guard try !column.isNull(at: row) else { return "NULL" }
          try column.appendText(at: row, to: &text)
          return String(decoding: text, as: UTF8.self)
        }
        lines.append(cells.joined(separator: "|"))
      }
    }
    return lines
  }

  private func json(_ bytes: [UInt8]) throws -> [String] {
    let reader = try JSONReader(bytes)
    reader.repairsText = true
    return try described(try AvaticaReply.read(.json(reader), message))
  }

  private func protobuf(_ bytes: [UInt8]) throws -> [String] {
    try described(try AvaticaReply.read(.protobuf(try ProtobufReader(bytes)), message))
  }

  @Test("trap 4: results by either name, attributes in any order, unknown ones among them")
  func theOrderOfAttributesDoesNotMatter() throws {
    var count = 0
    for exchange in try Recording.exchanges("avatica-real-session.jsonl") {
      // Objects among the values are shown as the server spells them.
      guard exchange.status == 200, exchange.group != "problem-types",
        exchange.answer?["response"] as? String == "executeResults"
      else { continue }
      let plain = try json(exchange.body)
      #expect(try json(Reordered.json(exchange.body)) == plain, "\(exchange.name)")
      let text = String(decoding: exchange.body, as: UTF8.self)
      let renamed = text.replacingOccurrences(of: "\"results\":", with: "\"resultSets\":")
      if text.utf8.elementsEqual(exchange.body) {
        #expect(try json(Array(renamed.utf8)) == plain, "\(exchange.name)")
      }
      count += 1
    }
    #expect(count > 150)
  }

  @Test("trap 21: protobuf fields in any order, unknown ones among them")
  func theOrderOfFieldsDoesNotMatter() throws {
    var count = 0
    for exchange in try Recording.exchanges("avatica-real-session-protobuf.jsonl")
    where exchange.responseClass == "ExecuteResponse" {
      let reordered = try Reordered.protobuf(exchange.body)
      #expect(reordered != exchange.body)
      #expect(try protobuf(reordered) == protobuf(exchange.body), "\(exchange.name)")
      count += 1
    }
    #expect(count > 40)
  }
}
