/* The part of misuse.c that needs a server: wrong order, wrong indexes, objects freed in any order. */

static void misuse_result(tern_connection *connection) {
  tern_error *e = NULL;
  tern_result *result = NULL;
  tern_partitions *partitions = NULL;
  const char *text = NULL;
  const uint8_t *bytes = NULL;
  int64_t number = 7;
  int32_t small = 7;
  uint64_t wide[2];
  uint64_t natural;
  double real;
  USAGE(tern_query(connection, NULL, -1, &result, &e));
  USAGE(tern_query(connection, "SELECT 1", -7, &result, &e));
  DATA(tern_query(connection, "SELECT '\xc3'", -1, &result, &e));
  CHECK(failed(tern_query(connection, "SELEKT", -1, &result, &e), &e, TERN_ERROR_SQL));
  CHECK(tern_query(connection, "SELECT 1", -1, NULL, NULL) == TERN_OK);
  CHECK(tern_query(connection, "SELECT 1, 'x', CAST(NULL AS DECIMAL(9)), 2.5, TRUE", -1, &result, &e) == TERN_OK);
  /* No current row yet. */
  USAGE(tern_value_int64(result, 0, &number, &e));
  CHECK(tern_value_is_null(result, 0) == TERN_ERROR_USAGE);
  CHECK(tern_result_step(result, &e) == TERN_OK);
  int32_t indexes[] = {-1, 5, INT32_MAX, INT32_MIN};
  for (size_t i = 0; i < 4; i++) {
    int32_t index = indexes[i];
    USAGE(tern_value_int64(result, index, &number, &e));
    USAGE(tern_value_uint64(result, index, &natural, &e));
    USAGE(tern_value_double(result, index, &real, &e));
    USAGE(tern_value_bool(result, index, &small, &e));
    USAGE(tern_value_text(result, index, &text, &number, &e));
    USAGE(tern_value_binary(result, index, &bytes, &number, &e));
    USAGE(tern_value_decimal128(result, index, wide, &small, &e));
    USAGE(tern_value_date(result, index, &small, &e));
    USAGE(tern_value_time(result, index, &number, &e));
    USAGE(tern_value_timestamp(result, index, &number, &small, &small, &e));
    USAGE(tern_value_interval(result, index, &small, &small, &number, &e));
    CHECK(tern_value_is_null(result, index) == TERN_ERROR_USAGE);
    CHECK(tern_column_type(result, index) == TERN_ERROR_USAGE);
    CHECK(*tern_column_name(result, index, NULL) == 0 && tern_column_size(result, index) == -1);
    CHECK(tern_column_scale(result, index) == -1 && tern_column_is_nullable(result, index) == -1);
    CHECK(*tern_column_type_name(result, index, NULL) == 0);
  }
  USAGE(tern_value_int64(result, 0, NULL, &e));
  USAGE(tern_value_uint64(result, 0, NULL, &e));
  USAGE(tern_value_double(result, 3, NULL, &e));
  USAGE(tern_value_bool(result, 4, NULL, &e));
  USAGE(tern_value_text(result, 1, NULL, NULL, &e));
  USAGE(tern_value_binary(result, 1, NULL, &number, &e));
  USAGE(tern_value_binary(result, 1, &bytes, NULL, &e));
  USAGE(tern_value_decimal128(result, 3, NULL, NULL, &e));
  USAGE(tern_value_date(result, 0, NULL, &e));
  USAGE(tern_value_time(result, 0, NULL, &e));
  USAGE(tern_value_timestamp(result, 0, NULL, NULL, NULL, &e));
  /* NULL, and values of another kind; the places stay untouched. */
  number = 7;
  DATA(tern_value_int64(result, 2, &number, &e));
  DATA(tern_value_text(result, 2, &text, &number, &e));
  DATA(tern_value_int64(result, 1, &number, &e));
  DATA(tern_value_int64(result, 3, &number, &e));
  DATA(tern_value_date(result, 0, &small, &e));
  DATA(tern_value_time(result, 0, &number, &e));
  DATA(tern_value_timestamp(result, 0, &number, &small, &small, &e));
  DATA(tern_value_interval(result, 0, &small, &small, &number, &e));
  DATA(tern_value_binary(result, 0, &bytes, &number, &e));
  CHECK(number == 7 && tern_value_is_null(result, 2) == 1);
  CHECK(tern_value_text(result, 1, &text, NULL, &e) == TERN_OK && strcmp(text, "x") == 0);
  USAGE(tern_result_partitions(result, NULL, &e) == TERN_ERROR_UNSUPPORTED
            ? (tern_error_free(e), e = NULL, tern_result_schema(result, NULL, &e))
            : TERN_ERROR_INTERNAL);
  CHECK(tern_result_step(result, &e) == TERN_DONE && tern_result_step(result, &e) == TERN_DONE);
  USAGE(tern_value_int64(result, 0, &number, &e));
  CHECK(tern_result_next_result(result, &e) == TERN_DONE);
  USAGE(tern_result_next_batch(result, NULL, &e));
  USAGE(tern_result_stream(result, NULL, &e));
  CHECK(partitions == NULL);
  tern_result_free(result);
  USAGE(tern_execute(connection, NULL, -1, NULL, &e));
  CHECK(tern_execute(connection, "SELECT 1", -1, NULL, &e) == TERN_OK);
  USAGE(tern_catalog(connection, TERN_CATALOG_TYPES, NULL, NULL, NULL, NULL, NULL, &e));
  USAGE(tern_catalog(connection, -1, NULL, NULL, NULL, NULL, &result, &e));
  USAGE(tern_catalog(connection, 16, NULL, NULL, NULL, NULL, &result, &e));
  DATA(tern_catalog(connection, TERN_CATALOG_TABLES, "\xff", NULL, NULL, NULL, &result, &e));
  USAGE(tern_partition_read(connection, NULL, 3, &result, &e));
  USAGE(tern_partition_read(connection, (const uint8_t *)"x", 1, NULL, &e));
  tern_result *opened = NULL;
  CHECK(tern_partition_read(connection, (const uint8_t *)"x", 1, &opened, NULL) < 0);
}

