/* The script in C through the driver manager: `script CONNECTION-STRING`, once with the narrow
   functions and text as SQL_C_CHAR. */
#include <pthread.h>
#include <sql.h>
#include <sqlext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROWS 10000
#define COLUMNS 6

static SQLHENV env;
static SQLHDBC dbc;
static SQLHSTMT stmt;

static void state_of(SQLSMALLINT kind, SQLHANDLE handle, char state[6]) {
  SQLCHAR message[1024] = "";
  strcpy(state, "-----");
  SQLGetDiagRec(kind, handle, 1, (SQLCHAR *)state, NULL, message, sizeof message, NULL);
}

static void check(SQLRETURN code, SQLSMALLINT kind, SQLHANDLE handle, const char *what) {
  char state[6];
  SQLCHAR message[1024] = "";
  if (SQL_SUCCEEDED(code)) return;
  SQLGetDiagRec(kind, handle, 1, (SQLCHAR *)state, NULL, message, sizeof message, NULL);
  fprintf(stderr, "%s: [%s] %s\n", what, state, message);
  exit(1);
}

static void run(const char *sql) {
  check(SQLExecDirect(stmt, (SQLCHAR *)sql, SQL_NTS), SQL_HANDLE_STMT, stmt, sql);
}

/* Prints columns `first`..`last` of every row that is left, read in any order: from the right. */
static void print_rows(const char *step, int first, int last) {
  static char values[COLUMNS + 20][256];
  while (SQL_SUCCEEDED(SQLFetch(stmt))) {
    for (int i = last; i >= first; i--) {
      SQLLEN length = 0;
      check(SQLGetData(stmt, (SQLUSMALLINT)i, SQL_C_CHAR, values[i], sizeof *values, &length),
            SQL_HANDLE_STMT, stmt, "SQLGetData");
      if (length == SQL_NULL_DATA) strcpy(values[i], "NULL");
    }
    printf("%s=", step);
    for (int i = first; i <= last; i++) printf("%s%s", i > first ? "|" : "", values[i]);
    printf("\n");
  }
  SQLFreeStmt(stmt, SQL_CLOSE);
}

static void catalog(void) {
  SQLCHAR *name = (SQLCHAR *)getenv("SCRIPT_NAME"), *schema = (SQLCHAR *)getenv("SCRIPT_SCHEMA");
  char text[256], separator = '|';
  SQLLEN length;
  if (!*schema) schema = NULL;
  check(SQLTables(stmt, NULL, 0, schema, SQL_NTS, name, SQL_NTS, NULL, 0), SQL_HANDLE_STMT, stmt,
        "SQLTables");
  printf("catalog=");
  SQLBindCol(stmt, 3, SQL_C_CHAR, text, sizeof text, &length);
  while (SQL_SUCCEEDED(SQLFetch(stmt))) printf("%s", text);
  SQLFreeStmt(stmt, SQL_CLOSE);
  SQLFreeStmt(stmt, SQL_UNBIND);
  check(SQLColumns(stmt, NULL, 0, schema, SQL_NTS, name, SQL_NTS, NULL, 0), SQL_HANDLE_STMT, stmt,
        "SQLColumns");
  SQLBindCol(stmt, 4, SQL_C_CHAR, text, sizeof text, &length);
  for (; SQL_SUCCEEDED(SQLFetch(stmt)); separator = ',') printf("%c%s", separator, text);
  printf("\n");
  SQLFreeStmt(stmt, SQL_CLOSE);
  SQLFreeStmt(stmt, SQL_UNBIND);
}

static void parameters(const char *table) {
  char sql[512], text[] = "naïve €😀", amount[] = "12.34";
  SQLINTEGER number = 3;
  SQLDOUBLE real = 0.25;
  SQL_DATE_STRUCT day = {2000, 2, 29};
  SQL_TIMESTAMP_STRUCT moment = {2000, 2, 29, 1, 2, 3, 0};
  SQLLEN is_null = 0, text_length = SQL_NTS;
  snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?, ?, ?, ?, ?, ?)", table);
  check(SQLPrepare(stmt, (SQLCHAR *)sql, SQL_NTS), SQL_HANDLE_STMT, stmt, sql);
  SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_LONG, SQL_INTEGER, 0, 0, &number, 0, NULL);
  SQLBindParameter(stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 100, 0, text, 0,
                   &text_length);
  SQLBindParameter(stmt, 3, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_DECIMAL, 18, 4, amount, 0,
                   &text_length);
  SQLBindParameter(stmt, 4, SQL_PARAM_INPUT, SQL_C_DOUBLE, SQL_DOUBLE, 0, 0, &real, 0, &is_null);
  SQLBindParameter(stmt, 5, SQL_PARAM_INPUT, SQL_C_TYPE_DATE, SQL_TYPE_DATE, 10, 0, &day, 0,
                   &is_null);
  SQLBindParameter(stmt, 6, SQL_PARAM_INPUT, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, 23, 3,
                   &moment, 0, &is_null);
  check(SQLExecute(stmt), SQL_HANDLE_STMT, stmt, "first set");
  number = 4;
  is_null = text_length = SQL_NULL_DATA;
  check(SQLExecute(stmt), SQL_HANDLE_STMT, stmt, "NULLs");
  SQLFreeStmt(stmt, SQL_RESET_PARAMS);
  snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE I = ?", table);
  SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_LONG, SQL_INTEGER, 0, 0, &number, 0, NULL);
  check(SQLPrepare(stmt, (SQLCHAR *)sql, SQL_NTS), SQL_HANDLE_STMT, stmt, sql);
  for (number = 3; number <= 4; number++) {
    check(SQLExecute(stmt), SQL_HANDLE_STMT, stmt, sql);
    print_rows("parameters", 1, COLUMNS);
  }
  SQLFreeStmt(stmt, SQL_RESET_PARAMS);
}

