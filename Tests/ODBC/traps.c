/* Traps of the field that no other chapter meets on its way; each test names its number. */
#define _GNU_SOURCE
#include "probe.h"

#include <locale.h>
#include <time.h>

/* trap 6: a declared size of two million would make bulk readers allocate it for every row. */
static void declared_sizes_can_be_capped(void) {
  char text[2048];
  const char *usual = connection_string;
  snprintf(text, sizeof text, "%s;MaxColumnSize=100", usual);
  connection_string = text;
  Session s;
  bool is_open = open_session(&s);
  connection_string = usual;
  if (!is_open) return;
  SQLHSTMT stmt = s.stmt;
  SQLULEN size = 0;
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT CAST('x' AS VARCHAR(2000000))"), SQL_NTS));
  CHECK_STMT(SQLDescribeCol(stmt, 1, NULL, 0, NULL, NULL, &size, NULL, NULL));
  CHECK_INT(size, 100);
  close_session(&s);
}

/* trap 7: remarks longer than declared are cut by clients that bind. */
static void remarks_are_declared_long(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLULEN size = 0;
  CHECK_STMT(SQLColumns(stmt, NULL, 0, N("RETAIL"), SQL_NTS, N("CUSTOMER"), SQL_NTS, NULL, 0));
  for (SQLUSMALLINT column = 12; column <= 13; column++) {
    CHECK_STMT(SQLDescribeCol(stmt, column, NULL, 0, NULL, NULL, &size, NULL, NULL));
    CHECK(size >= 4000);
  }
  close_session(&s);
}

/* trap 12: a parameter has a usable type, also where nothing was bound yet; trap 14: resetting the
   parameters keeps the plan. */
static void parameters_are_described_and_reset(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLSMALLINT type = 0, count = 0;
  SQLULEN size = 0;
  SQLINTEGER id = 1;
  CHECK_STMT(SQLPrepare(stmt, N("SELECT NAME FROM RETAIL.CUSTOMER WHERE ID = ?"), SQL_NTS));
  CHECK_STMT(SQLDescribeParam(stmt, 1, &type, &size, NULL, NULL));
  CHECK(type != 0 && size > 0);
  for (int i = 0; i < 2; i++) {
    CHECK_STMT(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_LONG, SQL_INTEGER, 0, 0, &id, 0,
                                NULL));
    CHECK_STMT(SQLExecute(stmt));
    CHECK_STMT(SQLFetch(stmt));
    CHECK_STMT(SQLFreeStmt(stmt, SQL_CLOSE));
    CHECK_STMT(SQLFreeStmt(stmt, SQL_RESET_PARAMS));
    CHECK_STMT(SQLNumParams(stmt, &count));
    CHECK_INT(count, 1);
  }
  CHECK_STMT_STATE(SQLExecute(stmt), "07002");
  close_session(&s);
}

/* trap 17: other vendors' attributes are HY092, which programs read as "not there". */
static void foreign_attributes_are_unknown(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLULEN value = 0;
  CHECK_STMT_STATE(SQLGetStmtAttr(stmt, 1228, &value, 0, NULL), "HY092");
  CHECK_STMT_STATE(SQLSetStmtAttr(stmt, 1227, (SQLPOINTER)1, 0), "HY092");
  CHECK_STATE(SQL_HANDLE_DBC, s.dbc, SQLSetConnectAttr(s.dbc, 0x4053, (SQLPOINTER)1, 0), "HY092");
  close_session(&s);
}

