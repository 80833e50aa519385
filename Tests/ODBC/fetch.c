/* Rowsets: bound columns, offsets, strides, cursors (reference: fetching). */
#include "probe.h"

#define ROWS 2500
static const char *const big = "SELECT ID, NAME FROM RETAIL.BIG ORDER BY ID";

/* Fetches everything in rowsets of a size and checks that ids ascend without a gap. */
static void fetch_in_rowsets(SQLULEN size) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLBIGINT *ids = calloc(size, sizeof *ids);
  SQLLEN *indicators = calloc(size, sizeof *indicators);
  char (*names)[64] = calloc(size, 64);
  SQLLEN *lengths = calloc(size, sizeof *lengths);
  SQLUSMALLINT *statuses = calloc(size, sizeof *statuses);
  SQLULEN fetched = 0, total = 0;
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)size, 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_ROW_STATUS_PTR, statuses, 0));
  CHECK_STMT(SQLBindCol(stmt, 1, SQL_C_SBIGINT, ids, 0, indicators));
  CHECK_STMT(SQLBindCol(stmt, 2, SQL_C_CHAR, names, 64, lengths));
  CHECK_STMT(SQLExecDirect(stmt, N(big), SQL_NTS));
  SQLBIGINT last = 0;
  SQLRETURN code;
  while ((code = SQLFetch(stmt)) == SQL_SUCCESS) {
    CHECK(fetched >= 1 && fetched <= size);
    for (SQLULEN i = 0; i < fetched; i++) {
      if (total + i > 0 && ids[i] != last + 1)
        fail(__FILE__, __LINE__, "row %lu has id %lld", (unsigned long)(total + i),
             (long long)ids[i]);
      last = ids[i];
      CHECK_INT(indicators[i], 8);
      CHECK_INT(lengths[i], strlen(names[i]));
      CHECK_INT(statuses[i], SQL_ROW_SUCCESS);
    }
    for (SQLULEN i = fetched; i < size; i++) CHECK_INT(statuses[i], SQL_ROW_NOROW);
    total += fetched;
  }
  CHECK_STMT_CODE(code, SQL_NO_DATA);
  CHECK_INT(fetched, 0);
  CHECK_INT(total, ROWS);
  free(ids), free(indicators), free(names), free(lengths), free(statuses);
  close_session(&s);
}

/* acceptance 7: rowsets that begin in one batch and end in another. */
static void rowsets_straddle_batches(void) {
  char text[2048];
  const char *usual = connection_string;
  snprintf(text, sizeof text, "%s;batch_rows=64", usual);
  connection_string = text;
  fetch_in_rowsets(7);
  fetch_in_rowsets(1000);
  connection_string = usual;
}

static void rowsets_of_1(void) { fetch_in_rowsets(1); }
static void rowsets_of_7(void) { fetch_in_rowsets(7); }
static void rowsets_of_1000(void) { fetch_in_rowsets(1000); }
static void rowsets_of_10000(void) { fetch_in_rowsets(10000); }

