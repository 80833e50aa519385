/* Runs the chapters and counts: `probe CONNECTION-STRING [chapter or test name part]`. */
#include "probe.h"

#include <locale.h>
#include <stdarg.h>

const char *connection_string;
static const char *current_test;
static int failures_of_test;

static const struct {
  const char *name;
  const Test *tests;
} chapters[] = {
    {"handles", handle_tests},         {"connect", connect_tests},
    {"diagnostics", diagnostic_tests}, {"attributes", attribute_tests},
    {"info", info_tests},              {"columns", column_tests},
    {"fetch", fetch_tests},            {"data", data_tests},
    {"conversions", conversion_tests}, {"parameters", parameter_tests},
    {"execution data", execution_data_tests}, {"descriptors", descriptor_tests},
    {"catalog", catalog_tests},        {"escapes", escape_tests},
    {"transactions", transaction_tests}, {"cancel", cancel_tests},
    {"threads", thread_tests},         {"traps", trap_tests},
};

void fail(const char *file, int line, const char *format, ...) {
  va_list arguments;
  if (++failures_of_test > 10) return;
  printf("  %s:%d: ", file, line);
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  printf("\n");
}

SQLRETURN check_code(const char *file, int line, const char *call, SQLSMALLINT kind,
                     SQLHANDLE handle, SQLRETURN code, SQLRETURN wanted) {
  if (code == wanted) return code;
  SQLCHAR state[6] = "", message[512] = "";
  SQLINTEGER native = 0;
  SQLSMALLINT length = 0;
  if (handle) SQLGetDiagRec(kind, handle, 1, state, &native, message, sizeof message, &length);
  fail(file, line, "%s gave %d, wanted %d: %s %s", call, code, wanted, state, message);
  return code;
}

SQLRETURN check_state(const char *file, int line, const char *call, SQLSMALLINT kind,
                      SQLHANDLE handle, SQLRETURN code, const char *wanted) {
  SQLCHAR state[6] = "", message[512] = "";
  SQLINTEGER native = 0;
  SQLSMALLINT length = 0;
  SQLGetDiagRec(kind, handle, 1, state, &native, message, sizeof message, &length);
  bool is_warning = strncmp(wanted, "01", 2) == 0;
  if (code != (is_warning ? SQL_SUCCESS_WITH_INFO : SQL_ERROR))
    fail(file, line, "%s gave %d, wanted %s (got %s %s)", call, code, wanted, state, message);
  else if (strcmp((char *)state, wanted) != 0)
    fail(file, line, "%s gave %s, wanted %s: %s", call, state, wanted, message);
  else if (message[0] == 0 || length <= 0)
    fail(file, line, "%s gave %s without a message", call, state);
  return code;
}

bool open_session_as(Session *session, SQLINTEGER version) {
  memset(session, 0, sizeof *session);
  SQLAllocHandle(SQL_HANDLE_ENV, NULL, &session->env);
  SQLSetEnvAttr(session->env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)(intptr_t)version, 0);
  SQLAllocHandle(SQL_HANDLE_DBC, session->env, &session->dbc);
  SQLRETURN code = SQLDriverConnect(session->dbc, NULL, N(connection_string), SQL_NTS, NULL, 0,
                                    NULL, SQL_DRIVER_NOPROMPT);
  if (!SQL_SUCCEEDED(code)) {
    check_code(__FILE__, __LINE__, "SQLDriverConnect", SQL_HANDLE_DBC, session->dbc, code,
               SQL_SUCCESS);
    return false;
  }
  SQLAllocHandle(SQL_HANDLE_STMT, session->dbc, &session->stmt);
  return session->stmt != NULL;
}

bool open_session(Session *session) { return open_session_as(session, SQL_OV_ODBC3_80); }

void close_session(Session *session) {
  if (session->stmt) SQLFreeHandle(SQL_HANDLE_STMT, session->stmt);
  if (session->dbc) {
    SQLDisconnect(session->dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, session->dbc);
  }
  if (session->env) SQLFreeHandle(SQL_HANDLE_ENV, session->env);
  memset(session, 0, sizeof *session);
}

SQLWCHAR *wide(const char *ascii) {
  static SQLWCHAR buffers[8][2048];
  static int next;
  SQLWCHAR *buffer = buffers[next++ % 8];
  size_t length = strlen(ascii);
  if (length > 2047) length = 2047;
  for (size_t i = 0; i < length; i++) buffer[i] = (unsigned char)ascii[i];
  buffer[length] = 0;
  return buffer;
}

const char *narrow(const SQLWCHAR *text) {
  static char buffers[8][2048];
  static int next;
  char *buffer = buffers[next++ % 8];
  size_t length = 0;
  for (; text[length] && length < 2047; length++)
    buffer[length] = text[length] < 128 ? (char)text[length] : '?';
  buffer[length] = 0;
  return buffer;
}

void guard(Guarded *memory) { memset(memory, GUARD, sizeof *memory); }

bool is_untouched(const Guarded *memory, size_t from) {
  for (size_t i = 0; i < sizeof memory->before; i++)
    if (memory->before[i] != GUARD) return false;
  for (size_t i = from; i < sizeof memory->body; i++)
    if (memory->body[i] != GUARD) return false;
  for (size_t i = 0; i < sizeof memory->after; i++)
    if (memory->after[i] != GUARD) return false;
  return true;
}

int cycles(int usual) {
  const char *few = getenv("PROBE_CYCLES");
  int most = few ? atoi(few) : usual;
  return most < usual ? most : usual;
}

int main(int count, char **arguments) {
  if (count < 2) {
    fprintf(stderr, "usage: %s CONNECTION-STRING [part of a chapter's or test's name]\n",
            arguments[0]);
    return 2;
  }
  setlocale(LC_ALL, "");
  connection_string = arguments[1];
  const char *only = count > 2 ? arguments[2] : "";
  int passed = 0, failed = 0;
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (size_t c = 0; c < sizeof chapters / sizeof *chapters; c++) {
    for (const Test *test = chapters[c].tests; test->name; test++) {
      if (!strstr(chapters[c].name, only) && !strstr(test->name, only)) continue;
      current_test = test->name;
      failures_of_test = 0;
      test->run();
      printf("%s %s: %s\n", failures_of_test ? "FAIL" : "ok  ", chapters[c].name, current_test);
      failures_of_test ? failed++ : passed++;
    }
  }
  printf("%d passed, %d failed\n", passed, failed);
  return failed ? 1 : 0;
}