/* traps 19, 20, 21, 22: counts, no data, a semicolon at the end, columns after a change. */
static void counts_and_columns_are_those_of_the_last_statement(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLLEN count = 77;
  SQLSMALLINT columns = 77;
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT ID FROM RETAIL.BIG;"), SQL_NTS));
  CHECK_STMT(SQLRowCount(stmt, &count));
  CHECK(count == -1 || count == 2500);
  CHECK_STMT(SQLFreeStmt(stmt, SQL_CLOSE));
  CHECK_STMT(SQLExecDirect(stmt, N("CREATE TABLE S2.TRAPS (I DECIMAL(9,0))"), SQL_NTS));
  CHECK_STMT(SQLExecDirect(
      stmt, N("INSERT INTO S2.TRAPS SELECT ID FROM RETAIL.BIG WHERE ID < -99"), SQL_NTS));
  CHECK_STMT(SQLRowCount(stmt, &count));
  CHECK_INT(count, 0);
  CHECK_STMT(SQLNumResultCols(stmt, &columns));
  CHECK_INT(columns, 0);
  CHECK_STMT_CODE(SQLExecDirect(stmt, N("DELETE FROM S2.TRAPS WHERE I = 1"), SQL_NTS),
                  SQL_NO_DATA);
  CHECK_STMT(SQLExecDirect(stmt, N("DROP TABLE S2.TRAPS;"), SQL_NTS));
  close_session(&s);
}

