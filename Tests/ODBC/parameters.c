/* Parameters: values, NULLs, arrays, statuses (reference: parameters). */
#include "probe.h"

static void run(SQLHSTMT stmt, const char *sql) {
  SQLRETURN code = SQLExecDirect(stmt, N(sql), SQL_NTS);
  if (code != SQL_NO_DATA) CHECK_CODE(SQL_HANDLE_STMT, stmt, code, SQL_SUCCESS);
  SQLFreeStmt(stmt, SQL_CLOSE);
}

static const char *first_text(SQLHSTMT stmt, const char *sql) {
  static char text[256];
  SQLLEN length = 0;
  text[0] = 0;
  CHECK_STMT(SQLExecDirect(stmt, N(sql), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_STMT(SQLGetData(stmt, 1, SQL_C_CHAR, text, sizeof text, &length));
  SQLFreeStmt(stmt, SQL_CLOSE);
  return length == SQL_NULL_DATA ? "(null)" : text;
}

static void values_are_read_at_execution(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLINTEGER id = 0;
  char name[32] = "later";
  SQLLEN length = SQL_NTS;
  run(stmt, "CREATE TABLE S2.P1 (ID DECIMAL(18,0), NAME VARCHAR(100) UTF8)");
  CHECK_STMT(SQLPrepare(stmt, N("INSERT INTO S2.P1 VALUES (?, ?)"), SQL_NTS));
  CHECK_STMT(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_LONG, SQL_INTEGER, 0, 0, &id, 0,
                              NULL));
  CHECK_STMT(SQLBindParameter(stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 0, 0, name,
                              sizeof name, &length));
  id = 42;
  strcpy(name, "now \xC3\xA4");
  SQLLEN rows = 0;
  CHECK_STMT(SQLExecute(stmt));
  CHECK_STMT(SQLRowCount(stmt, &rows));
  CHECK_INT(rows, 1);
  id = 43;
  length = SQL_NULL_DATA;
  CHECK_STMT(SQLExecute(stmt));
  SQLFreeStmt(stmt, SQL_RESET_PARAMS);
  CHECK_STMT_STATE(SQLExecute(stmt), "07002");
  CHECK_TEXT(first_text(stmt, "SELECT NAME FROM S2.P1 WHERE ID = 42"), "now \xC3\xA4");
  CHECK_TEXT(first_text(stmt, "SELECT NAME FROM S2.P1 WHERE ID = 43"), "(null)");
  run(stmt, "DROP TABLE S2.P1");
  close_session(&s);
}

static void bad_bindings_are_refused(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLINTEGER value = 0;
  CHECK_STMT_STATE(SQLBindParameter(stmt, 0, SQL_PARAM_INPUT, SQL_C_LONG, SQL_INTEGER, 0, 0,
                                    &value, 0, NULL),
                   "07009");
  CHECK_STMT_STATE(SQLBindParameter(stmt, 1, 77, SQL_C_LONG, SQL_INTEGER, 0, 0, &value, 0, NULL),
                   "HY105");
  CHECK_STMT_STATE(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, 4711, SQL_INTEGER, 0, 0, &value, 0,
                                    NULL),
                   "HY003");
  CHECK_STMT_STATE(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_LONG, 4711, 0, 0, &value, 0,
                                    NULL),
                   "HY004");
  CHECK_STMT_STATE(SQLBindParameter(stmt, 1, SQL_PARAM_OUTPUT, SQL_C_LONG, SQL_INTEGER, 0, 0,
                                    &value, 0, NULL),
                   "HYC00");
  close_session(&s);
}

static void wide_text_keeps_every_character(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLWCHAR text[] = {'a', 0x20AC, 0xD83D, 0xDE80, 0};
  SQLLEN length = 4 * 2;
  run(stmt, "CREATE TABLE S2.P2 (T VARCHAR(100) UTF8)");
  CHECK_STMT(SQLPrepareW(stmt, wide("INSERT INTO S2.P2 VALUES (?)"), SQL_NTS));
  CHECK_STMT(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_WCHAR, SQL_WVARCHAR, 4, 0, text, 0,
                              &length));
  CHECK_STMT(SQLExecute(stmt));
  CHECK_TEXT(first_text(stmt, "SELECT T FROM S2.P2"), "a\xE2\x82\xAC\xF0\x9F\x9A\x80");
  run(stmt, "DROP TABLE S2.P2");
  close_session(&s);
}

