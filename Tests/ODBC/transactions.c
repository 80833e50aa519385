/* Transactions (reference: results, cancel, transactions). */
#include "probe.h"

static long long count_rows(SQLHDBC dbc, const char *table) {
  SQLHSTMT stmt = NULL;
  char sql[128];
  SQLBIGINT count = -1;
  SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt);
  snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", table);
  CHECK_STMT(SQLExecDirect(stmt, N(sql), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_STMT(SQLGetData(stmt, 1, SQL_C_SBIGINT, &count, 0, NULL));
  SQLFreeHandle(SQL_HANDLE_STMT, stmt);
  return count;
}

static void a_rollback_undoes(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHDBC dbc = s.dbc;
  SQLHSTMT stmt = s.stmt;
  CHECK_STMT(SQLExecDirect(stmt, N("CREATE TABLE S2.TX (ID DECIMAL(9,0))"), SQL_NTS));
  CHECK_DBC(SQLSetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0));
  CHECK_STMT(SQLExecDirect(stmt, N("INSERT INTO S2.TX VALUES (1)"), SQL_NTS));
  CHECK_INT(count_rows(dbc, "S2.TX"), 1);
  CHECK_DBC(SQLEndTran(SQL_HANDLE_DBC, dbc, SQL_ROLLBACK));
  CHECK_INT(count_rows(dbc, "S2.TX"), 0);
  CHECK_STMT(SQLExecDirect(stmt, N("INSERT INTO S2.TX VALUES (2)"), SQL_NTS));
  CHECK_DBC(SQLEndTran(SQL_HANDLE_DBC, dbc, SQL_COMMIT));
  CHECK_DBC(SQLEndTran(SQL_HANDLE_DBC, dbc, SQL_ROLLBACK));
  CHECK_INT(count_rows(dbc, "S2.TX"), 1);
  /* Switching autocommit on commits. */
  CHECK_STMT(SQLExecDirect(stmt, N("INSERT INTO S2.TX VALUES (3)"), SQL_NTS));
  CHECK_DBC(SQLSetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_ON, 0));
  CHECK_INT(count_rows(dbc, "S2.TX"), 2);
  CHECK_STMT(SQLExecDirect(stmt, N("DROP TABLE S2.TX"), SQL_NTS));
  close_session(&s);
}

static void ending_nothing_succeeds(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHDBC dbc = s.dbc;
  CHECK_DBC(SQLEndTran(SQL_HANDLE_DBC, dbc, SQL_COMMIT));
  CHECK_DBC(SQLEndTran(SQL_HANDLE_DBC, dbc, SQL_ROLLBACK));
  CHECK_DBC(SQLSetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0));
  CHECK_DBC(SQLEndTran(SQL_HANDLE_DBC, dbc, SQL_COMMIT));
  CHECK_CODE(SQL_HANDLE_ENV, s.env, SQLEndTran(SQL_HANDLE_ENV, s.env, SQL_ROLLBACK), SQL_SUCCESS);
  CHECK_DBC_STATE(SQLEndTran(SQL_HANDLE_DBC, dbc, 7), "HY012");
  close_session(&s);
}

static void disconnecting_rolls_back(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  CHECK_STMT(SQLExecDirect(stmt, N("CREATE TABLE S2.TX2 (ID DECIMAL(9,0))"), SQL_NTS));
  SQLSetConnectAttr(s.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
  CHECK_STMT(SQLExecDirect(stmt, N("INSERT INTO S2.TX2 VALUES (1)"), SQL_NTS));
#ifdef DIRECT
  /* The manager refuses this with 25000 before the driver sees it. */
  SQLHDBC dbc = s.dbc;
  CHECK_DBC(SQLDisconnect(dbc));
  s.stmt = NULL;
#else
  SQLEndTran(SQL_HANDLE_DBC, s.dbc, SQL_ROLLBACK);
#endif
  close_session(&s);
  if (!open_session(&s)) return;
  CHECK_INT(count_rows(s.dbc, "S2.TX2"), 0);
  stmt = s.stmt;
  CHECK_STMT(SQLExecDirect(stmt, N("DROP TABLE S2.TX2"), SQL_NTS));
  close_session(&s);
}

static void errors_leave_the_statement_usable(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  CHECK_STMT_STATE(SQLExecDirect(stmt, N("SELECT * FROM NO_SUCH_TABLE"), SQL_NTS), "42S02");
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 1"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  close_session(&s);
}

const Test transaction_tests[] = {
    /* trap 24 */
    {"a rollback undoes", a_rollback_undoes},
    /* trap 25 */
    {"ending nothing succeeds", ending_nothing_succeeds},
    {"disconnecting rolls back", disconnecting_rolls_back},
    {"errors leave the statement usable", errors_leave_the_statement_usable},
    {NULL, NULL},
};
