import Foundation
import TernCore
import TernDriver
import TernNet
import Testing

@testable import TernSnowflake

/// A service on which a statement runs until it is stopped.
final class StoppableService: Sendable {
  private struct State: Sendable {
    var stopped: Set<String> = []
    var tooEarly: Int
  }

  private let state: Monitor<State>

  /// - Parameter tooEarly: how often a stop comes before the statement is known.
  init(tooEarly: Int = 0) { state = Monitor(State(tooEarly: tooEarly)) }

  /// Holds the request until its statement was stopped.
  func hold(_ request: ServiceRequest) -> ServiceReply {
    let id = request.query["requestId"] ?? ""
    let limit = CallContext(deadline: .after(60_000_000_000, .network))
    try? state.wait(limit, "waiting") { $0.stopped.contains(id) ? () : nil }
    return Query.failed("000604", "57014", "SQL execution canceled")
  }

  func isStopped(_ id: String) -> Bool { state.withLock { $0.stopped.contains(id) } }

  /// Answers a request to stop.
  func stop(_ request: ServiceRequest) -> ServiceReply {
    let id = request.json["requestId"] as? String ?? ""
    let isKnown = state.withLock { state -> Bool in
      if state.tooEarly > 0 {
        state.tooEarly -= 1
        return false
      }
      state.stopped.insert(id)
      return true
    }
    return isKnown
      ? Answers.nothing
      : Answers.failure("000605", "Identified SQL statement is not currently executing.")
  }
}

/// Cancels, deadlines, and statements that are asked for again.
struct StopTests {
  /// Cancels `token` once the service has got so many requests.
  private func cancelling(
    _ token: CancelToken, _ service: ScriptedService, after count: Int = 1
  ) throws -> WorkerThread {
    try WorkerThread.start("cancel") {
      try? service.waitForRequests(count)
      token.cancel()
    }
  }

  private func session(
    _ stoppable: StoppableService,
    _ handler: @escaping @Sendable (ServiceRequest) -> ServiceReply? = { _ in nil }
  ) throws -> (ScriptedService, SnowflakeSession) {
    let service = try ScriptedService { request in
      if let answer = handler(request) { return answer }
      if request.path == ScriptedService.aborts { return stoppable.stop(request) }
      if request.json["sqlText"] as? String == "select 1" { return Query.rows(["A"], [["1"]]) }
      return stoppable.hold(request)
    }
    return (service, try service.session())
  }

