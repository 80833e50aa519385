/* Diagnostic records and fields (reference: diagnostics). */
#include "probe.h"

static void cause_error(SQLHSTMT stmt) {
  SQLExecDirect(stmt, N("SELECT * FROM no_such_table_here"), SQL_NTS);
}

static void records_can_be_read_twice_and_end(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLCHAR state[6], message[1024];
  SQLINTEGER native;
  SQLSMALLINT length = 0, again = 0;
  cause_error(s.stmt);
  CHECK_INT(SQLGetDiagRec(SQL_HANDLE_STMT, s.stmt, 1, state, &native, message, 1024, &length), 0);
  CHECK_INT(SQLGetDiagRec(SQL_HANDLE_STMT, s.stmt, 1, state, &native, message, 1024, &again), 0);
  CHECK_INT(length, again);
  CHECK_INT(strlen((char *)state), 5);
  CHECK_INT(length, strlen((char *)message));
  CHECK(strncmp((char *)message, "[Tern][", 7) == 0 || strstr((char *)message, "[Tern][") != NULL);
  CHECK_INT(SQLGetDiagRec(SQL_HANDLE_STMT, s.stmt, 99, state, &native, message, 1024, &length),
            SQL_NO_DATA);
  CHECK_INT(SQLGetDiagRec(SQL_HANDLE_STMT, s.stmt, 0, state, &native, message, 1024, &length),
            SQL_ERROR);
  close_session(&s);
}

static void a_short_buffer_is_cut_without_a_record(void) {
  Session s;
  if (!open_session(&s)) return;
  Guarded message;
  SQLCHAR state[6];
  SQLINTEGER native;
  SQLSMALLINT length = 0;
  cause_error(s.stmt);
  guard(&message);
  CHECK_INT(SQLGetDiagRec(SQL_HANDLE_STMT, s.stmt, 1, state, &native, message.body, 10, &length),
            SQL_SUCCESS_WITH_INFO);
  CHECK(length > 10);
  CHECK_INT(message.body[9], 0);
  CHECK(is_untouched(&message, 10));
  SQLINTEGER count = 0;
  CHECK_INT(SQLGetDiagField(SQL_HANDLE_STMT, s.stmt, 0, SQL_DIAG_NUMBER, &count, 0, NULL), 0);
  CHECK_INT(count, 1);
  close_session(&s);
}

static void the_wide_family_counts_characters(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLWCHAR state[6], message[1024];
  SQLINTEGER native;
  SQLSMALLINT length = 0;
  cause_error(s.stmt);
  CHECK_INT(SQLGetDiagRecW(SQL_HANDLE_STMT, s.stmt, 1, state, &native, message, 1024, &length), 0);
  CHECK_INT(length, strlen(narrow(message)));
  CHECK_INT(strlen(narrow(state)), 5);
  close_session(&s);
}

static void the_next_call_clears_them(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLCHAR state[6], message[64];
  SQLSMALLINT columns;
  cause_error(s.stmt);
  SQLFreeStmt(s.stmt, SQL_CLOSE);
  CHECK_INT(SQLGetDiagRec(SQL_HANDLE_STMT, s.stmt, 1, state, NULL, message, 64, NULL), SQL_NO_DATA);
  (void)columns;
  close_session(&s);
}

static void fields_have_their_widths(void) {
  Session s;
  if (!open_session(&s)) return;
  Guarded value;
  SQLSMALLINT length;
  cause_error(s.stmt);
  guard(&value);
  CHECK_INT(SQLGetDiagField(SQL_HANDLE_STMT, s.stmt, 1, SQL_DIAG_NATIVE, value.body, 0, NULL), 0);
  CHECK(is_untouched(&value, 4));
  CHECK_INT(SQLGetDiagField(SQL_HANDLE_STMT, s.stmt, 1, SQL_DIAG_ROW_NUMBER, value.body, 0, NULL),
            0);
  CHECK_INT(*(SQLLEN *)value.body, SQL_ROW_NUMBER_UNKNOWN);
  CHECK_INT(SQLGetDiagField(SQL_HANDLE_STMT, s.stmt, 1, SQL_DIAG_COLUMN_NUMBER, value.body, 0,
                            NULL),
            0);
  CHECK_INT(*(SQLINTEGER *)value.body, SQL_COLUMN_NUMBER_UNKNOWN);
  CHECK_INT(SQLGetDiagField(SQL_HANDLE_STMT, s.stmt, 1, SQL_DIAG_CLASS_ORIGIN, value.body, 64,
                            &length),
            0);
  CHECK_TEXT(value.body, "ISO 9075");
  CHECK_INT(SQLGetDiagField(SQL_HANDLE_STMT, s.stmt, 1, SQL_DIAG_SQLSTATE, value.body, 64,
                            &length),
            0);
  CHECK_INT(length, 5);
  CHECK_INT(SQLGetDiagField(SQL_HANDLE_STMT, s.stmt, 1, SQL_DIAG_SERVER_NAME, value.body, 64,
                            &length),
            0);
  CHECK(length > 0);
  close_session(&s);
}

static void the_header_knows_the_statement(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLCHAR name[64];
  SQLSMALLINT length;
  SQLINTEGER code = -1;
  SQLExecDirect(s.stmt, N("/* note */ select 1"), SQL_NTS);
  CHECK_INT(SQLGetDiagField(SQL_HANDLE_STMT, s.stmt, 0, SQL_DIAG_DYNAMIC_FUNCTION, name, 64,
                            &length),
            0);
  CHECK_TEXT(name, "SELECT CURSOR");
  CHECK_INT(SQLGetDiagField(SQL_HANDLE_STMT, s.stmt, 0, SQL_DIAG_DYNAMIC_FUNCTION_CODE, &code, 0,
                            NULL),
            0);
  CHECK_INT(code, SQL_DIAG_SELECT_CURSOR);
  close_session(&s);
}

const Test diagnostic_tests[] = {
    /* trap 15 */
    {"records can be read twice and end", records_can_be_read_twice_and_end},
    {"a short buffer is cut without a record", a_short_buffer_is_cut_without_a_record},
    /* trap 16 */
    {"the wide family counts characters", the_wide_family_counts_characters},
    {"the next call clears them", the_next_call_clears_them},
    {"fields have their widths", fields_have_their_widths},
    {"the header knows the statement", the_header_knows_the_statement},
    {NULL, NULL},
};
