import Foundation
import Glibc
import TernColumns
import TernCore
import TernDriver
import TernNet
import TernTestKit
import Testing

extension LiveTests {
  /// Traps of the Exasol reference, section 8, against the stand-in.
  @Suite struct Traps {
    let server: Standin

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    /// Trap 13: gateways want a path and a query of their own.
    @Test(arguments: [
      ("", "/"),
      (
        "websocket_path=/v1/databases/7/connect?ticket%3Da%2526b",
        "/v1/databases/7/connect?ticket=a%26b"
      ),
    ])
    func gatewaysGetTheirPath(option: String, path: String) throws {
      let connection = try server.connect(option)
      defer { connection.close() }
      #expect(try server.paths() == [path])
    }

    /// Trap 33: columns are found by their place, so a name may come twice.
    @Test func namesThatOccurTwiceAreTwoColumns() throws {
      let connection = try server.connect()
      defer { connection.close() }
      let result = try connection.execute("SELECT 1 AS A, 2 AS A, 3 AS \"a\"")
      #expect(result.columns.map(\.name) == ["A", "A", "a"])
      #expect(try result.rows() == [[.whole(1), .whole(2), .whole(3)]])
    }

    /// Trap 35: the empty text is NULL to the server, in literals and in bound values.
    @Test func emptyTextsComeBackAsNull() throws {
      let connection = try server.connect()
      defer { connection.close() }
      _ = try connection.execute("CREATE OR REPLACE TABLE S2.E (A VARCHAR(9))")
      let statement = connection.makeStatement()
      let builder = BatchBuilder(Schema([Field("", .utf8)]))
      for text in ["", " "] { try builder.append([.text(text)]) }
      statement.bind(try builder.finish())
      _ = try statement.execute("INSERT INTO S2.E VALUES (?)")
      #expect(try connection.rows("SELECT A FROM S2.E ORDER BY A") == [[.text(" ")], [.null]])
      _ = try connection.execute("DROP TABLE S2.E")
    }

