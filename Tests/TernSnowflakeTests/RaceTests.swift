import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet
import Testing

@testable import TernSnowflake

/// Expiry, renewal and cancel against each other, as often as `TERN_RACE_COUNT` says (25): nothing
/// may run twice, be lost, or hang.
struct RaceTests {
  private static let count =
    ProcessInfo.processInfo.environment["TERN_RACE_COUNT"].flatMap { Int($0) } ?? 25

  /// A service whose tokens end after a few requests, and which keeps books.
  private final class Books: Sendable {
    struct State: Sendable {
      var generation = 1
      var usesLeft = 3
      var renewals = 0
      var refusedRenewals = 0
      /// How often the statement of each request id was run.
      var runs: [String: Int] = [:]
      /// Statements that were run, and those that were stopped.
      var stopped: Set<String> = []
      var random: UInt64
    }

    let state: Monitor<State>

    init(seed: UInt64) { state = Monitor(State(random: seed | 1)) }

    /// A number below `limit`, the same for the same seed and order.
    static func next(_ state: inout State, below limit: UInt64) -> UInt64 {
      state.random = state.random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state.random >> 33) % limit
    }

    /// Whether a token is good, which it is a few times.
    func accepts(_ request: ServiceRequest) -> Bool {
      state.withLock { state in
        guard request.token == "S\(state.generation)", state.usesLeft > 0 else { return false }
        state.usesLeft -= 1
        return true
      }
    }

    /// New tokens for the newest master token; an old one is refused for ever.
    func renew(_ request: ServiceRequest) -> ServiceReply {
      let generation = state.withLock { state -> Int? in
        guard request.token == "M\(state.generation)" else {
          state.refusedRenewals += 1
          return nil
        }
        state.renewals += 1
        state.generation += 1
        state.usesLeft = 1 + Int(Self.next(&state, below: 5))
        return state.generation
      }
      return generation.map { Answers.renewal("S\($0)", "M\($0)") } ?? Answers.failure("390114")
    }

    /// Runs a statement unless its request is known already.
    func run(_ request: ServiceRequest) {
      state.withLock { state in
        state.runs[request.query["requestId"] ?? "", default: 0] += 1
      }
    }
  }

  /// A thread that calls `body` and is joined by the test.
  private func thread(_ body: @escaping @Sendable () -> Void) throws -> WorkerThread {
    try WorkerThread.start("racer", body)
  }

  @Test("traps 7 and 35: a cancel at any moment stops a statement or comes too late, never both")
  func trap35CancelsRace() throws {
    let books = Books(seed: 11)
    let service = try ScriptedService { request in
      switch request.path {
      case "/session/token-request": return books.renew(request)
      case ScriptedService.aborts:
        guard books.accepts(request) else { return Answers.failure("390112") }
        let id = request.json["requestId"] as? String ?? ""
        let isRunning = books.state.withLock { state -> Bool in
          // Sometimes the statement is not known yet.
          guard state.runs[id] != nil, Books.next(&state, below: 4) > 0 else { return false }
          state.stopped.insert(id)
          return true
        }
        return isRunning ? Answers.nothing : Answers.failure("000605")
      default:
        guard books.accepts(request) else { return Answers.failure("390112") }
        books.run(request)
        let id = request.query["requestId"] ?? ""
        let isQuick = books.state.withLock { Books.next(&$0, below: 2) == 0 }
        if isQuick || request.json["sqlText"] as? String == "select 1" {
          return Query.inserted(1)
        }
        let limit = CallContext(deadline: .after(60_000_000_000, .network))
        try? books.state.wait(limit, "waiting") { $0.stopped.contains(id) ? () : nil }
        return Query.failed("000604", "57014")
      }
    }
    let session = try service.session()
    var ends = (done: 0, stopped: 0)
    for round in 0..<Self.count {
      let token = CancelToken()
      let before = service.requests.count
      let canceller = try thread {
        // At once, or when the statement has arrived.
        if round % 3 > 0 { try? service.waitForRequests(before + 1) }
        token.cancel()
      }
      do throws(TernError) {
        let outcomes = try session.execute(
          "insert \(round)", ExecutionOptions(), CallContext(cancelToken: token))
        if case .changed(1, _, _) = try outcomes.next(patience) { ends.done += 1 }
      } catch {
        #expect(error.kind == .cancelled, "\(error)")
        ends.stopped += 1
      }
      canceller.join()
      #expect(try session.results("select 1") == [.changed(1)])
    }
    #expect(ends.done + ends.stopped == Self.count)
    let state = books.state.withLock { $0 }
    #expect(state.runs.values.allSatisfy { $0 == 1 })
    #expect(state.refusedRenewals == 0)
    #expect(session.isAlive)
  }

  @Test("trap 36: statements that are asked for while tokens expire and cancels come")
  func trap36PollingRaces() throws {
    let books = Books(seed: 13)
    let service = try ScriptedService { request in
      switch request.path {
      case "/session/token-request": return books.renew(request)
      case ScriptedService.aborts:
        guard books.accepts(request) else { return Answers.failure("390112") }
        let id = request.json["requestId"] as? String ?? ""
        books.state.withLock { state in _ = state.stopped.insert(id) }
        return Answers.nothing
      default:
        guard books.accepts(request) else { return Answers.failure("390112") }
        let id = request.query["requestId"] ?? ""
        if request.path == "/session/heartbeat" { return Answers.nothing }
        if request.method == "POST" { books.run(request) }
        let (isStopped, isAtEnd) = books.state.withLock { state in
          (state.stopped.contains(id), Books.next(&state, below: 3) == 0)
        }
        if isStopped { return Query.failed("000604", "57014") }
        return isAtEnd ? Query.rows(["A"], [["1"]]) : Query.running("333334")
      }
    }
    let session = try service.session()
    var doneCount = 0
    for round in 0..<Self.count {
      let token = CancelToken()
      let before = service.requests.count
      let canceller = try thread {
        try? service.waitForRequests(before + 1 + round % 3)
        if round % 2 == 0 { token.cancel() }
      }
      do throws(TernError) {
        let outcomes = try session.execute(
          "select \(round)", ExecutionOptions(), CallContext(cancelToken: token))
        let outcome = try outcomes.next(patience)
        guard case .rows(let pages) = outcome else {
          Issue.record("rows were expected")
          return
        }
        let batch = try pages.nextPage(patience)
        #expect(batch?.rowCount == 1)
        doneCount += 1
      } catch {
        #expect(error.kind == .cancelled && round % 2 == 0, "\(error)")
      }
      // Those that ended early leave the canceller waiting for requests.
      while service.requests.count < before + 1 + round % 3 { try session.ping(patience) }
      canceller.join()
    }
    let state = books.state.withLock { $0 }
    // A statement whose first answer was that its token has expired may be cancelled before it ran.
    #expect((doneCount...Self.count).contains(state.runs.count))
    #expect(doneCount >= Self.count / 2)
    #expect(state.runs.values.allSatisfy { $0 == 1 })
    #expect(session.isAlive)
  }
}
