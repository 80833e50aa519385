import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet
import TernTestKit
import Testing

@testable import TernMaxScale

extension LiveTests {
  @Suite struct Statements {
    let server: Standin

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    private func batch(_ columns: [(DataType, [Value])]) throws -> Batch {
      let builder = BatchBuilder(
        Schema(columns.enumerated().map { Field("p\($0)", $1.0) }))
      for row in 0..<(columns.first?.1.count ?? 0) { try builder.append(columns.map { $0.1[row] }) }
      return try builder.finish()
    }

    @Test(arguments: Standin.releases)
    func severalResultsInOrder(port: String) throws {
      let connection = try server.connect("exactness=raw", at: port)
      defer { connection.close() }
      try connection.execute("CREATE OR REPLACE TABLE several(a INT)").close()
      let first = try connection.execute(
        "SELECT 1 x; INSERT INTO several VALUES(1),(2); SELECT 'two'; SELEC; SELECT 3")
      #expect(first.hasRows)
      let second = try #require(try first.nextResult())
      #expect(second.rowsChanged == 2)
      let third = try #require(try second.nextResult())
      #expect(try third.rows() == [[.text("two")]])
      let error = #expect(throws: TernError.self) { try third.nextResult() }
      #expect(error?.vendorCode == 1064)
      #expect(try connection.rows("SELECT COUNT(*) FROM several") == [[.integer(2)]])
    }

    @Test("trap 25: procedures, and values by user variables", arguments: Standin.releases)
    func procedures(port: String) throws {
      let connection = try server.connect(at: port)
      defer { connection.close() }
      try connection.execute(
        """
        CREATE OR REPLACE PROCEDURE twice(IN a INT, OUT b INT, INOUT c VARCHAR(20)) BEGIN \
        SET b = 2 * a; SET c = CONCAT(c, '!'); SELECT a AS x; SELECT b + 1 AS y; END
        """
      ).close()
      try connection.execute("SET @c = 'hey'").close()
      let first = try connection.execute("CALL twice(21, @b, @c)")
      #expect(try first.rows() == [[.integer(21)]])
      let second = try #require(try first.nextResult())
      #expect(try second.rows() == [[.integer(43)]])
      let third = try #require(try second.nextResult())
      #expect(!third.hasRows)
      #expect(try third.nextResult() == nil)
      let values = try connection.rows("SELECT @b, @c, @none")
      #expect(values[0][1] == .text("hey!"))
      #expect(values[0][0] == .integer(42))
      #expect(values[0][2] == .null)
    }

    @Test(arguments: Standin.releases, ["", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "ANSI"])
    func everyTextComesBack(port: String, mode: String) throws {
      let connection = try server.connect(at: port)
      defer { connection.close() }
      try connection.execute("SET sql_mode='\(mode)'").close()
      let texts = [
        "", "plain", "O'Neil", "\\", "\\'", "'; DROP TABLE x; -- ", "\"", "`", "a\u{0}b", "\u{1}",
        "\u{1}x'", "😀", "?", "%_|", "\n\r\t", "--", "/*", "*/", "#", "é", "\u{7f}", "\u{feff}", " ",
      ]
      let statement = connection.makeStatement()
      try statement.prepare("SELECT ? AS a, '?' AS b, ? AS c")
      #expect(statement.parameterCount == 2)
      for text in texts {
        statement.bind(
          try batch([(.utf8, [.text(text)]), (.binary, [.bytes(Array(text.utf8))])]))
        let rows = try statement.execute().rows()
        #expect(
          rows == [[.text(text), .text("?"), .bytes(Array(text.utf8))]], "\(text.debugDescription)")
      }
    }

