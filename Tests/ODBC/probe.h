/* The acceptance program of the ODBC driver: what its chapters share. */
#ifndef TERN_ODBC_PROBE_H
#define TERN_ODBC_PROBE_H

#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One named claim. */
typedef struct {
  const char *name;
  void (*run)(void);
} Test;

/* A chapter is a list of tests that ends with a null name. */
extern const Test handle_tests[], diagnostic_tests[], attribute_tests[], info_tests[],
    column_tests[], fetch_tests[], data_tests[], conversion_tests[], parameter_tests[],
    execution_data_tests[], descriptor_tests[], catalog_tests[], escape_tests[], cancel_tests[],
    thread_tests[], connect_tests[], transaction_tests[], trap_tests[];

/* The connection string of the server under test, and what the runner tells about it. */
extern const char *connection_string;

/* Counts a failure with its place; the test goes on. */
void fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Checks a condition. */
#define CHECK(condition)                                                                          \
  do {                                                                                            \
    if (!(condition)) fail(__FILE__, __LINE__, "%s", #condition);                                 \
  } while (0)

/* Checks that two integers are equal and shows both if not. */
#define CHECK_INT(actual, wanted)                                                                 \
  do {                                                                                            \
    long long actual_ = (long long)(actual), wanted_ = (long long)(wanted);                       \
    if (actual_ != wanted_)                                                                       \
      fail(__FILE__, __LINE__, "%s is %lld, wanted %lld", #actual, actual_, wanted_);             \
  } while (0)

/* Checks that two texts are equal and shows both if not. */
#define CHECK_TEXT(actual, wanted)                                                                \
  do {                                                                                            \
    const char *actual_ = (const char *)(actual), *wanted_ = (wanted);                            \
    if (strcmp(actual_, wanted_) != 0)                                                            \
      fail(__FILE__, __LINE__, "%s is '%s', wanted '%s'", #actual, actual_, wanted_);             \
  } while (0)

/* Checks a return code and shows the first diagnostic record if it is another. */
#define CHECK_CODE(kind, handle, call, wanted)                                                    \
  check_code(__FILE__, __LINE__, #call, (kind), (handle), (call), (wanted))
#define CHECK_STMT(call) CHECK_CODE(SQL_HANDLE_STMT, stmt, call, SQL_SUCCESS)
#define CHECK_STMT_CODE(call, wanted) CHECK_CODE(SQL_HANDLE_STMT, stmt, call, wanted)
#define CHECK_DBC(call) CHECK_CODE(SQL_HANDLE_DBC, dbc, call, SQL_SUCCESS)

/* Checks that a call fails, or warns, with a SQLSTATE. */
#define CHECK_STATE(kind, handle, call, state)                                                    \
  check_state(__FILE__, __LINE__, #call, (kind), (handle), (call), (state))
#define CHECK_STMT_STATE(call, state) CHECK_STATE(SQL_HANDLE_STMT, stmt, call, state)
#define CHECK_DBC_STATE(call, state) CHECK_STATE(SQL_HANDLE_DBC, dbc, call, state)

SQLRETURN check_code(const char *file, int line, const char *call, SQLSMALLINT kind,
                     SQLHANDLE handle, SQLRETURN code, SQLRETURN wanted);
SQLRETURN check_state(const char *file, int line, const char *call, SQLSMALLINT kind,
                      SQLHANDLE handle, SQLRETURN code, const char *state);

/* A connection and a statement of its own for one test. */
typedef struct {
  SQLHENV env;
  SQLHDBC dbc;
  SQLHSTMT stmt;
} Session;

/* Opens one; the test is skipped when that fails. */
bool open_session(Session *session);
/* The same as an application of another ODBC version. */
bool open_session_as(Session *session, SQLINTEGER version);
void close_session(Session *session);

/* Text as narrow and wide arguments. */
#define N(text) ((SQLCHAR *)(text))
/* Converts ASCII; the buffer is static, eight at a time. */
SQLWCHAR *wide(const char *ascii);
/* Back again, for comparisons. */
const char *narrow(const SQLWCHAR *text);

/* Guard bytes behind and before what the driver may write. */
#define GUARD 0x5A
typedef struct {
  unsigned char before[16];
  unsigned char body[4096];
  unsigned char after[16];
} Guarded;
void guard(Guarded *memory);

/* Rounds of a loop: as many as asked for, or PROBE_CYCLES where that is less (valgrind is slow). */
int cycles(int usual);

/* The memory that this process holds at the moment. */
long resident_bytes(void);

/* What many rounds may add to the resident memory. The address sanitizer's allocator spreads what
   it hands out over more size classes. (The stacks that it keeps of every allocation add 16 MiB
   in a thousand connections; the tests switch them off.) */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define GROWTH_MAX (8l << 20)
#endif
#endif
#if !defined(GROWTH_MAX) && defined(__SANITIZE_ADDRESS__)
#define GROWTH_MAX (8l << 20)
#endif
#ifndef GROWTH_MAX
#define GROWTH_MAX (4l << 20)
#endif

/* Bytes from `from` on are untouched. */
bool is_untouched(const Guarded *memory, size_t from);

#endif