    /// Trap 36: what is read ahead is bounded, however slow the caller is.
    @Test func pagesAreNotReadFarAhead() throws {
      try server.options(#"{"rowsPerFetch":100,"inlineRows":1}"#)
      let connection = try server.connect("prefetch_batches=1")
      defer { connection.close() }
      let result = try connection.execute("SELECT ID FROM BIG_5000")
      var batchCount = 0
      while let batch = try result.nextBatch() {
        batchCount += 1
        #expect(batch.rowCount <= 100)
        // The one waiting, the one being decoded, and the one being received.
        #expect(try server.commands().count { $0 == "fetch" } <= batchCount + 3)
      }
      #expect(batchCount == 50)
    }

    /// Trap 36 again: who does not read has no more read for him. Calls take turns, so a reader that
    /// went on would have had its turn between any two of the caller's.
    @Test(arguments: [
      ("prefetch_batches=2", 5), ("prefetch_batches=0", 1),
      // Pages of a hundred rows are some 800 bytes: two are more than what may wait.
      ("prefetch_batches=40&prefetch_bytes=1500", 5),
      ("prefetch_batches=40&prefetch_bytes_total=1500", 5),
    ])
    func whatNobodyTakesIsNotRead(options: String, fetchCountMax: Int) throws {
      try server.options(#"{"rowsPerFetch":100,"inlineRows":1}"#)
      let connection = try server.connect(options)
      defer { connection.close() }
      let result = try connection.execute("SELECT ID FROM BIG_5000")
      #expect(try result.nextBatch()?.rowCount == 100)
      for _ in 0..<40 { try connection.ping() }
      let fetches = try server.commands().count { $0 == "fetch" }
      #expect(fetches <= fetchCountMax, "\(fetches)")
      var rowCount = 100
      while let batch = try result.nextBatch() { rowCount += batch.rowCount }
      #expect(rowCount == 5_000)
    }

    /// Trap 38: counts of rows, read and changed.
    @Test func rowsAreCounted() throws {
      let connection = try server.connect()
      defer { connection.close() }
      let result = try connection.execute("SELECT ID FROM RETAIL.BIG")
      #expect(result.rowCount == 2_500)
      result.close()
      _ = try connection.execute("CREATE OR REPLACE TABLE S2.C (A DECIMAL(9,0))")
      #expect(try connection.execute("INSERT INTO S2.C VALUES 1, 2, 3").rowsChanged == 3)
      #expect(try connection.execute("DELETE FROM S2.C WHERE A > 1").rowsChanged == 2)
      _ = try connection.execute("DROP TABLE S2.C")
    }

    /// Trap 39: the server's own text of intervals and hashes is at hand.
    @Test func intervalsAndHashesCanBeText() throws {
      let connection = try server.connect()
      defer { connection.close() }
      let columns = "C_IYM, C_IDS, C_HASH"
      let texts = try connection.rows(
        "SELECT TO_CHAR(C_IYM), TO_CHAR(C_IDS), C_HASH FROM RETAIL.T_ALL LIMIT 1")
      let values = try connection.rows("SELECT \(columns) FROM RETAIL.T_ALL LIMIT 1")
      #expect(values[0][2] == .text("550e8400e29b11d4a716446655440000"))
      #expect(texts[0][2] == values[0][2])
      // The vendor's drivers hand out the server's characters, and take them back.
      let compatible = try server.connect("interval_as=text")
      defer { compatible.close() }
      let result = try compatible.execute(
        "SELECT \(columns) FROM RETAIL.T_ALL LIMIT 1")
      #expect(result.columns.map(\.dataType) == [.utf8, .utf8, .utf8])
      #expect(
        result.columns.map(\.sql.odbcType) == [ODBCType.char, ODBCType.char, ODBCType.varchar])
      let row = try result.rows()[0]
      #expect(row == texts[0])
      _ = try compatible.execute(
        "CREATE OR REPLACE TABLE S2.I (A INTERVAL YEAR TO MONTH, B INTERVAL DAY TO SECOND)")
      let statement = compatible.makeStatement()
      let builder = BatchBuilder(Schema([Field("", .utf8), Field("", .utf8)]))
      try builder.append(Array(row[..<2]))
      statement.bind(try builder.finish())
      _ = try statement.execute("INSERT INTO S2.I VALUES (?, ?)")
      #expect(try compatible.rows("SELECT A, B FROM S2.I") == [Array(row[..<2])])
      #expect(try connection.rows("SELECT A, B FROM S2.I") == [Array(values[0][..<2])])
      let listed = try compatible.catalog(
        .columns(TableFilter(schema: .exact("S2"), name: .exact("I")), column: .any)).rows()
      #expect(listed.map { $0[4] } == [.integer(1), .integer(1)], "\(listed)")
      _ = try compatible.execute("DROP TABLE S2.I")
    }

    /// Trap 49: questions about system tables take no locks that others would wait for.
    @Test func catalogQuestionsReadSnapshots() throws {
      try server.options(#"{"maxProtocol":1}"#)
      let connection = try server.connect()
      defer { connection.close() }
      _ = try connection.catalog(.tables(TableFilter(schema: .exact("RETAIL")), types: nil))
      let texts = try server.requests("execute")
      #expect(!texts.isEmpty)
      #expect(
        texts.allSatisfy { $0.contains(#""sqlText":"/*snapshot execution*/ SELECT"#) }, "\(texts)")
    }

    /// Trap 52: a preprocessor script of the session would rewrite SQL of the driver's.
    @Test func metadataCommandsComeBeforeSQL() throws {
      let connection = try server.connect()
      defer { connection.close() }
      for request in [
        CatalogRequest.tables(TableFilter(schema: .exact("RETAIL")), types: nil),
        .columns(TableFilter(schema: .exact("RETAIL")), column: .any),
        .schemas(catalog: .any, schema: .any),
      ] { #expect(try connection.catalog(request).rows().isEmpty == false) }
      let commands = try server.commands()
      #expect(!commands.contains("execute"), "\(commands)")
      #expect(commands.contains("getTables") && commands.contains("getColumns"))
    }

    /// Trap 53: a text is one statement; several are only sent where that was asked for.
    @Test func severalStatementsInOneTextAreTheServersToRefuse() throws {
      let connection = try server.connect("session_init=OPEN%20SCHEMA%20S;%20OPEN%20SCHEMA%20S2")
      defer { connection.close() }
      #expect(connection.state.schema == "S2")
      let error = #expect(throws: TernError.self) {
        try connection.execute("SELECT 1; SELECT 2")
      }
      #expect(error?.kind == .sql)
      #expect(
        try server.requests("execute").last?.contains("SELECT 1; SELECT 2") == true)
    }

    /// Trap 53 again: what is asked for as a script goes as a list, with bodies in one piece.
    @Test func scriptsGoAsAList() throws {
      let script = """
        OPEN SCHEMA S;
        -- a body; it ends with a line of its own
        CREATE FUNCTION S2.F() RETURN INT IS BEGIN RETURN 1; END;
        /
        OPEN SCHEMA S2; SELECT ';' AS A
        """
      let value = try #require(script.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
      let error = #expect(throws: TernError.self) {
        try server.connect("session_init=" + value)
      }
      // The stand-in makes no functions; the statements before it were run.
      #expect(error?.message.hasPrefix("session_init: ") == true, "\(String(describing: error))")
      let request = try #require(server.requests("executeBatch").last)
      let texts = JSONComparison.object(request)?["sqlTexts"] as? [String]
      #expect(
        texts == [
          "OPEN SCHEMA S",
          "-- a body; it ends with a line of its own\n"
            + "CREATE FUNCTION S2.F() RETURN INT IS BEGIN RETURN 1; END;",
          "OPEN SCHEMA S2", "SELECT ';' AS A",
        ])
    }

    /// Trap 67: a child process inherits no socket.
    @Test func socketsEndAtExec() throws {
      let connection = try server.connect()
      defer { connection.close() }
      let port = UInt16(server["port"]) ?? 0
      var found = 0
      for descriptor in CInt(3)..<1_024 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
          unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            unsafe getpeername(descriptor, generic, &length)
          }
        }
        guard result == 0, UInt16(bigEndian: address.sin_port) == port else { continue }
        found += 1
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
      }
      #expect(found > 0)
    }

    /// Nine digits of TIMESTAMP(9), with every option of the session in the way.
    @Test func forcedFormatsBringNanoseconds() throws {
      let connection = try server.connect("session_formats=force&schema=RETAIL")
      defer { connection.close() }
      #expect(connection.state.schema == "RETAIL")
      #expect(
        try connection.rows("SELECT TS9 FROM T_NANO ORDER BY ID").prefix(3).map { $0[0] } == [
          .timestamp(WideTimestamp(seconds: -62_135_596_800, nanoseconds: 1)),
          .timestamp(WideTimestamp(seconds: 253_402_300_799, nanoseconds: 999_999_999)),
          .timestamp(WideTimestamp(seconds: 1_718_731_333, nanoseconds: 123_456_789)),
        ])
      let plain = try server.connect("schema=RETAIL")
      defer { plain.close() }
      #expect(
        try plain.rows("SELECT TS9 FROM T_NANO ORDER BY ID")[2][0]
          == .timestamp(WideTimestamp(seconds: 1_718_731_333, nanoseconds: 123_456_000)))
    }

    /// A function's last semicolon reaches the server.
    @Test func bodiesKeepTheirLastSemicolon() throws {
      let connection = try server.connect()
      defer { connection.close() }
      _ = try? connection.execute("CREATE FUNCTION S2.F() RETURN INT IS BEGIN RETURN 1; END;")
      #expect(try server.requests("execute").last?.contains("END;") == true)
    }
  }
}
