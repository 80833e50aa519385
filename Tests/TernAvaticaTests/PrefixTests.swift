import Foundation
import TernColumns
import TernCore
import Testing

@_spi(Fuzzing) @testable import TernAvatica

/// Every answer of the real servers, cut: an error that says so, never half an answer.
struct PrefixTests {
  private static let files = [
    "avatica-real-session.jsonl", "avatica-real-session-protobuf.jsonl",
    "avatica-real-old-versions.jsonl",
  ]

  /// Answers up to here are cut at every byte; longer ones at some hundred places and near both
  /// ends, as the time grows with the square. `TERN_CUT_MAX` sets another limit: an optimised build
  /// cuts answers of 16 KiB at every byte within a minute.
  private static let everyByteCountMax =
    ProcessInfo.processInfo.environment["TERN_CUT_MAX"].flatMap { Int($0) } ?? 300

  private static let kinds: [String: AvaticaReading.Kind] = [
    "openConnection": .opened, "OpenConnectionResponse": .opened,
    "closeConnection": .closed, "CloseConnectionResponse": .closed,
    "closeStatement": .statementClosed, "CloseStatementResponse": .statementClosed,
    "commit": .done, "CommitResponse": .done, "rollback": .undone, "RollbackResponse": .undone,
    "connectionSync": .connectionSync, "ConnectionSyncResponse": .connectionSync,
    "databaseProperties": .databaseProperties, "DatabasePropertyResponse": .databaseProperties,
    "createStatement": .createStatement, "CreateStatementResponse": .createStatement,
    "prepare": .prepare, "PrepareResponse": .prepare,
    "executeResults": .execution, "ExecuteResponse": .execution,
    "Service$ExecuteResponse": .execution,
    "executeBatch": .counts, "ExecuteBatchResponse": .counts,
    "fetch": .table, "FetchResponse": .table, "resultSet": .metadata, "ResultSetResponse": .metadata,
    "syncResults": .syncResults, "SyncResultsResponse": .syncResults,
    "error": .done, "ErrorResponse": .done,
  ]

  private static func places(_ count: Int) -> [Int] {
    if count <= everyByteCountMax { return Array(0..<count) }
    return Array(0..<30) + Array(stride(from: 30, to: count, by: max(1, count / 31)))
      + Array(count - 40..<count)
  }

  /// How many bytes an answer must have at least; one byte less is no answer.
  private func meaningfulByteCount(_ body: [UInt8], isProtobuf: Bool) -> Int {
    guard !isProtobuf else { return body.count }
    return body.count - body.reversed().prefix { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 }.count
  }

  /// Where a protobuf answer without its last field is an answer too: one of default values.
  private func nameByteCount(_ body: [UInt8]) -> Int {
    body.count > 2 && body[0] == 0x0A && body[1] < 0x80 ? 2 + Int(body[1]) : 0
  }

  @Test("traps 3, 4, 21 and 30: cut at every byte", arguments: files)
  func everyPrefixOfAnAnswerIsAnError(_ file: String) throws {
    var cutCount = 0
    var seen: Set<[UInt8]> = []
    for exchange in try Recording.exchanges(file) {
      let isProtobuf = !exchange.responseClass.isEmpty
      let name = isProtobuf ? exchange.responseClass : exchange.answer?["response"] as? String
      guard let name, let kind = Self.kinds[name], seen.insert(exchange.body).inserted else {
        continue
      }
      let count = meaningfulByteCount(exchange.body, isProtobuf: isProtobuf)
      for place in Self.places(count) {
        if isProtobuf, place == nameByteCount(exchange.body) { continue }
        let source = ArraySource(Array(exchange.body.prefix(place)))
        cutCount += 1
        do throws(TernError) {
          try AvaticaReading.read(source, as: kind, isProtobuf: isProtobuf)
          Issue.record("\(exchange.name) cut at \(place) is an answer")
        } catch {
          guard error.kind != .connection || error.sqlState != .linkFailure else { continue }
          Issue.record("\(exchange.name) cut at \(place): \(error)")
        }
      }
    }
    #expect(cutCount > 5_000)
  }

  /// What is read may not depend on where the network cut it.
  @Test(arguments: files)
  func piecesOfAnySizeSayTheSame(_ file: String) throws {
    for exchange in try Recording.exchanges(file) where exchange.body.count < 8_000 {
      let isProtobuf = !exchange.responseClass.isEmpty
      let name = isProtobuf ? exchange.responseClass : exchange.answer?["response"] as? String
      guard let name, let kind = Self.kinds[name] else { continue }
      let outcomes = [Int.max, 1, 7].map { pieceMax -> TernError? in
        do throws(TernError) {
          let source = ArraySource(exchange.body, pieceMax: pieceMax)
          try AvaticaReading.read(source, as: kind, isProtobuf: isProtobuf)
          return nil
        } catch { return error }
      }
      #expect(outcomes[1] == outcomes[0] && outcomes[2] == outcomes[0], "\(exchange.name)")
      #expect((outcomes[0] != nil) == ["error", "ErrorResponse"].contains(name), "\(exchange.name)")
    }
  }

  /// Pages for people, other encodings, and cut messages are all errors with a class.
  @Test("trap 30: whatever a failed request answers", arguments: files)
  func everyPrefixOfAFailedAnswerHasAnError(_ file: String) throws {
    for exchange in try Recording.exchanges(file) where exchange.status != 200 {
      for place in Self.places(min(exchange.body.count, Self.everyByteCountMax)) {
        let body = Array(exchange.body.prefix(place))
        let error = AvaticaReading.error(status: exchange.status, body: body)
        #expect(
          error.sqlState.isFailure && !error.message.isEmpty && !error.message.contains("<html"),
          "\(exchange.name) cut at \(place): \(error)")
      }
    }
  }
}
