import TernDriver
import Testing

@testable import TernDriver

@Suite struct SQLSplitterTests {
  @Test(arguments: [
    ("", []), (" ;; ; ", []), ("select 1", ["select 1"]), ("a;b", ["a", "b"]),
    (" a ;\n b ; ", ["a", "b"]), ("a ';' b; c", ["a ';' b", "c"]),
    ("a 'it''s;' b", ["a 'it''s;' b"]), ("\"x;\"\"y\";z", ["\"x;\"\"y\"", "z"]),
    ("a -- ; comment\n b;c", ["a -- ; comment\n b", "c"]), ("/* ; */ a; b", ["/* ; */ a", "b"]),
    ("-- only; a comment\n", []), ("/* only */;", []), ("a /* open ; b", ["a /* open ; b"]),
    ("a 'open ; b", ["a 'open ; b"]), ("a - b / c; d", ["a - b / c", "d"]),
    ("a\n/\nb\n /\t\r\nc", ["a", "b", "c"]), ("a /\nb", ["a /\nb"]),
    (
      "CREATE LUA SCRIPT s AS\nx;\ny;\n/\nselect 1;",
      ["CREATE LUA SCRIPT s AS\nx;\ny;", "select 1"]
    ),
    (
      "-- first\n/* x; */ CREATE OR REPLACE\nPYTHON3 SCALAR SCRIPT s() AS\nx;\ny;\n/\nselect 1;",
      ["-- first\n/* x; */ CREATE OR REPLACE\nPYTHON3 SCALAR SCRIPT s() AS\nx;\ny;", "select 1"]
    ),
    (
      "create definer = 'a;'@'b' procedure p() begin x; end;\n/\ny",
      ["create definer = 'a;'@'b' procedure p() begin x; end;", "y"]
    ),
    (
      "create table script (a int); create view v as select function; x\n/\n",
      ["create table script (a int)", "create view v as select function", "x"]
    ),
    ("x; create function f() as a;\n/\n y; z\n/\n", ["x", "create function f() as a;", "y", "z"]),
    ("create or replace function f() as a; b;", ["create or replace function f() as a", "b"]),
    ("create table t(x int);\nselect 1\n/\n", ["create table t(x int)", "select 1"]),
    ("select '\u{1F600};'; x", ["select '\u{1F600};'", "x"]),
  ])
  func splitsAtSemicolons(text: String, expected: [String]) {
    #expect(SQLSplitter(Dialect()).split(text) == expected)
  }

  @Test func followsTheDialect() {
    var dialect = Dialect()
    #expect(SQLSplitter(dialect).split("'a\\';b'") == ["'a\\'", "b'"])
    #expect(SQLSplitter(dialect).split("$$a;b$$") == ["$$a", "b$$"])
    dialect.hasBackslashEscapes = true
    #expect(SQLSplitter(dialect).split("\"a\\\";b") == ["\"a\\\"", "b"])
    dialect.hasDollarQuotes = true
    dialect.hasHashComments = true
    dialect.hasSlashComments = true
    dialect.identifierQuote = "`"
    dialect.alternativeQuotes = [QuotePair(open: "[", close: "]")]
    let splitter = SQLSplitter(dialect)
    #expect(splitter.split("'a\\';b'") == ["'a\\';b'"])
    // Where names have quotes of their own, what stands in double ones is a text like others.
    #expect(splitter.split("\"a\\\";b\";c") == ["\"a\\\";b\"", "c"])
    #expect(splitter.split("`a\\`;b") == ["`a\\`", "b"])
    #expect(
      splitter.split("$$a;b$$;`;`;[;];c # ;\nd;// ;\ne") == [
        "$$a;b$$", "`;`", "[;]", "c # ;\nd", "// ;\ne",
      ])
  }

  @Test func longScriptsTakeLinearTime() {
    let text = "create function f as\n" + String(repeating: "x;\n", count: 20_000) + "/\n"
    #expect(SQLSplitter(Dialect()).split(text).count == 1)
    let commented = "/*" + String(repeating: "x;\n", count: 20_000) + "*/" + text
    #expect(SQLSplitter(Dialect()).split(commented).count == 1)
  }
}
