/* Attributes of connections and statements (reference: attributes). */
#include "probe.h"

static void statement_attributes_come_back(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  static const struct {
    SQLINTEGER id;
    SQLULEN value;
  } rows[] = {
      {SQL_ATTR_QUERY_TIMEOUT, 7}, {SQL_ATTR_MAX_ROWS, 11},     {SQL_ATTR_NOSCAN, 1},
      {SQL_ATTR_ROW_BIND_TYPE, 64}, {SQL_ATTR_ROW_ARRAY_SIZE, 9}, {SQL_ROWSET_SIZE, 5},
      {SQL_ATTR_PARAMSET_SIZE, 4},  {SQL_ATTR_PARAM_BIND_TYPE, 32}, {SQL_ATTR_RETRIEVE_DATA, 0},
      {SQL_ATTR_METADATA_ID, 1},    {SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    SQLULEN value = 0;
    CHECK_STMT(SQLSetStmtAttr(stmt, rows[i].id, (SQLPOINTER)rows[i].value, 0));
    CHECK_STMT(SQLGetStmtAttr(stmt, rows[i].id, &value, 0, NULL));
    if (value != rows[i].value)
      fail(__FILE__, __LINE__, "attribute %d is %lu", (int)rows[i].id, (unsigned long)value);
  }
  close_session(&s);
}

static void attributes_and_descriptor_fields_are_one_cell(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLHDESC ard = NULL, ird = NULL;
  SQLUSMALLINT statuses[4];
  SQLULEN size = 0;
  SQLUSMALLINT *pointer = NULL;
  CHECK_STMT(SQLGetStmtAttr(stmt, SQL_ATTR_APP_ROW_DESC, &ard, 0, NULL));
  CHECK_STMT(SQLGetStmtAttr(stmt, SQL_ATTR_IMP_ROW_DESC, &ird, 0, NULL));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)12, 0));
  CHECK_CODE(SQL_HANDLE_DESC, ard,
             SQLGetDescField(ard, 0, SQL_DESC_ARRAY_SIZE, &size, 0, NULL), SQL_SUCCESS);
  CHECK_INT(size, 12);
  CHECK_CODE(SQL_HANDLE_DESC, ird,
             SQLSetDescField(ird, 0, SQL_DESC_ARRAY_STATUS_PTR, statuses, 0), SQL_SUCCESS);
  CHECK_STMT(SQLGetStmtAttr(stmt, SQL_ATTR_ROW_STATUS_PTR, &pointer, 0, NULL));
  CHECK(pointer == statuses);
  close_session(&s);
}

static void unsupported_values_degrade_or_fail(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLULEN value;
  CHECK_STMT_STATE(SQLSetStmtAttr(stmt, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)SQL_CURSOR_DYNAMIC, 0),
                   "01S02");
  CHECK_STMT(SQLGetStmtAttr(stmt, SQL_ATTR_CURSOR_TYPE, &value, 0, NULL));
  CHECK_INT(value, SQL_CURSOR_STATIC);
  CHECK_STMT_STATE(SQLSetStmtAttr(stmt, SQL_ATTR_CONCURRENCY, (SQLPOINTER)SQL_CONCUR_LOCK, 0),
                   "01S02");
  CHECK_STMT_STATE(SQLSetStmtAttr(stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)0, 0), "HY024");
  CHECK_STMT_STATE(SQLSetStmtAttr(stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)0, 0), "HY024");
  CHECK_STMT_STATE(SQLSetStmtAttr(stmt, SQL_ATTR_ASYNC_ENABLE, (SQLPOINTER)1, 0), "HYC00");
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_ASYNC_ENABLE, (SQLPOINTER)0, 0));
  /* .NET gives up on any other state than HY092 for these. */
  CHECK_STMT_STATE(SQLSetStmtAttr(stmt, 1227, (SQLPOINTER)1, 0), "HY092");
  CHECK_STMT_STATE(SQLSetStmtAttr(stmt, 1228, (SQLPOINTER)1, 0), "HY092");
  close_session(&s);
}

