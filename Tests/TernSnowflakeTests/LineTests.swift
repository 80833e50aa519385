import Foundation
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

private let path = "/queries/v1/query-request"

struct LineTests {
  @discardableResult
  private func post(
    _ line: SnowflakeLine, _ context: CallContext = patience
  ) throws -> SnowflakeReply {
    try line.post(path, Array("{}".utf8), as: SnowflakeRequestID(), context)
  }

  @Test("trap 8: an expired session is renewed once and the same request sent again")
  func trap8RenewalReplaysTheSameRequest() throws {
    let service = try ScriptedService { request in
      if request.path == "/session/token-request" { return Answers.renewal("S2", "M2") }
      return request.token == "S2" ? Answers.nothing : Answers.failure("390112")
    }
    let line = try service.line()
    let id = SnowflakeRequestID()
    let body = Array(#"{"sqlText":"s","parameters":{"X":1}}"#.utf8)
    let reply = try line.post(path, body, as: id, patience)
    #expect(reply.isSuccess)
    let queries = service.requests(path)
    #expect(queries.map(\.token) == ["S1", "S2"])
    #expect(queries.allSatisfy { $0.query["requestId"] == id.text && $0.body == body })
    #expect(queries.allSatisfy { $0.header("Accept") == "application/snowflake" })
    #expect(Set(queries.map { $0.query["request_guid"] }).count == 2)
    #expect(queries.map { $0.query["retryCount"] } == [nil, "1"])
    let renewals = service.requests("/session/token-request")
    #expect(renewals.map(\.token) == ["M1"])
    #expect(renewals[0].json["oldSessionToken"] as? String == "S1")
    #expect(renewals[0].json["requestType"] as? String == "RENEW")
    #expect(line.isAlive)
  }

  @Test("trap 13: a 401 is a token that has expired", arguments: ["", "<html>no</html>", "{}"])
  func trap13UnauthorizedIsRenewed(_ body: String) throws {
    let service = try ScriptedService { request in
      if request.path == "/session/token-request" { return Answers.renewal("S2", "M2") }
      return request.token == "S2" ? Answers.nothing : .status(401, body)
    }
    #expect(try post(try service.line()).isSuccess)
    #expect(service.requests(path).count == 2)
  }

  @Test(arguments: ["390101", "390103", "390104"])
  func refusedTokensAreRenewed(_ code: String) throws {
    let service = try ScriptedService { request in
      if request.path == "/session/token-request" { return Answers.renewal("S2", "M2") }
      return request.token == "S2" ? Answers.nothing : Answers.failure(code)
    }
    #expect(try post(try service.line()).isSuccess)
  }

  @Test("trap 8: two expiries in a row are survived, a service that never stops is not followed")
  func trap8ExpiryWithoutEnd() throws {
    let service = try ScriptedService { request in
      if request.path == "/session/token-request" {
        return Answers.renewal("S\(request.number)", "M\(request.number)")
      }
      return request.number < 4 ? Answers.failure("390112") : Answers.nothing
    }
    #expect(try post(try service.line()).isSuccess)
    let endless = try ScriptedService { request in
      request.path == "/session/token-request"
        ? Answers.renewal("S\(request.number)", "M") : Answers.failure("390112")
    }
    let line = try endless.line()
    let error = try #require(throws: TernError.self) { try post(line) }
    #expect(error.kind == .connection && error.sqlState == .linkFailure && !line.isAlive)
    #expect(endless.requests(path).count == 4)
    #expect(throws: error) { try post(line) }
    #expect(endless.requests(path).count == 4)
  }

  @Test("trap 10: a session that is gone is dead, and stays so", arguments: ["390111", "390114"])
  func trap10SessionGone(_ code: String) throws {
    let service = try ScriptedService { _ in Answers.failure(code, "gone") }
    let line = try service.line()
    let error = try #require(throws: TernError.self) { try post(line) }
    #expect(error.sqlState == .linkFailure && error.endsConnection && !line.isAlive)
    #expect(error.vendorCode == Int32(code) ?? 0 && error.message.contains("the session is over"))
    #expect(throws: error) { try post(line) }
    #expect(service.requests.count == 1)
  }

  @Test(
    "trap 10: a master token that has expired ends the session",
    arguments: ["390113", "390114", "390115"])
  func trap10MasterTokenExpired(_ code: String) throws {
    let service = try ScriptedService { request in
      Answers.failure(request.path == "/session/token-request" ? code : "390112")
    }
    let line = try service.line()
    let error = try #require(throws: TernError.self) { try post(line) }
    #expect(error.sqlState == .linkFailure && !line.isAlive)
    #expect(service.requests.count == 2)
  }

  @Test func aSessionWithoutMasterTokenEndsWhenItExpires() throws {
    let service = try ScriptedService { _ in Answers.failure("390112") }
    let line = try SnowflakeLine(
      try service.channel(), SnowflakeLogin(sessionToken: Secret("S1"), masterToken: nil))
    let error = try #require(throws: TernError.self) { try post(line) }
    #expect(error.sqlState == .linkFailure && !line.isAlive && service.requests.count == 1)
  }

  @Test func aFailedStatementIsAnAnswer() throws {
    let service = try ScriptedService { _ in
      Answers.failure(
        "002003", "Object 'NOPE' does not exist", data: #"{"sqlState":"42S02","queryId":"q-1"}"#)
    }
    let line = try service.line()
    let reply = try post(line)
    #expect(!reply.isSuccess && reply.code == 2_003 && line.isAlive)
    let error = SnowflakeErrors.error(reply)
    #expect(error.sqlState == .noSuchTable && error.vendorCode == 2_003 && error.queryID == "q-1")
  }

  @Test func stickySessionsAndServicesAreEchoed() throws {
    let service = try ScriptedService { request in
      switch request.number {
      case 0: .json(#"{"success":true}"#, [("X-Snowflake-Session", "node-1")])
      case 2: .json(#"{"success":true}"#, [("x-snowflake-session", "node-2")])
      default: Answers.nothing
      }
    }
    let line = try service.line()
    line.note(serviceName: "svc")
    for _ in 0..<4 { try post(line) }
    #expect(
      service.requests.map { $0.header("x-snowflake-session") } == [
        nil, "node-1", "node-1", "node-2",
      ])
    #expect(service.requests.allSatisfy { $0.header("X-Snowflake-Service") == "svc" })
  }

  @Test("trap 11: a heartbeat is a request like others, and renews the session")
  func trap11Heartbeat() throws {
    let service = try ScriptedService { request in
      if request.path == "/session/token-request" { return Answers.renewal("S2", "M2") }
      return request.token == "S2" ? Answers.nothing : Answers.failure("390112")
    }
    let line = try service.line()
    try line.heartbeat(patience)
    #expect(
      service.requests.map(\.path) == [
        "/session/heartbeat", "/session/token-request", "/session/heartbeat",
      ])
    line.close(patience)
    #expect(throws: TernError.closedConnection) { try line.heartbeat(patience) }
    #expect(service.requests.last?.path == "/session")
  }

  @Test("trap 12: a logout that hangs ends within its limit, and its failures are nobody's")
  func trap12Logout() throws {
    let service = try ScriptedService { _ in .hang }
    let line = try service.line()
    let begin = Deadline.now
    line.close(CallContext(deadline: .after(200_000_000, .network)))
    #expect(Deadline.now - begin < 5_000_000_000)
    for answer in [Answers.failure("390111"), .status(500), .close, Answers.nothing] {
      let service = try ScriptedService { _ in answer }
      let line = try service.line()
      line.close(patience)
      line.close(patience)
      let requests = service.requests
      #expect((1...3).contains(requests.count))
      #expect(requests.allSatisfy { $0.query["delete"] == "true" && $0.token == "S1" })
      #expect(requests.allSatisfy { $0.method == "POST" && $0.body.isEmpty })
    }
    let kept = try ScriptedService { _ in Answers.nothing }
    try kept.line().close(keepsSession: true, patience)
    #expect(kept.requests.isEmpty)
  }

  @Test func anInterruptionIsAnsweredWithinTheGraceTime() throws {
    let token = CancelToken()
    let service = try ScriptedService { request in
      if request.path == path {
        token.cancel()
        return .hang
      }
      return Answers.nothing
    }
    let line = try service.line()
    let context = CallContext(
      deadline: .after(60_000_000_000, .query), cancelToken: token)
    let error = try #require(throws: TernError.self) {
      try line.post(
        path, Array("{}".utf8), as: SnowflakeRequestID(), context,
        whenInterrupted: { error in
          // Asked again when the time of grace is over.
          guard error.kind == .cancelled else { return nil }
          let grace = CallContext(deadline: .after(100_000_000, .query))
          _ = try? line.post(
            "/queries/v1/abort-request", Array("{}".utf8), as: SnowflakeRequestID(), patience)
          return (grace, grace)
        })
    }
    #expect(error.kind == .timeout)
    #expect(service.requests(path).count == 1)
    #expect(service.requests("/queries/v1/abort-request").count == 1)
  }
}

/// Sessions whose tokens end at any moment, used by many threads at once.
struct RenewalRaceTests {
  /// What a service does that ends each token after a random number of requests.
  private final class ExpiringService: Sendable {
    struct State: Sendable {
      var generation = 1
      var usesLeft = 3
      /// Requests that were run, by their id.
      var runs: [String: Int] = [:]
      var renewalCount = 0
      var staleRenewalCount = 0
    }

