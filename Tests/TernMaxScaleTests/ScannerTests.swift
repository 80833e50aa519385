import TernCore
import Testing

@testable import TernMaxScale

/// What is found in a text, under each mode.
struct ScannerTests {
  private static let plain = MaxScaleScanner.Mode()
  private static let noEscapes = MaxScaleScanner.Mode("NO_BACKSLASH_ESCAPES")
  private static let ansi = MaxScaleScanner.Mode("ANSI_QUOTES")

  @Test(arguments: [
    ("SELECT ?", [7]), ("SELECT '?', \"?\", `?`", []), ("SELECT 'a''?', ?", [15]),
    ("SELECT 'a\\'?', ?", [15]), ("SELECT ? -- ?", [7]), ("SELECT ?--? 1", [7, 10]),
    ("SELECT ? # ?\n, ?", [7, 15]), ("SELECT /* ? */ ?", [15]), ("SELECT /*! ? */ ?", [11, 16]),
    ("SELECT /*!50000 ? */ ?", [16, 21]), ("SELECT /*M!100100 ? */ 1", [18]),
    ("SELECT /*+ ? */ ?", [16]), ("SELECT `a``?`, ?", [15]), ("SELECT \"a\\\"?\", ?", [15]),
    ("SELECT 'a", []), ("SELECT `a\\`, ?", [13]), ("SELECT 1 --\t?", []), ("SELECT 1 --", []),
  ])
  func markersAreFound(sql: String, markers: [Int]) {
    #expect(MaxScaleText(sql, Self.plain).markers == markers)
  }

  @Test func modesDecideWhereALiteralEnds() {
    let sql = "SELECT 'a\\', ?, '?'"
    #expect(MaxScaleText(sql, Self.noEscapes).markers == [13])
    #expect(MaxScaleText(sql, Self.plain).markers == [17])
    #expect(MaxScaleText(sql, Self.plain).dependsOnMode)
    let name = "SELECT \"a\\\", ?"
    #expect(MaxScaleText(name, Self.ansi).markers == [13])
    #expect(MaxScaleText(name, Self.plain).markers == [])
    #expect(!MaxScaleText("SELECT 'a', `\\`, ?", Self.plain).dependsOnMode)
  }

  @Test(arguments: [
    ("SELECT 1", true), ("(SELECT 1) UNION (SELECT 2)", true),
    ("WITH x AS (SELECT 1) SELECT 1", true),
    ("VALUES (1)", true), ("SELECT 1;", true), ("SELECT 1; -- bye", true),
    ("SELECT 1; SELECT 2", false),
    ("SELECT 1 INTO @a", false), ("SELECT a FROM t FOR UPDATE", false),
    ("SELECT a FROM t LOCK IN SHARE MODE", false), ("SELECT @a:=1", false),
    ("SELECT NEXTVAL(s)", false), ("SELECT NEXT VALUE FOR s", false), ("SELECT SLEEP(1)", false),
    ("SELECT LAST_INSERT_ID(5)", false), ("SELECT LAST_INSERT_ID()", true),
    ("SELECT FOUND_ROWS()", false), ("SELECT 'SLEEP' /* SLEEP */", true), ("SHOW TABLES", false),
    ("INSERT INTO t VALUES(1)", false), ("CALL p()", false),
    ("SELECT a FROM t FOR SYSTEM_TIME ALL", true),
    ("SELECT a FROM t ORDER BY a FETCH NEXT 2 ROWS ONLY", true), ("", false),
  ])
  func plainSelects(sql: String, isPlain: Bool) {
    #expect(MaxScaleText(sql, Self.plain).isPlainSelect == isPlain)
  }

  @Test(arguments: [
    ("INSERT INTO t VALUES(?,?)", "(?,?)"),
    ("insert into t(a,b) values (?, f(?)) on duplicate key update a=VALUES(a)", "(?, f(?))"),
    ("REPLACE INTO t VALUE (?)", "(?)"),
    ("INSERT INTO t VALUES(?),(?)", nil), ("INSERT INTO t SELECT ?", nil),
    ("INSERT INTO t VALUES(?) ON DUPLICATE KEY UPDATE a=?", nil),
    ("INSERT INTO t VALUES((SELECT ?))", nil), ("UPDATE t SET a=?", nil),
    ("INSERT INTO t VALUES(?) RETURNING a", nil), ("INSERT INTO t VALUES(1)", nil),
  ])
  func bracketsThatCanBeRepeated(sql: String, bracket: String?) {
    let range = MaxScaleText(sql, Self.plain).valuesRange
    let text = range.map { String(decoding: Array(sql.utf8)[$0], as: UTF8.self) }
    #expect(text == bracket)
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func queriesAreWrapped() {
    func query(_ sql: String) -> MaxScaleQuery {
      MaxScaleQuery(MaxScaleCommand(MaxScaleText(sql, Self.plain)))
    }
    #expect(text(query("SELECT a -- x").probe) == "(SELECT a -- x\n) LIMIT 0")
    #expect(text(query("SELECT a, a FROM t LIMIT 5;").probe) == "SELECT a, a FROM t \nLIMIT 0")
    #expect(text(query("WITH x AS (SELECT 1) SELECT * FROM x").probe).hasSuffix("\nLIMIT 0"))
    #expect(
      text(query("SELECT a FROM t").fetch(["c1"], of: 1))
        == "WITH _tern(_tern1) AS (SELECT a FROM t\n) SELECT c1 FROM _tern")
    #expect(
      text(query("SELECT a FROM t ORDER BY a").fetch(["HEX(c1)"], of: 1))
        == "WITH _tern(_tern1) AS ((SELECT a FROM t ORDER BY a\n) LIMIT 18446744073709551615) "
        + "SELECT HEX(c1) FROM _tern")
    #expect(
      text(query("SELECT f(a), a FROM t ORDER BY a LIMIT 2").fetch(["c1", "c2"], of: 2))
        == "WITH _tern(_tern1,_tern2) AS (SELECT f(a), a FROM t ORDER BY a LIMIT 2\n) "
        + "SELECT c1,c2 FROM _tern")
    #expect(
      text(query("SELECT a FROM t UNION SELECT b FROM u ORDER BY a").fetch(["c1"], of: 1))
        == "WITH _tern(_tern1) AS (SELECT * FROM ((SELECT a FROM t UNION SELECT b FROM u ORDER BY a"
        + "\n) LIMIT 18446744073709551615) _all) SELECT c1 FROM _tern")
    #expect(
      text(query("SELECT f(a) FROM t").fetch(["c1"], of: 1)).contains("LIMIT 18446744073709551615"))
  }
}
