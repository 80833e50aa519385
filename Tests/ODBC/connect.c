/* Connecting: strings, completion, attributes before, browsing (reference: connection strings). */
#include "probe.h"

typedef struct {
  SQLHENV env;
  SQLHDBC dbc;
} Unconnected;

static Unconnected unconnected(void) {
  Unconnected u = {NULL, NULL};
  SQLAllocHandle(SQL_HANDLE_ENV, NULL, &u.env);
  SQLSetEnvAttr(u.env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
  SQLAllocHandle(SQL_HANDLE_DBC, u.env, &u.dbc);
  return u;
}

static void give_back(Unconnected *u) {
  SQLDisconnect(u->dbc);
  SQLFreeHandle(SQL_HANDLE_DBC, u->dbc);
  SQLFreeHandle(SQL_HANDLE_ENV, u->env);
}

static void the_completed_string_connects_again(void) {
  Unconnected u = unconnected();
  SQLHDBC dbc = u.dbc;
  SQLCHAR out[2048];
  SQLSMALLINT length = -1;
  memset(out, GUARD, sizeof out);
  SQLRETURN code = SQLDriverConnect(dbc, NULL, N(connection_string), SQL_NTS, out, sizeof out,
                                    &length, SQL_DRIVER_COMPLETE);
  CHECK(SQL_SUCCEEDED(code));
  CHECK_INT(length, strlen((char *)out));
  CHECK_DBC(SQLDisconnect(dbc));
  code = SQLDriverConnect(dbc, NULL, out, length, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
  CHECK_CODE(SQL_HANDLE_DBC, dbc, code, SQL_SUCCESS);
  give_back(&u);
}

static void the_wide_connect_counts_characters(void) {
  Unconnected u = unconnected();
  SQLHDBC dbc = u.dbc;
  SQLWCHAR out[2048];
  SQLSMALLINT length = -1;
  SQLRETURN code = SQLDriverConnectW(dbc, NULL, wide(connection_string), SQL_NTS, out, 2048,
                                     &length, SQL_DRIVER_NOPROMPT);
  CHECK_CODE(SQL_HANDLE_DBC, dbc, code, SQL_SUCCESS);
  CHECK_INT(length, strlen(narrow(out)));
  give_back(&u);
}

static void a_short_output_is_cut_and_connected(void) {
  Unconnected u = unconnected();
  SQLHDBC dbc = u.dbc;
  Guarded out;
  guard(&out);
  SQLSMALLINT length = -1;
  CHECK_DBC_STATE(SQLDriverConnect(dbc, NULL, N(connection_string), SQL_NTS, out.body, 8, &length,
                                   SQL_DRIVER_NOPROMPT),
                  "01004");
  CHECK(length > 8);
  CHECK(is_untouched(&out, 8));
  CHECK_INT(out.body[7], 0);
  CHECK_INT(SQLDisconnect(dbc), SQL_SUCCESS);
  give_back(&u);
}

static void unknown_keywords_warn(void) {
  Unconnected u = unconnected();
  SQLHDBC dbc = u.dbc;
  char text[2048];
  snprintf(text, sizeof text, "%s;NoSuchKeyword=1", connection_string);
  CHECK_DBC_STATE(
      SQLDriverConnect(dbc, NULL, N(text), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT), "01S00");
  CHECK_DBC(SQLDisconnect(dbc));
  snprintf(text, sizeof text, "%s;WSID=desk;Trusted_Connection=no", connection_string);
  CHECK_CODE(SQL_HANDLE_DBC, dbc,
             SQLDriverConnect(dbc, NULL, N(text), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT),
             SQL_SUCCESS);
  give_back(&u);
}

static void a_wrong_password_is_28000_and_not_repeated(void) {
  Unconnected u = unconnected();
  SQLHDBC dbc = u.dbc;
  char text[2048];
  snprintf(text, sizeof text, "PWD={wr;ng}}pass};%s", connection_string);
  SQLRETURN code =
      SQLDriverConnect(dbc, NULL, N(text), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
  /* With the driver in front of the string, the first PWD still wins. */
  CHECK_STATE(SQL_HANDLE_DBC, dbc, code, "28000");
  SQLCHAR state[6], message[1024];
  SQLINTEGER native;
  SQLSMALLINT length;
  SQLGetDiagRec(SQL_HANDLE_DBC, dbc, 1, state, &native, message, sizeof message, &length);
  CHECK(strstr((char *)message, "pass") == NULL || strstr((char *)message, "wr;ng") == NULL);
  give_back(&u);
}

static void nobody_listening_is_08001(void) {
  Unconnected u = unconnected();
  SQLHDBC dbc = u.dbc;
  char text[2048];
  snprintf(text, sizeof text, "%s;LoginTimeout=5", connection_string);
  char *port = strstr(text, "Port=");
  if (port) {
    /* Port 1 is never open on a test machine. */
    port[5] = '1';
    char *end = strchr(port, ';');
    memmove(port + 6, end, strlen(end) + 1);
  }
  CHECK_DBC_STATE(
      SQLDriverConnect(dbc, NULL, N(text), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT), "08001");
  give_back(&u);
}

static void a_second_connect_is_08002(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHDBC dbc = s.dbc;
  CHECK_DBC_STATE(SQLDriverConnect(dbc, NULL, N(connection_string), SQL_NTS, NULL, 0, NULL, 0),
                  "08002");
  close_session(&s);
}

static void bad_values_set_before_are_reported_by_connect(void) {
  Unconnected u = unconnected();
  SQLHDBC dbc = u.dbc;
  SQLSetConnectAttr(dbc, SQL_ATTR_LOGIN_TIMEOUT, (SQLPOINTER)20, 0);
  SQLSetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
  CHECK_CODE(SQL_HANDLE_DBC, dbc,
             SQLDriverConnect(dbc, NULL, N(connection_string), SQL_NTS, NULL, 0, NULL, 0),
             SQL_SUCCESS);
  SQLUINTEGER value = 9;
  CHECK_DBC(SQLGetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, &value, 0, NULL));
  CHECK_INT(value, SQL_AUTOCOMMIT_OFF);
  CHECK_DBC(SQLGetConnectAttr(dbc, SQL_ATTR_LOGIN_TIMEOUT, &value, 0, NULL));
  CHECK_INT(value, 20);
  give_back(&u);
}

#ifdef DIRECT /* the manager looks drivers up by name here */
static void browsing_asks_for_what_is_missing(void) {
  Unconnected u = unconnected();
  SQLHDBC dbc = u.dbc;
  SQLCHAR out[2048];
  SQLSMALLINT length = 0;
  const char *driver = strstr(connection_string, "DRIVER=");
  char text[2048];
  size_t count = driver ? strcspn(driver, ";") : 0;
  snprintf(text, sizeof text, "%.*s;", (int)count, driver ? driver : "");
  SQLRETURN code = SQLBrowseConnect(dbc, N(text), SQL_NTS, out, sizeof out, &length);
  CHECK_INT(code, SQL_NEED_DATA);
  CHECK(strstr((char *)out, "=") != NULL);
  code = SQLBrowseConnect(dbc, N(connection_string), SQL_NTS, out, sizeof out, &length);
  CHECK_CODE(SQL_HANDLE_DBC, dbc, code, SQL_SUCCESS);
  give_back(&u);
}
#endif

/* Resident pages of this process, in bytes. */
long resident_bytes(void) {
  long all = 0, resident = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file) return 0;
  if (fscanf(file, "%ld %ld", &all, &resident) != 2) resident = 0;
  fclose(file);
  return resident * 4096;
}

static void a_thousand_connections_leave_nothing(void) {
  long early = 0;
  int rounds = cycles(1000);
  for (int i = 0; i < rounds; i++) {
    Session s;
    if (!open_session(&s)) return;
    if (i == rounds / 5) early = resident_bytes();
    if (i % 100 == 0) SQLExecDirect(s.stmt, N("SELECT 1"), SQL_NTS);
    close_session(&s);
  }
  long growth = resident_bytes() - early;
  if (growth > GROWTH_MAX) fail(__FILE__, __LINE__, "memory grew by %ld bytes", growth);
}

static SQLUINTEGER is_dead(SQLHDBC dbc) {
  SQLUINTEGER dead = 77;
  CHECK_DBC(SQLGetConnectAttr(dbc, SQL_ATTR_CONNECTION_DEAD, &dead, 0, NULL));
  return dead;
}

/* Both the statement that finds out and the one after it give 08S01 (reference: pooling). */
static void a_killed_session_is_dead(void) {
  Session victim, killer;
  if (!open_session(&victim)) return;
  if (!open_session(&killer)) {
    close_session(&victim);
    return;
  }
  char id[64] = "", sql[128];
  SQLLEN length;
  CHECK_CODE(SQL_HANDLE_STMT, victim.stmt,
             SQLExecDirect(victim.stmt, N("SELECT CURRENT_SESSION"), SQL_NTS), SQL_SUCCESS);
  SQLFetch(victim.stmt);
  SQLGetData(victim.stmt, 1, SQL_C_CHAR, id, sizeof id, &length);
  SQLFreeStmt(victim.stmt, SQL_CLOSE);
  CHECK_INT(is_dead(victim.dbc), SQL_CD_FALSE);
  snprintf(sql, sizeof sql, "KILL SESSION %s", id);
  CHECK_CODE(SQL_HANDLE_STMT, killer.stmt, SQLExecDirect(killer.stmt, N(sql), SQL_NTS),
             SQL_SUCCESS);
  SQLHSTMT stmt = victim.stmt;
  for (int i = 0; i < 2; i++) {
    CHECK_STMT_STATE(SQLExecDirect(stmt, N("SELECT 1"), SQL_NTS), "08S01");
    CHECK_INT(is_dead(victim.dbc), SQL_CD_TRUE);
  }
  CHECK_INT(is_dead(killer.dbc), SQL_CD_FALSE);
  close_session(&victim);
  close_session(&killer);
}

/* acceptance 13: the second user of a pooled connection finds it as the first one did. The manager
   pools where the runner has set it up, and resets for programs of version 3.80. */
static void a_pooled_connection_is_as_new(void) {
#ifndef DIRECT
  if (!getenv("PROBE_POOLED")) return;
  SQLSetEnvAttr(SQL_NULL_HANDLE, SQL_ATTR_CONNECTION_POOLING, (SQLPOINTER)SQL_CP_ONE_PER_DRIVER, 0);
  char first[64] = "", second[64] = "";
  for (int round = 0; round < 2; round++) {
    Session s;
    if (!open_session(&s)) return;
    SQLHSTMT stmt = s.stmt;
    SQLUINTEGER autocommit = 9;
    CHECK_STMT(SQLExecDirect(
        stmt, N("SELECT CAST(CURRENT_SESSION AS VARCHAR(40)), CURRENT_SCHEMA"), SQL_NTS));
    CHECK_STMT(SQLFetch(stmt));
    SQLLEN schema = 0;
    char name[64];
    CHECK_STMT(SQLGetData(stmt, 1, SQL_C_CHAR, round ? second : first, 64, NULL));
    CHECK_STMT(SQLGetData(stmt, 2, SQL_C_CHAR, name, sizeof name, &schema));
    CHECK_INT(schema, SQL_NULL_DATA);
    SQLGetConnectAttr(s.dbc, SQL_ATTR_AUTOCOMMIT, &autocommit, 0, NULL);
    CHECK_INT(autocommit, SQL_AUTOCOMMIT_ON);
    CHECK_STMT(SQLFreeStmt(stmt, SQL_CLOSE));
    if (round == 0) {
      CHECK_STMT(SQLExecDirect(stmt, N("CREATE TABLE S2.POOLED (I DECIMAL(9,0))"), SQL_NTS));
      SQLSetConnectAttr(s.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
      CHECK_STMT(SQLExecDirect(stmt, N("OPEN SCHEMA RETAIL"), SQL_NTS));
      CHECK_STMT(SQLExecDirect(stmt, N("INSERT INTO S2.POOLED VALUES (1)"), SQL_NTS));
    } else {
      SQLINTEGER rows = 9;
      CHECK_STMT(SQLExecDirect(stmt, N("SELECT COUNT(*) FROM S2.POOLED"), SQL_NTS));
      CHECK_STMT(SQLFetch(stmt));
      CHECK_STMT(SQLGetData(stmt, 1, SQL_C_LONG, &rows, 0, NULL));
      CHECK_INT(rows, 0);
      CHECK_STMT(SQLFreeStmt(stmt, SQL_CLOSE));
      CHECK_STMT(SQLExecDirect(stmt, N("DROP TABLE S2.POOLED"), SQL_NTS));
    }
    close_session(&s);
  }
  CHECK(first[0] != 0);
  CHECK_TEXT(second, first);
#endif
}

const Test connect_tests[] = {
    {"the completed string connects again", the_completed_string_connects_again},
    {"the wide connect counts characters", the_wide_connect_counts_characters},
    {"a short output is cut and connected", a_short_output_is_cut_and_connected},
    {"unknown keywords warn", unknown_keywords_warn},
    /* traps 18, 41 */
    {"a wrong password is 28000 and not repeated", a_wrong_password_is_28000_and_not_repeated},
    {"nobody listening is 08001", nobody_listening_is_08001},
    {"a second connect is 08002", a_second_connect_is_08002},
    {"attributes set before connecting count", bad_values_set_before_are_reported_by_connect},
#ifdef DIRECT
    {"browsing asks for what is missing", browsing_asks_for_what_is_missing},
#endif
    /* trap 26 */
    {"a killed session is dead", a_killed_session_is_dead},
    {"a pooled connection is as new", a_pooled_connection_is_as_new},
    {"a thousand connections", a_thousand_connections_leave_nothing},
    {NULL, NULL},
};
