/* Data at execution (reference: data at execution). */
#include "probe.h"

static void run(SQLHSTMT stmt, const char *sql) {
  CHECK_STMT(SQLExecDirect(stmt, N(sql), SQL_NTS));
  SQLFreeStmt(stmt, SQL_CLOSE);
}

static void read_back(SQLHSTMT stmt, const char *sql, char *text, SQLLEN size, SQLLEN *length) {
  text[0] = 0;
  CHECK_STMT(SQLExecDirect(stmt, N(sql), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_STMT(SQLGetData(stmt, 1, SQL_C_CHAR, text, size, length));
  SQLFreeStmt(stmt, SQL_CLOSE);
}

static void pieces_of_one_byte_make_a_value(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  const char *text = "pieces \xC3\xA4 \xF0\x9F\x9A\x80";
  int place = 0;
  SQLINTEGER id = 7;
  SQLLEN marker = SQL_LEN_DATA_AT_EXEC(0);
  SQLPOINTER token = NULL;
  run(stmt, "CREATE TABLE S2.D1 (ID DECIMAL(18,0), T VARCHAR(100) UTF8)");
  CHECK_STMT(SQLPrepare(stmt, N("INSERT INTO S2.D1 VALUES (?, ?)"), SQL_NTS));
  CHECK_STMT(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_LONG, SQL_INTEGER, 0, 0, &id, 0,
                              NULL));
  CHECK_STMT(SQLBindParameter(stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 0, 0, &place,
                              0, &marker));
  CHECK_STMT_CODE(SQLExecute(stmt), SQL_NEED_DATA);
  CHECK_STMT_CODE(SQLParamData(stmt, &token), SQL_NEED_DATA);
  CHECK(token == &place);
  for (size_t i = 0; i < strlen(text); i++) CHECK_STMT(SQLPutData(stmt, (SQLPOINTER)(text + i), 1));
  CHECK_STMT(SQLParamData(stmt, &token));
  SQLLEN rows = 0;
  CHECK_STMT(SQLRowCount(stmt, &rows));
  CHECK_INT(rows, 1);
  SQLFreeStmt(stmt, SQL_RESET_PARAMS);
  char back[64];
  SQLLEN length;
  read_back(stmt, "SELECT T FROM S2.D1", back, sizeof back, &length);
  CHECK_TEXT(back, text);
  run(stmt, "DROP TABLE S2.D1");
  close_session(&s);
}

static void wide_pieces_may_split_a_pair(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLWCHAR text[] = {'x', 0xD83D, 0xDE80, 0x20AC};
  SQLLEN marker = SQL_DATA_AT_EXEC;
  SQLPOINTER token = NULL;
  run(stmt, "CREATE TABLE S2.D2 (T VARCHAR(100) UTF8)");
  CHECK_STMT(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_WCHAR, SQL_WLONGVARCHAR, 0, 0,
                              (SQLPOINTER)5, 0, &marker));
  CHECK_STMT_CODE(SQLExecDirect(stmt, N("INSERT INTO S2.D2 VALUES (?)"), SQL_NTS), SQL_NEED_DATA);
  CHECK_STMT_CODE(SQLParamData(stmt, &token), SQL_NEED_DATA);
  CHECK(token == (SQLPOINTER)5);
  for (int i = 0; i < 4; i++) CHECK_STMT(SQLPutData(stmt, text + i, 2));
  CHECK_STMT(SQLParamData(stmt, &token));
  SQLFreeStmt(stmt, SQL_RESET_PARAMS);
  char back[64];
  SQLLEN length;
  read_back(stmt, "SELECT T FROM S2.D2", back, sizeof back, &length);
  CHECK_TEXT(back, "x\xF0\x9F\x9A\x80\xE2\x82\xAC");
  run(stmt, "DROP TABLE S2.D2");
  close_session(&s);
}