#define SETS 10000

static void arrays_are_sent_in_one_execution(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  static SQLBIGINT ids[SETS];
  static char names[SETS][24];
  static SQLLEN lengths[SETS];
  static SQLUSMALLINT statuses[SETS];
  SQLULEN processed = 0;
  for (int i = 0; i < SETS; i++) {
    ids[i] = i;
    snprintf(names[i], sizeof names[i], "name %d", i);
    lengths[i] = i % 10 == 9 ? SQL_NULL_DATA : SQL_NTS;
    statuses[i] = 77;
  }
  run(stmt, "CREATE TABLE S2.P3 (ID DECIMAL(18,0), NAME VARCHAR(100) UTF8)");
  CHECK_STMT(SQLPrepare(stmt, N("INSERT INTO S2.P3 VALUES (?, ?)"), SQL_NTS));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)SETS, 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_PARAM_STATUS_PTR, statuses, 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_PARAMS_PROCESSED_PTR, &processed, 0));
  CHECK_STMT(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_SBIGINT, SQL_BIGINT, 0, 0, ids, 999,
                              NULL));
  CHECK_STMT(SQLBindParameter(stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 100, 0, names, 24,
                              lengths));
  CHECK_STMT(SQLExecute(stmt));
  SQLLEN rows = 0;
  CHECK_STMT(SQLRowCount(stmt, &rows));
  CHECK_INT(rows, SETS);
  CHECK_INT(processed, SETS);
  for (int i = 0; i < SETS; i++)
    if (statuses[i] != SQL_PARAM_SUCCESS) {
      fail(__FILE__, __LINE__, "status %d is %d", i, statuses[i]);
      break;
    }
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)1, 0));
  SQLFreeStmt(stmt, SQL_RESET_PARAMS);
  CHECK_TEXT(first_text(stmt, "SELECT COUNT(NAME) FROM S2.P3"), "9000");
  CHECK_TEXT(first_text(stmt, "SELECT NAME FROM S2.P3 WHERE ID = 1234"), "name 1234");
  run(stmt, "DROP TABLE S2.P3");
  close_session(&s);
}

typedef struct {
  SQLINTEGER id;
  SQLLEN id_indicator;
  char name[16];
  SQLLEN name_length;
} Row;

static void row_wise_arrays_have_offsets_and_ignored_sets(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  Row rows[6];
  SQLULEN offset = sizeof(Row);
  SQLUSMALLINT operations[4] = {SQL_PARAM_PROCEED, SQL_PARAM_IGNORE, SQL_PARAM_PROCEED,
                                SQL_PARAM_PROCEED};
  SQLUSMALLINT statuses[4];
  memset(rows, GUARD, sizeof rows);
  for (int i = 1; i < 5; i++) {
    rows[i].id = i;
    rows[i].id_indicator = 0;
    snprintf(rows[i].name, sizeof rows[i].name, "r%d", i);
    rows[i].name_length = SQL_NTS;
  }
  run(stmt, "CREATE TABLE S2.P4 (ID DECIMAL(18,0), NAME VARCHAR(100) UTF8)");
  CHECK_STMT(SQLPrepare(stmt, N("INSERT INTO S2.P4 VALUES (?, ?)"), SQL_NTS));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_PARAM_BIND_TYPE, (SQLPOINTER)sizeof(Row), 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_PARAM_BIND_OFFSET_PTR, &offset, 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_PARAM_OPERATION_PTR, operations, 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_PARAM_STATUS_PTR, statuses, 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)4, 0));
  CHECK_STMT(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_LONG, SQL_INTEGER, 0, 0, &rows[0].id,
                              0, &rows[0].id_indicator));
  CHECK_STMT(SQLBindParameter(stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 0, 0,
                              rows[0].name, sizeof rows[0].name, &rows[0].name_length));
  CHECK_STMT(SQLExecute(stmt));
  CHECK_INT(statuses[0], SQL_PARAM_SUCCESS);
  CHECK_INT(statuses[1], SQL_PARAM_UNUSED);
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)1, 0));
  SQLFreeStmt(stmt, SQL_RESET_PARAMS);
  CHECK_TEXT(first_text(stmt, "SELECT COUNT(*) FROM S2.P4"), "3");
  CHECK_TEXT(first_text(stmt, "SELECT NAME FROM S2.P4 WHERE ID = 4"), "r4");
  run(stmt, "DROP TABLE S2.P4");
  close_session(&s);
}

