/* Calls every function of tern.h wrongly: NULL, freed handles, handles of another type, rubbish,
 * arguments out of range. Each call must fail politely; the address sanitizer watches.
 *
 * usage: misuse [target]; with a target the calls that need a live server are made too. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tern.h"

static int failures = 0;
static int checks = 0;

#define CHECK(condition) check((condition) != 0, #condition, __LINE__)

static void check(int holds, const char *what, int line) {
  checks++;
  if (holds) return;
  failures++;
  fprintf(stderr, "line %d: %s\n", line, what);
}

/* Whether a call failed with this code and made an error object that says so; frees it. */
static int failed(int32_t code, tern_error **error, int32_t wanted) {
  int holds = code == wanted && *error != NULL && tern_error_code(*error) == wanted &&
              strlen(tern_error_sqlstate(*error)) == 5 && *tern_error_message(*error, NULL) != 0;
  if (!holds) fprintf(stderr, "got %s\n", tern_code_name(code));
  tern_error_free(*error);
  *error = NULL;
  return holds;
}

/* What a caller passes for a handle that is none. */
struct wrong {
  tern_target *target;
  tern_connection *connection;
  tern_statement *statement;
  tern_result *result;
  tern_partitions *partitions;
  tern_error *error;
};

static void wrong_connection(struct wrong w) {
  tern_error *e = NULL;
  tern_statement *statement = NULL;
  tern_result *result = NULL;
  const char *text = NULL;
  int64_t number = 0;
  struct ArrowArrayStream stream = {0};
#define FAILS(call) CHECK(failed((call), &e, TERN_ERROR_HANDLE))
  FAILS(tern_connection_set(w.connection, "schema", "S", -1, &e));
  FAILS(tern_connection_set_int(w.connection, "max_rows", 1, &e));
  FAILS(tern_connection_get(w.connection, "schema", &text, &number, &e));
  FAILS(tern_ping(w.connection, &e));
  FAILS(tern_commit(w.connection, &e));
  FAILS(tern_rollback(w.connection, &e));
  FAILS(tern_query(w.connection, "SELECT 1", -1, &result, &e));
  FAILS(tern_execute(w.connection, "SELECT 1", -1, &number, &e));
  FAILS(tern_catalog(w.connection, TERN_CATALOG_TABLES, NULL, NULL, NULL, NULL, &result, &e));
  FAILS(tern_ingest(w.connection, "T", -1, TERN_INGEST_APPEND, &stream, &number, &e));
  FAILS(tern_prepare(w.connection, "SELECT 1", -1, &statement, &e));
  FAILS(tern_partition_read(w.connection, (const uint8_t *)"x", 1, &result, &e));
  FAILS(tern_warning_take(w.connection, &text, &text, &number, &e));
  CHECK(tern_connection_is_alive(w.connection) == 0);
  CHECK(tern_cancel(w.connection) == TERN_ERROR_HANDLE);
  tern_connection_free(w.connection);
  CHECK(statement == NULL && result == NULL);
}

static void wrong_statement(struct wrong w) {
  tern_error *e = NULL;
  tern_result *result = NULL;
  struct ArrowSchema schema = {0};
  struct ArrowArray array = {0};
  struct ArrowArrayStream stream = {0};
  FAILS(tern_bind_null(w.statement, 0, &e));
  FAILS(tern_bind_bool(w.statement, 0, 1, &e));
  FAILS(tern_bind_int64(w.statement, 0, 1, &e));
  FAILS(tern_bind_uint64(w.statement, 0, 1, &e));
  FAILS(tern_bind_double(w.statement, 0, 1, &e));
  FAILS(tern_bind_decimal(w.statement, 0, "1", -1, &e));
  FAILS(tern_bind_text(w.statement, 0, "1", -1, &e));
  FAILS(tern_bind_binary(w.statement, 0, (const uint8_t *)"1", 1, &e));
  FAILS(tern_bind_date(w.statement, 0, 1, &e));
  FAILS(tern_bind_time(w.statement, 0, 1, &e));
  FAILS(tern_bind_timestamp(w.statement, 0, 1, 1, &e));
  FAILS(tern_bind_batch(w.statement, &array, &schema, &e));
  FAILS(tern_bind_stream(w.statement, &stream, &e));
  FAILS(tern_clear_bindings(w.statement, &e));
  FAILS(tern_statement_parameter_schema(w.statement, &schema, &e));
  FAILS(tern_statement_schema(w.statement, &schema, &e));
  FAILS(tern_statement_set(w.statement, "max_rows", "1", -1, &e));
  FAILS(tern_statement_run(w.statement, &result, &e));
  CHECK(tern_statement_parameter_count(w.statement) == TERN_ERROR_HANDLE);
  CHECK(tern_statement_cancel(w.statement) == TERN_ERROR_HANDLE);
  tern_statement_free(w.statement);
  CHECK(result == NULL && schema.release == NULL);
}