static void misuse_statement(tern_connection *connection) {
  tern_error *e = NULL;
  tern_statement *statement = NULL;
  tern_result *result = NULL;
  struct ArrowSchema schema = {0};
  struct ArrowArray array = {0};
  struct ArrowArrayStream stream = {0};
  USAGE(tern_prepare(connection, NULL, -1, &statement, &e));
  USAGE(tern_prepare(connection, "SELECT 1", -1, NULL, &e));
  CHECK(tern_prepare(connection, "SELECT ?, ?", -1, &statement, &e) == TERN_OK);
  CHECK(tern_statement_parameter_count(statement) == 2);
  USAGE(tern_statement_run(statement, &result, &e));
  int32_t indexes[] = {-1, 2, INT32_MAX, INT32_MIN};
  for (size_t i = 0; i < 4; i++) {
    int32_t index = indexes[i];
    USAGE(tern_bind_null(statement, index, &e));
    USAGE(tern_bind_bool(statement, index, 1, &e));
    USAGE(tern_bind_int64(statement, index, 1, &e));
    USAGE(tern_bind_uint64(statement, index, UINT64_MAX, &e));
    USAGE(tern_bind_double(statement, index, 1, &e));
    USAGE(tern_bind_decimal(statement, index, "1", -1, &e));
    USAGE(tern_bind_text(statement, index, "1", -1, &e));
    USAGE(tern_bind_binary(statement, index, NULL, 0, &e));
    USAGE(tern_bind_date(statement, index, INT32_MIN, &e));
    USAGE(tern_bind_time(statement, index, 0, &e));
    USAGE(tern_bind_timestamp(statement, index, 0, 0, &e));
  }
  CHECK(tern_bind_int64(statement, 0, 1, &e) == TERN_OK);
  USAGE(tern_statement_run(statement, &result, &e)); /* The second has no value. */
  USAGE(tern_bind_text(statement, 1, NULL, -1, &e));
  DATA(tern_bind_text(statement, 1, "\xed\xa0\x80", -1, &e));
  USAGE(tern_bind_binary(statement, 1, NULL, 1, &e));
  USAGE(tern_bind_binary(statement, 1, (const uint8_t *)"x", -1, &e));
  DATA(tern_bind_decimal(statement, 1, "1,5", -1, &e));
  DATA(tern_bind_decimal(statement, 1, "", -1, &e));
  DATA(tern_bind_time(statement, 1, -1, &e));
  DATA(tern_bind_time(statement, 1, INT64_MAX, &e));
  DATA(tern_bind_timestamp(statement, 1, INT64_MAX, 0, &e));
  DATA(tern_bind_timestamp(statement, 1, 0, -1, &e));
  USAGE(tern_bind_batch(statement, NULL, &schema, &e));
  USAGE(tern_bind_batch(statement, &array, NULL, &e));
  CHECK(tern_bind_batch(statement, &array, &schema, NULL) < 0);
  USAGE(tern_bind_stream(statement, NULL, &e));
  CHECK(tern_bind_stream(statement, &stream, NULL) < 0);
  USAGE(tern_statement_schema(statement, NULL, &e));
  USAGE(tern_statement_parameter_schema(statement, NULL, &e));
  USAGE(tern_statement_set(statement, NULL, "1", -1, &e));
  USAGE(tern_statement_set(statement, "schema", "S", -1, &e));
  USAGE(tern_statement_set(statement, "max_rows", "many", -1, &e));
  CHECK(tern_clear_bindings(statement, &e) == TERN_OK && tern_statement_cancel(statement) == TERN_OK);
  tern_statement_free(statement);
  tern_statement_free(statement);
  CHECK(result == NULL);
}

