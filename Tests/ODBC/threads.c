/* Threads: eight with connections of their own, two on one, and two that copy across connections
   (reference: threads). */
#include "probe.h"

#include <pthread.h>

#define THREADS 8

static void *use_own_connection(void *argument) {
  intptr_t rounds = (intptr_t)argument, good = 0;
  for (intptr_t i = 0; i < rounds; i++) {
    Session s;
    if (!open_session(&s)) return (void *)-1;
    SQLBIGINT id = 0, sum = 0;
    SQLLEN length;
    if (SQL_SUCCEEDED(SQLExecDirect(s.stmt, N("SELECT ID FROM RETAIL.BIG"), SQL_NTS))) {
      SQLBindCol(s.stmt, 1, SQL_C_SBIGINT, &id, 0, &length);
      while (SQLFetch(s.stmt) == SQL_SUCCESS) sum += id;
      good += sum > 0;
    }
    close_session(&s);
  }
  return (void *)good;
}

static void run_threads(intptr_t rounds) {
  pthread_t threads[THREADS];
  /* What is made once for all is made here: the thread sanitizer cannot see that the runtime inside
     the driver guards it. */
  use_own_connection((void *)1);
  for (int i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, use_own_connection, (void *)rounds);
  for (int i = 0; i < THREADS; i++) {
    void *good = NULL;
    pthread_join(threads[i], &good);
    CHECK_INT((intptr_t)good, rounds);
  }
}

static void eight_threads_have_their_own_connections(void) { run_threads(cycles(5)); }

/* The first rounds fill the allocator's arenas, one for each thread; the later ones reuse them. */
static void eight_threads_leave_memory_flat(void) {
  int rounds = cycles(1000) / 100 > 0 ? cycles(1000) / 100 : 1;
  run_threads(rounds);
  long early = resident_bytes();
  for (int i = 0; i < 4; i++) run_threads(rounds);
  long growth = resident_bytes() - early;
  if (growth > GROWTH_MAX) fail(__FILE__, __LINE__, "memory grew by %ld bytes", growth);
}

static void *use_statement(void *argument) {
  SQLHSTMT stmt = argument;
  intptr_t good = 0;
  for (int i = 0; i < 20; i++) {
    SQLBIGINT rows = 0;
    if (SQL_SUCCEEDED(SQLExecDirect(stmt, N("SELECT ID FROM RETAIL.BIG"), SQL_NTS)))
      while (SQLFetch(stmt) == SQL_SUCCESS) rows++;
    good += rows == 2500;
    SQLFreeStmt(stmt, SQL_CLOSE);
  }
  return (void *)good;
}

static void two_statements_share_a_connection(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT statements[2];
  pthread_t threads[2];
  for (int i = 0; i < 2; i++) {
    SQLAllocHandle(SQL_HANDLE_STMT, s.dbc, &statements[i]);
    pthread_create(&threads[i], NULL, use_statement, statements[i]);
  }
  for (int i = 0; i < 2; i++) {
    void *good = NULL;
    pthread_join(threads[i], &good);
    CHECK_INT((intptr_t)good, 20);
    SQLFreeHandle(SQL_HANDLE_STMT, statements[i]);
  }
  close_session(&s);
}

typedef struct {
  SQLHDESC from, to;
} Copy;

static void *copy_often(void *argument) {
  Copy *copy = argument;
  intptr_t good = 0;
  for (int i = 0; i < 500; i++) {
    SQLSetDescField(copy->from, 1 + i % 9, SQL_DESC_CONCISE_TYPE, (SQLPOINTER)SQL_C_LONG, 0);
    good += SQL_SUCCEEDED(SQLCopyDesc(copy->from, copy->to));
  }
  return (void *)good;
}

/* Each thread changes the descriptor that the other one copies to, on another connection. */
static void copies_that_cross_do_not_meet(void) {
  Session s[2];
  SQLHDESC descriptors[2];
  pthread_t threads[2];
  for (int i = 0; i < 2; i++) {
    if (!open_session(&s[i])) return;
    SQLAllocHandle(SQL_HANDLE_DESC, s[i].dbc, &descriptors[i]);
  }
  Copy copies[2] = {{descriptors[0], descriptors[1]}, {descriptors[1], descriptors[0]}};
  copy_often(&copies[0]); /* what is made once for all, as above */
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, copy_often, &copies[i]);
  for (int i = 0; i < 2; i++) {
    void *good = NULL;
    pthread_join(threads[i], &good);
    CHECK_INT((intptr_t)good, 500);
  }
  for (int i = 0; i < 2; i++) {
    SQLFreeHandle(SQL_HANDLE_DESC, descriptors[i]);
    close_session(&s[i]);
  }
}

const Test thread_tests[] = {
    {"eight threads have their own connections", eight_threads_have_their_own_connections},
    {"eight threads leave memory flat", eight_threads_leave_memory_flat},
    {"two statements share a connection", two_statements_share_a_connection},
    {"copies that cross do not meet", copies_that_cross_do_not_meet},
    {NULL, NULL},
};
