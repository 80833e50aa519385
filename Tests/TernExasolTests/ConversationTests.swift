import TernColumns
import TernCore
import TernDriver
import Testing

@testable import TernExasol

/// The conversations of the Exasol reference, section 10, word for word.
@Suite struct ConversationTests {
  private let context = CallContext()

  private func finish(_ session: ScriptedSession, leaves left: Int = 0) {
    #expect(session.channel.differences == [])
    #expect(session.channel.stepsLeft.count == left, "\(session.channel.stepsLeft.prefix(1))")
  }

  @Test func passwordLoginReadsAttributesAndSaysGoodbye() throws {
    let script = try ScriptedSession(Transcript("password-login"))
    #expect(script.session.login.sessionID == "1659680558719702237")
    #expect(script.session.login.protocolVersion == 5)
    #expect(script.session.state.schema == "RETAIL")
    #expect(script.session.capabilities.productVersion == "8.32.0")
    script.session.close(context)
    #expect(!script.session.isAlive)
    script.session.close(context)
    finish(script)
  }

  @Test func oldServersLeaveFieldsAndAttributesOut() throws {
    // Trap 10. The attributes are the 13 names of a live 7.1 reply.
    var steps = try Transcript("password-login").steps
    steps[3] = .server(
      #"{"status":"ok","responseData":{"protocolVersion":1,"sessionId":7,"#
        + #""releaseVersion":"6.2.4"}}"#)
    steps[5] = .server(
      #"{"status":"ok","attributes":{"datetimeFormat":"YYYY-MM-DD HH24:MI:SS.FF6","#
        + #""autocommit":1,"currentSchema":"RETAIL","openTransaction":0,"queryTimeout":0}}"#)
    let script = try ScriptedSession(Transcript(steps: Array(steps.prefix(6))))
    #expect(script.session.login.protocolVersion == 1)
    #expect(script.session.login.messageByteCountMax == 67_108_864)
    #expect(script.session.login.identifierLengthMax == 128)
    #expect(script.session.state.isAutocommit)
    finish(script)
  }

  @Test(arguments: [
    (#""text":"Connection exception - authentication failed.","sqlCode":"08004""#, "28000"),
    (
      #""text":"Connection exception - Only TLS connections are allowed.","sqlCode":"08004""#,
      "08004"
    ),
    (#""text":"JSON value '/command' is required","sqlCode":"00000""#, "08004"),
  ])
  func refusedLoginsSayWhy(exception: String, state: String) throws {
    var steps = Array(try Transcript("password-login").steps.prefix(4))
    steps[3] = .server(#"{"status":"error","exception":{"# + exception + "}}")
    let error = #expect(throws: TernError.self) {
      try ScriptedSession(Transcript(steps: steps))
    }
    #expect(error?.sqlState.text == state)
    #expect(error?.message.contains("db.example:8563") == true)
  }

  @Test func closeAfterThePasswordIsProbablyAWrongPassword() throws {
    let steps = Array(try Transcript("password-login").steps.prefix(3))
    let error = #expect(throws: TernError.self) {
      try ScriptedSession(Transcript(steps: steps))
    }
    #expect(error?.kind == .authentication)
    #expect(error?.message.contains("probably wrong credentials") == true)
  }

  @Test func malformedLoginReplyIsNoWrongPassword() throws {
    var steps = Array(try Transcript("password-login").steps.prefix(4))
    steps[3] = .server(#"{"status":"maybe"}"#)
    let error = #expect(throws: TernError.self) {
      try ScriptedSession(Transcript(steps: steps))
    }
    #expect(error?.sqlState == .linkFailure)
  }

  @Test func tokenLoginCompressesAfterTheFourthMessage() throws {
    var transcript = try Transcript("token-login-compressed")
    transcript.steps.insert(
      contentsOf: [.client(#"{"command":"getAttributes"}"#), .server(#"{"status":"ok"}"#)], at: 4)
    let opener = try ExasolOpener(
      ConnectionTarget(
        parsing: "exasol://db.example?refresh_token=exa_pat_0123456789&compression=on",
        registry: DriverRegistry([ExasolDriver.self]) { _ throws(TernError) in [] }))
    let channel = ScriptedChannel(transcript)
    let line = ExasolLine(
      channel, host: HostAddress(host: "db.example", port: 8563), networkTimeout: nil)
    let login = try opener.logIn(on: line, ticket: nil, 5, context)
    #expect(!channel.state.current.isCompressed)
    let session = try opener.session(on: line, login, context)
    let outcomes = try session.execute("SELECT 1 AS X FROM DUAL", ExecutionOptions(), context)
    guard case .rows(let source)? = try outcomes.next(context) else {
      Issue.record("no rows")
      return
    }
    #expect(channel.state.current.isCompressed)
    #expect(try source.nextPage(context)?.row(0) == [.decimal(DecimalValue(unscaled: 1))])
    #expect(channel.differences == [])
  }

  @Test(arguments: [false, true])
  func allTypesAreTyped(isOldForm: Bool) throws {
    var transcript = try Transcript("all-types")
    if isOldForm {
      guard case .server(let json) = transcript.steps[7] else { return }
      transcript.steps[7] = .server(Self.oldForm(json))
    }
    let script = try ScriptedSession(transcript)
    let outcomes = try script.session.execute("SELECT * FROM T_ALL", ExecutionOptions(), context)
    let rows = try script.rows(outcomes)
    #expect(rows.count == 2)
    #expect(rows.last == Array(repeating: .null, count: 14))
    let seconds: Int64 = 1_718_731_333
    #expect(
      rows.first == [
        .bool(true), .text("ab   "), .text("Grüße \u{1F680}"),
        .decimal(try #require(DecimalValue("999999999999999999"))),
        .decimal(try #require(DecimalValue("123456789012345678901234567890123456"))),
        .decimal(try #require(DecimalValue("-0.70000"))), .double(1.5e100), .date(19_892),
        .timestamp(WideTimestamp(seconds: seconds, nanoseconds: 123_000_000)),
        .timestamp(WideTimestamp(seconds: seconds, nanoseconds: 123_456_000)),
        .interval(MonthDayNano(months: -63, days: 0, nanoseconds: 0)),
        .duration(seconds: 2 * 86_400 + 46_210, nanoseconds: 123_000_000),
        .text("POINT (1 2)"), .text("550e8400e29b11d4a716446655440000"),
      ])
    finish(script)
  }

  /// Protocol 4 and older: sizes instead of precisions.
  private static func oldForm(_ json: String) -> String {
    json.replacing(#"{"type":"DATE"}"#, with: #"{"type":"DATE","size":4}"#)
      .replacing(
        #"{"type":"TIMESTAMP","precision":3,"#, with: #"{"type":"TIMESTAMP","size":16,"#
      )
      .replacing(
        #""TIMESTAMP WITH LOCAL TIME ZONE","precision":6,"#,
        with: #""TIMESTAMP WITH LOCAL TIME ZONE","size":16,"#
      )
      .replacing(#"TO MONTH","precision":2"#, with: #"TO MONTH","size":6,"precision":2"#)
      .replacing(#"TO SECOND","precision":2"#, with: #"TO SECOND","size":16,"precision":2"#)
  }

  @Test func pagesFollowTheRowsReceived() throws {
    let script = try ScriptedSession(Transcript("several-fetches"))
    let outcomes = try script.session.execute(
      "SELECT ID, NAME FROM BIG ORDER BY ID", ExecutionOptions(), context)
    let rows = try script.rows(outcomes)
    #expect(rows.count == 2_500)
    for (index, row) in rows.enumerated()
    where row[0] != .decimal(DecimalValue(unscaled: Int128(index))) {
      Issue.record("row \(index) is \(row)")
      return
    }
    finish(script)
  }

  @Test func preparedBatchAndQuery() throws {
    let script = try ScriptedSession(Transcript("prepared"))
    let session = script.session
    let insert = try session.prepare("INSERT INTO T (ID, NAME, D) VALUES (?, ?, ?)", context)
    #expect(insert.parameterCount == 3)
    #expect(insert.columns == [])
    let schema = Schema([Field("a", .int64), Field("b", .utf8), Field("c", .int32)])
    let rows = BatchBuilder(schema)
    try rows.append([.integer(1), .text("a"), .integer(1)])
    try rows.append([.integer(2), .null, .integer(2)])
    // 2.5 is no int32: the transcript's value, as a double column.
    let doubles = BatchBuilder(
      Schema([Field("a", .int64), Field("b", .utf8), Field("c", .float64)]))
    try doubles.append([.integer(1), .text("a"), .double(1)])
    try doubles.append([.integer(2), .null, .double(2.5)])
    let changed = try insert.execute(try doubles.finish(), ExecutionOptions(), context)
    guard case .changed(let count, _, _)? = try changed.next(context) else {
      Issue.record("no count")
      return
    }
    #expect(count == 2)
    // Trap 28: a whole number for a DOUBLE has its point.
    let third = BatchBuilder(schema)
    try third.append([.integer(3), .text("c"), .integer(3)])
    let refused = #expect(throws: TernError.self) {
      try insert.execute(try third.finish(), ExecutionOptions(), context)
    }
    #expect(refused?.sqlState == .general)
    #expect(script.channel.sent.last?.contains("[3.0]") == true)
    insert.close(context)
    let query = try session.prepare("SELECT ID FROM T WHERE NAME = ?", context)
    #expect(query.columns?.map(\.name) == ["ID"])
    let name = BatchBuilder(Schema([Field("n", .utf8)]))
    try name.append([.text("a")])
    let answer = try query.execute(try name.finish(), ExecutionOptions(), context)
    #expect(try script.rows(answer) == [[.decimal(DecimalValue(unscaled: 1))]])
    query.close(context)
    query.close(context)
    finish(script)
  }

  @Test func errorsAndCountsAndBatches() throws {
    let script = try ScriptedSession(Transcript("errors-and-batch"))
    let session = script.session
    let missing = #expect(throws: TernError.self) {
      try session.execute("SELECT * FROM NOPE", ExecutionOptions(), context)
    }
    #expect(missing?.sqlState.text == "42S02")
    // Trap 48: the server's own words, untouched.
    #expect(
      missing?.message
        == "object NOPE not found [line 1, column 15] (Session: 1659680558719702237)")
    var limited = ExecutionOptions()
    limited.queryTimeoutNanoseconds = 5_000_000_000
    let late = #expect(throws: TernError.self) {
      try session.execute("SELECT COUNT(*) FROM HUGE A, HUGE B", limited, context)
    }
    #expect(late?.sqlState == .timeout)
    let texts = [
      "CREATE TABLE X (A INT)", "INSERT INTO X VALUES 1,2", "SELECT A FROM X ORDER BY A",
    ]
    let results = try session.results(
      of: ExasolRequest.executeBatch(texts, [("queryTimeout", .number(0))]), .statement, context)
    guard case .rowCount(0) = results[0], case .rowCount(2) = results[1],
      case .resultSet(let set) = results[2]
    else {
      Issue.record("\(results)")
      return
    }
    #expect(set.rowCount == 2)
    #expect(throws: TernError.self) {
      try session.results(of: ExasolRequest.command("noSuchCommand"), .statement, context)
    }
    let twice = #expect(throws: TernError.self) {
      try session.execute("INSERT INTO PK_T VALUES (1, 'b')", limited, context)
    }
    #expect(twice?.sqlState.text == "23000")
    finish(script)
    #expect(session.isAlive)
  }

  @Test(arguments: [false, true])
  func abortLeavesTheSessionInStep(finishesFirst: Bool) throws {
    // Traps 25 and 47; the race variant answers the statement although abortQuery was sent.
    var transcript = try Transcript("abort")
    if finishesFirst {
      let place = try #require(
        transcript.steps.firstIndex {
          guard case .server(let json) = $0 else { return false }
          return json.contains("R0003")
        })
      transcript.steps[place] = .server(
        #"{"status":"ok","responseData":{"numResults":1,"results":[{"resultType":"resultSet","#
          + #""resultSet":{"resultSetHandle":9,"numColumns":1,"numRows":5000,"#
          + #""numRowsInMessage":0,"columns":[{"name":"N","dataType":{"type":"DOUBLE"}}]}}]}}"#)
      transcript.steps.insert(
        contentsOf: [
          .client(#"{"command":"closeResultSet","resultSetHandles":[9]}"#),
          .server(#"{"status":"ok"}"#),
        ], at: place + 1)
    }
    let script = try ScriptedSession(transcript)
    let cancelled = #expect(throws: TernError.self) {
      try script.session.execute(
        "SELECT COUNT(*) FROM HUGE A, HUGE B", ExecutionOptions(), CallContext())
    }
    #expect(cancelled?.kind == .cancelled)
    #expect(script.session.isAlive)
    let outcomes = try script.session.execute("SELECT 1", ExecutionOptions(), context)
    #expect(try script.rows(outcomes) == [[.decimal(DecimalValue(unscaled: 1))]])
    finish(script)
  }

  @Test(arguments: [true, false])
  func transactionsAndAttributes(reportsAttributes: Bool) throws {
    var transcript = try Transcript("transactions")
    if !reportsAttributes {
      // Whether execute replies report attributes is unknown: both must work.
      transcript.steps = transcript.steps.enumerated().map { index, step in
        guard index > 7, case .server(let json) = step, json.contains(#","attributes":{"#) else {
          return step
        }
        return .server(
          #"{"status":"ok","responseData":{"numResults":1,"results":"#
            + #"[{"resultType":"rowCount","rowCount":0}]}}"#)
      }
    }
    let script = try ScriptedSession(transcript)
    let session = script.session
    try session.setAutocommit(false, context)
    #expect(!session.state.isAutocommit)
    _ = try session.execute("OPEN SCHEMA STAGE", ExecutionOptions(), context)
    #expect(session.state.schema == (reportsAttributes ? "STAGE" : "RETAIL"))
    _ = try session.execute("UPDATE T SET A = A + 1", ExecutionOptions(), context)
    try session.end(.rollback, context)
    #expect(session.state.schema == "RETAIL")
    _ = try session.execute(
      "ALTER SESSION SET NLS_TIMESTAMP_FORMAT='YYYY-MM-DD HH24:MI:SS.FF9'", ExecutionOptions(),
      context)
    #expect(session.resultReader().formats.timestampDigits == (reportsAttributes ? 9 : 6))
    // Trap 50.
    let collision = #expect(throws: TernError.self) {
      try session.execute("UPDATE T SET A = 0", ExecutionOptions(), context)
    }
    #expect(collision?.sqlState == .serializationFailure)
    #expect(collision?.isRetryable == true)
    try session.end(.commit, context)
    finish(script)
  }

  @Test func metadataCommandGivesRows() throws {
    let script = try ScriptedSession(Transcript("metadata"))
    let request = ExasolRequest.metadata(
      "getColumns", [("schema", "RETAIL"), ("table", "ART\\_%"), ("column", nil)],
      types: ["TABLE", "VIEW"])
    let results = try script.session.results(of: request, .statement, context)
    guard case .resultSet(let set)? = results.first else {
      Issue.record("no rows")
      return
    }
    #expect(set.columns.count == 18)
    #expect(try set.firstBatch?.row(0)[4] == .text("DECIMAL(18,2)"))
    finish(script)
  }
}