static void rows_can_be_bound_row_by_row_with_an_offset(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  typedef struct {
    SQLINTEGER id;
    SQLLEN id_indicator;
    char name[40];
    SQLLEN name_length;
  } Row;
  Row rows[8];
  SQLULEN offset = 0, fetched = 0;
  memset(rows, GUARD, sizeof rows);
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_ROW_BIND_TYPE, (SQLPOINTER)sizeof(Row), 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_ROW_BIND_OFFSET_PTR, &offset, 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)3, 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0));
  CHECK_STMT(SQLBindCol(stmt, 1, SQL_C_LONG, &rows[0].id, 0, &rows[0].id_indicator));
  CHECK_STMT(SQLBindCol(stmt, 2, SQL_C_CHAR, rows[0].name, sizeof rows[0].name,
                        &rows[0].name_length));
  CHECK_STMT(SQLExecDirect(stmt, N(big), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  SQLINTEGER first = rows[0].id;
  CHECK_INT(rows[2].id, first + 2);
  CHECK_INT(rows[2].name_length, strlen(rows[2].name));
  offset = 4 * sizeof(Row);
  CHECK_STMT(SQLFetch(stmt));
  CHECK_INT(rows[0].id, first);
  CHECK_INT(rows[4].id, first + 3);
  CHECK_INT(rows[6].id, first + 5);
  CHECK_INT(rows[6].id_indicator, 4);
  CHECK_INT(((unsigned char *)&rows[3])[0], GUARD);
  close_session(&s);
}

static void nulls_need_an_indicator(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLINTEGER value = 77;
  SQLLEN indicator = 0;
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT CAST(NULL AS DECIMAL(9,0))"), SQL_NTS));
  CHECK_STMT(SQLBindCol(stmt, 1, SQL_C_LONG, &value, 0, &indicator));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_INT(indicator, SQL_NULL_DATA);
  CHECK_INT(value, 77);
  SQLFreeStmt(stmt, SQL_CLOSE);
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT CAST(NULL AS DECIMAL(9,0))"), SQL_NTS));
  CHECK_STMT(SQLBindCol(stmt, 1, SQL_C_LONG, &value, 0, NULL));
  CHECK_STMT_STATE(SQLFetch(stmt), "22002");
  close_session(&s);
}

static void an_indicator_without_a_target_receives_lengths(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLLEN length = 77;
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 'hello'"), SQL_NTS));
  CHECK_STMT(SQLBindCol(stmt, 1, SQL_C_CHAR, NULL, 0, &length));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_INT(length, 5);
  close_session(&s);
}

static void row_errors_have_rows_and_columns(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  signed char values[4];
  SQLLEN indicators[4];
  SQLUSMALLINT statuses[4];
  SQLULEN fetched = 0;
  SQLLEN row = 0;
  SQLINTEGER column = 0;
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)4, 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_ROW_STATUS_PTR, statuses, 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0));
  CHECK_STMT(SQLBindCol(stmt, 1, SQL_C_STINYINT, values, 0, indicators));
  CHECK_STMT(SQLExecDirect(
      stmt, N("SELECT CAST(V AS DECIMAL(9,0)) FROM (SELECT 1 AS K, 5 AS V UNION ALL SELECT 2, "
              "500 UNION ALL SELECT 3, 7) ORDER BY K"),
      SQL_NTS));
  CHECK_STMT_CODE(SQLFetch(stmt), SQL_SUCCESS_WITH_INFO);
  CHECK_INT(fetched, 3);
  CHECK_INT(statuses[0], SQL_ROW_SUCCESS);
  CHECK_INT(statuses[1], SQL_ROW_ERROR);
  CHECK_INT(statuses[2], SQL_ROW_SUCCESS);
  CHECK_INT(statuses[3], SQL_ROW_NOROW);
  CHECK_INT(values[2], 7);
  CHECK_INT(SQLGetDiagField(SQL_HANDLE_STMT, stmt, 1, SQL_DIAG_ROW_NUMBER, &row, 0, NULL), 0);
  CHECK_INT(row, 2);
  CHECK_INT(SQLGetDiagField(SQL_HANDLE_STMT, stmt, 1, SQL_DIAG_COLUMN_NUMBER, &column, 0, NULL), 0);
  CHECK_INT(column, 1);
  close_session(&s);
}

static void bindings_fit_the_next_result(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  char text[64];
  SQLLEN length;
  CHECK_STMT(SQLBindCol(stmt, 1, SQL_C_CHAR, text, sizeof text, &length));
  CHECK_STMT(SQLBindCol(stmt, 5, SQL_C_CHAR, text, sizeof text, &length)); /* beyond: ignored */
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 'a'"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_TEXT(text, "a");
  SQLFreeStmt(stmt, SQL_CLOSE);
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT CAST(12 AS DECIMAL(9,0))"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_TEXT(text, "12");
  SQLFreeStmt(stmt, SQL_CLOSE);
  CHECK_STMT(SQLFreeStmt(stmt, SQL_UNBIND));
  strcpy(text, "untouched");
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 'b'"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_TEXT(text, "untouched");
  close_session(&s);
}

static void a_forward_only_cursor_goes_forward(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
#ifdef DIRECT
  CHECK_STMT_STATE(SQLFetch(stmt), "24000");
  CHECK_STMT_STATE(SQLRowCount(stmt, NULL), "HY010");
#else
  CHECK_STMT_STATE(SQLFetch(stmt), "HY010"); /* the manager's own */
#endif
  CHECK_STMT(SQLExecDirect(stmt, N(big), SQL_NTS));
  CHECK_STMT(SQLFetchScroll(stmt, SQL_FETCH_NEXT, 0));
  CHECK_STMT_STATE(SQLFetchScroll(stmt, SQL_FETCH_FIRST, 0), "HY106");
  CHECK_STMT(SQLCloseCursor(stmt));
  close_session(&s);
}

