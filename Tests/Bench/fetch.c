// Reads one query's result through tern.h and prints as JSON the seconds of each run, and the
// processor's of the last.
//
//   TERN_TARGET=... TERN_USER=... TERN_PASSWORD=... ./fetch batches|rows|connect|query RUNS SQL
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tern.h"

static tern_error *error = NULL;

static double now(clockid_t clock) {
  struct timespec moment;
  clock_gettime(clock, &moment);
  return (double)moment.tv_sec + (double)moment.tv_nsec / 1e9;
}

static void check(int32_t code) {
  if (code >= 0) return;
  fprintf(stderr, "[%s] %s\n", tern_error_sqlstate(error), tern_error_message(error, NULL));
  exit(1);
}

static tern_connection *open_connection(void) {
  tern_target *target = NULL;
  tern_connection *connection = NULL;
  check(tern_target_new(getenv("TERN_TARGET"), -1, &target, &error));
  check(tern_target_set(target, "user", getenv("TERN_USER"), -1, &error));
  check(tern_target_set(target, "password", getenv("TERN_PASSWORD"), -1, &error));
  check(tern_target_connect(target, &connection, &error));
  tern_target_free(target);
  return connection;
}

static int64_t read_batches(tern_result *result) {
  int64_t rows = 0;
  struct ArrowArray batch;
  for (;;) {
    int32_t code = tern_result_next_batch(result, &batch, &error);
    check(code);
    if (code == TERN_DONE) return rows;
    rows += batch.length;
    batch.release(&batch);
  }
}

// The row cursor with a typed getter a column, as a foreign-function user would write it.
static int64_t read_rows(tern_result *result) {
  int64_t rows = 0;
  int32_t columns = tern_column_count(result);
  for (;;) {
    int32_t code = tern_result_step(result, &error);
    check(code);
    if (code == TERN_DONE) return rows;
    rows++;
    for (int32_t i = 0; i < columns; i++) {
      int64_t number, length;
      double real;
      int32_t part, other;
      const char *text;
      if (tern_value_is_null(result, i)) continue;
      switch (tern_column_type(result, i)) {
        case TERN_TYPE_INT64: check(tern_value_int64(result, i, &number, &error)); break;
        case TERN_TYPE_DOUBLE: check(tern_value_double(result, i, &real, &error)); break;
        case TERN_TYPE_DATE: check(tern_value_date(result, i, &part, &error)); break;
        case TERN_TYPE_TIMESTAMP:
          check(tern_value_timestamp(result, i, &number, &part, &other, &error));
          break;
        default: check(tern_value_text(result, i, &text, &length, &error)); break;
      }
    }
  }
}

static int64_t run_query(tern_connection *connection, const char *mode, const char *sql) {
  tern_result *result = NULL;
  check(tern_query(connection, sql, -1, &result, &error));
  int64_t rows = strcmp(mode, "rows") == 0 ? read_rows(result) : read_batches(result);
  tern_result_free(result);
  return rows;
}

// The largest resident size. getrusage would count the parent's, from which a child starts.
static long peak_kilobytes(void) {
  char line[256];
  long kilobytes = 0;
  FILE *status = fopen("/proc/self/status", "r");
  while (status && fgets(line, sizeof line, status)) sscanf(line, "VmHWM: %ld", &kilobytes);
  if (status) fclose(status);
  return kilobytes;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  const char *mode = argv[1];
  int runs = atoi(argv[2]);
  tern_connection *connection = open_connection();
  int64_t rows = 0;
  double busy = 0;
  printf("{\"seconds\": [");
  for (int run = 0; run < runs; run++) {
    double start = now(CLOCK_MONOTONIC), start_busy = now(CLOCK_PROCESS_CPUTIME_ID);
    if (strcmp(mode, "connect") == 0) {
      tern_connection_free(open_connection());
    } else {
      rows = run_query(connection, mode, argv[3]);
    }
    busy = now(CLOCK_PROCESS_CPUTIME_ID) - start_busy;
    printf("%s%.6f", run ? ", " : "", now(CLOCK_MONOTONIC) - start);
  }
  tern_connection_free(connection);
  printf("], \"processor_seconds\": %.6f, \"rows\": %lld, \"peak_kilobytes\": %ld}\n", busy,
         (long long)rows, peak_kilobytes());
  return 0;
}