static void connection_attributes_come_back(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHDBC dbc = s.dbc;
  Guarded value;
  SQLINTEGER length = 0;
  CHECK_DBC(SQLSetConnectAttr(dbc, SQL_ATTR_ACCESS_MODE, (SQLPOINTER)SQL_MODE_READ_WRITE, 0));
  guard(&value);
  CHECK_DBC(SQLGetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, value.body, 0, &length));
  CHECK_INT(*(SQLUINTEGER *)value.body, SQL_AUTOCOMMIT_ON);
  CHECK(is_untouched(&value, 4));
  guard(&value);
  CHECK_DBC(SQLGetConnectAttr(dbc, SQL_ATTR_CONNECTION_DEAD, value.body, 0, &length));
  CHECK_INT(*(SQLUINTEGER *)value.body, SQL_CD_FALSE);
  SQLRETURN code = SQLSetConnectAttr(dbc, SQL_ATTR_CONNECTION_TIMEOUT, (SQLPOINTER)30, 0);
  CHECK(SQL_SUCCEEDED(code));
  CHECK_DBC(SQLGetConnectAttr(dbc, SQL_ATTR_CURRENT_CATALOG, value.body, 256, &length));
  CHECK_DBC_STATE(SQLSetConnectAttr(dbc, 0x4053, (SQLPOINTER)1, 0), "HY092");
  CHECK_DBC_STATE(SQLSetConnectAttr(dbc, SQL_ATTR_ASYNC_ENABLE, (SQLPOINTER)1, 0), "HYC00");
  CHECK_DBC_STATE(SQLSetConnectAttr(dbc, SQL_ATTR_PACKET_SIZE, (SQLPOINTER)4096, 0), "HY011");
  close_session(&s);
}

static void isolation_is_one_that_the_server_has(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHDBC dbc = s.dbc;
  SQLUINTEGER levels = 0, level = 0;
  CHECK_DBC(SQLGetInfo(dbc, SQL_TXN_ISOLATION_OPTION, &levels, 0, NULL));
  CHECK_DBC(SQLGetConnectAttr(dbc, SQL_ATTR_TXN_ISOLATION, &level, 0, NULL));
  CHECK(levels == 0 || (level & levels));
  SQLPOINTER wanted = (SQLPOINTER)(intptr_t)level;
  if (level) CHECK_DBC(SQLSetConnectAttr(dbc, SQL_ATTR_TXN_ISOLATION, wanted, 0));
  CHECK_DBC_STATE(SQLSetConnectAttr(dbc, SQL_ATTR_TXN_ISOLATION, (SQLPOINTER)1234, 0), "HY024");
  close_session(&s);
}

static void a_pool_reset_brings_the_first_state_back(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHDBC dbc = s.dbc;
  SQLUINTEGER value = 9;
  CHECK_DBC(SQLSetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0));
#ifdef DIRECT
  CHECK_DBC_STATE(SQLSetConnectAttr(dbc, 116, (SQLPOINTER)7, 0), "HY024");
  CHECK_DBC(SQLSetConnectAttr(dbc, 116 /* SQL_ATTR_RESET_CONNECTION */, (SQLPOINTER)1, 0));
  CHECK_DBC(SQLGetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, &value, 0, NULL));
  CHECK_INT(value, SQL_AUTOCOMMIT_ON);
#else
  (void)value;
#endif
  close_session(&s);
}

static void cursor_names_follow_their_rules(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLCHAR name[64];
  SQLSMALLINT length = 0;
  CHECK_STMT(SQLGetCursorName(stmt, name, sizeof name, &length));
  CHECK(strncmp((char *)name, "SQL_CUR", 7) == 0);
  CHECK_STMT(SQLSetCursorName(stmt, N("mine"), SQL_NTS));
  CHECK_STMT(SQLGetCursorName(stmt, name, sizeof name, &length));
  CHECK_TEXT(name, "mine");
  CHECK_STMT_STATE(SQLSetCursorName(stmt, N("SQL_CURX"), SQL_NTS), "34000");
  SQLHSTMT other = NULL;
  SQLAllocHandle(SQL_HANDLE_STMT, s.dbc, &other);
  CHECK_STATE(SQL_HANDLE_STMT, other, SQLSetCursorName(other, N("mine"), SQL_NTS), "3C000");
  SQLFreeHandle(SQL_HANDLE_STMT, other);
  close_session(&s);
}

const Test attribute_tests[] = {
    {"statement attributes come back", statement_attributes_come_back},
    {"attributes and descriptor fields are one cell",
     attributes_and_descriptor_fields_are_one_cell},
    {"unsupported values degrade or fail", unsupported_values_degrade_or_fail},
    {"connection attributes come back", connection_attributes_come_back},
    {"isolation is one that the server has", isolation_is_one_that_the_server_has},
    {"a pool reset brings the first state back", a_pool_reset_brings_the_first_state_back},
    {"cursor names follow their rules", cursor_names_follow_their_rules},
    {NULL, NULL},
};
