import Foundation
import TernColumns
import TernCore
import TernDriver
import TernTestKit
import Testing

@testable import TernMaxScale

extension LiveTests {
  /// The option `reconnect`.
  @Suite struct Reconnects {
    let server: Standin

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    private func reconnectCount() throws -> Int {
      try server.log().filter { $0["request"] as? String == "reconnect" }.count
    }

    /// Ends the database's side of a session.
    private func kill(_ connection: Connection, at port: String) throws {
      let id = try connection.rows("SELECT CONNECTION_ID()")[0][0]
      guard case .integer(let number) = id else { throw TernError.internal("\(id)") }
      let killer = try server.connect(at: port)
      defer { killer.close() }
      try killer.execute("KILL \(number)").close()
    }

    @Test("trap 19: a session comes back as it was", arguments: Standin.releases)
    func aSessionComesBack(port: String) throws {
      let connection = try server.connect(
        "reconnect=on&server_max_rows=1000&session_init=SET%20@mine=7&time_zone=%2B02:00", at: port)
      defer { connection.close() }
      try connection.execute("CREATE DATABASE IF NOT EXISTS other").close()
      try connection.set(.catalog("other"))
      try connection.set(.isolation(.serializable))
      // Before 24.02 texts are asked for by a temporary table, which needs a right to write.
      let isReadOnly = port == "port"
      if isReadOnly { try connection.set(.isReadOnly(true)) }
      try kill(connection, at: port)
      // The question for the columns meets the loss, and changes nothing: nobody needs to know.
      let rows = try connection.rows(
        "SELECT DATABASE(), @mine, @@time_zone, @@tx_isolation, @@tx_read_only, "
          + "@@sql_select_limit, @@character_set_results")
      #expect(
        rows == [
          [
            .text("other"), .integer(7), .text("+02:00"), .text("SERIALIZABLE"),
            .integer(isReadOnly ? 1 : 0), .integer(1_001), .text("utf8mb4"),
          ]
        ])
      #expect(try reconnectCount() == 1)
      #expect(connection.takeWarnings().map(\.sqlState.text) == ["01000"])
      #expect(connection.isAlive)
    }

    /// The number that stops a query where there is no cancel is the new session's.
    @Test(arguments: Standin.releases)
    func aQueryOfANewSessionCanBeStopped(port: String) throws {
      let connection = try server.connect("reconnect=on", at: port)
      defer { connection.close() }
      try kill(connection, at: port)
      try connection.ping()
      let statement = connection.makeStatement()
      statement.options.queryTimeoutNanoseconds = 300_000_000
      let error = #expect(throws: TernError.self) { try statement.execute("SELECT SLEEP(30)") }
      #expect(error?.sqlState == .timeout)
      #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
      #expect(try reconnectCount() == 1)
    }

    @Test("a statement that may have run is not run again", arguments: Standin.releases)
    func nothingRunsTwice(port: String) throws {
      let connection = try server.connect("reconnect=on", at: port)
      defer { connection.close() }
      try connection.execute("CREATE OR REPLACE TABLE once(a INT)").close()
      try server.faults(
        #"{"request":"query","sqlContains":"INSERT","loseBackend":"during","times":1}"#)
      let error = #expect(throws: TernError.self) {
        try connection.execute("INSERT INTO once VALUES(1)")
      }
      #expect(error?.sqlState == .linkFailure)
      #expect(connection.isAlive)
      #expect(try reconnectCount() == 0)
      #expect(try connection.execute("INSERT INTO once VALUES(2)").rowsChanged == 1)
      let rows = try connection.rows("SELECT a FROM once ORDER BY a")
      #expect(rows == [[.integer(1)], [.integer(2)]])
      #expect(try reconnectCount() == 1)
    }

    @Test("trap 20: never inside a transaction", arguments: Standin.releases)
    func neverInATransaction(port: String) throws {
      let connection = try server.connect("reconnect=on", at: port)
      defer { connection.close() }
      try connection.execute("CREATE OR REPLACE TABLE half(a INT) ENGINE=InnoDB").close()
      try connection.execute("START TRANSACTION").close()
      try connection.execute("INSERT INTO half VALUES(1)").close()
      try kill(connection, at: port)
      for _ in 0..<3 {
        let error = #expect(throws: TernError.self) { try connection.rows("SELECT a FROM half") }
        #expect(error?.sqlState == .linkFailure)
        #expect(error?.message.contains("transaction") ?? false, "\(error?.message ?? "")")
        let other = #expect(throws: TernError.self) {
          try connection.execute("INSERT INTO half VALUES(2)")
        }
        #expect(other?.sqlState == .linkFailure)
      }
      #expect(try reconnectCount() == 1, "a second one would drop the transaction")
      #expect(!connection.isAlive)
      let fresh = try server.connect(at: port)
      defer { fresh.close() }
      #expect(try fresh.rows("SELECT a FROM half") == [])
    }

    @Test(arguments: [
      "SET @x = 1", "CREATE TEMPORARY TABLE mine(a INT)", "DO GET_LOCK('x', 1)", "",
    ])
    func neverWhereStateIsLost(sql: String) throws {
      let connection = try server.connect("reconnect=on")
      defer { connection.close() }
      if sql.isEmpty {
        try connection.setAutocommit(false)
      } else {
        try connection.execute(sql).close()
      }
      try kill(connection, at: "port")
      for _ in 0..<2 {
        let error = #expect(throws: TernError.self) { try connection.rows("SELECT 1") }
        #expect(error?.sqlState == .linkFailure)
      }
      #expect(!connection.isAlive)
      #expect(try reconnectCount() == 0)
    }

    @Test func aDatabaseThatComesBackIsFound() throws {
      let connection = try server.connect("reconnect=on")
      defer { connection.close() }
      try server.database(isRunning: false)
      defer { try? server.database(isRunning: true) }
      for _ in 0..<2 {
        let error = #expect(throws: TernError.self) { try connection.rows("SELECT 1") }
        #expect(error?.sqlState == .linkFailure)
        #expect(error?.message.contains("could not be made again") ?? false)
        #expect(connection.isAlive)
      }
      try server.database(isRunning: true)
      #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
    }

    @Test("before 6.2 there is no such endpoint")
    func withoutTheEndpoint() throws {
      let connection = try server.connect("reconnect=on", at: "port64")
      defer { connection.close() }
      try kill(connection, at: "port64")
      try server.faults(#"{"request":"reconnect","before":true,"status":404}"#)
      for _ in 0..<2 {
        let error = #expect(throws: TernError.self) { try connection.rows("SELECT 1") }
        #expect(error?.sqlState == .linkFailure)
      }
      #expect(try reconnectCount() == 1)
      #expect(!connection.isAlive)
    }

    @Test func aStateThatCannotBeMadeAgainIsAnError() throws {
      let owner = try server.connect()
      defer { owner.close() }
      try owner.execute("CREATE OR REPLACE TABLE wanted(a INT)").close()
      let connection = try server.connect("reconnect=on&session_init=SELECT%20*%20FROM%20wanted")
      defer { connection.close() }
      try owner.execute("DROP TABLE wanted").close()
      try kill(connection, at: "port")
      for _ in 0..<2 {
        let error = #expect(throws: TernError.self) { try connection.rows("SELECT 1") }
        #expect(error?.sqlState == .linkFailure)
        #expect(error?.message.contains("session_init") ?? false, "\(error?.message ?? "")")
        #expect(!connection.isAlive)
      }
    }
  }
}
