// Reads one query's result through ODBC and prints the seconds of each run as JSON.
//
//   ./odbc_fetch bound|getdata|sums RUNS CONNECTION-STRING SQL
//
// `sums` prints a sum over each column instead, to show that two drivers hand out the same values.
//
// The same program serves every driver; the C type of each column follows from its SQL type, as a
// careful application chooses it.
#include <sql.h>
#include <sqlext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROWS 1000
#define COLUMNS_MAX 16
#define TEXT_BYTES 128

static struct {
  SQLSMALLINT type;
  SQLLEN width;
  char *data;
  SQLLEN *indicators;
} columns[COLUMNS_MAX];

static double now(void) {
  struct timespec moment;
  clock_gettime(CLOCK_MONOTONIC, &moment);
  return (double)moment.tv_sec + (double)moment.tv_nsec / 1e9;
}

static void check(SQLRETURN code, SQLSMALLINT kind, SQLHANDLE handle) {
  SQLCHAR state[6] = "", message[1024] = "";
  if (SQL_SUCCEEDED(code)) return;
  SQLGetDiagRec(kind, handle, 1, state, NULL, message, sizeof message, NULL);
  fprintf(stderr, "[%s] %s\n", state, message);
  exit(1);
}

// The C type for a SQL type: numbers as numbers, other decimals and text as text.
static SQLSMALLINT c_type(SQLSMALLINT type, SQLSMALLINT digits) {
  switch (type) {
    case SQL_INTEGER: case SQL_BIGINT: case SQL_SMALLINT: case SQL_TINYINT: return SQL_C_SBIGINT;
    case SQL_DECIMAL: case SQL_NUMERIC: return digits == 0 ? SQL_C_SBIGINT : SQL_C_CHAR;
    case SQL_REAL: case SQL_FLOAT: case SQL_DOUBLE: return SQL_C_DOUBLE;
    case SQL_TYPE_DATE: return SQL_C_TYPE_DATE;
    case SQL_TYPE_TIMESTAMP: return SQL_C_TYPE_TIMESTAMP;
    default: return SQL_C_CHAR;
  }
}

static SQLSMALLINT prepare_columns(SQLHSTMT stmt) {
  SQLSMALLINT count = 0;
  check(SQLNumResultCols(stmt, &count), SQL_HANDLE_STMT, stmt);
  if (count > COLUMNS_MAX) count = COLUMNS_MAX;
  for (SQLSMALLINT i = 0; i < count; i++) {
    SQLSMALLINT type = 0, digits = 0;
    check(SQLDescribeCol(stmt, (SQLUSMALLINT)(i + 1), NULL, 0, NULL, &type, NULL, &digits, NULL),
          SQL_HANDLE_STMT, stmt);
    columns[i].type = c_type(type, digits);
    columns[i].width = columns[i].type == SQL_C_CHAR ? TEXT_BYTES
                       : columns[i].type == SQL_C_TYPE_TIMESTAMP ? 16
                       : columns[i].type == SQL_C_TYPE_DATE ? 6 : 8;
    if (!columns[i].data) columns[i].data = malloc((size_t)TEXT_BYTES * ROWS);
    if (!columns[i].indicators) columns[i].indicators = malloc(sizeof(SQLLEN) * ROWS);
  }
  return count;
}

static long long fetch_bound(SQLHSTMT stmt, SQLSMALLINT count) {
  SQLULEN fetched = 0;
  long long rows = 0;
  SQLSetStmtAttr(stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)ROWS, 0);
  SQLSetStmtAttr(stmt, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0);
  for (SQLSMALLINT i = 0; i < count; i++)
    check(SQLBindCol(stmt, (SQLUSMALLINT)(i + 1), columns[i].type, columns[i].data,
                     columns[i].width, columns[i].indicators),
          SQL_HANDLE_STMT, stmt);
  SQLRETURN code;
  while (SQL_SUCCEEDED(code = SQLFetch(stmt))) rows += (long long)fetched;
  if (code != SQL_NO_DATA) check(code, SQL_HANDLE_STMT, stmt);
  return rows;
}

