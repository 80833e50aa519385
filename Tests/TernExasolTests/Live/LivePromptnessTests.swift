import TernCore
import TernDriver
import TernNet
import TernTestKit
import Testing

extension LiveTests {
  /// The limits of a connection end its calls within 100 ms; so does a cancel, whose round trip to
  /// the stand-in is included. The best of some attempts counts: the machine may be busy.
  @Suite struct Promptness {
    let server: Standin
    private static let latenessMax: Int64 = 100_000_000
    private static let limit: Int64 = 400_000_000

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    /// How late the best of five attempts is, in nanoseconds. `attempt` gives the moment it is
    /// counted from, and ends with an error of that state.
    private func lateness(_ state: SQLState, _ attempt: () throws -> Int64) throws -> Int64 {
      var best = Int64.max
      for _ in 0..<5 where best > Self.latenessMax {
        try server.reset()
        best = min(best, Deadline.now - (try attempt()))
      }
      return best
    }

    @Test(arguments: ["login", "credentials", "getAttributes"])
    func loginTimeout(command: String) throws {
      let late = try lateness(.timeout) {
        try server.faults(#"{"command":"\#(command)","stall":true}"#)
        let start = Deadline.now
        #expect(throws: TernError.self) { try server.connect("login_timeout=400ms") }
        return start + Self.limit
      }
      #expect(late <= Self.latenessMax, "\(late / 1_000_000) ms late")
    }

    @Test func queryTimeout() throws {
      let connection = try server.connect("query_timeout=400ms")
      defer { connection.close() }
      let late = try lateness(.timeout) {
        let start = Deadline.now
        let error = #expect(throws: TernError.self) {
          try connection.execute(#"SELECT "$SLEEP"(20)"#)
        }
        #expect(error?.sqlState == .timeout)
        return start + Self.limit
      }
      #expect(late <= Self.latenessMax, "\(late / 1_000_000) ms late")
      #expect(try connection.rows("SELECT 1") == [[.whole(1)]])
    }

    @Test func networkTimeout() throws {
      let late = try lateness(.connectionTimeout) {
        let connection = try server.connect("network_timeout=400ms")
        defer { connection.close() }
        try server.faults(#"{"command":"execute","stall":true}"#)
        let start = Deadline.now
        let error = #expect(throws: TernError.self) { try connection.execute("SELECT 1") }
        #expect(error?.sqlState == .connectionTimeout)
        return start + Self.limit
      }
      #expect(late <= Self.latenessMax, "\(late / 1_000_000) ms late")
    }

    @Test func cancel() throws {
      let connection = try server.connect()
      defer { connection.close() }
      let late = try lateness(.cancelled) {
        let moment = Locked<Int64>(0)
        let canceller = try WorkerThread.start("cancel") {
          while !connection.cancel() {}
          moment.withLock { $0 = Deadline.now }
        }
        let error = #expect(throws: TernError.self) {
          try connection.execute(#"SELECT "$SLEEP"(20)"#)
        }
        canceller.join()
        #expect(error?.kind == .cancelled)
        return moment.current
      }
      #expect(late <= Self.latenessMax, "\(late / 1_000_000) ms late")
    }
  }
}