    let state = Monitor(State())
    private let uses: ClosedRange<Int>

    init(uses: ClosedRange<Int>) { self.uses = uses }

    func answer(_ request: ServiceRequest) -> ServiceReply {
      state.withLock { state -> ServiceReply in
        if request.path == "/session/token-request" {
          state.renewalCount += 1
          let old = request.json["oldSessionToken"] as? String
          guard request.token == "M\(state.generation)", old == "S\(state.generation)" else {
            state.staleRenewalCount += 1
            return Answers.failure("390114")
          }
          state.generation += 1
          state.usesLeft = Int.random(in: self.uses)
          return Answers.renewal("S\(state.generation)", "M\(state.generation)")
        }
        guard request.token == "S\(state.generation)", state.usesLeft > 0 else {
          return Answers.failure("390112")
        }
        state.usesLeft -= 1
        state.runs[request.query["requestId"] ?? "", default: 0] += 1
        return Answers.nothing
      }
    }
  }

  /// How often each race is run: `TERN_RACE_COUNT`, for the builds that look for races.
  private static let raceCount =
    ProcessInfo.processInfo.environment["TERN_RACE_COUNT"].flatMap { Int($0) } ?? 5

  @Test("trap 9: threads that find a token expired at once renew it once")
  func trap9RenewalRaces() throws {
    for _ in 0..<Self.raceCount { try race(threadCount: 8, requestCount: 12) }
  }