    @Test("traps 22 and 37: arrays of parameters", arguments: Standin.releases)
    func arraysOfParameters(port: String) throws {
      let connection = try server.connect(at: port)
      defer { connection.close() }
      try connection.execute(
        "CREATE OR REPLACE TABLE many(id INT PRIMARY KEY, t TEXT, b BLOB, d DOUBLE)"
      ).close()
      let count = 20_000
      let texts = (0..<count).map { Value.text("row '\($0)' \\ \($0 % 7 == 0 ? "\u{0}" : "")") }
      let rows = try batch([
        (.int32, (0..<count).map { .integer(Int64($0)) }), (.utf8, texts),
        (.binary, (0..<count).map { .bytes([UInt8($0 & 255), 0]) }),
        (.float64, (0..<count).map { .double(Double($0) / 7) }),
      ])
      let statement = connection.makeStatement()
      try statement.prepare("INSERT INTO many(id, t, b, d) VALUES (?, ?, ?, ?)")
      statement.bind(rows)
      #expect(try statement.execute().rowsChanged == Int64(count))
      let queries = try server.log().filter { $0["request"] as? String == "query" }
      #expect(queries.count < 20, "\(queries.count) requests")
      let back = try connection.rows("SELECT id, t, b, d FROM many ORDER BY id")
      #expect(back.count == count)
      for index in [0, 7, 256, count - 1] {
        #expect(
          back[index] == [
            .integer(Int64(index)), texts[index], .bytes([UInt8(index & 255), 0]),
            .double(Double(index) / 7),
          ])
      }
      try statement.prepare("UPDATE many SET d = ? WHERE id = ?")
      statement.bind(
        try batch([
          (.float64, (0..<100).map { .double(Double(-$0) - 1) }),
          (.int32, (0..<100).map { .integer(Int64($0)) }),
        ]))
      #expect(try statement.execute().rowsChanged == 100)
      // All or none.
      try statement.prepare("INSERT INTO many(id) VALUES (?)")
      statement.bind(try batch([(.int32, [.integer(100_000), .integer(5)])]))
      let error = #expect(throws: TernError.self) { try statement.execute() }
      #expect(error?.sqlState.text == "23000" && error?.vendorCode == 1062)
      #expect(
        try connection.rows("SELECT COUNT(*) FROM many WHERE id = 100000") == [[.integer(0)]])
      try statement.prepare("SELECT t FROM many WHERE id = ?")
      statement.bind(try batch([(.int32, [.integer(1), .integer(2), .integer(-1)])]))
      let first = try statement.execute()
      #expect(try first.rows() == [[texts[1]]])
      let second = try #require(try first.nextResult())
      #expect(try second.rows() == [[texts[2]]])
      let third = try #require(try second.nextResult())
      #expect(try third.rows() == [])
      #expect(try third.nextResult() == nil)
    }

    @Test("trap 35: numbers that the server makes", arguments: Standin.releases)
    func numbersMade(port: String) throws {
      let connection = try server.connect(at: port)
      defer { connection.close() }
      try connection.execute(
        "CREATE OR REPLACE TABLE numbered(id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, t TEXT)"
      ).close()
      func made(_ sql: String) throws -> UInt64? { try connection.execute(sql).lastInsertID }
      #expect(try made("INSERT INTO numbered(t) VALUES('a')") == 1)
      #expect(try made("INSERT INTO numbered(t) VALUES('b'),('c')") == 2, "the first one")
      #expect(try made("UPDATE numbered SET t='d'") == nil)
      #expect(try made("SELECT id FROM numbered") == nil)
      #expect(try made("INSERT INTO numbered VALUES(17,'x')") == 17, "as MariaDB says it")
      let largest = UInt64.max - 1
      #expect(try made("UPDATE numbered SET id=LAST_INSERT_ID(\(largest)) WHERE id=1") == largest)
      // Each result has its own.
      let first = try connection.execute(
        "INSERT INTO numbered(id,t) VALUES(100,'e'); DELETE FROM numbered WHERE id>17")
      #expect(try #require(try first.nextResult()).lastInsertID == nil)
      let statement = connection.makeStatement()
      try statement.prepare("INSERT INTO numbered(t) VALUES(?)")
      try connection.execute("ALTER TABLE numbered AUTO_INCREMENT=1000").close()
      try connection.execute("DELETE FROM numbered").close()
      statement.bind(try batch([(.utf8, [.text("f")])]))
      let one = try #require(try statement.execute().lastInsertID)
      statement.bind(try batch([(.utf8, [.text("g"), .text("h")])]))
      #expect(try statement.execute().lastInsertID == one + 1)
    }

    @Test(arguments: Standin.releases)
    func warningsAreAskedForWhereThereMayBeSome(port: String) throws {
      let connection = try server.connect("show_warnings=on", at: port)
      defer { connection.close() }
      try connection.execute("CREATE OR REPLACE TABLE warned(a TINYINT, t VARCHAR(2))").close()
      try connection.execute("SET sql_mode=''").close()
      func asked() throws -> Int {
        try server.log().filter {
          ($0["message"] as? [String: Any])?["sql"] as? String == "SHOW WARNINGS"
        }.count
      }
      let before = try asked()
      try connection.execute("INSERT INTO warned VALUES(1, 'a')").close()
      #expect(try asked() == before, "the answer said that there are none")
      #expect(connection.takeWarnings().isEmpty)
      try connection.execute("INSERT INTO warned VALUES(1000, 'abc')").close()
      let warnings = connection.takeWarnings()
      #expect(warnings.count == 2 && warnings[0].message.contains("1264"), "\(warnings)")
      #expect(try connection.rows("SELECT CAST('x' AS SIGNED) AS a").count == 1)
      #expect(connection.takeWarnings().map(\.message).contains { $0.contains("1292") })
      let statement = connection.makeStatement()
      try statement.prepare("INSERT INTO warned VALUES(?, ?)")
      statement.bind(
        try batch([(.int32, [.integer(1), .integer(-1_000)]), (.utf8, [.text("b"), .text("c")])]))
      #expect(try statement.execute().rowsChanged == 2)
      #expect(connection.takeWarnings().count == 1)
    }

    @Test func aTextThatIsTooLongIsRefusedBeforeItCostsTheSession() throws {
      let connection = try server.connect()
      defer { connection.close() }
      let long = String(repeating: "x", count: 17 << 20)
      let error = #expect(throws: TernError.self) {
        try connection.execute("SELECT LENGTH('\(long)')")
      }
      #expect(error?.message.contains("max_allowed_packet") ?? false)
      #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
    }

    @Test("traps 1, 5, 6 and 21: limits of rows", arguments: Standin.releases)
    func limitsOfRows(port: String) throws {
      let connection = try server.connect(at: port)
      defer { connection.close() }
      #expect(try connection.rows("SELECT seq FROM seq_1_to_30000").count == 30_000)
      try connection.execute("CREATE OR REPLACE TABLE counted(a INT)").close()
      #expect(
        try connection.execute("INSERT INTO counted SELECT seq FROM seq_1_to_5").rowsChanged == 5)
      #expect(try connection.rows("SELECT ROW_COUNT()") == [[.integer(5)]])
      let limited = try server.connect("server_max_rows=1000", at: port)
      defer { limited.close() }
      #expect(try limited.rows("SELECT seq FROM seq_1_to_1000").count == 1_000)
      let error = #expect(throws: TernError.self) {
        try limited.rows("SELECT seq FROM seq_1_to_1001")
      }
      #expect(error?.message.contains("server_max_rows") ?? false)
      let statement = limited.makeStatement()
      statement.options.rowCountMax = 10
      #expect(try statement.execute("SELECT seq FROM seq_1_to_5000").rows().count == 10)
      let shown = #expect(throws: TernError.self) {
        try limited.rows("SELECT seq FROM seq_1_to_2000 FOR UPDATE")
      }
      #expect(shown?.sqlState == .general)
    }

    @Test("traps 7 and 8: what cannot be fetched exactly is an error", arguments: Standin.releases)
    func inexactResultsAreErrors(port: String) throws {
      let connection = try server.connect(at: port)
      defer { connection.close() }
      try connection.execute(
        "CREATE OR REPLACE TABLE lossy(a INT, u BIGINT UNSIGNED, b BLOB, f FLOAT)"
      ).close()
      try connection.execute("INSERT INTO lossy VALUES(1, 5, x'00', 16777217)").close()
      for sql in ["SELECT b FROM lossy FOR UPDATE", "SELECT 1; SELECT b FROM lossy"] {
        let error = #expect(throws: TernError.self) {
          var result: ResultSet? = try connection.execute(sql)
          while let one = result {
            _ = try one.rows()
            result = try one.nextResult()
          }
        }
        #expect(error?.sqlState == .invalidCast, "\(sql)")
      }
      if port == "port" {
        #expect(try connection.rows("SELECT u FROM lossy FOR UPDATE") == [[.integer(5)]])
        try connection.execute("UPDATE lossy SET u=18446744073709551615").close()
        let error = #expect(throws: TernError.self) {
          try connection.rows("SELECT u FROM lossy FOR UPDATE")
        }
        #expect(error?.sqlState == .invalidCast)
        _ = connection.takeWarnings()
        #expect(try connection.rows("SELECT f FROM lossy FOR UPDATE").count == 1)
        #expect(connection.takeWarnings().map(\.sqlState.text) == ["01S07"])
      }
      let strict = try server.connect("exactness=error", at: port)
      defer { strict.close() }
      let refused = #expect(throws: TernError.self) { try strict.rows("SELECT b FROM lossy") }
      #expect(refused?.sqlState == .invalidCast)
      #expect(try strict.rows("SELECT a FROM lossy") == [[.integer(1)]])
      let raw = try server.connect("exactness=raw", at: port)
      defer { raw.close() }
      #expect(try raw.rows("SELECT a, u FROM lossy").count == 1)
    }

    @Test("trap 31: the character set stays", arguments: Standin.releases)
    func theCharacterSetStays(port: String) throws {
      let connection = try server.connect(at: port)
      defer { connection.close() }
      try connection.execute("SET NAMES latin1").close()
      #expect(connection.takeWarnings().count == 1)
      #expect(try connection.rows("SELECT 'åäö€'") == [[.text("åäö€")]])
      try connection.execute("CREATE OR REPLACE PROCEDURE latin() SET NAMES latin1").close()
      try connection.execute("CALL latin()").close()
      #expect(try connection.rows("SELECT 'åäö€'") == [[.text("åäö€")]])
      for sql in [
        "SET NAMES latin1; SELECT 'ä'", "SET STATEMENT character_set_results=latin1 FOR SELECT 'ä'",
      ] {
        let error = #expect(throws: TernError.self) { try connection.execute(sql) }
        #expect(error?.sqlState == .unsupported, "\(sql)")
      }
    }

    @Test("trap 32: an order inside is kept, and nothing is evaluated twice")
    func orderIsKept() throws {
      let connection = try server.connect()
      defer { connection.close() }
      try connection.execute("CREATE OR REPLACE TABLE ordered(a INT, t VARCHAR(10))").close()
      try connection.execute(
        "INSERT INTO ordered SELECT seq, MOD(seq * 7919, 1009) FROM seq_1_to_3000"
      ).close()
      for sql in [
        "SELECT t, a FROM ordered ORDER BY a DESC", "SELECT t, a FROM ordered ORDER BY a DESC -- x",
        "SELECT t, a FROM ordered ORDER BY a DESC LIMIT 3000;",
        "WITH x AS (SELECT * FROM ordered) SELECT t, a FROM x ORDER BY a DESC",
        "SELECT t, a FROM ordered WHERE a < 0 UNION ALL SELECT t, a FROM ordered ORDER BY a DESC",
        "(SELECT t, a FROM ordered ORDER BY a DESC LIMIT 5000)",
        "SELECT t AS _tern2, a AS _tern1 FROM ordered ORDER BY a DESC",
        "SELECT t AS c2, a AS c1 FROM ordered ORDER BY c1 DESC",
        "SELECT t AS x, a AS x FROM ordered ORDER BY a DESC",
      ] {
        let rows = try connection.rows(sql)
        #expect(rows.count == 3_000, "\(sql)")
        #expect(rows.map { $0[1] } == (1...3_000).reversed().map { .integer($0) }, "\(sql)")
      }
      try connection.execute(
        "CREATE OR REPLACE FUNCTION effect() RETURNS VARCHAR(9) BEGIN SET @n = IFNULL(@n,0) + 1; "
          + "RETURN @n; END"
      ).close()
      try connection.execute("SET @n = 0").close()
      #expect(try connection.rows("SELECT effect(), a FROM ordered LIMIT 10").count == 10)
      #expect(try connection.rows("SELECT effect() FROM ordered").count == 3_000)
      #expect(try connection.rows("SELECT @n") == [[.integer(3_010)]])
    }

    @Test(arguments: Standin.releases)
    func transactions(port: String) throws {
      let connection = try server.connect(at: port)
      defer { connection.close() }
      try connection.execute("CREATE OR REPLACE TABLE kept(a INT) ENGINE=InnoDB").close()
      try connection.setAutocommit(false)
      try connection.execute("INSERT INTO kept VALUES(1)").close()
      try connection.rollback()
      try connection.execute("INSERT INTO kept VALUES(2)").close()
      try connection.commit()
      #expect(try connection.rows("SELECT a FROM kept") == [[.integer(2)]])
      try connection.set(.isolation(.serializable))
      #expect(connection.state.isolation == .serializable)
      #expect(try connection.rows("SELECT @@tx_isolation") == [[.text("SERIALIZABLE")]])
      try connection.commit()
      try connection.set(.isReadOnly(true))
      let error = #expect(throws: TernError.self) {
        try connection.execute("INSERT INTO kept VALUES(3)")
      }
      #expect(error?.sqlState.text == "25006")
      try connection.rollback()
      try connection.set(.isReadOnly(false))
      try connection.setAutocommit(true)
      try connection.execute("SET autocommit=0").close()
      #expect(!connection.state.isAutocommit)
      try connection.execute("CREATE DATABASE IF NOT EXISTS other").close()
      try connection.execute("USE other").close()
      #expect(connection.state.catalog == "other")
      try connection.set(.catalog("shop"))
      #expect(try connection.rows("SELECT DATABASE()") == [[.text("shop")]])
    }
  }
}
