import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet
import TernTestKit
import Testing

@testable import TernMaxScale

extension LiveTests {
  @Suite struct Stops {
    let server: Standin

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    @Test("traps 2 and 43: a deadline stops the query", arguments: Standin.releases)
    func aDeadlineStopsTheQuery(port: String) throws {
      let connection = try server.connect("query_timeout=300ms", at: port)
      defer { connection.close() }
      let start = Deadline.now
      let error = #expect(throws: TernError.self) { try connection.execute("SELECT SLEEP(30)") }
      #expect(error?.sqlState == .timeout && error?.kind == .timeout)
      #expect(Deadline.now - start < 5_000_000_000)
      #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
      #expect(try running(connection) == 0)
    }

    @Test("trap 26: a cancel stops the query", arguments: Standin.releases, ["server1", "RW"])
    func aCancelStopsTheQuery(port: String, target: String) throws {
      // MaxScale 6 does not tell the number that its routers know.
      if port == "port64", target == "RW" { return }
      let connection = try server.connect(at: port, target: target)
      defer { connection.close() }
      let canceller = try WorkerThread.start("cancel") {
        while !connection.cancel() {}
      }
      let error = #expect(throws: TernError.self) { try connection.execute("SELECT SLEEP(30)") }
      canceller.join()
      #expect(error?.kind == .cancelled)
      #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
      #expect(try running(connection) == 0)
    }

    private func running(_ connection: Connection) throws -> Int {
      try connection.rows(
        "SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP(30)%'"
      ).count
    }

