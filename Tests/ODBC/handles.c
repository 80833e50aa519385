/* Handles: made, freed, abused (reference: handles; acceptance: freed, swapped, null). */
#include "probe.h"

static void null_and_foreign_handles_are_refused(void) {
  SQLHANDLE output = (SQLHANDLE)1;
  int place = 0;
  CHECK_INT(SQLExecute(NULL), SQL_INVALID_HANDLE);
  CHECK_INT(SQLDisconnect(NULL), SQL_INVALID_HANDLE);
  CHECK_INT(SQLFreeHandle(SQL_HANDLE_STMT, NULL), SQL_INVALID_HANDLE);
  CHECK_INT(SQLFreeHandle(SQL_HANDLE_DBC, NULL), SQL_INVALID_HANDLE);
  CHECK_INT(SQLAllocHandle(SQL_HANDLE_STMT, NULL, &output), SQL_INVALID_HANDLE);
#ifdef DIRECT
  CHECK_INT(SQLExecute((SQLHSTMT)&place), SQL_INVALID_HANDLE);
  CHECK_INT(SQLDisconnect((SQLHDBC)(intptr_t)0x7fffffff0), SQL_INVALID_HANDLE);
  CHECK_INT(SQLFreeHandle(99, (SQLHANDLE)&place), SQL_INVALID_HANDLE);
  CHECK_INT(SQLCancel((SQLHSTMT)(intptr_t)-16), SQL_INVALID_HANDLE);
#else
  (void)place;
#endif
}

static void environments_know_their_version(void) {
  SQLHENV env = NULL;
  SQLINTEGER version = 0, length = 0;
  CHECK_INT(SQLAllocHandle(SQL_HANDLE_ENV, NULL, &env), SQL_SUCCESS);
  CHECK(env != NULL);
  SQLINTEGER versions[] = {SQL_OV_ODBC2, SQL_OV_ODBC3, SQL_OV_ODBC3_80};
  for (int i = 0; i < 3; i++) {
    CHECK_INT(SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)(intptr_t)versions[i], 0), 0);
    CHECK_INT(SQLGetEnvAttr(env, SQL_ATTR_ODBC_VERSION, &version, 4, &length), SQL_SUCCESS);
    CHECK_INT(version, versions[i]);
  }
  CHECK_STATE(SQL_HANDLE_ENV, env, SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)7, 0),
              "HY024");
  CHECK_INT(SQLFreeHandle(SQL_HANDLE_ENV, env), SQL_SUCCESS);
}

static void an_environment_with_connections_stays(void) {
  SQLHENV env = NULL;
  SQLHDBC dbc = NULL;
  SQLAllocHandle(SQL_HANDLE_ENV, NULL, &env);
  SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
  CHECK_INT(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc), SQL_SUCCESS);
  CHECK_STATE(SQL_HANDLE_ENV, env, SQLFreeHandle(SQL_HANDLE_ENV, env), "HY010");
  CHECK_INT(SQLFreeHandle(SQL_HANDLE_DBC, dbc), SQL_SUCCESS);
  CHECK_INT(SQLFreeHandle(SQL_HANDLE_ENV, env), SQL_SUCCESS);
}

static void statements_need_an_open_connection(void) {
  SQLHENV env = NULL;
  SQLHDBC dbc = NULL;
  SQLHSTMT stmt = (SQLHSTMT)1;
  SQLAllocHandle(SQL_HANDLE_ENV, NULL, &env);
  SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
  SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc);
  CHECK_DBC_STATE(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt), "08003");
  CHECK(stmt == NULL);
  CHECK_DBC_STATE(SQLDisconnect(dbc), "08003");
  SQLFreeHandle(SQL_HANDLE_DBC, dbc);
  SQLFreeHandle(SQL_HANDLE_ENV, env);
}

static void freed_handles_are_dead(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  CHECK_INT(SQLFreeHandle(SQL_HANDLE_STMT, stmt), SQL_SUCCESS);
  s.stmt = NULL;
  CHECK_INT(SQLExecute(stmt), SQL_INVALID_HANDLE);
  CHECK_INT(SQLFreeHandle(SQL_HANDLE_STMT, stmt), SQL_INVALID_HANDLE);
  CHECK_INT(SQLExecute((SQLHSTMT)s.dbc), SQL_INVALID_HANDLE);
  SQLAllocHandle(SQL_HANDLE_STMT, s.dbc, &s.stmt);
  SQLHDBC dbc = s.dbc;
  CHECK_DBC_STATE(SQLFreeHandle(SQL_HANDLE_DBC, dbc), "HY010");
  SQLHSTMT orphan = s.stmt;
  CHECK_INT(SQLDisconnect(dbc), SQL_SUCCESS);
  s.stmt = NULL;
  CHECK_INT(SQLExecute(orphan), SQL_INVALID_HANDLE);
  close_session(&s);
}

static void disconnect_ends_all_statements(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT many[50];
  for (int i = 0; i < 50; i++)
    CHECK_INT(SQLAllocHandle(SQL_HANDLE_STMT, s.dbc, &many[i]), SQL_SUCCESS);
  for (int i = 0; i < 10; i++) SQLExecDirect(many[i], N("SELECT 1"), SQL_NTS);
  CHECK_INT(SQLDisconnect(s.dbc), SQL_SUCCESS);
  s.stmt = NULL;
  CHECK_INT(SQLExecute(many[7]), SQL_INVALID_HANDLE);
  close_session(&s);
}

static void free_statement_takes_its_options(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  CHECK_STMT(SQLFreeStmt(stmt, SQL_CLOSE));
  CHECK_STMT(SQLFreeStmt(stmt, SQL_UNBIND));
  CHECK_STMT(SQLFreeStmt(stmt, SQL_RESET_PARAMS));
  CHECK_STMT_STATE(SQLFreeStmt(stmt, 77), "HY092");
  CHECK_STMT_STATE(SQLCloseCursor(stmt), "24000");
  close_session(&s);
}

static void wide_characters_have_two_bytes(void) {
  CHECK_INT(sizeof(SQLWCHAR), 2);
  CHECK_INT(sizeof(SQLLEN), 8);
  CHECK_INT(sizeof(SQLULEN), 8);
}

const Test handle_tests[] = {
    /* acceptance 14 */
    {"null and foreign handles are refused", null_and_foreign_handles_are_refused},
    {"environments know their version", environments_know_their_version},
    {"an environment with connections stays", an_environment_with_connections_stays},
    {"statements need an open connection", statements_need_an_open_connection},
    /* acceptance 14 */
    {"freed handles are dead", freed_handles_are_dead},
    {"disconnect ends all statements", disconnect_ends_all_statements},
    {"free statement takes its options", free_statement_takes_its_options},
    {"wide characters have two bytes", wide_characters_have_two_bytes},
    {NULL, NULL},
};
