// Connects, runs one query and prints its rows. Everything a first program with tern.h needs.
//
//   TERN_TARGET=exasol://host/SCHEMA TERN_USER=SYS TERN_PASSWORD=... ./query 'SELECT 1'
#include <stdio.h>
#include <stdlib.h>

#include "tern.h"

static int fail(tern_error *error) {
  fprintf(stderr, "[%s] %s\n", tern_error_sqlstate(error), tern_error_message(error, NULL));
  tern_error_free(error);
  return 1;
}

static tern_connection *open_connection(tern_error **error) {
  tern_target *target = NULL;
  tern_connection *connection = NULL;
  if (tern_target_new(getenv("TERN_TARGET"), -1, &target, error) != TERN_OK) return NULL;
  if (tern_target_set(target, "user", getenv("TERN_USER"), -1, error) == TERN_OK &&
      tern_target_set(target, "password", getenv("TERN_PASSWORD"), -1, error) == TERN_OK) {
    tern_target_connect(target, &connection, error);
  }
  tern_target_free(target);
  return connection;
}

static int print_rows(tern_result *result, tern_error **error) {
  int32_t columns = tern_column_count(result);
  for (int32_t i = 0; i < columns; i++) {
    printf("%s%s:%s", i ? " | " : "", tern_column_name(result, i, NULL),
           tern_column_type_name(result, i, NULL));
  }
  printf("\n");
  int32_t step;
  while ((step = tern_result_step(result, error)) == TERN_OK) {
    for (int32_t i = 0; i < columns; i++) {
      const char *text = "NULL";
      if (tern_value_is_null(result, i) == 0 &&
          tern_value_text(result, i, &text, NULL, error) != TERN_OK) {
        return -1;
      }
      printf("%s%s", i ? " | " : "", text);
    }
    printf("\n");
  }
  return step == TERN_DONE ? 0 : -1;
}

int main(int argc, char **argv) {
  tern_error *error = NULL;
  tern_result *result = NULL;
  if (argc != 2) return fprintf(stderr, "usage: query SQL\n"), 2;
  tern_connection *connection = open_connection(&error);
  if (!connection) return fail(error);
  if (tern_query(connection, argv[1], -1, &result, &error) != TERN_OK ||
      print_rows(result, &error) != 0) {
    tern_result_free(result);
    tern_connection_free(connection);
    return fail(error);
  }
  tern_result_free(result);
  tern_connection_free(connection);
  return 0;
}
