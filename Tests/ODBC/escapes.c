/* Escape sequences through SQLNativeSql and on the server (reference: escape sequences). */
#include "probe.h"

static void expect(SQLHDBC dbc, const char *sql, const char *wanted) {
  SQLCHAR out[512];
  SQLINTEGER length = 0;
  CHECK_DBC(SQLNativeSql(dbc, N(sql), SQL_NTS, out, sizeof out, &length));
  CHECK_TEXT(out, wanted);
  CHECK_INT(length, strlen(wanted));
}

static void sequences_are_rewritten(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHDBC dbc = s.dbc;
  expect(dbc, "SELECT {d '2024-01-31'}", "SELECT DATE '2024-01-31'");
  expect(dbc, "SELECT { ts '2024-01-31 10:00:00' }", "SELECT TIMESTAMP '2024-01-31 10:00:00'");
  expect(dbc, "SELECT * FROM {oj a LEFT OUTER JOIN b ON a.x = b.x}",
         "SELECT * FROM a LEFT OUTER JOIN b ON a.x = b.x");
  expect(dbc, "x LIKE 'a' {escape '\\'}", "x LIKE 'a' ESCAPE '\\'");
  expect(dbc, "SELECT {fn UCASE({fn CONCAT('a', '}')})}", "SELECT UPPER(CONCAT('a', '}'))");
  expect(dbc, "{guid '550e8400-e29b-11d4-a716-446655440000'}",
         "'550e8400-e29b-11d4-a716-446655440000'");
  expect(dbc, "SELECT 1 {limit 5 offset 2}", "SELECT 1 LIMIT 5 OFFSET 2");
  close_session(&s);
}

static void other_braces_stay(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHDBC dbc = s.dbc;
  expect(dbc, "SELECT '{d ''x''}' -- {fn NOW()}\n", "SELECT '{d ''x''}' -- {fn NOW()}\n");
  expect(dbc, "SELECT \"{fn\" /* {d */", "SELECT \"{fn\" /* {d */");
  expect(dbc, "SELECT {'a': 1}", "SELECT {'a': 1}");
  expect(dbc, "SELECT {d: 1", "SELECT {d: 1");
  expect(dbc, "{", "{");
  SQLCHAR out[64];
  CHECK_DBC_STATE(SQLNativeSql(dbc, N("SELECT {fn NOW("), SQL_NTS, out, sizeof out, NULL), "42000");
  CHECK_DBC_STATE(SQLNativeSql(dbc, N("{?=call f(1)}"), SQL_NTS, out, sizeof out, NULL), "HYC00");
  close_session(&s);
}

static void the_server_understands_them(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  char text[64];
  SQLLEN length;
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT {fn LCASE('ABC')}, {d '2024-02-29'}"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_STMT(SQLGetData(stmt, 1, SQL_C_CHAR, text, sizeof text, &length));
  CHECK_TEXT(text, "abc");
  CHECK_STMT(SQLGetData(stmt, 2, SQL_C_CHAR, text, sizeof text, &length));
  CHECK_TEXT(text, "2024-02-29");
  close_session(&s);
}

static void noscan_leaves_the_text(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_NOSCAN, (SQLPOINTER)SQL_NOSCAN_ON, 0));
  CHECK_INT(SQLExecDirect(stmt, N("SELECT {fn NOW("), SQL_NTS), SQL_ERROR);
  /* The server complains, not the driver. */
  SQLCHAR state[6], message[512];
  SQLGetDiagRec(SQL_HANDLE_STMT, stmt, 1, state, NULL, message, sizeof message, NULL);
  CHECK(strstr((char *)message, "[Tern][ODBC]") == NULL);
  close_session(&s);
}

static void wide_text_is_measured_in_characters(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHDBC dbc = s.dbc;
  SQLWCHAR out[64];
  SQLINTEGER length = 0;
  CHECK_DBC(SQLNativeSqlW(dbc, wide("{d '2024-01-31'}"), SQL_NTS, out, 64, &length));
  CHECK_TEXT(narrow(out), "DATE '2024-01-31'");
  CHECK_INT(length, 17);
  CHECK_DBC_STATE(SQLNativeSqlW(dbc, wide("{d '2024-01-31'}"), SQL_NTS, out, 5, &length), "01004");
  CHECK_TEXT(narrow(out), "DATE");
  CHECK_INT(length, 17);
  close_session(&s);
}

const Test escape_tests[] = {
    {"sequences are rewritten", sequences_are_rewritten},
    {"other braces stay", other_braces_stay},
    {"the server understands them", the_server_understands_them},
    {"noscan leaves the text", noscan_leaves_the_text},
    {"wide text is measured in characters", wide_text_is_measured_in_characters},
    {NULL, NULL},
};
