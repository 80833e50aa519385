import TernColumns
import TernCore
import TernDriver
import TernNet
import TernTestKit
import Testing

@testable import TernExasol

extension LiveTests {
  @Suite struct Statements {
    let server: Standin

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    @Test func everyTypeCrossesInBothDirections() throws {
      let connection = try server.connect("schema=RETAIL")
      defer { connection.close() }
      let table = try connection.execute("SELECT * FROM T_ALL")
      var batches: [Batch] = []
      while let batch = try table.nextBatch() { batches.append(batch) }
      _ = try connection.execute(
        "CREATE OR REPLACE TABLE S2.COPY AS SELECT * FROM T_ALL WHERE FALSE")
      let statement = connection.makeStatement()
      let markers = Array(repeating: "?", count: 14).joined(separator: ",")
      try statement.prepare("INSERT INTO S2.COPY VALUES (\(markers))")
      #expect(statement.parameterCount == 14)
      for batch in batches {
        statement.bind(batch)
        #expect(try statement.execute().rowsChanged == Int64(batch.rowCount))
      }
      statement.close()
      let copy = try connection.rows("SELECT * FROM S2.COPY")
      #expect(copy == (try connection.rows("SELECT * FROM T_ALL")))
      _ = try connection.execute("DROP TABLE S2.COPY")
    }

    @Test func rowsAndColumnsAreNotSwapped() throws {
      // Traps 42 and 43: two columns, three rows, NULLs of no type.
      let connection = try server.connect()
      defer { connection.close() }
      _ = try connection.execute("CREATE OR REPLACE TABLE S2.P (A DECIMAL(18,0), B VARCHAR(9))")
      let statement = connection.makeStatement()
      statement.bind(
        try batch([.int64, .utf8], [[1, "a"], [2, .null], [3, "c"]]))
      #expect(try statement.execute("INSERT INTO S2.P VALUES (?, ?)").rowsChanged == 3)
      statement.bind(try batch([.null, .null], [[.null, .null]]))
      #expect(try statement.execute("INSERT INTO S2.P VALUES (?, ?)").rowsChanged == 1)
      let rows = try connection.rows("SELECT A, B FROM S2.P ORDER BY A")
      #expect(
        rows == [[.whole(1), "a"], [.whole(2), .null], [.whole(3), "c"], [.null, .null]])
      _ = try connection.execute("DROP TABLE S2.P")
    }

