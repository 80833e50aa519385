/* The program at the top of tern.h, with the target as its argument. */
#include <inttypes.h>
#include <stdio.h>
#include <tern.h>

int main(int argc, char **argv) {
  tern_connection *connection = NULL;
  tern_result *result = NULL;
  tern_error *error = NULL;
  int64_t id;
  const char *name;
  int32_t code = tern_connect(argc > 1 ? argv[1] : "", -1, &connection, &error);
  if (code == TERN_OK)
    code = tern_query(connection, "SELECT id, name FROM retail.customer ORDER BY id", -1, &result,
                      &error);
  while (code == TERN_OK && (code = tern_result_step(result, &error)) == TERN_OK) {
    code = tern_value_int64(result, 0, &id, &error);
    if (code == TERN_OK) code = tern_value_text(result, 1, &name, NULL, &error);
    if (code == TERN_OK) printf("%" PRId64 " %s\n", id, name);
  }
  if (error) fprintf(stderr, "%s\n", tern_error_message(error, NULL));
  tern_error_free(error);
  tern_result_free(result);
  tern_connection_free(connection);
  return code == TERN_DONE ? 0 : 1;
}