static void wrong_result(struct wrong w) {
  tern_error *e = NULL;
  tern_partitions *partitions = NULL;
  struct ArrowSchema schema = {0};
  struct ArrowArray array = {0};
  struct ArrowArrayStream stream = {0};
  const char *text = "untouched";
  const uint8_t *bytes = NULL;
  uint64_t wide[2] = {7, 7};
  int64_t number = 7;
  uint64_t natural = 7;
  double real = 7;
  int32_t small = 7, other = 7;
  FAILS(tern_result_next_result(w.result, &e));
  FAILS(tern_result_schema(w.result, &schema, &e));
  FAILS(tern_result_next_batch(w.result, &array, &e));
  FAILS(tern_result_stream(w.result, &stream, &e));
  FAILS(tern_result_partitions(w.result, &partitions, &e));
  FAILS(tern_result_step(w.result, &e));
  FAILS(tern_value_int64(w.result, 0, &number, &e));
  FAILS(tern_value_uint64(w.result, 0, &natural, &e));
  FAILS(tern_value_double(w.result, 0, &real, &e));
  FAILS(tern_value_bool(w.result, 0, &small, &e));
  FAILS(tern_value_text(w.result, 0, &text, &number, &e));
  FAILS(tern_value_binary(w.result, 0, &bytes, &number, &e));
  FAILS(tern_value_decimal128(w.result, 0, wide, &small, &e));
  FAILS(tern_value_date(w.result, 0, &small, &e));
  FAILS(tern_value_time(w.result, 0, &number, &e));
  FAILS(tern_value_timestamp(w.result, 0, &number, &small, &other, &e));
  FAILS(tern_value_interval(w.result, 0, &small, &other, &number, &e));
  CHECK(tern_value_is_null(w.result, 0) == TERN_ERROR_HANDLE);
  CHECK(tern_column_count(w.result) == TERN_ERROR_HANDLE);
  CHECK(tern_column_type(w.result, 0) == TERN_ERROR_HANDLE);
  CHECK(tern_column_size(w.result, 0) == -1 && tern_column_scale(w.result, 0) == -1);
  CHECK(tern_column_is_nullable(w.result, 0) == -1);
  CHECK(*tern_column_name(w.result, 0, &number) == 0 && number == 0);
  CHECK(*tern_column_type_name(w.result, 0, NULL) == 0);
  CHECK(*tern_result_query_id(w.result, NULL) == 0);
  CHECK(tern_result_rows_affected(w.result) == -1 && tern_result_row_count(w.result) == -1);
  CHECK(tern_result_last_insert_id(w.result, NULL) == TERN_ERROR_HANDLE);
  CHECK(tern_result_rows_received(w.result) == -1 && tern_result_bytes_received(w.result) == -1);
  tern_result_free(w.result);
  CHECK(natural == 7 && real == 7 && small == 7 && wide[0] == 7 && wide[1] == 7);
  CHECK(partitions == NULL && array.release == NULL && stream.release == NULL);
}

static void wrong_rest(struct wrong w) {
  tern_error *e = NULL;
  tern_connection *connection = NULL;
  const char *text = NULL;
  const uint8_t *bytes = NULL;
  int64_t number = 0;
  FAILS(tern_target_set(w.target, "user", "x", -1, &e));
  FAILS(tern_target_get(w.target, "user", &text, &number, &e));
  FAILS(tern_target_connect(w.target, &connection, &e));
  tern_target_free(w.target);
  CHECK(tern_partitions_count(w.partitions) == TERN_ERROR_HANDLE);
  CHECK(tern_partitions_get(w.partitions, 0, &bytes, &number) == TERN_ERROR_HANDLE);
  tern_partitions_free(w.partitions);
  CHECK(tern_error_code(w.error) == TERN_ERROR_HANDLE);
  CHECK(*tern_error_message(w.error, &number) == 0 && *tern_error_query_id(w.error, NULL) == 0);
  CHECK(*tern_error_sqlstate(w.error) == 0 && tern_error_vendor_code(w.error) == 0);
  CHECK(tern_error_is_retryable(w.error) == 0);
  tern_error_free(w.error);
  CHECK(connection == NULL);
}

