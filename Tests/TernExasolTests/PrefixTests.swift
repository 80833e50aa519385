import TernColumns
import TernCore
import TernDriver
import Testing

@testable import TernExasol

/// What a client does in one of the conversations.
struct Plan: Sendable, CustomTestStringConvertible {
  let name: String
  /// Every how many bytes the server is cut; 1 but for the long one.
  var step = 1
  let run: @Sendable (ScriptedSession) throws -> Void

  var testDescription: String { name }

  static let all = [
    Plan(name: "password-login") { $0.session.close(CallContext()) },
    Plan(name: "all-types") { try read($0, "SELECT * FROM T_ALL") },
    Plan(name: "several-fetches", step: 41) {
      try read($0, "SELECT ID, NAME FROM BIG ORDER BY ID")
    },
    Plan(name: "prepared") { script in
      let context = CallContext()
      let insert = try script.session.prepare(
        "INSERT INTO T (ID, NAME, D) VALUES (?, ?, ?)", context)
      for values in [[[1, "a", 1.0], [2, nil, 2.5]], [[3, "c", 3.0]]] as [[[Value]]] {
        let rows = BatchBuilder(
          Schema([Field("a", .int64), Field("b", .utf8), Field("c", .float64)]))
        for value in values { try rows.append(value) }
        do {
          _ = try insert.execute(try rows.finish(), ExecutionOptions(), context)
        } catch let error as TernError where error.kind == .sql {
          continue
        }
      }
      insert.close(context)
    },
    Plan(name: "errors-and-batch") { script in
      var options = ExecutionOptions()
      for sql in ["SELECT * FROM NOPE", "SELECT COUNT(*) FROM HUGE A, HUGE B"] {
        do {
          _ = try script.session.execute(sql, options, CallContext())
        } catch let error as TernError where !error.endsConnection {
          options.queryTimeoutNanoseconds = 5_000_000_000
        }
      }
    },
    Plan(name: "abort") { script in
      do {
        _ = try script.session.execute(
          "SELECT COUNT(*) FROM HUGE A, HUGE B", ExecutionOptions(), CallContext())
      } catch let error as TernError where error.kind == .cancelled && script.session.isAlive {
        try read(script, "SELECT 1")
      }
    },
    Plan(name: "transactions") { script in
      try script.session.setAutocommit(false, CallContext())
      for sql in ["OPEN SCHEMA STAGE", "UPDATE T SET A = A + 1", "ROLLBACK"] {
        _ = try script.session.execute(sql, ExecutionOptions(), CallContext())
      }
    },
    Plan(name: "metadata") { script in
      let request = ExasolRequest.metadata(
        "getColumns", [("schema", "RETAIL"), ("table", "ART\\_%")], types: ["TABLE", "VIEW"])
      _ = try script.session.results(of: request, .statement, CallContext())
    },
  ]

  private static func read(_ script: ScriptedSession, _ sql: String) throws {
    let outcomes = try script.session.execute(sql, ExecutionOptions(), CallContext())
    _ = try script.rows(outcomes)
  }
}

@Suite struct PrefixTests {
  @Test(arguments: Plan.all)
  func everyPrefixOfTheServersSideIsOneClearError(plan: Plan) throws {
    let transcript = try Transcript(plan.name)
    let start = plan.name == "password-login" ? 0 : transcript.loginByteCount
    var byteCount = start
    while byteCount < transcript.serverByteCount {
      try check(plan, transcript, byteCount)
      byteCount += plan.step
    }
  }

  private func check(_ plan: Plan, _ transcript: Transcript, _ byteCount: Int) throws {
    let script: ScriptedSession
    do {
      script = try ScriptedSession(transcript, cutAfter: byteCount)
    } catch {
      let isLogin = error.kind == .authentication && error.sqlState == .authenticationFailed
      #expect(
        isLogin || error.sqlState == .linkFailure, "\(plan.name) cut at \(byteCount): \(error)")
      return
    }
    do {
      try plan.run(script)
    } catch let error as TernError {
      #expect(error.endsConnection, "\(plan.name) cut at \(byteCount): \(error)")
      #expect(error.sqlState == .linkFailure, "\(plan.name) cut at \(byteCount): \(error)")
    }
    #expect(script.channel.differences == [], "\(plan.name) cut at \(byteCount)")
    // A goodbye whose answer is lost is no error, but the session is over either way.
    let isCut = script.channel.state.current.failure != nil
    #expect(!script.session.isAlive || !isCut, "\(plan.name) cut at \(byteCount) lives on")
    guard !script.session.isAlive else { return }
    let after = #expect(throws: TernError.self) { try script.session.ping(CallContext()) }
    #expect(after?.endsConnection == true || after?.sqlState == .notConnected)
  }

  @Test(arguments: Plan.all)
  func piecesOfAnySizeSayTheSame(plan: Plan) throws {
    for pieceMax in [1, 2, 7, 4_096] {
      let script = try ScriptedSession(Transcript(plan.name), pieceMax: pieceMax)
      try plan.run(script)
      #expect(script.channel.differences == [])
    }
  }
}
