/* Cancelling from another thread and timeouts (reference: cancel, timeouts). */
#define _GNU_SOURCE
#include "probe.h"

#include <pthread.h>
#include <time.h>

static const char *const endless =
    "SELECT COUNT(*) FROM RETAIL.HUGE A, RETAIL.HUGE B WHERE MOD(A.ID * B.ID, 7) = 3";

/* A call that another thread cancels until it has ended: a cancel that comes before the call has
   no effect, so that one alone would have to be timed. */
typedef struct {
  SQLHSTMT stmt;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  bool is_done;
  SQLRETURN code;
} Canceller;

static void *cancel_until_done(void *argument) {
  Canceller *job = argument;
  pthread_mutex_lock(&job->lock);
  while (!job->is_done) {
    struct timespec end;
    job->code = SQLCancel(job->stmt);
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_nsec += 50000000;
    if (end.tv_nsec >= 1000000000) end.tv_nsec -= 1000000000, end.tv_sec++;
    pthread_cond_timedwait(&job->changed, &job->lock, &end);
  }
  pthread_mutex_unlock(&job->lock);
  return NULL;
}

static void finish(Canceller *job, pthread_t thread) {
  pthread_mutex_lock(&job->lock);
  job->is_done = true;
  pthread_cond_signal(&job->changed);
  pthread_mutex_unlock(&job->lock);
  pthread_join(thread, NULL);
}

/* Cancels once, a number of turns after it was started: the moment is what the test varies. */
typedef struct {
  SQLHSTMT stmt;
  int turns;
} Moment;

static void *cancel_once(void *argument) {
  Moment *job = argument;
  for (volatile int i = 0; i < job->turns; i++) continue;
  SQLCancel(job->stmt);
  return NULL;
}

static void a_cancel_ends_a_running_statement(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  Canceller job = {stmt, PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, SQL_ERROR};
  pthread_t thread;
  pthread_create(&thread, NULL, cancel_until_done, &job);
  CHECK_STMT_STATE(SQLExecDirect(stmt, N(endless), SQL_NTS), "HY008");
  finish(&job, thread);
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
  for (int i = 0; i < cycles(1000); i++) {
    Moment job = {stmt, rand() % 3000000};
    pthread_t thread;
    pthread_create(&thread, NULL, cancel_once, &job);
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
    /* trap 27, acceptance 10 */
    {"cancels at random moments never hang", cancels_at_random_moments_never_hang},
    {"a query timeout leaves the connection", a_query_timeout_leaves_the_connection},
    {NULL, NULL},
};