static void nulls_and_wrong_orders(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLLEN marker = SQL_DATA_AT_EXEC;
  SQLPOINTER token = NULL;
  run(stmt, "CREATE TABLE S2.D3 (T VARCHAR(100) UTF8)");
  CHECK_STMT(SQLPrepare(stmt, N("INSERT INTO S2.D3 VALUES (?)"), SQL_NTS));
  CHECK_STMT(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 0, 0,
                              (SQLPOINTER)1, 0, &marker));
  CHECK_STMT_CODE(SQLExecute(stmt), SQL_NEED_DATA);
  CHECK_STMT_STATE(SQLExecute(stmt), "HY010");
  CHECK_STMT_STATE(SQLTables(stmt, NULL, 0, NULL, 0, N("X"), SQL_NTS, NULL, 0), "HY010");
  CHECK_STMT_CODE(SQLParamData(stmt, &token), SQL_NEED_DATA);
  CHECK_STMT(SQLPutData(stmt, NULL, SQL_NULL_DATA));
#ifdef DIRECT /* the manager ends the sending after an error */
  CHECK_STMT_STATE(SQLPutData(stmt, "x", 1), "HY020");
#endif
  CHECK_STMT(SQLParamData(stmt, &token));
  SQLFreeStmt(stmt, SQL_CLOSE);
  char back[64];
  SQLLEN length;
  read_back(stmt, "SELECT COUNT(*) FROM S2.D3 WHERE T IS NULL", back, sizeof back, &length);
  CHECK_TEXT(back, "1");
  /* A cancel gives up the sending; the statement stays prepared. */
  CHECK_STMT(SQLPrepare(stmt, N("INSERT INTO S2.D3 VALUES (?)"), SQL_NTS));
  CHECK_STMT_CODE(SQLExecute(stmt), SQL_NEED_DATA);
  CHECK_STMT(SQLCancel(stmt));
  SQLFreeStmt(stmt, SQL_RESET_PARAMS);
  read_back(stmt, "SELECT COUNT(*) FROM S2.D3", back, sizeof back, &length);
  CHECK_TEXT(back, "1");
  run(stmt, "DROP TABLE S2.D3");
  close_session(&s);
}

static void arrays_ask_set_by_set(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  char values[3][8];
  SQLLEN markers[3] = {SQL_DATA_AT_EXEC, 5, SQL_DATA_AT_EXEC};
  strcpy(values[1], "middl");
  SQLPOINTER token = NULL;
  run(stmt, "CREATE TABLE S2.D4 (T VARCHAR(100) UTF8)");
  CHECK_STMT(SQLPrepare(stmt, N("INSERT INTO S2.D4 VALUES (?)"), SQL_NTS));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)3, 0));
  CHECK_STMT(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 0, 0, values, 8,
                              markers));
  CHECK_STMT_CODE(SQLExecute(stmt), SQL_NEED_DATA);
  CHECK_STMT_CODE(SQLParamData(stmt, &token), SQL_NEED_DATA);
  CHECK(token == values[0]);
  CHECK_STMT(SQLPutData(stmt, "first", SQL_NTS));
  CHECK_STMT_CODE(SQLParamData(stmt, &token), SQL_NEED_DATA);
  CHECK(token == values[2]);
  CHECK_STMT(SQLPutData(stmt, "third", 5));
  CHECK_STMT(SQLParamData(stmt, &token));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)1, 0));
  SQLFreeStmt(stmt, SQL_RESET_PARAMS);
  char back[64];
  SQLLEN length;
  read_back(stmt, "SELECT GROUP_CONCAT(T ORDER BY T) FROM S2.D4", back, sizeof back, &length);
  CHECK_TEXT(back, "first,middl,third");
  run(stmt, "DROP TABLE S2.D4");
  close_session(&s);
}

const Test execution_data_tests[] = {
    /* acceptance 9 */
    {"pieces of one byte make a value", pieces_of_one_byte_make_a_value},
    {"wide pieces may split a pair", wide_pieces_may_split_a_pair},
    {"nulls and wrong orders", nulls_and_wrong_orders},
    {"arrays ask set by set", arrays_ask_set_by_set},
    {NULL, NULL},
};