static void a_set_that_does_not_convert_stops_all(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  char texts[3][8] = {"1", "oops", "3"};
  SQLLEN lengths[3] = {SQL_NTS, SQL_NTS, SQL_NTS};
  SQLUSMALLINT statuses[3] = {77, 77, 77};
  SQLLEN row = 0;
  run(stmt, "CREATE TABLE S2.P5 (ID DECIMAL(18,0))");
  CHECK_STMT(SQLPrepare(stmt, N("INSERT INTO S2.P5 VALUES (?)"), SQL_NTS));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_PARAM_STATUS_PTR, statuses, 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)3, 0));
  CHECK_STMT(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_INTEGER, 0, 0, texts, 8,
                              lengths));
  CHECK_STMT_STATE(SQLExecute(stmt), "22018");
  CHECK_INT(SQLGetDiagField(SQL_HANDLE_STMT, stmt, 1, SQL_DIAG_ROW_NUMBER, &row, 0, NULL), 0);
  CHECK_INT(row, 2);
  CHECK_INT(statuses[0], SQL_PARAM_UNUSED);
  CHECK_INT(statuses[1], SQL_PARAM_ERROR);
  CHECK_INT(statuses[2], SQL_PARAM_UNUSED);
  /* The statement is usable again at once. */
  strcpy(texts[1], "2");
  CHECK_STMT(SQLExecute(stmt));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)1, 0));
  SQLFreeStmt(stmt, SQL_RESET_PARAMS);
  CHECK_TEXT(first_text(stmt, "SELECT COUNT(*) FROM S2.P5"), "3");
  run(stmt, "DROP TABLE S2.P5");
  close_session(&s);
}

static void decimals_by_the_descriptor_recipe(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLHDESC apd = NULL;
  SQL_NUMERIC_STRUCT number = {.precision = 10, .scale = 0, .sign = 1, .val = {0x39, 0x30}};
  SQLLEN length = sizeof number;
  run(stmt, "CREATE TABLE S2.P6 (V DECIMAL(18,3))");
  CHECK_STMT(SQLPrepare(stmt, N("INSERT INTO S2.P6 VALUES (?)"), SQL_NTS));
  CHECK_STMT(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_NUMERIC, SQL_NUMERIC, 10, 3, &number,
                              sizeof number, &length));
  CHECK_STMT(SQLGetStmtAttr(stmt, SQL_ATTR_APP_PARAM_DESC, &apd, 0, NULL));
  SQLSetDescField(apd, 1, SQL_DESC_TYPE, (SQLPOINTER)SQL_C_NUMERIC, 0);
  SQLSetDescField(apd, 1, SQL_DESC_PRECISION, (SQLPOINTER)10, 0);
  SQLSetDescField(apd, 1, SQL_DESC_SCALE, (SQLPOINTER)3, 0);
  SQLSetDescField(apd, 1, SQL_DESC_DATA_PTR, &number, 0);
  CHECK_STMT(SQLExecute(stmt));
  SQLFreeStmt(stmt, SQL_RESET_PARAMS);
  CHECK_TEXT(first_text(stmt, "SELECT V FROM S2.P6"), "12.345");
  run(stmt, "DROP TABLE S2.P6");
  close_session(&s);
}

const Test parameter_tests[] = {
    /* trap 13 */
    {"values are read at execution", values_are_read_at_execution},
    {"bad bindings are refused", bad_bindings_are_refused},
    {"wide text keeps every character", wide_text_keeps_every_character},
    {"arrays are sent in one execution", arrays_are_sent_in_one_execution},
    /* acceptance 8 */
    {"row-wise arrays have offsets and ignored sets",
     row_wise_arrays_have_offsets_and_ignored_sets},
    /* trap 11, acceptance 8 */
    {"a set that does not convert stops all", a_set_that_does_not_convert_stops_all},
    {"decimals by the descriptor recipe", decimals_by_the_descriptor_recipe},
    {NULL, NULL},
};
