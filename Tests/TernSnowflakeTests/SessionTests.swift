import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet
import TernTestKit
import Testing

@testable import TernSnowflake

/// Statements, their results, and what answers say of the session.
struct SessionTests {
  @Test func aStatementIsSentAsTheServiceWantsIt() throws {
    let service = try ScriptedService { _ in Query.rows(["A", "B"], [["1", nil]]) }
    let session = try service.session()
    var options = ExecutionOptions()
    options.rowCountMax = 5
    options.queryTimeoutNanoseconds = 1_500_000_000
    #expect(try session.results("select 'é'", options) == [.rows([["1", nil]])])
    #expect(try session.results("select 2") == [.rows([["1", nil]])])
    let requests = service.requests(ScriptedService.queries)
    let first = requests[0].json
    #expect(requests[0].header("Accept") == "application/snowflake")
    #expect(first["sqlText"] as? String == "select 'é'")
    #expect(first["asyncExec"] as? Bool == false)
    #expect(first["describeOnly"] as? Bool == false)
    #expect(first["isInternal"] as? Bool == false)
    #expect(first["sequenceId"] as? Int == 1)
    #expect(first["bindings"] == nil && first["bindStage"] == nil)
    #expect(first["queryContextDTO"] as? [String: String] == [:])
    #expect(
      first["parameters"] as? [String: Int]
        == ["ROWS_PER_RESULTSET": 5, "STATEMENT_TIMEOUT_IN_SECONDS": 2])
    options.queryTimeoutNanoseconds = .max
    _ = try session.results("select 3", options)
    let last = try #require(service.requests.last?.json["parameters"] as? [String: Int])
    #expect(last["STATEMENT_TIMEOUT_IN_SECONDS"] == 604_800)
    #expect(requests[1].json["sequenceId"] as? Int == 2)
    #expect(requests[1].json["parameters"] as? [String: Int] == [:])
    #expect(Set(requests.map { $0.query["requestId"] }).count == 2)
  }

  @Test("trap 7: every statement of a user's is a request of its own, even of the same text")
  func trap7ResubmittedStatementsAreNew() throws {
    let service = try ScriptedService { _ in Query.inserted(1) }
    let session = try service.session()
    for _ in 0..<3 { #expect(try session.results("insert into t values (1)") == [.changed(1)]) }
    #expect(Set(service.requests.map { $0.query["requestId"] }).count == 3)
  }

  @Test("trap 7: attempts of one statement share its id, so that it runs once")
  func trap7RetriesAreTheSameRequest() throws {
    let service = try ScriptedService { request in
      switch request.number {
      case 0: .status(503)
      case 1: .close
      case 2: .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"data\":".utf8))
      case 3: .answer(429, [("Retry-After", "0")], [])
      default: Query.inserted(1)
      }
    }
    let session = try service.session()
    #expect(try session.results("insert into t values (1)") == [.changed(1)])
    #expect(service.requests.count == 5)
    #expect(Set(service.requests.map { $0.query["requestId"] }).count == 1)
    #expect(Set(service.requests.map { $0.text }).count == 1)
  }

  @Test("trap 50: COPY and DDL after a broken line are sent again under their own id")
  func trap50DefinitionsAreSentAgainUnderTheirID() throws {
    for (sql, answer) in [
      ("create table t (a int)", Query.status(0x6101)),
      ("copy into t from @s", Query.rows(["file"], [["a.csv"]], type: 0x3600)),
    ] {
      let service = try ScriptedService { $0.number == 0 ? .close : answer }
      _ = try service.session().results(sql)
      #expect(service.requests.count == 2)
      #expect(Set(service.requests.map { $0.query["requestId"] }).count == 1)
    }
  }

  @Test("trap 8: a statement is replayed with all of its options after a renewal")
  func trap8ReplayKeepsOptions() throws {
    let service = try ScriptedService { request in
      if request.path == "/session/token-request" { return Answers.renewal("S2", "M2") }
      return request.token == "S1" ? Answers.failure("390112") : Query.inserted(2)
    }
    let session = try service.session()
    var options = ExecutionOptions()
    options.rowCountMax = 7
    let preparation = SnowflakePreparation(session, "insert into t values (?)", nil)
    let outcomes = try preparation.execute(
      try batch([.int64], [[1]]), options, patience)
    #expect(try outcomes.taken() == [.changed(2)])
    let sent = service.requests(ScriptedService.queries)
    #expect(sent.count == 2)
    #expect(sent[0].text == sent[1].text)
    #expect(sent[1].text.contains(#""ROWS_PER_RESULTSET":7"#))
    #expect(sent[1].text.contains(#""bindings":{"1""#))
    #expect(sent[0].query["requestId"] == sent[1].query["requestId"])
  }

  @Test("trap 34: counts come from the columns that count, COPY gives rows, DDL nothing")
  func trap34Results() throws {
    let service = try ScriptedService { request in
      switch request.json["sqlText"] as? String {
      case "update":
        Query.rows(
          ["number of rows updated", "number of multi-joined rows updated"], [["3", "1"]],
          type: 0x3200)
      case "copy": Query.rows(["file", "rows_loaded"], [["f", "9"]], type: 0x3600)
      case "ddl": Query.status(0x6300)
      case "ctas": Query.status(0x6101, #""stats":{"numRowsInserted":5}"#)
      case "delete 0": Query.rows(["number of rows deleted"], [["0"]], type: 0x3300)
      case "delete none": Query.rows(["number of rows deleted"], [], type: 0x3300)
      default: Query.data(#""queryId":"\#(Query.id)","statementTypeId":24576"#)
      }
    }
    let session = try service.session()
    #expect(try session.results("update") == [.changed(4)])
    #expect(try session.results("copy") == [.rows([["f", "9"]])])
    #expect(try session.results("ddl") == [.changed(nil)])
    #expect(try session.results("ctas") == [.changed(5)])
    #expect(try session.results("delete 0") == [.changed(0)])
    #expect(try session.results("delete none") == [.changed(nil)])
    #expect(try session.results("nothing at all") == [.changed(nil)])
  }

  @Test("trap 40: only what the service says is current is current")
  func trap40Echo() throws {
    let final: @Sendable (String, String) -> String = { database, schema in
      #""finalDatabaseName":\#(database),"finalSchemaName":\#(schema),"finalRoleName":"R""#
    }
    let service = try ScriptedService { request in
      switch request.json["sqlText"] as? String {
      case "use schema x": Query.status(0x4300, final(#""OTHER""#, #""X Y""#))
      case "create table a.b.c": Query.status(0x6101, final("null", #""""#))
      case "call p()": Query.rows(["P"], [["1"]], type: 0x9000, final(#""DB2""#, #""S2""#))
      case "drop database db2": Query.status(0x6300, final("null", "null"))
      case "failed": Query.failed("002003", "42S02")
      default: Query.rows(["A"], [["1"]], final(#""INTERNAL""#, #""I""#))
      }
    }
    let session = try service.session()
    #expect(session.state.catalog == "DB" && session.state.schema == "PUBLIC")
    _ = try session.results("use schema x")
    #expect(session.state.catalog == "OTHER" && session.state.schema == "X Y")
    // Fully qualified names and empty values change nothing.
    _ = try session.results("create table a.b.c")
    #expect(session.state.catalog == "OTHER" && session.state.schema == "X Y")
    #expect(failure { _ = try session.results("failed") } != nil)
    #expect(session.state.catalog == "OTHER")
    // A USE inside of a procedure is seen.
    _ = try session.results("call p()")
    #expect(session.state.catalog == "DB2" && session.state.schema == "S2")
    // What the driver asks for itself is not the user's doing.
    _ = try session.table("show databases", patience)
    // Nor does the user's limit of rows count.
    let limits = service.requests.last?.json["parameters"] as? [String: Int]
    #expect(limits == ["ROWS_PER_RESULTSET": 0])
    #expect(session.state.catalog == "DB2")
    _ = try session.results("drop database db2")
    #expect(session.state.catalog == nil && session.state.schema == nil)
    #expect(
      service.statements == [
        "use schema x", "create table a.b.c", "failed", "call p()", "show databases",
        "drop database db2",
      ])
    #expect(service.requests[4].json["isInternal"] as? Bool == true)
  }

  @Test func parametersAreEchoed() throws {
    let service = try ScriptedService { request in
      switch request.json["sqlText"] as? String {
      case "off":
        Query.status(
          0x4100,
          #""parameters":[{"name":"AUTOCOMMIT","value":false},{"name":"SERVICE_NAME","value":"n1"},"#
            + #"{"name":"TIMEZONE","value":"Asia/Tokyo"},{"name":"N","value":12},"#
            + #"{"name":"X","value":null}]"#)
      default: Query.status(0x4100)
      }
    }
    let session = try service.session(parameters: ["TIMEZONE": "UTC", "AUTOCOMMIT": "true"])
    #expect(session.state.isAutocommit && session.typeOptions.zone == "UTC")
    _ = try session.results("off")
    #expect(!session.state.isAutocommit && session.typeOptions.zone == "Asia/Tokyo")
    #expect(session.parameter("N") == "12" && session.parameter("X") == nil)
    _ = try session.results("x")
    #expect(!session.state.isAutocommit)
    #expect(service.requests[0].header("X-Snowflake-Service") == nil)
    #expect(service.requests[1].header("X-Snowflake-Service") == "n1")
  }

  @Test func queryContextsGoBackAndForth() throws {
    let service = try ScriptedService { request in
      switch request.number {
      case 0:
        Query.status(
          0x6000,
          #""queryContext":{"entries":[{"id":0,"timestamp":5,"priority":0,"context":"QQ=="}]}"#)
      case 1:
        Answers.failure(
          "001003", "syntax",
          data: #"{"queryContext":{"entries":[{"id":1,"timestamp":6,"priority":1}]}}"#)
      default: Query.status()
      }
    }
    let session = try service.session()
    for sql in ["a", "b", "c"] { _ = try? session.results(sql) }
    let sent = service.requests.map { request in
      (request.json["queryContextDTO"] as? [String: Any])?["entries"] as? [[String: Any]]
    }
    #expect(sent[0] == nil)
    #expect(sent[1]?.map { $0["id"] as? Int } == [0])
    // Failed answers count too.
    #expect(sent[2]?.map { $0["id"] as? Int } == [0, 1])
  }

  @Test func errorsSayWhatTheServerSaid() throws {
    let service = try ScriptedService { request in
      switch request.json["sqlText"] as? String {
      case "a": Query.failed("002003", "42S02", "Object 'NOPE' does not exist", line: 3, pos: 14)
      case "b": Query.failed("100038", "", "Numeric value 'x' is not recognized")
      case "c": Answers.failure("000606", "No active warehouse")
      case "slow": Query.failed("000630", "57014", "Statement reached its timeout of 5 second(s)")
      case "stopped": Query.failed("000604", "57014", "SQL execution canceled")
      default:
        Query.failed("001003", "42000", "SQL compilation error: syntax error line 1 at", line: 1)
      }
    }
    let session = try service.session()
    let missing = try #require(failure { _ = try session.results("a") })
    #expect(missing.sqlState.text == "42S02" && missing.vendorCode == 2_003)
    #expect(missing.queryID == Query.id && missing.kind == .sql)
    #expect(missing.message.contains("NOPE") && missing.message.contains("line 3, position 14"))
    #expect(failure { _ = try session.results("b") }?.sqlState.text == "22018")
    #expect(failure { _ = try session.results("c") }?.message.contains("warehouse") == true)
    // One SQLSTATE for both: the number tells them apart.
    #expect(failure { _ = try session.results("slow") }?.sqlState == .timeout)
    #expect(failure { _ = try session.results("stopped") }?.sqlState == .cancelled)
    let syntax = try #require(failure { _ = try session.results("d") })
    #expect(syntax.message.components(separatedBy: "line 1").count == 2)
    #expect(session.isAlive)
  }

  @Test func transactionsAndProperties() throws {
    let service = try ScriptedService { request in
      request.path == "/session/heartbeat" ? Answers.nothing : Query.status(0x5000)
    }
    let session = try service.session()
    try session.setAutocommit(false, patience)
    #expect(!session.state.isAutocommit)
    try session.end(.commit, patience)
    try session.end(.rollback, patience)
    try session.set(.catalog("a\"b"), patience)
    try session.set(.schema("S"), patience)
    try session.set(.isolation(.readCommitted), patience)
    try session.set(.isReadOnly(false), patience)
    try session.set(.option(name: "warehouse", value: "W"), patience)
    try session.set(.option(name: "role", value: "R"), patience)
    try session.set(.option(name: "query_tag", value: "it's"), patience)
    try session.set(.option(name: "multi_statement_count", value: "0"), patience)
    try session.ping(patience)
    #expect(
      service.statements == [
        "ALTER SESSION SET AUTOCOMMIT = false", "COMMIT", "ROLLBACK", "USE DATABASE \"a\"\"b\"",
        "USE SCHEMA \"S\"", "USE WAREHOUSE \"W\"", "USE ROLE \"R\"",
        "ALTER SESSION SET QUERY_TAG = 'it''s'",
      ])
    #expect(service.requests("/session/heartbeat").count == 1)
    _ = try session.results("x")
    #expect(
      service.requests.last?.json["parameters"] as? [String: Int] == ["MULTI_STATEMENT_COUNT": 0])
    for property in [
      SessionProperty.isolation(.serializable), .isolation(.readUncommitted), .isReadOnly(true),
    ] {
      #expect(failure { try session.set(property, patience) }?.sqlState == .invalidOptionValue)
    }
    #expect(
      failure { try session.set(.option(name: "account", value: "x"), patience) }?.sqlState
        == .unknownOption)
  }

  @Test func aCommitWithoutAnAnswerIsOfUnknownOutcome() throws {
    let service = try ScriptedService { _ in .close }
    let error = failure { try service.session().end(.commit, patience) }
    #expect(error?.sqlState.text == "08007")
  }

  @Test func aCommitOfADeadSessionIsOfKnownOutcome() throws {
    let service = try ScriptedService { _ in .close }
    let session = try service.session()
    _ = failure { try session.ping(patience) }
    #expect(!session.isAlive)
    #expect(failure { try session.end(.commit, patience) }?.sqlState == .linkFailure)
  }

  @Test(
    "trap 10: a session that the service has ended is dead at once",
    arguments: ["390111", "390114"])
  func trap10DeadSessions(code: String) throws {
    let service = try ScriptedService { _ in Answers.failure(code, "gone") }
    let session = try service.session()
    let error = try #require(failure { _ = try session.results("select 1") })
    #expect(error.sqlState == .linkFailure && error.kind == .connection)
    #expect(!session.isAlive)
    #expect(failure { _ = try session.results("select 1") }?.sqlState == .linkFailure)
    #expect(service.requests.count == 1)
  }

  @Test func filesAreMovedOnlyWhereThatIsAllowed() throws {
    let service = try ScriptedService { _ in Query.status() }
    var settings = SnowflakeSettings()
    settings.allowsTransfers = false
    let session = try service.session(settings)
    let error = failure { _ = try session.results("/* x */ put file:///etc/passwd @s") }
    #expect(error?.message.contains("put_get") == true && error?.sqlState == .unsupported)
    #expect(service.requests.isEmpty)
  }

  @Test func severalStatementsInOneText() throws {
    let ids = (0..<3).map { "01b00000-0000-0001-0000-00000000000\($0)" }
    let service = try ScriptedService { request in
      switch request.path {
      case "/queries/\(ids[0])/result": Query.rows(["A"], [["1"]], id: ids[0])
      case "/queries/\(ids[1])/result":
        request.number < 3 ? Query.running(id: ids[1]) : Query.inserted(2)
      case "/queries/\(ids[2])/result": Query.failed("100038", "22018", "bad")
      default:
        Query.rows(
          ["multiple statement execution"], [["done"]], type: 0xA000,
          #""resultIds":"\#(ids.joined(separator: ","))","resultTypes":"4096,12544,4096""#)
      }
    }
    let session = try service.session()
    let outcomes = try session.execute("a; b; c", ExecutionOptions(), patience)
    #expect(try outcomes.next(patience)?.taken() == .rows([["1"]]))
    #expect(try outcomes.next(patience)?.taken() == .changed(2))
    #expect(failure { _ = try outcomes.next(patience) }?.sqlState == .invalidCast)
    let end = try outcomes.next(patience)
    #expect(end == nil)
    #expect(service.requests.dropFirst().allSatisfy { $0.method == "GET" && $0.token == "S1" })
  }
}