static void wrong_handles(struct wrong w) {
  wrong_connection(w);
  wrong_statement(w);
  wrong_result(w);
  wrong_rest(w);
}

#define USAGE(call) CHECK(failed((call), &e, TERN_ERROR_USAGE))
#define DATA(call) CHECK(failed((call), &e, TERN_ERROR_DATA))

/* Arguments that need no server. */
static void wrong_arguments(void) {
  tern_error *e = NULL;
  tern_target *target = NULL;
  tern_connection *connection = NULL;
  const char *text = NULL;
  USAGE(tern_connect(NULL, -1, &connection, &e));
  USAGE(tern_connect("", 0, &connection, &e));
  USAGE(tern_connect("nosuch://host", -1, &connection, &e));
  USAGE(tern_connect("exasol://host", -1, NULL, &e));
  USAGE(tern_connect("exasol://host", -2, &connection, &e));
  USAGE(tern_connect("exasol://host", INT64_MIN, &connection, &e));
  DATA(tern_connect("exasol://\xff\xfe", -1, &connection, &e));
  CHECK(tern_connect("nosuch://host", -1, &connection, NULL) == TERN_ERROR_USAGE);
  USAGE(tern_target_new(NULL, -1, &target, &e));
  USAGE(tern_target_new("exasol://h", -1, NULL, &e));
  USAGE(tern_target_new("exasol://h?colour=red", -1, &target, &e));
  CHECK(target == NULL && tern_target_new(NULL, 0, &target, &e) == TERN_OK && target != NULL);
  USAGE(tern_target_set(target, NULL, "x", -1, &e));
  USAGE(tern_target_set(target, "user", NULL, -1, &e));
  USAGE(tern_target_set(target, "pasword", "x", -1, &e));
  CHECK(tern_target_set(target, "protocol", "exasol", -1, &e) == TERN_OK);
  USAGE(tern_target_set(target, "tls", "maybe", -1, &e));
  USAGE(tern_target_get(target, NULL, &text, NULL, &e));
  USAGE(tern_target_get(target, "password", &text, NULL, &e));
  CHECK(tern_target_get(target, "user", NULL, NULL, &e) == TERN_OK);
  USAGE(tern_target_connect(target, &connection, &e));
  USAGE(tern_target_connect(target, NULL, &e));
  CHECK(tern_target_key(-1, &text, &text) == TERN_DONE);
  CHECK(tern_target_key(INT32_MAX, NULL, NULL) == TERN_DONE);
  CHECK(tern_target_key(0, NULL, NULL) == TERN_OK);
  CHECK(tern_has(NULL) == 0 && tern_has("\xff") == 0 && tern_version() != NULL);
  CHECK(tern_version_number() == TERN_VERSION_NUMBER && tern_code_name(INT32_MIN) != NULL);
  tern_log_set(NULL, NULL, INT32_MAX);
  tern_log_set(NULL, NULL, INT32_MIN);

  /* A freed handle, and every handle in the place of every other type. */
  struct wrong freed = {target, (tern_connection *)target, (tern_statement *)target,
                        (tern_result *)target, (tern_partitions *)target, (tern_error *)target};
  struct wrong live = freed;
  live.target = NULL;
  wrong_handles(live);
  CHECK(tern_target_set(target, "user", "me", -1, &e) == TERN_OK);
  tern_target_free(target);
  wrong_handles(freed);
  CHECK(connection == NULL);
}

#include "misuse_live.h"

int main(int argc, char **argv) {
  struct wrong null = {0};
  wrong_handles(null);
  uintptr_t rubbish[] = {1, 16, 0xdeadbeef, UINTPTR_MAX, (uintptr_t)1 << 44,
                         ((uintptr_t)3 << 44) | 0xfffff0};
  for (size_t i = 0; i < sizeof rubbish / sizeof *rubbish; i++) {
    void *p = (void *)rubbish[i];
    struct wrong w = {p, p, p, p, p, p};
    wrong_handles(w);
  }
  wrong_arguments();
  if (argc > 1) live_misuse(argv[1]);
  printf("%d checks, %d failures\n", checks, failures);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