static void array(const char *table) {
  static SQLINTEGER numbers[ROWS];
  static char texts[ROWS][16];
  static SQLLEN lengths[ROWS];
  SQLULEN processed = 0;
  char sql[512];
  for (int i = 0; i < ROWS; i++) {
    numbers[i] = 100 + i;
    lengths[i] = i % 5 == 0 ? SQL_NULL_DATA : snprintf(texts[i], sizeof *texts, "näme %d", i);
  }
  snprintf(sql, sizeof sql, "INSERT INTO %s (I, T) VALUES (?, ?)", table);
  SQLSetStmtAttr(stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)ROWS, 0);
  SQLSetStmtAttr(stmt, SQL_ATTR_PARAMS_PROCESSED_PTR, &processed, 0);
  SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_LONG, SQL_INTEGER, 0, 0, numbers, 0, NULL);
  SQLBindParameter(stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 16, 0, texts, sizeof *texts,
                   lengths);
  run(sql);
  if (processed != ROWS) fprintf(stderr, "%lu sets were processed\n", (unsigned long)processed);
  SQLSetStmtAttr(stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)1, 0);
  SQLFreeStmt(stmt, SQL_RESET_PARAMS);
  snprintf(sql, sizeof sql, "SELECT COUNT(*), COUNT(T), MAX(I) FROM %s WHERE I >= 100", table);
  run(sql);
  print_rows("array", 1, 3);
}

static void transaction(const char *table) {
  char sql[512];
  SQLSetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
  snprintf(sql, sizeof sql, "DELETE FROM %s WHERE I < 100", table);
  run(sql);
  check(SQLEndTran(SQL_HANDLE_DBC, dbc, SQL_ROLLBACK), SQL_HANDLE_DBC, dbc, "rollback");
  SQLSetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_ON, 0);
  snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", table);
  run(sql);
  print_rows("rollback", 1, 1);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int is_done;

/* A cancel that comes before the call has no effect: it is repeated until the call has ended. */
static void *cancel_until_done(void *nothing) {
  pthread_mutex_lock(&lock);
  while (!is_done) {
    struct timespec end;
    SQLCancel(stmt);
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_nsec += 20000000;
    if (end.tv_nsec >= 1000000000) end.tv_nsec -= 1000000000, end.tv_sec++;
    pthread_cond_timedwait(&changed, &lock, &end);
  }
  pthread_mutex_unlock(&lock);
  return nothing;
}

static void cancel(const char *table) {
  char state[6], sql[512];
  pthread_t thread;
  pthread_create(&thread, NULL, cancel_until_done, NULL);
  if (SQLExecDirect(stmt, (SQLCHAR *)getenv("SCRIPT_ENDLESS"), SQL_NTS) == SQL_ERROR)
    state_of(SQL_HANDLE_STMT, stmt, state);
  else
    strcpy(state, "none");
  pthread_mutex_lock(&lock);
  is_done = 1;
  pthread_cond_signal(&changed);
  pthread_mutex_unlock(&lock);
  pthread_join(thread, NULL);
  snprintf(sql, sizeof sql, "SELECT I FROM %s WHERE I = 1", table);
  run(sql);
  SQLINTEGER one = 0;
  SQLFetch(stmt);
  SQLGetData(stmt, 1, SQL_C_LONG, &one, 0, NULL);
  SQLFreeStmt(stmt, SQL_CLOSE);
  printf("cancel=%s|%d\n", state, one);
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  const char *table = getenv("SCRIPT_TABLE");
  char sql[512], state[6];
  SQLAllocHandle(SQL_HANDLE_ENV, NULL, &env);
  SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
  SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc);
  check(SQLDriverConnect(dbc, NULL, (SQLCHAR *)arguments[1], SQL_NTS, NULL, 0, NULL, 0),
        SQL_HANDLE_DBC, dbc, "connect");
  SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt);
  printf("connect=yes\n");
  run(getenv("SCRIPT_CREATE"));
  catalog();
  run(getenv("SCRIPT_FILL_1"));
  run(getenv("SCRIPT_FILL_2"));
  snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY I", table);
  run(sql);
  print_rows("row", 1, COLUMNS);
  parameters(table);
  array(table);
  transaction(table);
  if (SQLExecDirect(stmt, (SQLCHAR *)getenv("SCRIPT_MISSING"), SQL_NTS) != SQL_ERROR) return 1;
  state_of(SQL_HANDLE_STMT, stmt, state);
  printf("error=%s\n", state);
  cancel(table);
  snprintf(sql, sizeof sql, "DROP TABLE %s", table);
  run(sql);
  SQLFreeHandle(SQL_HANDLE_STMT, stmt);
  SQLDisconnect(dbc);
  SQLFreeHandle(SQL_HANDLE_DBC, dbc);
  SQLFreeHandle(SQL_HANDLE_ENV, env);
  return 0;
}