  private func race(threadCount: Int, requestCount: Int) throws {
    // Every token outlives two turns of all threads, so that none meets expired ones without end.
    let expiring = ExpiringService(uses: 2 * threadCount...4 * threadCount)
    let service = try ScriptedService { expiring.answer($0) }
    let line = try service.line()
    let failures = Monitor<[TernError]>([])
    var threads: [WorkerThread] = []
    for _ in 0..<threadCount {
      threads.append(
        try WorkerThread.start("racer") {
          for _ in 0..<requestCount {
            do throws(TernError) {
              let reply = try line.post(
                path, Array("{}".utf8), as: SnowflakeRequestID(), patience)
              if !reply.isSuccess { failures.withLock { $0.append(.internal("no success")) } }
            } catch {
              failures.withLock { $0.append(error) }
            }
          }
        })
    }
    for thread in threads { thread.join() }
    #expect(failures.withLock { $0 } == [])
    let state = expiring.state.withLock { $0 }
    #expect(state.runs.count == threadCount * requestCount)
    #expect(state.runs.values.allSatisfy { $0 == 1 })
    #expect(state.staleRenewalCount == 0)
    #expect(state.renewalCount == state.generation - 1)
    line.close(patience)
  }

  @Test func aRenewalThatIsCancelledLeavesTheTurnToOthers() throws {
    let token = CancelToken()
    let service = try ScriptedService { request in
      if request.path == "/session/token-request" {
        let isFirst = !token.isCancelled
        token.cancel()
        return isFirst ? .hang : Answers.renewal("S2", "M2")
      }
      return request.token == "S2" ? Answers.nothing : Answers.failure("390112")
    }
    let line = try service.line()
    let error = try #require(throws: TernError.self) {
      try line.post(
        path, [], as: SnowflakeRequestID(),
        CallContext(deadline: .after(60_000_000_000, .query), cancelToken: token))
    }
    #expect(error.kind == .cancelled && line.isAlive)
    #expect(try line.post(path, [], as: SnowflakeRequestID(), patience).isSuccess)
  }
}
