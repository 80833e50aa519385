/* Makes and frees every kind of object again and again, and prints how many bytes a round leaves on
 * the heap. usage: lifetimes target rounds */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tern.h"

static int64_t heap(void) {
  struct mallinfo2 info = mallinfo2();
  return (int64_t)(info.uordblks + info.hblkhd);
}

static int round_of(tern_connection *connection) {
  tern_statement *statement = NULL;
  tern_result *result = NULL;
  tern_target *target = NULL;
  tern_connection *none = NULL;
  tern_error *error = NULL;
  struct ArrowArrayStream stream = {0};
  struct ArrowSchema schema = {0};
  const char *text = NULL;
  int holds = tern_prepare(connection, "SELECT ?, 'text'", -1, &statement, NULL) == TERN_OK;
  holds &= tern_bind_int64(statement, 0, 1, NULL) == TERN_OK;
  holds &= tern_statement_run(statement, &result, NULL) == TERN_OK;
  tern_statement_free(statement);
  holds &= tern_result_step(result, NULL) == TERN_OK;
  holds &= tern_value_text(result, 1, &text, NULL, NULL) == TERN_OK && !strcmp(text, "text");
  holds &= tern_result_schema(result, &schema, NULL) == TERN_OK;
  schema.release(&schema);
  holds &= tern_result_stream(result, &stream, NULL) == TERN_OK;
  stream.release(&stream);
  tern_result_free(result);
  holds &= tern_query(connection, "SELEKT", -1, &result, &error) == TERN_ERROR_SQL;
  tern_error_free(error);
  holds &= tern_connect("nosuch://host", -1, &none, &error) == TERN_ERROR_USAGE;
  tern_error_free(error);
  holds &= tern_target_new("exasol://me@host", -1, &target, NULL) == TERN_OK;
  holds &= tern_target_get(target, "user", &text, NULL, NULL) == TERN_OK;
  tern_target_free(target);
  return holds;
}

int main(int argc, char **argv) {
  tern_connection *connection = NULL;
  int64_t rounds = argc > 2 ? atoll(argv[2]) : 100;
  if (tern_connect(argc > 1 ? argv[1] : "", -1, &connection, NULL) != TERN_OK) return 1;
  for (int i = 0; i < 50; i++)
    if (!round_of(connection)) return 2;
  int64_t before = heap();
  for (int64_t i = 0; i < rounds; i++)
    if (!round_of(connection)) return 3;
  printf("%" PRId64 "\n", (heap() - before) / rounds);
  tern_connection_free(connection);
  return 0;
}