    @Test func aServerThatDoesNotStopEndsTheConnection() throws {
      try server.options(#"{"cancelDoesNothing":true}"#)
      let connection = try server.connect("query_timeout=200ms")
      defer { connection.close() }
      let error = #expect(throws: TernError.self) { try connection.execute("SELECT SLEEP(12)") }
      #expect(error?.sqlState == .timeout)
      #expect(!connection.isAlive)
    }

    @Test("traps 4 and 39: a lost database ends the session", arguments: Standin.releases)
    func aLostDatabaseEndsTheSession(port: String) throws {
      let connection = try server.connect(at: port)
      defer { connection.close() }
      let killer = try server.connect(at: port)
      defer { killer.close() }
      let id = try connection.rows("SELECT CONNECTION_ID()")[0][0]
      guard case .integer(let number) = id else { throw TernError.internal("\(id)") }
      try killer.execute("KILL \(number)").close()
      let error = #expect(throws: TernError.self) { try connection.rows("SELECT 1") }
      #expect(error?.sqlState == .linkFailure && error?.kind == .connection)
      #expect(!connection.isAlive)
    }

    @Test("traps 19 and 20: a lost session is not connected again behind the caller's back")
    func nothingIsReconnected() throws {
      let connection = try server.connect()
      try connection.execute("BEGIN").close()
      try server.faults(#"{"request":"query","loseBackend":true}"#)
      for _ in 0..<3 {
        let error = #expect(throws: TernError.self) { try connection.rows("SELECT 1") }
        #expect(error?.sqlState == .linkFailure)
      }
      connection.close()
      let requests = try server.log().compactMap { $0["request"] as? String }
      #expect(!requests.contains("reconnect") && !requests.contains("clone"))
      #expect(requests.last == "close", "a dead connection is closed too")
    }

    @Test("a commit whose answer is lost has an unknown end, one that was never sent has not")
    func commitsOfLostSessions() throws {
      for (faults, state) in [
        (#"{"request":"query","sqlContains":"COMMIT","noReply":true}"#, "08007"),
        (#"{"request":"query","sqlContains":"DO 1","noReply":true}"#, "08S01"),
      ] {
        let connection = try server.connect()
        defer { connection.close() }
        try connection.setAutocommit(false)
        try server.faults(faults)
        _ = try? connection.execute("DO 1").close()
        let error = #expect(throws: TernError.self) { try connection.commit() }
        #expect(error?.sqlState.text == state, "\(error?.description ?? "")")
        try server.reset()
      }
    }

    @Test("trap 44: nothing of a session survives its end")
    func locksAreFreed() throws {
      let first = try server.connect()
      #expect(try first.rows("SELECT GET_LOCK('tern', 0)") == [[.integer(1)]])
      try first.execute("CREATE TEMPORARY TABLE gone(a INT)").close()
      first.close()
      let second = try server.connect()
      defer { second.close() }
      #expect(try second.rows("SELECT GET_LOCK('tern', 5)") == [[.integer(1)]])
      let error = #expect(throws: TernError.self) { try second.rows("SELECT * FROM gone") }
      #expect(error?.sqlState == .noSuchTable)
    }

    @Test("trap 30: sources that lose NULLs are refused")
    func noODBCTargets() throws {
      let error = #expect(throws: TernError.self) { try server.connect(target: "odbc") }
      #expect(error?.sqlState == .unsupported)
      #expect(try server.log().isEmpty)
    }

    @Test func aRestartEndsTheSession() throws {
      let connection = try server.connect()
      defer { connection.close() }
      try server.restart()
      let error = #expect(throws: TernError.self) { try connection.rows("SELECT 1") }
      #expect(error?.sqlState == .linkFailure)
      #expect(!connection.isAlive)
    }

    @Test("trap 25: a service is opened without a database, a session is not")
    func aServiceWithoutADatabase() throws {
      try server.database(isRunning: false)
      defer { try? server.database(isRunning: true) }
      let error = #expect(throws: TernError.self) { try server.connect(target: "RW") }
      #expect(error?.sqlState == .cannotConnect)
      let direct = #expect(throws: TernError.self) { try server.connect() }
      #expect(direct?.sqlState == .cannotConnect)
    }

    @Test(arguments: [
      ("http_password=wrong", "28000"), ("http_user=", "28000"), ("target=nope", "08001"),
    ])
    func refusedLogins(option: String, state: String) throws {
      let text =
        "maxscale+http://tern:t3rn-pw@127.0.0.1:\(server["port"])/shop?proxy=off&"
        + ["target=server1", "http_user=admin", "http_password=mariadb", option].reduce(
          into: [String: String]()
        ) { all, item in
          let parts = item.split(separator: "=", omittingEmptySubsequences: false)
          all[String(parts[0])] = String(parts[1])
        }.map { "\($0)=\($1)" }.joined(separator: "&")
      let error = #expect(throws: TernError.self) {
        try Connection(try ConnectionTarget(parsing: text, registry: Standin.registry))
      }
      #expect(error?.sqlState.text == state, "\(error?.description ?? "")")
    }

    @Test("traps 1, 2, 10, 11, 12, 13, 36, 40 and 42: what goes over the line")
    func requestsAreAsMaxScaleWantsThem() throws {
      let connection = try server.connect()
      try connection.execute("SELECT 1").close()
      connection.close()
      let log = try server.log()
      #expect(log.map { $0["request"] as? String } == ["open", "query", "query", "query", "close"])
      for entry in log {
        #expect(entry["hasBody"] as? Bool == true, "without a body the line is closed")
        #expect(entry["tokenInUrl"] as? Bool == false)
        #expect((entry["target"] as? String)?.contains("pretty=false") ?? false)
        #expect(
          (entry["cookies"] as? [String])?.count == (entry["request"] as? String == "open" ? 0 : 1))
      }
      #expect(Set(log.map { $0["connection"] as? Int }).count == 1, "one line for all")
      let message = log[0]["message"] as? [String: Any]
      #expect(message?["timeout"] as? Int == 0, "trap 2")
      let rows = Set(log.compactMap { ($0["message"] as? [String: Any])?["max_rows"] as? Int })
      #expect(rows == [Int.max], "trap 1: unlimited, and always the same")
      let query = try server.connect("token_transport=query")
      query.close()
      #expect(try server.log().last?["tokenInUrl"] as? Bool == true)
    }
  }
}
