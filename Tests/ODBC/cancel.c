/* Cancelling from another thread and timeouts (reference: cancel, timeouts; trap 27). */
#define _GNU_SOURCE
#include "probe.h"

#include <pthread.h>
#include <time.h>

static const char *const endless =
    "SELECT COUNT(*) FROM RETAIL.HUGE A, RETAIL.HUGE B WHERE MOD(A.ID * B.ID, 7) = 3";

typedef struct {
  SQLHSTMT stmt;
  long delay_microseconds;
  SQLRETURN code;
} Canceller;

static void sleep_microseconds(long count) {
  struct timespec time = {count / 1000000, count % 1000000 * 1000};
  nanosleep(&time, NULL);
}

static void *cancel_later(void *argument) {
  Canceller *job = argument;
  sleep_microseconds(job->delay_microseconds);
  job->code = SQLCancel(job->stmt);
  return NULL;
}

static void a_cancel_ends_a_running_statement(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  Canceller job = {stmt, 300000, SQL_ERROR};
  pthread_t thread;
  pthread_create(&thread, NULL, cancel_later, &job);
  CHECK_STMT_STATE(SQLExecDirect(stmt, N(endless), SQL_NTS), "HY008");
  pthread_join(thread, NULL);
  CHECK_INT(job.code, SQL_SUCCESS);
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 1"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  close_session(&s);
}

static void a_cancel_of_the_connection_does_too(void) {
#ifdef DIRECT
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  CHECK_INT(SQLCancelHandle(SQL_HANDLE_DBC, s.dbc), SQL_SUCCESS);
  CHECK_INT(SQLCancelHandle(SQL_HANDLE_STMT, stmt), SQL_SUCCESS);
  close_session(&s);
#endif
}

static void an_idle_cancel_changes_nothing(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  CHECK_STMT(SQLCancel(stmt));
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 1"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  close_session(&s);
}

static void cancels_at_random_moments_never_hang(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  srand(7);
  for (int i = 0; i < 200; i++) {
    Canceller job = {stmt, rand() % 3000, SQL_ERROR};
    pthread_t thread;
    pthread_create(&thread, NULL, cancel_later, &job);
    SQLRETURN code = SQLExecDirect(stmt, N("SELECT ID FROM RETAIL.BIG"), SQL_NTS);
    while (SQL_SUCCEEDED(code)) code = SQLFetch(stmt);
    pthread_join(thread, NULL);
    if (code == SQL_ERROR) {
      SQLCHAR state[6], message[256];
      SQLGetDiagRec(SQL_HANDLE_STMT, stmt, 1, state, NULL, message, sizeof message, NULL);
      if (strcmp((char *)state, "HY008") != 0 && strcmp((char *)state, "HY010") != 0)
        fail(__FILE__, __LINE__, "round %d: %s %s", i, state, message);
    }
    SQLFreeStmt(stmt, SQL_CLOSE);
  }
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 1"), SQL_NTS));
  close_session(&s);
}

static void a_query_timeout_leaves_the_connection(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_QUERY_TIMEOUT, (SQLPOINTER)1, 0));
  CHECK_STMT_STATE(SQLExecDirect(stmt, N(endless), SQL_NTS), "HYT00");
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 1"), SQL_NTS));
  close_session(&s);
}

const Test cancel_tests[] = {
    {"a cancel ends a running statement", a_cancel_ends_a_running_statement},
    {"a cancel of the connection does too", a_cancel_of_the_connection_does_too},
    {"an idle cancel changes nothing", an_idle_cancel_changes_nothing},
    {"cancels at random moments never hang", cancels_at_random_moments_never_hang},
    {"a query timeout leaves the connection", a_query_timeout_leaves_the_connection},
    {NULL, NULL},
};