/* trap 23: the manager closes statements by what info 23 says; it has to be what happens. */
static void cursors_outlive_a_commit_as_told(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLUSMALLINT told = 77;
  SQLGetInfo(s.dbc, SQL_CURSOR_COMMIT_BEHAVIOR, &told, sizeof told, NULL);
  SQLSetConnectAttr(s.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT ID FROM RETAIL.BIG"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_CODE(SQL_HANDLE_DBC, s.dbc, SQLEndTran(SQL_HANDLE_DBC, s.dbc, SQL_COMMIT), SQL_SUCCESS);
  int rows = 1;
  while (SQL_SUCCEEDED(SQLFetch(stmt))) rows++;
  CHECK_INT(rows, told == SQL_CB_PRESERVE ? 2500 : 1);
  close_session(&s);
}

/* trap 31: a locale that writes 1,5 changes neither texts nor what is read from them. */
static void numbers_do_not_follow_the_locale(void) {
  const char *point = getenv("PROBE_DECIMAL_POINT");
  CHECK_TEXT(localeconv()->decimal_point, point ? point : ".");
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLCHAR text[40] = "";
  double value = 0, given = 2.5;
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT CAST(1.5 AS DOUBLE), '0.25', 12.50"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_STMT(SQLGetData(stmt, 1, SQL_C_CHAR, text, sizeof text, NULL));
  CHECK_TEXT(text, "1.5");
  CHECK_STMT(SQLGetData(stmt, 2, SQL_C_DOUBLE, &value, 0, NULL));
  CHECK(value == 0.25);
  CHECK_STMT(SQLGetData(stmt, 3, SQL_C_CHAR, text, sizeof text, NULL));
  CHECK(strchr((char *)text, '.') && !strchr((char *)text, ','));
  CHECK_STMT(SQLFreeStmt(stmt, SQL_CLOSE));
  CHECK_STMT(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_DOUBLE, SQL_VARCHAR, 40, 0, &given,
                              0, NULL));
  CHECK_STMT(SQLBindParameter(stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_DOUBLE, 0, 0, "3.25", 0,
                              NULL));
  CHECK_STMT(SQLExecDirect(
      stmt, N("SELECT CAST(? AS VARCHAR(40)), CAST(? AS DOUBLE)"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_STMT(SQLGetData(stmt, 1, SQL_C_CHAR, text, sizeof text, NULL));
  CHECK_TEXT(text, "2.5");
  CHECK_STMT(SQLGetData(stmt, 2, SQL_C_DOUBLE, &value, 0, NULL));
  CHECK(value == 3.25);
  close_session(&s);
}

/* trap 32: the session's formats are the user's; trap 33: nor does the process's zone matter. */
static void moments_do_not_depend_on_formats_and_zones(void) {
  setenv("TZ", "America/New_York", 1);
  tzset();
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQL_TIMESTAMP_STRUCT moment = {0};
  SQL_DATE_STRUCT day = {0};
  CHECK_STMT(SQLExecDirect(
      stmt, N("ALTER SESSION SET NLS_DATE_FORMAT = 'DD.MM.YYYY'"), SQL_NTS));
  CHECK_STMT(SQLExecDirect(
      stmt, N("SELECT C_DATE, C_TS FROM RETAIL.T_ALL WHERE C_DEC18 > 1"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_STMT(SQLGetData(stmt, 1, SQL_C_TYPE_DATE, &day, 0, NULL));
  CHECK_STMT(SQLGetData(stmt, 2, SQL_C_TYPE_TIMESTAMP, &moment, 0, NULL));
  CHECK(day.year == 2024 && day.month == 6 && day.day == 18);
  CHECK(moment.day == 18 && moment.hour == 17 && moment.minute == 22);
  close_session(&s);
  unsetenv("TZ");
  tzset();
}

/* trap 40: a name of 128 characters has up to 512 bytes. */
static void long_names_are_whole(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  char name[300] = "", sql[400];
  for (int i = 0; i < 120; i++) strcat(name, "ä");
  snprintf(sql, sizeof sql, "SELECT 1 AS \"%s\"", name);
  SQLCHAR told[600];
  SQLSMALLINT length = 0;
  CHECK_STMT(SQLPrepare(stmt, N(sql), SQL_NTS));
  CHECK_STMT(SQLExecute(stmt));
  CHECK_STMT(SQLColAttribute(stmt, 1, SQL_DESC_LABEL, told, sizeof told, &length, NULL));
  CHECK_INT(length, strlen(name));
  CHECK_TEXT(told, name);
  close_session(&s);
}

/* trap 43: managers overflow on messages that quote a whole statement. */
static void messages_stay_short(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  static char sql[60000];
  strcpy(sql, "SELECT NO_SUCH_COLUMN, '");
  memset(sql + strlen(sql), 'x', 50000);
  strcat(sql, "' FROM RETAIL.BIG");
  SQLCHAR state[6], message[8];
  SQLINTEGER native;
  SQLSMALLINT length = 0;
  CHECK_STMT_CODE(SQLExecDirect(stmt, N(sql), SQL_NTS), SQL_ERROR);
  SQLGetDiagRec(SQL_HANDLE_STMT, stmt, 1, state, &native, message, sizeof message, &length);
  CHECK(length > 10 && length < 4096);
  close_session(&s);
}

/* trap 45: 36 digits do not go through 64 bits. */
static void wide_decimals_keep_every_digit(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLCHAR text[64] = "";
  SQL_NUMERIC_STRUCT number = {0};
  CHECK_STMT(SQLExecDirect(
      stmt, N("SELECT C_DEC36 FROM RETAIL.T_ALL WHERE C_DEC18 > 1"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_STMT(SQLGetData(stmt, 1, SQL_C_CHAR, text, sizeof text, NULL));
  CHECK_TEXT(text, "123456789012345678901234567890123456");
  CHECK_STMT(SQLGetData(stmt, 1, SQL_C_NUMERIC, &number, sizeof number, NULL));
  CHECK(number.val[14] != 0 && number.sign == 1 && number.scale == 0);
  close_session(&s);
}

/* trap 50: freeing a statement in the middle of a result leaves a usable connection. That it does not
   wait for a late page is tested with a server that has one (test_freeing.py). */
static void a_streaming_statement_is_freed(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = NULL;
  SQLAllocHandle(SQL_HANDLE_STMT, s.dbc, &stmt);
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT * FROM BIG_300000"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_INT(SQLFreeHandle(SQL_HANDLE_STMT, stmt), SQL_SUCCESS);
  stmt = s.stmt;
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 1"), SQL_NTS));
  close_session(&s);
}

const Test trap_tests[] = {
    {"declared sizes can be capped", declared_sizes_can_be_capped},
    {"remarks are declared long", remarks_are_declared_long},
    {"parameters are described and reset", parameters_are_described_and_reset},
    {"foreign attributes are unknown", foreign_attributes_are_unknown},
    {"counts and columns are those of the last statement",
     counts_and_columns_are_those_of_the_last_statement},
    {"cursors outlive a commit as told", cursors_outlive_a_commit_as_told},
    {"numbers do not follow the locale (trap 31)", numbers_do_not_follow_the_locale},
    {"moments do not depend on formats and zones", moments_do_not_depend_on_formats_and_zones},
    {"long names are whole", long_names_are_whole},
    {"messages stay short", messages_stay_short},
    {"wide decimals keep every digit", wide_decimals_keep_every_digit},
    {"a streaming statement is freed", a_streaming_statement_is_freed},
    {NULL, NULL},
};
