import Foundation
import TernColumns
import TernCore
import Testing

@testable import TernAvatica

/// Every JSON exchange with real servers, through the decoders.
struct RecordedTests {
  private static let files = ["avatica-real-session.jsonl", "avatica-real-old-versions.jsonl"]

  private func reader(_ exchange: Exchange) throws -> JSONReader {
    let reader = try JSONReader(exchange.body)
    reader.repairsText = true
    return reader
  }

  private func execution(_ exchange: Exchange) throws -> AvaticaExecution {
    let message = AvaticaMessages.PrepareAndExecute(
      statement: 0, sql: "", rowCountMax: 0, isOld: false, firstFrame: -1)
    return try AvaticaReply.read(.json(try reader(exchange)), message)
  }

  private func expectRows(_ batch: Batch?, _ rows: [[Any]], _ name: String) throws {
    #expect(batch?.rowCount ?? 0 == rows.count, "\(name)")
    guard let batch else { return }
    for (index, row) in rows.enumerated() {
      for (column, cell) in zip(batch.columns, row) {
        #expect(try column.isNull(at: index) == (cell is NSNull), "\(name) row \(index)")
        if column.type == .utf8, let text = cell as? String {
          #expect(try column.text(at: index) == text, "\(name) row \(index)")
        } else if [.int8, .int16, .int32, .int64].contains(column.type),
          let number = cell as? NSNumber
        {
          #expect(try column.int64(at: index) == number.int64Value, "\(name) row \(index)")
        } else if column.type == .date32, let number = cell as? NSNumber {
          #expect(try Int64(column.date(at: index)) == number.int64Value, "\(name) row \(index)")
        }
      }
    }
  }

  @Test(arguments: files)
  func executionsHaveTheRecordedRowsAndCounts(_ file: String) throws {
    var count = 0
    for exchange in try Recording.exchanges(file) where exchange.status == 200 {
      guard let answer = exchange.answer,
        ["executeResults", "Service$ExecuteResponse"].contains(answer["response"] as? String)
      else { continue }
      let execution = try execution(exchange)
      let results = answer["results"] as? [[String: Any]] ?? []
      #expect(execution.isStatementMissing == (answer["missingStatement"] as? Bool ?? false))
      #expect(execution.results.count == results.count, "\(exchange.name)")
      for (own, result) in zip(execution.results, results) {
        #expect(own.updateCount == (result["updateCount"] as? NSNumber)?.int64Value)
        let frame = result["firstFrame"] as? [String: Any]
        #expect(own.frame?.isLast == frame?["done"] as? Bool, "\(exchange.name)")
        try expectRows(own.frame?.rows, frame?["rows"] as? [[Any]] ?? [], exchange.name)
      }
      count += 1
    }
    #expect(count >= 30)
  }

  @Test func fetchesHaveTheRecordedRows() throws {
    var signatures: [Int64: AvaticaSignature] = [:]
    var count = 0
    for exchange in try Recording.exchanges(Self.files[0]) where exchange.status == 200 {
      guard let answer = exchange.answer else { continue }
      switch answer["response"] as? String {
      case "executeResults":
        for result in try execution(exchange).results {
          if let id = result.statementID, let signature = result.signature {
            signatures[id] = signature
          }
        }
      case "syncResults":
        // Its frames have no columns.
        if let id = (exchange.request?["statementId"] as? NSNumber)?.int64Value {
          signatures[id] = nil
        }
      case "fetch":
        guard let frame = answer["frame"] as? [String: Any],
          let id = (exchange.request?["statementId"] as? NSNumber)?.int64Value,
          let signature = signatures[id]
        else { continue }
        let range = AvaticaMessages.FetchRange(statement: id, offset: 0, rowCount: -1)
        let own = try AvaticaReply.read(
          .json(try reader(exchange)), AvaticaMessages.Fetch(range: range, signature: signature)
        ).frame
        #expect(own?.offset == (frame["offset"] as? NSNumber)?.int64Value)
        try expectRows(own?.rows, frame["rows"] as? [[Any]] ?? [], exchange.name)
        count += 1
      default: continue
      }
    }
    #expect(count >= 20)
  }

  @Test(arguments: files)
  func everyErrorHasAClass(_ file: String) throws {
    var count = 0
    for exchange in try Recording.exchanges(file) where exchange.status != 200 {
      count += 1
      guard let answer = exchange.answer else {
        let error = AvaticaErrors.http(exchange.status, exchange.body)
        #expect([.authentication, .connection, .sql].contains(error.kind), "\(exchange.name)")
        #expect((error.kind == .authentication) == [401, 403].contains(exchange.status))
        continue
      }
      let error = try #require(throws: TernError.self) {
        try AvaticaReply.read(.json(try reader(exchange)), AvaticaMessages.Plain.commit)
      }
      #expect(error.sqlState.isFailure, "\(exchange.name)")
      #expect(!error.message.contains("\tat "), "\(exchange.name)")
      let isLost = (answer["errorCode"] as? NSNumber)?.intValue == 1
      #expect((error.sqlState == .linkFailure) == isLost, "\(exchange.name): \(error)")
      if (answer["errorMessage"] as? String)?.contains("SQLSyntaxError") ?? false {
        #expect(error.sqlState.classCode == "42", "\(exchange.name): \(error)")
      }
    }
    #expect(count > 40)
  }

  /// What callers see of errors that real servers sent.
  @Test(arguments: [
    ("error/syntax", "42000", "unexpected token: SELEC"),
    ("error/no-table", "42S02", "user lacks privilege or object not found: NOPE"),
    ("error/exists", "42S01", "object name already exists: TX"),
    ("error/too-long", "22001", "right truncation"), ("error/date", "22007", "Unparseable date"),
    ("error/not-null", "23000", "NOT NULL check constraint"),
    ("batch/executeBatch-error", "23000", "integrity constraint violation"),
    ("tx/schema-bad", "3F000", "invalid schema name: NOPE"),
    ("tx/catalog-bad", "3D000", "invalid catalog name"),
    ("frames/after-done", "24000", "invalid cursor state"),
    ("protocol/int-overflow", "HY000", "driver and server disagree about the protocol"),
    ("protocol/unknown-attribute", "HY000", "driver and server disagree about the protocol"),
    ("problem-types/select-C_BLOB", "HYC00", "CAST(column AS VARCHAR)"),
    ("problem-types/select-C_CLOB", "HYC00", "CAST(column AS VARCHAR)"),
    ("problem-types/select-C_TSTZ", "HYC00", "CAST(column AS VARCHAR)"),
    ("1.5.0/pe-error", "42000", "unexpected token: SELEC"),
  ])
  func errorsSayWhatCallersCanUse(_ name: String, _ state: String, _ words: String) throws {
    let exchanges = try Self.files.flatMap { try Recording.exchanges($0) }
    let exchange = try #require(exchanges.first { $0.name == name })
    let error = try #require(throws: TernError.self) {
      try AvaticaReply.read(.json(try reader(exchange)), AvaticaMessages.Plain.commit)
    }
    #expect(error.sqlState.text == state)
    #expect(error.message.contains(words), "\(error.message)")
    #expect(error.message.utf8.count < 400)
    #expect(!error.message.contains("[Source"))
  }

  @Test func anAnswerOfAnotherKindIsRefused() throws {
    let reader = try JSONReader(Array(#"{"response":"resultSet"}"#.utf8))
    #expect(throws: TernError.self) {
      try AvaticaReply.read(.json(reader), AvaticaMessages.Plain.commit)
    }
  }
}