    @Test func manyRowsAreOneTransaction() throws {
      // Trap 45: several requests, all of them or none.
      let connection = try server.connect()
      defer { connection.close() }
      _ = try connection.execute("CREATE OR REPLACE TABLE S2.M (A DECIMAL(18,0), B VARCHAR(2000))")
      let text = Value.text(String(repeating: "x", count: 1_990))
      let statement = connection.makeStatement()
      try statement.prepare("INSERT INTO S2.M VALUES (?, ?)")
      var rows = (0..<5_000).map { [Value.integer(Int64($0)), text] }
      statement.bind(try batch([.int64, .utf8], rows))
      #expect(try statement.execute().rowsChanged == 5_000)
      #expect(
        try server.commands().count { $0 == "executePreparedStatement" } > 1, "it was cut")
      #expect(connection.state.isAutocommit)
      rows[4_999] = [.integer(1), .text(String(repeating: "y", count: 2_001))]
      statement.bind(try batch([.int64, .utf8], rows))
      let error = #expect(throws: TernError.self) { try statement.execute() }
      #expect(error?.sqlState == .textTruncated)
      #expect(connection.state.isAutocommit)
      #expect(try connection.rows("SELECT COUNT(*) FROM S2.M") == [[.whole(5_000)]])
      _ = try connection.execute("DROP TABLE S2.M")
    }

    @Test func preparedWithoutParametersAndWithMarkersInText() throws {
      // Traps 40 and 41.
      let connection = try server.connect()
      defer { connection.close() }
      let statement = connection.makeStatement()
      try statement.prepare("SELECT '?', 1 -- ?")
      #expect(statement.parameterCount == 0)
      #expect(try statement.execute().rows() == [["?", .whole(1)]])
    }

    @Test func commitRollbackAndCollisions() throws {
      let connection = try server.connect("autocommit=off")
      defer { connection.close() }
      _ = try connection.execute("CREATE OR REPLACE TABLE S2.TX (A DECIMAL(9,0))")
      try connection.commit()
      #expect(try connection.execute("INSERT INTO S2.TX VALUES 1, 2").rowsChanged == 2)
      try connection.rollback()
      #expect(try connection.rows("SELECT COUNT(*) FROM S2.TX") == [[.whole(0)]])
      try server.options(#"{"collisions":1}"#)
      let error = #expect(throws: TernError.self) {
        try connection.execute("INSERT INTO S2.TX VALUES 3")
      }
      #expect(error?.sqlState == .serializationFailure)
      #expect(error?.isRetryable == true)
      _ = try connection.execute("DROP TABLE S2.TX")
      try connection.commit()
    }

    @Test("a commit whose answer is lost has an unknown end, one that was never sent has not")
    func commitsOfLostSessions() throws {
      for (text, state) in [("COMMIT", "08007"), ("SELECT 1", "08S01")] {
        let connection = try server.connect("autocommit=off")
        defer { connection.close() }
        try server.faults(#"{"command":"execute","sqlContains":"\#(text)","reset":true}"#)
        _ = try? connection.rows("SELECT 1")
        let error = #expect(throws: TernError.self) { try connection.commit() }
        #expect(error?.sqlState.text == state, "\(error?.description ?? "")")
        try server.reset()
      }
    }

    @Test func queryTimeoutsLeaveTheSessionUsable() throws {
      // Trap 46.
      let connection = try server.connect("query_timeout=1&schema=RETAIL")
      defer { connection.close() }
      let start = Deadline.now
      let error = #expect(throws: TernError.self) {
        try connection.execute("SELECT COUNT(*) FROM HUGE A, HUGE B")
      }
      #expect(error?.sqlState == .timeout)
      #expect(Deadline.now - start < 5_000_000_000)
      #expect(try connection.rows("SELECT 1") == [[.whole(1)]])
    }

    @Test func rollbackBringsNoOldTimeoutBack() throws {
      let connection = try server.connect("autocommit=off")
      defer { connection.close() }
      let statement = connection.makeStatement()
      statement.options.queryTimeoutNanoseconds = 1_000_000_000
      _ = try statement.execute("SELECT 1")
      try connection.commit()
      #expect(try connection.rows("SELECT 2") == [[.whole(2)]])
      try connection.rollback()
      #expect(try connection.rows(#"SELECT "$SLEEP"(1.6)"#).count == 1)
    }

    @Test func cancelDuringExecuteAndFetchKeepsTheSession() throws {
      // Traps 25 and 47.
      let connection = try server.connect("schema=RETAIL")
      defer { connection.close() }
      for round in 0..<3 {
        let canceller = try WorkerThread.start("cancel") {
          while !connection.cancel() {}
        }
        let error = #expect(throws: TernError.self) {
          try connection.execute("SELECT COUNT(*) FROM HUGE A, HUGE B")
        }
        canceller.join()
        #expect(error?.kind == .cancelled)
        #expect(try connection.rows("SELECT \(round)") == [[.whole(Int128(round))]])
      }
      try server.faults(#"{"command":"fetch","nth":1,"delay":0.5}"#)
      let result = try connection.execute("SELECT * FROM BIG")
      let canceller = try WorkerThread.start("cancel") { while !connection.cancel() {} }
      let error = #expect(throws: TernError.self) { try result.nextBatch() }
      canceller.join()
      #expect(error?.kind == .cancelled)
      #expect(try connection.rows("SELECT 9") == [[.whole(9)]])
      #expect(try server.count("resultSets") == 0)
    }

    @Test func twoThreadsTakeTurns() throws {
      // Trap 18.
      let connection = try server.connect()
      defer { connection.close() }
      let wrong = Locked(0)
      let threads = try (0..<4).map { number in
        try WorkerThread.start("caller") {
          for _ in 0..<20 {
            let rows = try? connection.rows("SELECT \(number)")
            if rows != [[.whole(Int128(number))]] { wrong.withLock { $0 += 1 } }
          }
        }
      }
      for thread in threads { thread.join() }
      #expect(wrong.current == 0)
    }

    @Test func killedSessionsAreDeadAndSaySo() throws {
      let victim = try server.connect()
      let killer = try server.connect()
      defer { killer.close() }
      let session = victim.capabilities.sessionID
      _ = try killer.execute("KILL SESSION \(session)")
      let error = #expect(throws: TernError.self) { try victim.execute("SELECT 1") }
      #expect(error?.sqlState == .linkFailure)
      #expect(!victim.isAlive)
      victim.close()
      victim.close()
    }

    @Test func silenceEndsTheConnection() throws {
      // Trap 15: a cable pulled in the middle of a result.
      let connection = try server.connect("network_timeout=500ms&schema=RETAIL")
      defer { connection.close() }
      try server.faults(#"{"command":"fetch","stall":true}"#)
      let start = Deadline.now
      let error = #expect(throws: TernError.self) {
        try connection.rows("SELECT * FROM BIG")
      }
      #expect(error?.sqlState == .connectionTimeout)
      #expect(Deadline.now - start < 3_000_000_000)
      #expect(!connection.isAlive)
    }

    @Test func secretsReachNoLogLine() throws {
      // Trap 69.
      let lines = Locked<[String]>([])
      Log.set({ _, line in lines.withLock { $0.append(line) } }, level: .trace)
      defer { Log.set(nil, level: .off) }
      let connection = try server.connect(
        "parallel=3&compression=on",
        uri: "exasol+ws://TERN:tern-secret@127.0.0.1:\(server["port"])?proxy=off")
      let statement = connection.makeStatement()
      statement.bind(try batch([.utf8], [["bound-value-1"], ["bound-value-2"]]))
      _ = try statement.execute("SELECT ? || 'x'").rows()
      _ = try connection.rows("SELECT * FROM RETAIL.BIG")
      connection.close()
      let token = try server.connect(
        "refresh_token=exa_pat_0123456789&tls_verify=off",
        uri: "exasol://localhost:\(server["ports.tls"])?proxy=off")
      token.close()
      _ = try? server.connect(
        uri: "exasol+ws://TERN:wrong-secret@127.0.0.1:\(server["port"])?proxy=off")
      let all = lines.current.joined(separator: "\n")
      #expect(all.contains("getAttributes"), "trace lines were written")
      for secret in [
        "tern-secret", "wrong-secret", "exa_pat_0123456789", "bound-value-1", "bound-value-2",
      ] { #expect(!all.contains(secret), "\(secret)") }
    }

    @Test(arguments: [
      (1, "on", "global"), (2, "on", "local"), (3, "on", "local"), (3, "off", "global"),
    ])
    func parallelSharesAreTheWholeResult(version: Int, ordered: String, start: String) throws {
      try server.options(
        #"{"startPosition":"\#(start)","maxProtocol":\#(version == 1 ? 1 : 5),"rowsPerFetch":300}"#)
      let connection = try server.connect("parallel=\(version)&ordered=\(ordered)")
      defer { connection.close() }
      let rows = try connection.rows("SELECT ID FROM BIG_5000 ORDER BY ID")
      #expect(rows.count == 5_000)
      #expect(Set(rows.map { $0[0] }).count == 5_000)
      if ordered == "on" {
        let single = try server.connect()
        #expect(rows == (try single.rows("SELECT ID FROM BIG_5000 ORDER BY ID")))
        single.close()
      }
      #expect(connection.takeWarnings() == [])
      #expect(connection.state.isAutocommit)
      #expect(try server.commands().contains("subLogin") == (version > 1))
      #expect(try connection.rows("SELECT 1") == [[.whole(1)]])
    }

    @Test func parallelNodesShowTheMainHostsCertificate() throws {
      let connection = try server.connect(
        "parallel=3&tls_ca_file=\(server["ca"])",
        uri: "exasol://SYS:exasol@localhost:\(server["port"])?proxy=off")
      defer { connection.close() }
      #expect(try connection.rows("SELECT ID FROM BIG_5000").count == 5_000)
      #expect(connection.takeWarnings() == [])
      #expect(try server.commands().contains("subLogin"))
    }

    @Test(arguments: [
      #"{"command":"subLogin","nth":2,"error":{"text":"no","sqlCode":"00000"}}"#,
      #"{"command":"requestParallelConnections","nth":1,"error":{"text":"no","sqlCode":"0A000"}}"#,
      #"{"command":"getHosts","set":{"/responseData/nodes":["127.0.0.1:1","127.0.0.2:1","x:1"]}}"#,
    ])
    func failingSubconnectionsFallBackWithAWarning(fault: String) throws {
      let connection = try server.connect("parallel=3")
      defer { connection.close() }
      try server.faults(fault)
      let start = Deadline.now
      #expect(try connection.rows("SELECT ID FROM BIG_5000").count == 5_000)
      #expect(Deadline.now - start < 8_000_000_000, "one failure wakes the others")
      #expect(connection.takeWarnings().contains { $0.message.contains("parallel") })
      #expect(connection.state.isAutocommit)
    }

    @Test(arguments: [
      #"{"command":"execute","set":{"/status":"maybe"}}"#,
      #"{"command":"execute","replaceText":"{"}"#, #"{"command":"execute","truncate":40}"#,
      #"{"command":"execute","badUtf8":true}"#, #"{"command":"execute","nest":100000}"#,
      #"{"command":"execute","replace":{"status":"ok","responseData":{"numResults":9}}}"#,
      #"{"command":"execute","remove":["/responseData/results/0/resultSet/columns"]}"#,
      #"{"command":"execute","set":{"/responseData/results/0/resultSet/numRows":1152921504606846976}}"#,
      #"{"command":"execute","set":{"/responseData/results/0/resultSet/numRows":-1}}"#,
      #"{"command":"execute","rawNumber":{"/responseData/results/0/resultSet/numRows":"1e99999"}}"#,
      #"{"command":"execute","set":{"/responseData/results/0/resultSet/numColumns":2000000000}}"#,
      #"{"command":"execute","set":{"/responseData/results/0/resultSet/data":[[{}]]}}"#,
      #"{"command":"execute","set":{"/responseData/results/0/resultSet/data":[[1],[2]]}}"#,
      #"{"command":"execute","set":{"/responseData/results/0/resultSet/data":[[true]]}}"#,
      #"{"command":"execute","set":{"/responseData":[]}}"#,
      #"{"command":"execute","close":1011}"#, #"{"command":"execute","reset":true}"#,
      #"{"command":"execute","rawHex":"ffff"}"#, #"{"command":"execute","binary":true}"#,
      #"{"command":"execute","set":{"/responseData/results/0/resultSet/columns/0/dataType":7}}"#,
    ])
    func brokenRepliesAreOneClearError(fault: String) throws {
      let connection = try server.connect("network_timeout=3")
      defer { connection.close() }
      try server.faults(fault)
      let error = #expect(throws: TernError.self) { _ = try connection.rows("SELECT 1") }
      #expect(error?.kind != .internal)
      #expect(!connection.isAlive || error?.kind == .data, "\(String(describing: error))")
    }

    @Test func statusOkBesideAnExceptionIsAnError() throws {
      let connection = try server.connect()
      defer { connection.close() }
      try server.faults(
        #"{"command":"execute","times":1,"set":{"/exception":{"text":"no","sqlCode":"22003"}}}"#)
      let error = #expect(throws: TernError.self) { try connection.execute("SELECT 1") }
      #expect(error?.sqlState == .numberOutOfRange)
      #expect(try connection.rows("SELECT 2") == [[.whole(2)]])
    }

    @Test func missingRowsAreNoEndlessLoop() throws {
      let connection = try server.connect()
      defer { connection.close() }
      try server.faults(
        #"{"command":"fetch","replace":{"status":"ok","responseData":{"numRows":0,"data":[[]]}}}"#)
      let error = #expect(throws: TernError.self) {
        _ = try connection.rows("SELECT ID FROM RETAIL.BIG")
      }
      #expect(error?.sqlState == .linkFailure)
      #expect(error?.message.contains("2500") == true)
    }

    @Test func realLinesCutAfterAnyByteAreOneClearError() throws {
      for byteCount in stride(from: 0, to: 4_000, by: 61) {
        try server.reset()
        try server.faults(
          #"{"action":"\#(byteCount % 2 == 0 ? "close" : "reset")","after":\#(byteCount),"#
            + #""direction":"s2c"}"#)
        do {
          let connection = try server.connect("network_timeout=5", at: "faultPort")
          defer { connection.close() }
          _ = try connection.rows("SELECT * FROM RETAIL.T_ALL")
          _ = try connection.rows("SELECT * FROM RETAIL.BIG")
          Issue.record("cut at \(byteCount) went unnoticed")
        } catch let error as TernError {
          #expect(
            ["08001", "08S01", "28000"].contains(error.sqlState.text),
            "cut at \(byteCount): \(error)")
        }
      }
    }
  }
}
