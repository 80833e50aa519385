// Downloads the chunks of a result over plain HTTP and inflates them: what any reader must do at
// least. Prints the seconds of each run as JSON.
//
//   ./inflate_chunks THREADS RUNS HOST PORT < chunks
//
// Each line of the input is a path with query; lines of the form "Name: value" before the first
// path are headers that go with every request.
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { PATHS = 100000, PIECE = 1 << 18 };

static char *paths[PATHS];
static int path_count;
static char headers[8192];
static const char *host, *port;
static atomic_int next_path;
static atomic_llong inflated_bytes;

static double now(clockid_t clock) {
  struct timespec moment;
  clock_gettime(clock, &moment);
  return (double)moment.tv_sec + (double)moment.tv_nsec / 1e9;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int dial(void) {
  struct addrinfo wanted = {.ai_socktype = SOCK_STREAM}, *found;
  if (getaddrinfo(host, port, &wanted, &found) != 0) die("getaddrinfo");
  int line = socket(found->ai_family, found->ai_socktype, 0);
  if (line < 0 || connect(line, found->ai_addr, found->ai_addrlen) != 0) die("connect");
  freeaddrinfo(found);
  return line;
}

static void send_request(int line, const char *path) {
  char request[16384];
  int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s:%s\r\n%s\r\n", path,
                        host, port, headers);
  if (send(line, request, (size_t)length, MSG_NOSIGNAL) != length) die("send");
}

// Reads the head; what came behind it stays at the front of `piece`.
static size_t read_head(int line, unsigned char *piece, long long *body) {
  size_t count = 0;
  char *end = NULL;
  while (!end) {
    ssize_t got = recv(line, piece + count, PIECE - 1 - count, 0);
    if (got <= 0) die("recv");
    count += (size_t)got;
    piece[count] = 0;
    end = strstr((char *)piece, "\r\n\r\n");
  }
  char *length = strcasestr((char *)piece, "\r\ncontent-length:");
  if (strncmp((char *)piece, "HTTP/1.1 200", 12) != 0 || !length || length > end) {
    fprintf(stderr, "%.200s\n", piece);
    exit(1);
  }
  *body = atoll(length + 17);
  size_t behind = count - (size_t)(end + 4 - (char *)piece);
  memmove(piece, end + 4, behind);
  return behind;
}

static void fetch(int line, const char *path, unsigned char *piece, unsigned char *output) {
  long long missing;
  send_request(line, path);
  size_t count = read_head(line, piece, &missing);
  z_stream stream = {0};
  if (inflateInit2(&stream, 15 + 32) != Z_OK) die("inflateInit2");
  for (int code = Z_OK;;) {
    missing -= (long long)count;
    stream.next_in = piece;
    stream.avail_in = (uInt)count;
    while (stream.avail_in > 0 && code == Z_OK) {
      stream.next_out = output;
      stream.avail_out = PIECE * 4;
      code = inflate(&stream, Z_NO_FLUSH);
      atomic_fetch_add(&inflated_bytes, PIECE * 4 - (long long)stream.avail_out);
    }
    if (missing == 0) {
      if (code != Z_STREAM_END) die("inflate");
      break;
    }
    ssize_t got = recv(line, piece, missing < PIECE ? (size_t)missing : PIECE, 0);
    if (got <= 0) die("recv");
    count = (size_t)got;
  }
  inflateEnd(&stream);
}

static void *work(void *unused) {
  unsigned char *piece = malloc(PIECE), *output = malloc(PIECE * 4);
  int line = dial();
  for (int i; (i = atomic_fetch_add(&next_path, 1)) < path_count;)
    fetch(line, paths[i], piece, output);
  close(line);
  free(piece);
  free(output);
  return unused;
}

static void read_input(void) {
  char line[8192];
  while (fgets(line, sizeof line, stdin) && path_count < PATHS) {
    line[strcspn(line, "\n")] = 0;
    if (line[0] == '/') {
      paths[path_count++] = strdup(line);
    } else {
      size_t used = strlen(headers);
      if (used + strlen(line) + 3 > sizeof headers) die("headers");
      sprintf(headers + used, "%s\r\n", line);
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  int threads = atoi(argv[1]), runs = atoi(argv[2]);
  if (threads < 1 || threads > 64) return 2;
  host = argv[3];
  port = argv[4];
  read_input();
  printf("{\"seconds\": [");
  double busy = 0;
  for (int run = 0; run < runs; run++) {
    pthread_t workers[64];
    double start = now(CLOCK_MONOTONIC), start_busy = now(CLOCK_PROCESS_CPUTIME_ID);
    next_path = 0;
    inflated_bytes = 0;
    for (int i = 0; i < threads; i++) pthread_create(&workers[i], NULL, work, NULL);
    for (int i = 0; i < threads; i++) pthread_join(workers[i], NULL);
    busy = now(CLOCK_PROCESS_CPUTIME_ID) - start_busy;
    printf("%s%.6f", run ? ", " : "", now(CLOCK_MONOTONIC) - start);
  }
  printf("], \"processor_seconds\": %.6f, \"inflated_bytes\": %lld, \"chunks\": %d}\n", busy,
         (long long)inflated_bytes, path_count);
  return 0;
}