static void a_static_cursor_goes_everywhere(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLBIGINT ids[10];
  SQLLEN indicators[10];
  SQLULEN fetched = 0, row = 0;
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)SQL_CURSOR_STATIC, 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)10, 0));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0));
  CHECK_STMT(SQLBindCol(stmt, 1, SQL_C_SBIGINT, ids, 0, indicators));
  CHECK_STMT(SQLExecDirect(stmt, N(big), SQL_NTS));
  CHECK_STMT(SQLFetchScroll(stmt, SQL_FETCH_FIRST, 0));
  SQLBIGINT first = ids[0];
  CHECK_STMT(SQLFetchScroll(stmt, SQL_FETCH_NEXT, 0));
  CHECK_INT(ids[0], first + 10);
  CHECK_STMT(SQLFetchScroll(stmt, SQL_FETCH_ABSOLUTE, 101));
  CHECK_INT(ids[0], first + 100);
  CHECK_STMT(SQLGetStmtAttr(stmt, SQL_ATTR_ROW_NUMBER, &row, 0, NULL));
  CHECK_INT(row, 101);
  CHECK_STMT(SQLFetchScroll(stmt, SQL_FETCH_RELATIVE, -50));
  CHECK_INT(ids[0], first + 50);
  CHECK_STMT(SQLFetchScroll(stmt, SQL_FETCH_PRIOR, 0));
  CHECK_INT(ids[0], first + 40);
  CHECK_STMT(SQLFetchScroll(stmt, SQL_FETCH_LAST, 0));
  CHECK_INT(ids[9], first + ROWS - 1);
  CHECK_STMT(SQLFetchScroll(stmt, SQL_FETCH_ABSOLUTE, -1));
  CHECK_INT(fetched, 1);
  CHECK_INT(ids[0], first + ROWS - 1);
  CHECK_STMT(SQLFetchScroll(stmt, SQL_FETCH_ABSOLUTE, 6));
  CHECK_STMT_STATE(SQLFetchScroll(stmt, SQL_FETCH_PRIOR, 0), "01S06");
  CHECK_INT(ids[0], first);
  CHECK_STMT_CODE(SQLFetchScroll(stmt, SQL_FETCH_ABSOLUTE, 0), SQL_NO_DATA);
  CHECK_STMT_CODE(SQLFetchScroll(stmt, SQL_FETCH_ABSOLUTE, ROWS + 1), SQL_NO_DATA);
  CHECK_STMT(SQLFetchScroll(stmt, SQL_FETCH_PRIOR, 0));
  CHECK_INT(ids[9], first + ROWS - 1);
  close_session(&s);
}

static void extended_fetch_has_its_own_outputs(void) {
  Session s;
  if (!open_session_as(&s, SQL_OV_ODBC2)) return;
  SQLHSTMT stmt = s.stmt;
  SQLBIGINT ids[5];
  SQLULEN fetched = 0;
  SQLUSMALLINT statuses[5];
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ROWSET_SIZE, (SQLPOINTER)5, 0));
  CHECK_STMT(SQLBindCol(stmt, 1, SQL_C_SBIGINT, ids, 0, NULL));
  CHECK_STMT(SQLExecDirect(stmt, N(big), SQL_NTS));
  CHECK_STMT(SQLExtendedFetch(stmt, SQL_FETCH_NEXT, 0, &fetched, statuses));
  CHECK_INT(fetched, 5);
  CHECK_INT(ids[4], ids[0] + 4);
  CHECK_INT(statuses[4], SQL_ROW_SUCCESS);
  close_session(&s);
}

static void max_rows_ends_every_result(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  int rows = 0;
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_MAX_ROWS, (SQLPOINTER)3, 0));
  CHECK_STMT(SQLExecDirect(stmt, N(big), SQL_NTS));
  while (SQLFetch(stmt) == SQL_SUCCESS) rows++;
  CHECK_INT(rows, 3);
  CHECK_STMT_CODE(SQLMoreResults(stmt), SQL_NO_DATA);
  close_session(&s);
}

const Test fetch_tests[] = {
    /* acceptance 7 */
    {"rowsets of 1", rowsets_of_1},
    {"rowsets of 7", rowsets_of_7},
    {"rowsets of 1000", rowsets_of_1000},
    /* trap 8, acceptance 7 */
    {"rowsets of 10000", rowsets_of_10000},
    /* traps 9, 10, acceptance 7 */
    {"rowsets straddle batches", rowsets_straddle_batches},
    {"rows can be bound row by row with an offset", rows_can_be_bound_row_by_row_with_an_offset},
    {"nulls need an indicator", nulls_need_an_indicator},
    /* trap 49 */
    {"an indicator without a target receives lengths",
     an_indicator_without_a_target_receives_lengths},
    {"row errors have rows and columns", row_errors_have_rows_and_columns},
    /* trap 48 */
    {"bindings fit the next result", bindings_fit_the_next_result},
    {"a forward-only cursor goes forward", a_forward_only_cursor_goes_forward},
    {"a static cursor goes everywhere", a_static_cursor_goes_everywhere},
    {"extended fetch has its own outputs", extended_fetch_has_its_own_outputs},
    {"max rows ends every result", max_rows_ends_every_result},
    {NULL, NULL},
};