  @Test("trap 35: a cancel stops the statement by its own request id, on a line of its own")
  func trap35CancelStopsTheStatement() throws {
    let (service, session) = try session(StoppableService())
    let token = CancelToken()
    let thread = try cancelling(token, service)
    let error = try #require(
      failure { _ = try session.results("call wait()", .init(), CallContext(cancelToken: token)) })
    thread.join()
    #expect(error.kind == .cancelled && error.sqlState == .cancelled)
    #expect(error.queryID == Query.id)
    let aborts = service.requests(ScriptedService.aborts)
    #expect(aborts.count == 1)
    #expect(
      aborts[0].json["requestId"] as? String
        == service.requests(ScriptedService.queries)[0].query["requestId"])
    #expect(aborts[0].json["sqlText"] as? String == "call wait()")
    #expect(aborts[0].query["requestId"] != aborts[0].json["requestId"] as? String)
    // The session goes on.
    #expect(try session.results("select 1") == [.rows([["1"]])])
  }

  @Test("trap 35: a stop that comes too early is told again", arguments: [2, 6])
  func trap35TooEarlyStopsAreRepeated(tooEarly: Int) throws {
    let (service, session) = try session(StoppableService(tooEarly: tooEarly))
    let token = CancelToken()
    let thread = try cancelling(token, service)
    let error = failure {
      _ = try session.results("call wait()", .init(), CallContext(cancelToken: token))
    }
    thread.join()
    #expect(error?.kind == .cancelled)
    #expect(service.requests(ScriptedService.aborts).count == tooEarly + 1)
    #expect(session.isAlive)
  }

  @Test("trap 35: a query timeout stops the statement on the server")
  func trap35TimeoutStopsTheStatement() throws {
    let (service, session) = try session(StoppableService())
    let context = CallContext(deadline: .after(30_000_000, .query))
    let error = try #require(
      failure { _ = try session.results("call wait()", .init(), context) })
    #expect(error.kind == .timeout && error.sqlState == .timeout)
    #expect(service.requests(ScriptedService.aborts).count == 1)
    #expect(session.isAlive)
  }

  @Test("trap 35: a statement that ended before its stop gives its result")
  func trap35LateStopsLoseNothing() throws {
    let stoppable = StoppableService()
    let (service, session) = try session(stoppable) { request in
      guard request.path == ScriptedService.queries else { return nil }
      _ = stoppable.hold(request)
      return Query.inserted(7)
    }
    let token = CancelToken()
    let thread = try cancelling(token, service)
    let results = try session.results(
      "insert", .init(), CallContext(cancelToken: token))
    thread.join()
    #expect(results == [.changed(7)])
  }

  @Test("trap 35: a cancel between two attempts stops what the first may have begun")
  func trap35CancelBetweenAttempts() throws {
    let token = CancelToken()
    let service = try ScriptedService { request in
      if request.path == ScriptedService.aborts { return Answers.nothing }
      token.cancel()
      return .status(503)
    }
    let session = try service.session()
    let error = failure {
      _ = try session.results("x", .init(), CallContext(cancelToken: token))
    }
    #expect(error?.kind == .cancelled)
    let aborts = service.requests(ScriptedService.aborts)
    #expect(
      aborts.map { $0.json["requestId"] as? String }
        == [service.requests(ScriptedService.queries)[0].query["requestId"]])
    #expect(session.isAlive)
  }

  @Test("trap 35: a deadline in the pause before another attempt stops what the first has begun")
  func trap35DeadlineInAPause() throws {
    let service = try ScriptedService { request in
      request.path == ScriptedService.aborts
        ? Answers.nothing : .answer(503, [("Retry-After", "60")], [])
    }
    let session = try service.session()
    let context = CallContext(deadline: .after(1_000_000_000, .query))
    let error = failure { _ = try session.results("x", .init(), context) }
    #expect(error?.kind == .timeout && error?.sqlState == .timeout)
    #expect(
      service.requests(ScriptedService.aborts).map { $0.json["requestId"] as? String }
        == [service.requests(ScriptedService.queries)[0].query["requestId"]])
    #expect(session.isAlive)
  }

  @Test func aCancelBeforeTheStatementSendsNothing() throws {
    let (service, session) = try session(StoppableService())
    let token = CancelToken()
    token.cancel()
    let error = failure {
      _ = try session.results("x", .init(), CallContext(cancelToken: token))
    }
    #expect(error?.kind == .cancelled)
    #expect(service.requests.isEmpty)
  }

  @Test func aStatementThatCannotBeStoppedCostsTheSession() throws {
    // Both lines are silent.
    let service = try ScriptedService { request in
      request.path == ScriptedService.aborts ? .status(400) : .hang
    }
    var settings = SnowflakeSettings()
    settings.grace = 300_000_000
    let session = try service.session(settings)
    let token = CancelToken()
    let thread = try cancelling(token, service)
    let error = failure {
      _ = try session.results("x", .init(), CallContext(cancelToken: token))
    }
    thread.join()
    #expect(error?.kind == .cancelled)
    #expect(!session.isAlive)
    let message = failure { _ = try session.results("x") }?.message
    #expect(message?.contains("could not be stopped") == true)
  }

  @Test("trap 12: closing ends the wait for a statement that was stopped")
  func trap12ClosingEndsTheGrace() throws {
    let service = try ScriptedService { request in
      request.path == ScriptedService.aborts ? Answers.nothing : .hang
    }
    var settings = SnowflakeSettings()
    settings.grace = 600_000_000_000
    let session = try service.session(settings)
    let token = CancelToken()
    let canceller = try cancelling(token, service)
    let closer = try WorkerThread.start("close") {
      try? service.waitForRequests(2)
      session.giveUp()
    }
    let error = failure {
      _ = try session.results("x", .init(), CallContext(cancelToken: token))
    }
    canceller.join()
    closer.join()
    #expect(error?.kind == .cancelled)
  }

  @Test("trap 36: a statement is asked for until it has ended")
  func trap36Polling() throws {
    let service = try ScriptedService { request in
      switch request.number {
      case 0: Query.running("333334")
      case 1, 2: Query.running("333333")
      case 3: Query.running("333333", success: false)
      // Without a code, but without a result too.
      case 4: Query.data(#""getResultUrl":"/queries/\#(Query.id)/result","queryId":"\#(Query.id)""#)
      default: Query.rows(["A"], [["1"]])
      }
    }
    #expect(try service.session().results("x") == [.rows([["1"]])])
    #expect(service.requests.count == 6)
    let polls = service.requests.dropFirst()
    #expect(polls.allSatisfy { $0.method == "GET" && $0.path == "/queries/\(Query.id)/result" })
    #expect(polls.allSatisfy { $0.header("Accept") == "application/snowflake" })
  }

  @Test func aSessionThatExpiresWhileAStatementRunsIsRenewed() throws {
    let service = try ScriptedService { request in
      if request.path == "/session/token-request" { return Answers.renewal("S2", "M2") }
      if request.method == "POST" { return Query.running() }
      return request.token == "S1" ? Answers.failure("390112") : Query.rows(["A"], [["1"]])
    }
    #expect(try service.session().results("x") == [.rows([["1"]])])
    #expect(service.requests(ScriptedService.queries).count == 1)
    #expect(service.requests("/queries/\(Query.id)/result").map(\.token) == ["S1", "S2"])
  }

  @Test func resultsAreAskedForOnThisHostOnly() throws {
    for path in [
      "https://evil.example/queries/x", "//evil.example/x", "http://127.0.0.1:1/x", "x y",
      "/a\\r\\nHost: evil",
    ] {
      let service = try ScriptedService { request in
        request.method == "POST" ? Query.running(path: path) : Query.rows(["A"], [["1"]])
      }
      #expect(try service.session().results("x") == [.rows([["1"]])])
      #expect(service.requests[1].path == "/queries/\(Query.id)/result", "\(path)")
    }
    let service = try ScriptedService { request in
      if request.method == "POST" {
        let port = request.header("Host")?.split(separator: ":").last ?? ""
        return Query.running(path: "http://127.0.0.1:\(port)/queries/abc/result?x=1")
      }
      return Query.rows(["A"], [["1"]])
    }
    #expect(try service.session().results("x") == [.rows([["1"]])])
    #expect(service.requests[1].path == "/queries/abc/result")
    #expect(service.requests[1].query["x"] == "1")
    let lost = try ScriptedService { _ in Query.running(id: "../x", path: "//x") }
    #expect(failure { _ = try lost.session().results("x") }?.isMalformedReply == true)
  }

  @Test func aCancelWhileAStatementIsAskedForStopsIt() throws {
    let stoppable = StoppableService()
    let service = try ScriptedService { request in
      if request.path == ScriptedService.aborts { return stoppable.stop(request) }
      guard request.method == "GET" else { return Query.running("333334") }
      let id = request.query["requestId"] ?? ""
      return stoppable.isStopped(id)
        ? Query.failed("000604", "57014") : Query.running("333334")
    }
    let session = try service.session()
    let token = CancelToken()
    let thread = try cancelling(token, service, after: 4)
    let error = failure {
      _ = try session.results("x", .init(), CallContext(cancelToken: token))
    }
    thread.join()
    #expect(error?.kind == .cancelled && error?.queryID == Query.id)
    #expect(service.requests(ScriptedService.aborts).count == 1)
    #expect(session.isAlive)
  }

  @Test("trap 12: closing waits for no statement")
  func trap12Closing() throws {
    let service = try ScriptedService { request in
      request.path == "/session" ? .status(500) : Query.running("333334")
    }
    var settings = SnowflakeSettings()
    settings.waiting = .detached
    for hasStatement in [false, true] {
      let session = try service.session(settings)
      // The end of its session would be the end of it.
      if hasStatement { #expect(try session.results("x") == [.changed(nil)]) }
      session.close(CallContext(deadline: .after(2_000_000_000, .network)))
      session.close(CallContext(deadline: .after(2_000_000_000, .network)))
      #expect(!session.isAlive)
      #expect(service.requests("/session").count == 2)
    }
  }
}

/// Statements that run apart, and results by query id.
struct AsyncTests {
  private func settings(_ waiting: SnowflakeSettings.Waiting) -> SnowflakeSettings {
    var settings = SnowflakeSettings()
    settings.waiting = waiting
    return settings
  }

  @Test func polledStatementsRunApart() throws {
    let service = try ScriptedService { request in
      request.number < 3 ? Query.running("333334") : Query.rows(["A"], [["1"]])
    }
    let session = try service.session(settings(.polled))
    #expect(try session.results("x") == [.rows([["1"]])])
    #expect(service.requests[0].json["asyncExec"] as? Bool == true)
    #expect(service.requests[0].json["queryContextDTO"] == nil)
  }

  @Test("trap 37: what cannot run apart is sent again to be waited for, under the same id")
  func trap37SynchronousAfterAll() throws {
    let service = try ScriptedService { request in
      switch request.number {
      case 0: Query.running("333334")
      case 1: Answers.failure("000612", "Result not found")
      default: Query.rows(["A"], [["1"]])
      }
    }
    let session = try service.session(settings(.polled))
    #expect(try session.results("call p()") == [.rows([["1"]])])
    let sent = service.requests(ScriptedService.queries)
    #expect(sent.map { $0.json["asyncExec"] as? Bool } == [true, false])
    #expect(sent[0].query["requestId"] == sent[1].query["requestId"])
  }

  @Test func submittedStatementsAreOpenedByTheirID() throws {
    let service = try ScriptedService { request in
      switch request.path {
      case ScriptedService.queries: Query.running("333334")
      case "/monitoring/queries/\(Query.id)":
        Query.data(#""queries":[{"status":"\#(request.number < 4 ? "RUNNING" : "SUCCESS")"}]"#)
      default: Query.rows(["A"], [["1"]])
      }
    }
    let session = try service.session(settings(.detached))
    let outcomes = try session.execute("x", .init(), patience)
    guard case .changed(nil, nil, let id?) = try outcomes.next(patience) else {
      Issue.record("a query id was expected")
      return
    }
    let pages = try session.open(SnowflakeSession.partition(of: id), patience)
    #expect(try pages.texts() == [["1"]])
    #expect(service.requests.map(\.path).last == "/queries/\(Query.id)/result")
    // What has ended needs its session no more.
    session.close(patience)
    #expect(service.requests.map(\.path).last == "/session")
  }

  @Test("trap 36: no data is no end, and running never is one")
  func trap36StatusWithoutData() throws {
    let words = [
      "", "NO_DATA", "QUEUED", "RESUMING_WAREHOUSE", "QUEUED_REPARING_WAREHOUSE",
      "QUEUED_REPAIRING_WAREHOUSE", "BLOCKED", "RUNNING", "RUNNING",
    ]
    let service = try ScriptedService { request in
      guard request.path.hasPrefix("/monitoring") else { return Query.rows(["A"], [["1"]]) }
      guard request.number < words.count else {
        return Query.data(#""queries":[{"status":"SUCCESS"}]"#)
      }
      let word = words[request.number]
      return Query.data(#""queries":[\#(word.isEmpty ? "" : "{\"status\":\"\(word)\"}")]"#)
    }
    let session = try service.session()
    try session.wait(for: Query.id, pauses: SnowflakePollPauses(haste: 1_000), patience)
    #expect(service.requests.count == words.count + 1)
  }

  @Test func unknownStatementsAreNotWaitedForForEver() throws {
    let service = try ScriptedService { request in
      request.path.hasPrefix("/monitoring")
        ? Query.data(#""queries":[]"#) : Answers.failure("000709", "unknown query")
    }
    let session = try service.session()
    try session.wait(for: Query.id, pauses: SnowflakePollPauses(haste: 1_000), patience)
    #expect(service.requests.count == 24)
  }

  @Test(arguments: [
    ("FAILED_WITH_ERROR", true, false), ("ABORTED", true, false), ("ABORTING", true, false),
    ("DISCONNECTED", true, false), ("SUCCESS", false, false), ("RESTARTED", false, false),
    ("RUNNING", false, true), ("FAILED_WITH_INCIDENT", true, false),
  ])
  func statusWords(word: String, isFailed: Bool, isRunning: Bool) throws {
    let reply = try SnowflakeReply(
      Array(#"{"data":{"queries":[{"status":"\#(word)","errorCode":"1","x":[]},{}]}}"#.utf8))
    let status = try SnowflakeQueryStatus(reply)
    #expect(status.isFailed == isFailed && status.isRunning == isRunning)
    #expect(status.errorCode == "1")
  }

  @Test func partitionsThatAreNoneAreRefused() throws {
    let service = try ScriptedService { _ in Query.status() }
    let session = try service.session()
    for text in ["", "snowflake:1:", "snowflake:1:../../x", "exasol:1:\(Query.id)"] {
      let error = failure {
        _ = try session.open(Partition(bytes: Array(text.utf8)), patience)
      }
      #expect(error?.kind == .usage, "\(text)")
    }
    #expect(service.requests.isEmpty)
  }

  @Test func aCancelledWaitLeavesAnothersStatementAlone() throws {
    let token = CancelToken()
    let service = try ScriptedService { request in
      if request.number == 2 { token.cancel() }
      return request.path.hasPrefix("/monitoring")
        ? Query.data(#""queries":[{"status":"SUCCESS"}]"#) : Query.running()
    }
    let session = try service.session()
    let error = failure {
      _ = try session.open(
        SnowflakeSession.partition(of: Query.id), CallContext(cancelToken: token))
    }
    #expect(error?.kind == .cancelled)
    #expect(service.requests(ScriptedService.aborts).isEmpty)
    #expect(session.isAlive)
  }

  @Test func pausesGrowAndEnd() {
    var pauses = SnowflakePollPauses()
    let list = (0..<40).map { _ in pauses.next() / 1_000_000 }
    #expect(
      list.prefix(12) == [5, 10, 20, 40, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 16_000])
    #expect(list.last == 16_000)
  }
}
