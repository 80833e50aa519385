import TernColumns
import TernCore
import TernDriver
import Testing

@testable import TernExasol

@Suite struct ExasolSQLTests {
  /// Trap 54: a semicolon behind a query makes the server see a second, empty statement.
  @Test(arguments: [
    ("SELECT 1;", "SELECT 1"), ("SELECT 1 ;\n; ", "SELECT 1"), ("SELECT ';'", "SELECT ';'"),
    (";", ""), ("", ""), ("SELECT * FROM SCRIPTS;", "SELECT * FROM SCRIPTS"),
    ("SELECT SCRIPT FROM T;", "SELECT SCRIPT FROM T"), ("DROP SCRIPT S;", "DROP SCRIPT S"),
    ("EXECUTE SCRIPT S(1);", "EXECUTE SCRIPT S(1)"),
    ("CREATE TABLE SCRIPT (A INT);", "CREATE TABLE SCRIPT (A INT)"),
    (
      "create or replace table FUNCTION AS SELECT 1;",
      "create or replace table FUNCTION AS SELECT 1"
    ),
    ("CREATE FORCE VIEW SCRIPT AS SELECT 1;", "CREATE FORCE VIEW SCRIPT AS SELECT 1"),
    (
      "CREATE VIRTUAL SCHEMA V USING S.ADAPTER_SCRIPT;",
      "CREATE VIRTUAL SCHEMA V USING S.ADAPTER_SCRIPT"
    ),
    ("CREATED FUNCTION;", "CREATED FUNCTION"), ("CREATE;", "CREATE"),
  ])
  func semicolonsBehindStatementsGo(text: String, sent: String) {
    #expect(ExasolSQL.withoutTrailingSemicolon(text) == sent)
  }

  /// Trap 53: a body ends with its own semicolon, and holds others.
  @Test(arguments: [
    "CREATE FUNCTION F() RETURN INT IS BEGIN RETURN 1; END;",
    "/* a; */ CREATE -- b\n OR  REPLACE\n FUNCTION F() RETURN INT IS BEGIN RETURN 1; END F;\n",
    "CREATE LUA SCRIPT S AS return 1;", "create script S AS return 1; ;",
    "CREATE OR REPLACE PYTHON3 SCALAR SCRIPT S(A INT) RETURNS INT AS x = 1;",
    "CREATE MY_LANGUAGE2 ADAPTER SCRIPT S AS x;",
  ])
  func semicolonsOfBodiesStay(text: String) {
    #expect(ExasolSQL.withoutTrailingSemicolon(text) == text)
  }

  @Test(arguments: [
    (" -- x\n/* y */ Select 1", "SELECT"), ("(SELECT 1)", "("), ("/* open", ""), ("", ""),
  ])
  func firstWordsStandBehindComments(text: String, word: String) {
    #expect(ExasolSQL.firstWord(text) == word)
  }

  @Test func namesAndTextsAreQuoted() {
    #expect(ExasolSQL.quoted("a\"b.c") == #""a""b.c""#)
    #expect(ExasolSQL.literal("it's \\") == #"'it''s \'"#)
  }
}