static void misuse_connection(tern_connection *connection) {
  tern_error *e = NULL;
  const char *text = NULL;
  struct ArrowArrayStream stream = {0};
  USAGE(tern_connection_set(connection, NULL, "x", -1, &e));
  USAGE(tern_connection_set(connection, "schema", NULL, -1, &e));
  USAGE(tern_connection_set(connection, "colour", "red", -1, &e));
  USAGE(tern_connection_set(connection, "autocommit", "maybe", -1, &e));
  USAGE(tern_connection_set(connection, "tls_ca_file", "/x", -1, &e));
  USAGE(tern_connection_set_int(connection, "max_rows", -1, &e));
  USAGE(tern_connection_set_int(connection, NULL, 1, &e));
  USAGE(tern_connection_get(connection, NULL, &text, NULL, &e));
  USAGE(tern_connection_get(connection, "password", &text, NULL, &e));
  CHECK(tern_connection_get(connection, "schema", NULL, NULL, &e) == TERN_OK);
  USAGE(tern_commit(connection, &e));
  USAGE(tern_rollback(connection, &e));
  USAGE(tern_ingest(connection, "T", -1, TERN_INGEST_APPEND, NULL, NULL, &e));
  CHECK(tern_ingest(connection, "T", -1, TERN_INGEST_APPEND, &stream, NULL, NULL) < 0);
  CHECK(tern_warning_take(connection, NULL, NULL, NULL, &e) >= 0);
  CHECK(tern_ping(connection, &e) == TERN_OK && tern_cancel(connection) == TERN_OK);
}

/* Children outlive their parents; only fetching fails. */
static void wrong_order(const char *target) {
  tern_error *e = NULL;
  tern_connection *connection = NULL;
  tern_statement *statement = NULL;
  tern_result *result = NULL, *other = NULL;
  struct ArrowArrayStream stream = {0};
  struct ArrowArray array = {0};
  CHECK(tern_connect(target, -1, &connection, &e) == TERN_OK);
  CHECK(tern_prepare(connection, "SELECT ?", -1, &statement, &e) == TERN_OK);
  CHECK(tern_bind_int64(statement, 0, 1, &e) == TERN_OK);
  CHECK(tern_statement_run(statement, &result, &e) == TERN_OK);
  CHECK(tern_query(connection, "SELECT 1", -1, &other, &e) == TERN_OK);
  CHECK(tern_result_stream(other, &stream, &e) == TERN_OK);
  USAGE(tern_result_step(other, &e));
  USAGE(tern_result_next_batch(other, &array, &e));
  USAGE(tern_result_next_result(other, &e));
  USAGE(tern_result_stream(other, &stream, &e));
  CHECK(tern_column_count(other) == 1);
  tern_connection_free(connection);
  tern_connection_free(connection);
  struct wrong freed = {0};
  freed.connection = connection;
  wrong_connection(freed);
  CHECK(tern_statement_run(statement, NULL, NULL) < 0);
  CHECK(tern_column_count(result) == 1);
  tern_statement_free(statement);
  tern_result_free(other);
  tern_result_free(other);
  if (stream.get_next(&stream, &array) == 0 && array.release) array.release(&array);
  stream.release(&stream);
  tern_result_free(result);
  freed.statement = statement;
  freed.result = result;
  wrong_statement(freed);
  wrong_result(freed);
}

static void live_misuse(const char *target) {
  tern_error *e = NULL;
  tern_connection *connection = NULL;
  CHECK(tern_connect(target, -1, &connection, &e) == TERN_OK);
  if (e) fprintf(stderr, "%s\n", tern_error_message(e, NULL));
  misuse_result(connection);
  misuse_statement(connection);
  misuse_connection(connection);
  CHECK(tern_connection_is_alive(connection) == 1);
  tern_connection_free(connection);
  wrong_order(target);
}