// One figure for a value: numbers as such, text by its length, moments by their fields. Decimals
// are compared as numbers: SQLite does not keep the zeros behind the last digit.
static double figure(SQLSMALLINT column) {
  char *data = columns[column].data;
  SQL_TIMESTAMP_STRUCT moment;
  switch (columns[column].type) {
    case SQL_C_SBIGINT: return (double)*(long long *)data;
    case SQL_C_DOUBLE: return *(double *)data;
    case SQL_C_TYPE_DATE: {
      SQL_DATE_STRUCT day;
      memcpy(&day, data, sizeof day);
      return day.year * 372.0 + day.month * 31.0 + day.day;
    }
    case SQL_C_TYPE_TIMESTAMP:
      memcpy(&moment, data, sizeof moment);
      // Seconds only: libsqliteodbc hands out milliseconds of the six digits.
      return moment.day * 86400.0 + moment.hour * 3600.0 + moment.minute * 60.0 + moment.second;
    default: {
      char *end = data;
      double number = strtod(data, &end);
      return *end ? (double)strlen(data) : number;
    }
  }
}

static void sums(SQLHSTMT stmt, SQLSMALLINT count) {
  double totals[COLUMNS_MAX] = {0};
  while (SQL_SUCCEEDED(SQLFetch(stmt)))
    for (SQLSMALLINT i = 0; i < count; i++) {
      check(SQLGetData(stmt, (SQLUSMALLINT)(i + 1), columns[i].type, columns[i].data,
                       columns[i].width, columns[i].indicators),
            SQL_HANDLE_STMT, stmt);
      totals[i] += figure(i);
    }
  printf("{\"sums\": [");
  for (SQLSMALLINT i = 0; i < count; i++) printf("%s%.17g", i ? ", " : "", totals[i]);
  printf("]}\n");
}

static long long fetch_by_cell(SQLHSTMT stmt, SQLSMALLINT count) {
  long long rows = 0;
  SQLRETURN code;
  while (SQL_SUCCEEDED(code = SQLFetch(stmt))) {
    rows++;
    for (SQLSMALLINT i = 0; i < count; i++)
      check(SQLGetData(stmt, (SQLUSMALLINT)(i + 1), columns[i].type, columns[i].data,
                       columns[i].width, columns[i].indicators),
            SQL_HANDLE_STMT, stmt);
  }
  if (code != SQL_NO_DATA) check(code, SQL_HANDLE_STMT, stmt);
  return rows;
}

int main(int argument_count, char **arguments) {
  if (argument_count != 5) return 2;
  int is_bound = strcmp(arguments[1], "bound") == 0;
  int runs = atoi(arguments[2]);
  SQLHENV env;
  SQLHDBC dbc;
  SQLAllocHandle(SQL_HANDLE_ENV, NULL, &env);
  SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
  SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc);
  check(SQLDriverConnect(dbc, NULL, (SQLCHAR *)arguments[3], SQL_NTS, NULL, 0, NULL,
                         SQL_DRIVER_NOPROMPT),
        SQL_HANDLE_DBC, dbc);
  if (strcmp(arguments[1], "sums") == 0) {
    SQLHSTMT stmt;
    SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt);
    check(SQLExecDirect(stmt, (SQLCHAR *)arguments[4], SQL_NTS), SQL_HANDLE_STMT, stmt);
    sums(stmt, prepare_columns(stmt));
    return 0;
  }
  printf("{\"seconds\": [");
  long long rows = 0;
  for (int run = 0; run < runs; run++) {
    SQLHSTMT stmt;
    SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt);
    double start = now();
    check(SQLExecDirect(stmt, (SQLCHAR *)arguments[4], SQL_NTS), SQL_HANDLE_STMT, stmt);
    SQLSMALLINT count = prepare_columns(stmt);
    rows = is_bound ? fetch_bound(stmt, count) : fetch_by_cell(stmt, count);
    printf("%s%.6f", run ? ", " : "", now() - start);
    SQLFreeHandle(SQL_HANDLE_STMT, stmt);
  }
  printf("], \"rows\": %lld}\n", rows);
  SQLDisconnect(dbc);
  SQLFreeHandle(SQL_HANDLE_DBC, dbc);
  SQLFreeHandle(SQL_HANDLE_ENV, env);
  return 0;
}
