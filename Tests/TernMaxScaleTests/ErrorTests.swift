import TernColumns
import TernCore
import TernDriver
import Testing

@testable import TernMaxScale

/// What an answer of the HTTP layer means.
struct ErrorTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    let isOpening: Bool
    let state: String
    let code: Int32
    let kind: TernError.Kind

    init(
      _ name: String, _ isOpening: Bool, _ state: String, _ kind: TernError.Kind, code: Int32 = 0
    ) {
      (self.name, self.isOpening, self.state) = (name, isOpening, state)
      (self.code, self.kind) = (code, kind)
    }

    var testDescription: String { name }
  }

  private static let rows: [Row] = [
    Row("auth.none", false, "28000", .authentication),
    Row("restart.old_bearer", false, "28000", .authentication),
    Row("open.error.wrong_password", true, "28000", .authentication, code: 1045),
    Row("open.error.unknown_db", true, "42000", .connection, code: 1049),
    Row("open.error.unknown_target", true, "08001", .connection),
    Row("open.error.service_without_listener", true, "08001", .connection),
    Row("down.open", true, "08001", .connection, code: 2002),
    Row("token.missing", false, "08S01", .connection),
    Row("token.expired.query", false, "08S01", .connection),
    Row("token.of_other_connection", false, "08S01", .connection),
    Row("restart.old_connection", false, "08S01", .connection),
    Row("kill.after_delete", false, "08S01", .connection),
    Row("async.busy.query", false, "HY010", .usage),
    Row("v2208.busy.query", false, "HY010", .usage),
    Row("async.old_id", false, "HY000", .sql),
    Row("down.reconnect", false, "08S01", .connection),
    Row("proto.bad_json.quotes", false, "HY000", .sql),
    Row("proto.header_too_big", false, "HY000", .sql),
    Row("proto.url_too_long", false, "HY000", .sql),
    Row("proto.unknown_method", false, "HY000", .sql),
  ]

  @Test("traps 17, 18, 23 and 39: the class of a refusal", arguments: rows)
  func everyRefusalHasItsClass(_ row: Row) throws {
    let exchange = try #require(Recording.named(row.name))
    let error = MaxScaleErrors.http(exchange.status, exchange.body, isOpening: row.isOpening)
    #expect(error.sqlState.text == row.state, "\(error)")
    #expect(error.kind == row.kind)
    #expect(error.vendorCode == row.code)
  }

  @Test(
    "trap 14: what is said of a refused token",
    arguments: [
      (true, true, 7, "has expired. The connection still stands"),
      (true, true, 0, "use or close it"),
      (true, false, 7, "although it has not expired"), (true, false, 7, "KILL 7 on the database"),
      (false, false, 0, "does not know the connection any more"), (nil, true, 0, "or MaxScale was"),
    ] as [(Bool?, Bool, Int64, String)])
  func refusedTokens(isStanding: Bool?, hasEnded: Bool, threadID: Int64, words: String) {
    let error = MaxScaleErrors.refusedToken(
      isStanding: isStanding, hasEnded: hasEnded, threadID: threadID)
    #expect(error.message.contains(words), "\(error)")
    #expect(error.sqlState == .linkFailure && error.message.contains("KILL") == (threadID > 0))
  }

  @Test func textThatIsNoJSONIsKept() {
    let body = Array(#"{"errors": [ { "detail": "near '"y"'" } ] }"#.utf8)
    #expect(MaxScaleErrors.http(400, body).message.contains(#"near '"y"'"#))
    let page = MaxScaleErrors.http(502, Array("<html><b>Bad Gateway</b></html>".utf8))
    #expect(page.message.contains("in between: Bad Gateway"))
    #expect(page.sqlState == .linkFailure)
  }

  /// MaxScale 6 answers 403 where later ones answer 400.
  @Test("trap 41: other statuses, the same texts")
  func version6() {
    let token = Array(#"{"errors":[{"detail":"Malformed connection token"}]}"#.utf8)
    #expect(MaxScaleErrors.http(403, token).sqlState == .linkFailure)
    let target = Array(#"{"errors":[{"detail":"Target 'x' not found"}]}"#.utf8)
    #expect(MaxScaleErrors.http(403, target, isOpening: true).sqlState == .cannotConnect)
  }
}
