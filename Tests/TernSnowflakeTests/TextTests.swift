import Testing

@testable import TernSnowflake

/// What is told of SQL on this side, and how it is made.
struct TextTests {
  @Test(arguments: [
    ("select ?", "SELECT", 1), ("  -- ?\n/* ? */ // ?\n put file:///x @s", "PUT", 0),
    ("Get @s file:///x", "GET", 0), ("(select ? , ?)", "", 2), ("", "", 0), ("?", "", 1),
    ("select '?', \"?\", $$?$$, ?, 'a''?', 'a\\'?', ? -- ?", "SELECT", 2),
    ("select 1 /* ?", "SELECT", 0), ("select '?", "SELECT", 0), ("select $$ ?", "SELECT", 0),
    ("select 'a\\", "SELECT", 0), ("putx ?", "PUTX", 1), ("get_x(?)", "GET_X", 1),
    ("--", "", 0), ("select a//?\n,?", "SELECT", 1),
  ])
  func firstWordAndMarkers(sql: String, keyword: String, count: Int) {
    let text = SnowflakeText(sql)
    #expect(text.keyword == keyword)
    #expect(text.markerCount == count)
    #expect(text.movesFiles == ["PUT", "GET"].contains(keyword))
  }

  @Test(
    "trap 49: a backslash is doubled before a quote, so that neither ends the literal",
    arguments: [
      ("a", "'a'"), ("it's", "'it''s'"), ("\\", "'\\\\'"), ("\\'", "'\\\\'''"),
      ("' or 1=1 --", "''' or 1=1 --'"), ("\\' or 1=1 --", "'\\\\'' or 1=1 --'"), ("", "''"),
      ("e\u{301}", "'e\u{301}'"),
    ])
  func trap49Literals(text: String, expected: String) {
    #expect(SnowflakeSQL.literal(text) == expected)
  }

  @Test(
    "trap 49: names in quotes end where they end",
    arguments: [
      ("a", "\"a\""), ("a\"b", "\"a\"\"b\""), ("\"", "\"\"\"\""), ("a\\", "\"a\\\""),
      ("x\"; drop table t; --", "\"x\"\"; drop table t; --\""),
    ])
  func trap49Names(name: String, expected: String) {
    #expect(SnowflakeSQL.name(name) == expected)
  }

  @Test(arguments: [
    ("01a4bda7-3200-f026-0000-c20d00026052", true), ("01B00000-0000-0001-0000-000000000001", true),
    ("01a4bda7-3200-f026-0000-c20d0002605", false), ("01a4bda7-3200-f026-0000-c20d0002605g", false),
    ("01a4bda7/3200-f026-0000-c20d00026052", false), ("", false), ("----", false),
    ("01a4bda7-3200-f026-0000-c20d00026052/x", false),
  ])
  func queryIDs(text: String, isOne: Bool) {
    #expect(SnowflakeSQL.isQueryID(text) == isOne)
  }

  @Test func declarations() {
    let number = SnowflakeDeclaration.column("n", "NUMBER(10, 2)")
    #expect((number.type, number.precision, number.scale) == ("fixed", 10, 2))
    #expect(SnowflakeDeclaration.column("i", "int").precision == 38)
    #expect(SnowflakeDeclaration.column("t", "VARCHAR(20)").length == 20)
    #expect(SnowflakeDeclaration.column("t", "TIMESTAMP_TZ(3)").scale == 3)
    #expect(SnowflakeDeclaration.column("t", "DATE").type == "date")
    #expect(SnowflakeDeclaration.column("g", "GEOGRAPHY").extendedType == "GEOGRAPHY")
    #expect(SnowflakeDeclaration.column("x", "WHAT EVER").type == "what ever")
    let list = SnowflakeDeclaration.list("(P1 VARCHAR, \"a, \"\"b\" NUMBER(38,0), C ARRAY)")
    #expect(list.map(\.name) == ["P1", "a, \"b", "C"])
    #expect(list.map(\.type) == ["VARCHAR", "NUMBER(38,0)", "ARRAY"])
    #expect(SnowflakeDeclaration.list("TABLE (A NUMBER, B VARCHAR)").map(\.name) == ["A", "B"])
    for text in ["()", "", "(", ")(", "( , )"] {
      #expect(SnowflakeDeclaration.list(text).isEmpty, "\(text)")
    }
  }
}
