/* Forgets what it was given: the leak checker must say so, or it sees nothing in the library.
 * usage: forgetful target */
#include <stdlib.h>
#include <string.h>

#include "tern.h"

int main(int count, char **values) {
  tern_connection *connection = NULL;
  tern_result *result = NULL;
  struct ArrowSchema schema = {0};
  if (count != 2 || tern_connect(values[1], -1, &connection, NULL) != TERN_OK) return 2;
  if (tern_query(connection, "SELECT 1", -1, &result, NULL) != TERN_OK) return 2;
  for (int round = 0; round < 50; round++) {
    /* Overwritten without a call of its release. */
    if (tern_result_schema(result, &schema, NULL) != TERN_OK) return 2;
    memset(&schema, 0, sizeof schema);
  }
  tern_result_free(result);
  tern_connection_free(connection);
  return 0;
}
