/*
 * tern.h: databases through one small C interface.
 *
 * Generated from the library's sources; changes belong there.
 *
 *     #include <inttypes.h>
 *     #include <stdio.h>
 *     #include <tern.h>
 *
 *     int main(void) {
 *       tern_connection *connection = NULL;
 *       tern_result *result = NULL;
 *       tern_error *error = NULL;
 *       int64_t id;
 *       const char *name;
 *       int32_t code = tern_connect("exasol://sys:secret@localhost/SHOP", -1, &connection, &error);
 *       if (code == TERN_OK)
 *         code = tern_query(connection, "SELECT id, name FROM item", -1, &result, &error);
 *       while (code == TERN_OK && (code = tern_result_step(result, &error)) == TERN_OK) {
 *         code = tern_value_int64(result, 0, &id, &error);
 *         if (code == TERN_OK) code = tern_value_text(result, 1, &name, NULL, &error);
 *         if (code == TERN_OK) printf("%" PRId64 " %s\n", id, name);
 *       }
 *       if (error) fprintf(stderr, "%s\n", tern_error_message(error, NULL));
 *       tern_error_free(error);
 *       tern_result_free(result);
 *       tern_connection_free(connection);
 *       return code == TERN_DONE ? 0 : 1;
 *     }
 *
 * Four rules hold for every function.
 *
 * 1. Errors. What can fail returns a code: TERN_OK, TERN_DONE for "no more", negative for a
 *    failure. Its last parameter takes an error object and may be NULL. After a failure *error is
 *    a new object that the caller frees; otherwise it stays as it was. A handle that is NULL,
 *    freed or of another type is TERN_ERROR_HANDLE, never a crash.
 * 2. Text is UTF-8. Texts that go in are a pointer and a length in bytes, -1 meaning up to the
 *    NUL; they are copied before the call returns. Texts that come out end with a NUL and belong
 *    to the object they come from; lengths do not count the NUL.
 * 3. Ownership. What a call hands out is freed by the function named after it, once; NULL may be
 *    freed. Objects may be freed in any order: results keep what they need of their statement and
 *    connection, and only fetching fails once the connection is freed.
 * 4. Threads. A connection serves one call at a time and others wait. A result belongs to one
 *    thread at a time. Cancelling, asking whether a connection is alive, errors and versions are
 *    for any thread at any time. Nothing needs to be initialised; the library prints nothing and
 *    installs no signal handler. After a fork the child opens connections of its own and leaves
 *    its parent's alone: even to free one would end the session that both hold.
 *
 * A function says "any thread" where nothing of this needs to be observed. Indexes start at 0.
 */
#ifndef TERN_H
#define TERN_H

#include <stddef.h>
#include <stdint.h>

/* The release of this header: major * 1000000 + minor * 1000 + patch. */
#define TERN_VERSION_NUMBER 1000000

#ifndef TERN_API
#define TERN_API extern
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Options of a connection that is not open yet. */
typedef struct tern_target tern_target;
/** A session with a server. */
typedef struct tern_connection tern_connection;
/** A prepared text and its parameters. */
typedef struct tern_statement tern_statement;
/** One result: rows, or a count of changed rows. */
typedef struct tern_result tern_result;
/** The parts of a result that other processes can read. */
typedef struct tern_partitions tern_partitions;
/** What went wrong; immutable. */
typedef struct tern_error tern_error;

/** What a function returns. Numbers are fixed for ever; failures are negative. */
enum tern_code {
  /** Done. */
  TERN_OK = 0,
  /** Nothing more: the end of rows, results or a list. Not a failure. */
  TERN_DONE = 1,
  /** The line was lost or the reply malformed: the connection is dead. */
  TERN_ERROR_CONNECTION = -1,
  /** The login was refused. */
  TERN_ERROR_AUTHENTICATION = -2,
  /** The server refused the statement. */
  TERN_ERROR_SQL = -3,
  /** A value does not fit or convert. */
  TERN_ERROR_DATA = -4,
  /** The call makes no sense here or an argument is not allowed. */
  TERN_ERROR_USAGE = -5,
  /** A deadline passed. */
  TERN_ERROR_TIMEOUT = -6,
  /** tern_cancel ended the call. */
  TERN_ERROR_CANCELLED = -7,
  /** A bug of the library. */
  TERN_ERROR_INTERNAL = -8,
  /** This server or driver cannot do it. */
  TERN_ERROR_UNSUPPORTED = -9,
  /** A memory budget was refused. */
  TERN_ERROR_MEMORY = -10,
  /** A handle is NULL, freed, or of another type. */
  TERN_ERROR_HANDLE = -11
};

/** The kind of value a column holds; exact types are in the Arrow schema. */
enum tern_type {
  /** Only NULLs. */
  TERN_TYPE_NULL = 0,
  /** tern_value_bool. */
  TERN_TYPE_BOOL = 1,
  /** Signed integers and unsigned ones below 64 bits: tern_value_int64. */
  TERN_TYPE_INT64 = 2,
  /** Unsigned 64-bit integers: tern_value_uint64. */
  TERN_TYPE_UINT64 = 3,
  /** 32- and 64-bit floating point: tern_value_double. */
  TERN_TYPE_DOUBLE = 4,
  /** Exact decimals: tern_value_decimal128, or their digits by tern_value_text. */
  TERN_TYPE_DECIMAL = 5,
  /** UTF-8: tern_value_text. */
  TERN_TYPE_TEXT = 6,
  /** Bytes: tern_value_binary. */
  TERN_TYPE_BINARY = 7,
  /** tern_value_date. */
  TERN_TYPE_DATE = 8,
  /** Time of day: tern_value_time. */
  TERN_TYPE_TIME = 9,
  /** tern_value_timestamp. */
  TERN_TYPE_TIMESTAMP = 10,
  /** Intervals and elapsed times: tern_value_interval. */
  TERN_TYPE_INTERVAL = 11,
  /** Lists, structures and maps: tern_value_text gives JSON. */
  TERN_TYPE_OTHER = 12
};

/** What tern_catalog can list. The result has the columns of ODBC's function of that name. */
enum tern_catalog_kind {
  /** Catalogs, in the columns of SQLTables. */
  TERN_CATALOG_CATALOGS = 0,
  /** Schemas that match catalog and schema, in the columns of SQLTables. */
  TERN_CATALOG_SCHEMAS = 1,
  /** Types of tables, in the columns of SQLTables. */
  TERN_CATALOG_TABLE_TYPES = 2,
  /** Tables that match catalog, schema and table. */
  TERN_CATALOG_TABLES = 3,
  /** Columns that match all four. */
  TERN_CATALOG_COLUMNS = 4,
  /** Primary keys of a table; its names are no patterns. */
  TERN_CATALOG_PRIMARY_KEYS = 5,
  /** Foreign keys of a table, and what they refer to; its names are no patterns. */
  TERN_CATALOG_FOREIGN_KEYS = 6,
  /** Foreign keys that refer to a table; its names are no patterns. */
  TERN_CATALOG_REFERENCING_KEYS = 7,
  /** Indexes and sizes of a table; its names are no patterns. */
  TERN_CATALOG_STATISTICS = 8,
  /** Columns that identify a row of a table; its names are no patterns. */
  TERN_CATALOG_ROW_IDENTIFIERS = 9,
  /** Columns that change with every update of a row; the table's names are no patterns. */
  TERN_CATALOG_ROW_VERSIONS = 10,
  /** Procedures; table stands for the procedure's name. */
  TERN_CATALOG_PROCEDURES = 11,
  /** Parameters of procedures; table stands for the procedure's name. */
  TERN_CATALOG_PROCEDURE_COLUMNS = 12,
  /** Privileges on tables. */
  TERN_CATALOG_TABLE_PRIVILEGES = 13,
  /** Privileges on the columns of a table; only column is a pattern. */
  TERN_CATALOG_COLUMN_PRIVILEGES = 14,
  /** The types that the server has; names are ignored. */
  TERN_CATALOG_TYPES = 15
};

/** What tern_ingest does with the table. */
enum tern_ingest_mode {
  /** Create it; an error if it exists. */
  TERN_INGEST_CREATE = 0,
  /** Add rows; an error if it does not exist. */
  TERN_INGEST_APPEND = 1,
  /** Drop it if it exists, and create it. */
  TERN_INGEST_REPLACE = 2,
  /** Create it if it does not exist, and add rows. */
  TERN_INGEST_CREATE_APPEND = 3
};

/** How much is logged; each level holds those above it. */
enum tern_log_level {
  /** Nothing. */
  TERN_LOG_OFF = 0,
  /** Failures that no call reports. */
  TERN_LOG_ERROR = 1,
  /** What a person should know of. */
  TERN_LOG_WARNING = 2,
  /** Connections that come and go. */
  TERN_LOG_INFO = 3,
  /** Calls and requests. */
  TERN_LOG_DEBUG = 4,
  /** Everything, messages cut short. */
  TERN_LOG_TRACE = 5
};

/**
 * Receives a log line: redacted UTF-8, NUL-terminated, valid during the call. Called by any
 * thread, also by several at once; must not call the library.
 */
typedef void (*tern_log_callback)(
    void *context, int32_t level, const char *text, int64_t length);

/* ---- The Arrow C data and C stream interfaces ------------------------------------------- */

/* Specified at https://arrow.apache.org/docs/format/CDataInterface.html */

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};

#endif

/* ---- Version ---------------------------------------------------------------------------- */

/**
 * The release, such as '1.0.0'.
 *
 * Never NULL; lives as long as the library. Any thread.
 */
TERN_API const char *tern_version(void);

/**
 * The release as a number: major * 1000000 + minor * 1000 + patch.
 *
 * A program compares it with TERN_VERSION_NUMBER, the number of the header it was compiled
 * with: an equal major number and a number at least as large can serve it. Any thread.
 */
TERN_API int32_t tern_version_number(void);

/**
 * Whether this build has a feature: a protocol ('exasol'), 'tls', 'arrow', 'partitions'.
 *
 * 'feature' is NUL-terminated. Returns 1 or 0; 0 for NULL and for words it does not know. Any
 * thread.
 */
TERN_API int32_t tern_has(const char *feature);

/* ---- Targets: where to connect, before connecting --------------------------------------- */

/**
 * Reads a target without connecting.
 *
 * 'target' is a URI ('exasol://user@host/SCHEMA') or a keyword string
 * ('Protocol=exasol;Server=host'); it may be empty, and options set by tern_target_set win over
 * it. 'length' counts bytes, -1 up to the NUL. '*out' gets a target to free with
 * tern_target_free, and stays untouched on failure. TERN_ERROR_USAGE names what is wrong; it
 * never shows a secret. Any thread.
 */
TERN_API int32_t tern_target_new(
    const char *target, int64_t length, tern_target **out, tern_error **error);

/**
 * Sets an option, or sets it again.
 *
 * 'key' is NUL-terminated: a name that tern_target_key lists, or 'uri' for a whole URI. 'value'
 * has 'length' bytes, -1 up to the NUL; both are copied. TERN_ERROR_USAGE for an unknown key,
 * with the nearest known one, or for a value that is not allowed: nothing changes then. One
 * thread at a time per target.
 */
TERN_API int32_t tern_target_set(
    tern_target *target, const char *key, const char *value, int64_t length,
    tern_error **error);

/**
 * The value of an option as text: what was set, or its default, or empty text.
 *
 * '*value' lives until the next get of this key or until the target is freed; 'value' and
 * 'length' may be NULL. TERN_ERROR_USAGE for an unknown key and for secrets, which are never
 * given back. One thread at a time per target.
 */
TERN_API int32_t tern_target_get(
    const tern_target *target, const char *key, const char **value, int64_t *length,
    tern_error **error);

/**
 * The options there are, one after the other: 'index' counts from 0.
 *
 * '*key' gets the name, '*description' a line with protocol, meaning, default and 'secret';
 * either may be NULL, both live as long as the library. TERN_DONE after the last option and for
 * a negative index. A name that ends in a dot and capitals ('session.NAME') stands for all
 * names that begin so. Any thread.
 */
TERN_API int32_t tern_target_key(int32_t index, const char **key, const char **description);

/**
 * Connects and logs in; the target may be used again or freed.
 *
 * As tern_connect otherwise.
 */
TERN_API int32_t tern_target_connect(
    const tern_target *target, tern_connection **out, tern_error **error);

/**
 * Frees a target. NULL is fine, and so is a target that was freed before.
 *
 * Any thread.
 */
TERN_API void tern_target_free(tern_target *target);

/* ---- Connections ------------------------------------------------------------------------ */

/**
 * Connects and logs in.
 *
 * 'target' is a URI ('exasol://user:password@host/SCHEMA') or a keyword string
 * ('Protocol=exasol;Server=host;UID=user;PWD=password') of 'length' bytes, -1 up to the NUL.
 * '*out' gets a connection to free with tern_connection_free; it stays untouched on failure.
 * Blocks for at most 'login_timeout' (30 s by default). TERN_ERROR_CONNECTION if no host could
 * be reached, TERN_ERROR_AUTHENTICATION if the login was refused, TERN_ERROR_TIMEOUT,
 * TERN_ERROR_USAGE for a target that makes no sense or a NULL argument. Any thread.
 */
TERN_API int32_t tern_connect(
    const char *target, int64_t length, tern_connection **out, tern_error **error);

/**
 * Changes a setting of an open connection.
 *
 * 'key' is NUL-terminated: 'autocommit', 'catalog', 'schema', 'isolation', 'read_only', what
 * new statements start with ('query_timeout' in seconds, 'max_rows', 'batch_rows',
 * 'batch_bytes', 'prefetch_batches', 'parallel' and others), or a setting of the protocol.
 * 'value' has 'length' bytes, -1 up to the NUL. Switching autocommit on commits. Blocks for a
 * round trip where the server must be asked. TERN_ERROR_USAGE for an unknown key, one that is
 * fixed at login, or a value that is not allowed. One call at a time per connection; others
 * wait.
 */
TERN_API int32_t tern_connection_set(
    tern_connection *connection, const char *key, const char *value, int64_t length,
    tern_error **error);

/**
 * Changes a setting whose value is a number, or 0 and 1 for off and on.
 *
 * As tern_connection_set otherwise.
 */
TERN_API int32_t tern_connection_set_int(
    tern_connection *connection, const char *key, int64_t value, tern_error **error);

/**
 * A setting as it is now, or a fact about the session.
 *
 * 'key' is a name that tern_target_key lists, or one of 'product_name', 'product_version',
 * 'server_name', 'user_name', 'session_id'. 'catalog', 'schema', 'autocommit', 'isolation' and
 * 'read_only' are as the server last reported them. '*value' is empty where nothing is known;
 * it lives until the next get of this key or until the connection is freed; 'value' and
 * 'length' may be NULL. TERN_ERROR_USAGE for an unknown key and for secrets. No round trip. One
 * call at a time per connection; others wait.
 */
TERN_API int32_t tern_connection_get(
    tern_connection *connection, const char *key, const char **value, int64_t *length,
    tern_error **error);

/**
 * Whether the connection can still be used, as far as is known without a round trip: 1 or 0.
 *
 * 0 also if 'connection' is no open connection. Any thread, at any time.
 */
TERN_API int32_t tern_connection_is_alive(tern_connection *connection);

/**
 * Proves with a round trip that the server answers.
 *
 * TERN_ERROR_CONNECTION if it does not: the connection is dead then. One call at a time per
 * connection; others wait.
 */
TERN_API int32_t tern_ping(tern_connection *connection, tern_error **error);

/**
 * Commits what was done since the last commit or rollback.
 *
 * Results that the server closes at the end of a transaction fail on their next fetch.
 * TERN_ERROR_USAGE (25000) while autocommit is on. One call at a time per connection; others
 * wait.
 */
TERN_API int32_t tern_commit(tern_connection *connection, tern_error **error);

/**
 * Takes back what was done since the last commit or rollback.
 *
 * As tern_commit otherwise.
 */
TERN_API int32_t tern_rollback(tern_connection *connection, tern_error **error);

/**
 * Ends whatever runs on a connection: its call returns TERN_ERROR_CANCELLED.
 *
 * TERN_OK also if nothing ran; the next call is not touched. The connection stays usable unless
 * that call's error says otherwise. TERN_ERROR_HANDLE if 'connection' is no open connection.
 * Any thread, at any time; never blocks.
 */
TERN_API int32_t tern_cancel(tern_connection *connection);

/**
 * Takes the oldest note that calls on this connection left beside their success.
 *
 * '*sqlstate' is a code of class 01, '*message' has '*length' bytes; each place may be NULL.
 * Both texts live until the next call of this function on the connection. TERN_DONE if there is
 * none. One call at a time per connection.
 */
TERN_API int32_t tern_warning_take(
    tern_connection *connection, const char **sqlstate, const char **message, int64_t *length,
    tern_error **error);

/**
 * Rolls back what is open, says goodbye and frees a connection.
 *
 * Its statements and results stay valid handles: freeing them is still needed, fetching from
 * them fails. Blocks for at most two seconds. NULL is fine, and so is a connection that was
 * freed before. Any thread.
 */
TERN_API void tern_connection_free(tern_connection *connection);

/* ---- Running statements ----------------------------------------------------------------- */

/**
 * Runs one text without parameters.
 *
 * 'sql' has 'length' bytes, -1 up to the NUL. '*out' gets a result to free with
 * tern_result_free; it stays untouched on failure. With a NULL 'out' the result is dropped.
 * Blocks until the server has the first result. TERN_ERROR_SQL if the server refuses the text:
 * the connection stays usable. TERN_ERROR_TIMEOUT after 'query_timeout', TERN_ERROR_CANCELLED,
 * TERN_ERROR_CONNECTION, TERN_ERROR_USAGE. One call at a time per connection; others wait.
 */
TERN_API int32_t tern_query(
    tern_connection *connection, const char *sql, int64_t length, tern_result **out,
    tern_error **error);

/**
 * Runs one text and tells how many rows it changed: for statements without rows.
 *
 * '*rows' gets the count, -1 if the server does not tell or if there are rows, which are
 * dropped; 'rows' may be NULL. As tern_query otherwise.
 */
TERN_API int32_t tern_execute(
    tern_connection *connection, const char *sql, int64_t length, int64_t *rows,
    tern_error **error);

/**
 * Asks what the server has.
 *
 * 'what' is one of enum tern_catalog_kind; the result has the columns and the order of ODBC's
 * function for it. Names are NUL-terminated; NULL means any. Where the kind does not say
 * otherwise they are patterns: '%' for any text, '_' for any character, '\' before a character
 * that is meant literally. '*out' gets a result to free with tern_result_free; it stays
 * untouched on failure. TERN_ERROR_UNSUPPORTED where the server has no such thing. Blocks for
 * some round trips. One call at a time per connection; others wait.
 */
TERN_API int32_t tern_catalog(
    tern_connection *connection, int32_t what, const char *catalog, const char *schema,
    const char *table, const char *column, tern_result **out, tern_error **error);

/* ---- Prepared statements ---------------------------------------------------------------- */

/**
 * Prepares one statement; parameters are marked by '?'.
 *
 * 'sql' has 'length' bytes, -1 up to the NUL. '*out' gets a statement to free with
 * tern_statement_free; it stays untouched on failure. Blocks for a round trip where the server
 * prepares. TERN_ERROR_SQL if the server refuses the text. One call at a time per connection;
 * others wait.
 */
TERN_API int32_t tern_prepare(
    tern_connection *connection, const char *sql, int64_t length, tern_statement **out,
    tern_error **error);

/**
 * How many parameters a statement has; TERN_ERROR_HANDLE if 'statement' is none.
 *
 * Any thread.
 */
TERN_API int32_t tern_statement_parameter_count(tern_statement *statement);

/**
 * Changes an option of a statement's next executions.
 *
 * 'key' is NUL-terminated: 'query_timeout' in seconds, 'max_rows', 'batch_rows', 'batch_bytes',
 * 'prefetch_batches', 'prefetch_bytes', 'parallel', 'ordered'. 'value' has 'length' bytes, -1
 * up to the NUL. TERN_ERROR_USAGE for other keys and for a value that is not allowed. One
 * thread at a time per statement.
 */
TERN_API int32_t tern_statement_set(
    tern_statement *statement, const char *key, const char *value, int64_t length,
    tern_error **error);

/**
 * Runs a statement with the parameters that are bound; again and again.
 *
 * '*out' gets a result to free with tern_result_free; it stays untouched on failure. With a
 * NULL 'out' the result is dropped. Bound values and batches stay bound, a stream is used up.
 * Blocks until the server has the first result. TERN_ERROR_DATA if a parameter does not fit,
 * TERN_ERROR_USAGE (07002) if one is not bound, TERN_ERROR_SQL, TERN_ERROR_TIMEOUT,
 * TERN_ERROR_CANCELLED, TERN_ERROR_CONNECTION. One call at a time per connection; others wait.
 */
TERN_API int32_t tern_statement_run(
    tern_statement *statement, tern_result **out, tern_error **error);

/**
 * Ends the call that runs on a statement, and nothing else.
 *
 * As tern_cancel otherwise.
 */
TERN_API int32_t tern_statement_cancel(tern_statement *statement);

/**
 * Frees a statement, also on the server; its results stay readable.
 *
 * Blocks for at most two seconds. NULL is fine, and so is a statement that was freed before.
 * Any thread.
 */
TERN_API void tern_statement_free(tern_statement *statement);

/* ---- Parameters ------------------------------------------------------------------------- */

/**
 * Binds NULL to a parameter.
 *
 * 'index' counts from 0. What is bound stays bound until it is bound anew or cleared; a batch
 * or a stream bound before is forgotten. TERN_ERROR_USAGE (07009) for an index that the
 * statement has no parameter for. One thread at a time per statement; no round trip.
 */
TERN_API int32_t tern_bind_null(tern_statement *statement, int32_t index, tern_error **error);

/**
 * Binds a Boolean: 0 is false, all else true.
 *
 * As tern_bind_null otherwise.
 */
TERN_API int32_t tern_bind_bool(
    tern_statement *statement, int32_t index, int32_t value, tern_error **error);

/**
 * Binds a signed integer.
 *
 * As tern_bind_null otherwise.
 */
TERN_API int32_t tern_bind_int64(
    tern_statement *statement, int32_t index, int64_t value, tern_error **error);

/**
 * Binds an unsigned integer.
 *
 * As tern_bind_null otherwise.
 */
TERN_API int32_t tern_bind_uint64(
    tern_statement *statement, int32_t index, uint64_t value, tern_error **error);

/**
 * Binds a double. Whether NaN and infinities are accepted is up to the server.
 *
 * As tern_bind_null otherwise.
 */
TERN_API int32_t tern_bind_double(
    tern_statement *statement, int32_t index, double value, tern_error **error);

/**
 * Binds a decimal given as digits, such as '-12.50': exact, up to 76 digits.
 *
 * 'digits' has 'length' bytes, -1 up to the NUL, and is copied. TERN_ERROR_DATA for other text.
 * As tern_bind_null otherwise.
 */
TERN_API int32_t tern_bind_decimal(
    tern_statement *statement, int32_t index, const char *digits, int64_t length,
    tern_error **error);

/**
 * Binds text.
 *
 * 'value' has 'length' bytes of UTF-8, -1 up to the NUL, and is copied. TERN_ERROR_DATA for
 * bytes that are not UTF-8. As tern_bind_null otherwise.
 */
TERN_API int32_t tern_bind_text(
    tern_statement *statement, int32_t index, const char *value, int64_t length,
    tern_error **error);

/**
 * Binds bytes.
 *
 * 'value' has 'length' bytes and is copied; it may be NULL if 'length' is 0. As tern_bind_null
 * otherwise.
 */
TERN_API int32_t tern_bind_binary(
    tern_statement *statement, int32_t index, const uint8_t *value, int64_t length,
    tern_error **error);

/**
 * Binds a date as days since 1970-01-01 of the proleptic Gregorian calendar.
 *
 * As tern_bind_null otherwise.
 */
TERN_API int32_t tern_bind_date(
    tern_statement *statement, int32_t index, int32_t days, tern_error **error);

/**
 * Binds a time of day as nanoseconds since midnight.
 *
 * TERN_ERROR_DATA outside of a day. As tern_bind_null otherwise.
 */
TERN_API int32_t tern_bind_time(
    tern_statement *statement, int32_t index, int64_t nanoseconds, tern_error **error);

/**
 * Binds a timestamp without a zone.
 *
 * 'seconds' since 1970-01-01 00:00:00, negative before; 'nanoseconds' from 0 to 999999999 count
 * forward from there. TERN_ERROR_DATA outside of years 1 to 9999. As tern_bind_null otherwise.
 */
TERN_API int32_t tern_bind_timestamp(
    tern_statement *statement, int32_t index, int64_t seconds, int32_t nanoseconds,
    tern_error **error);

/**
 * Forgets all parameters of a statement.
 *
 * One thread at a time per statement; no round trip.
 */
TERN_API int32_t tern_clear_bindings(tern_statement *statement, tern_error **error);

/* ---- Rows in bulk: Arrow structures both ways ------------------------------------------- */

/**
 * The schema of a result's batches: a structure with one child a column.
 *
 * '*out' is filled and belongs to the caller, who calls its 'release'; it stays as it was on
 * failure. The server's own facts are in the fields' metadata. One thread at a time per result;
 * never blocks.
 */
TERN_API int32_t tern_result_schema(
    tern_result *result, struct ArrowSchema *out, tern_error **error);

/**
 * The next batch, without copying; TERN_DONE after the last.
 *
 * '*out' is filled and belongs to the caller, who calls its 'release', at any time and in any
 * thread; at the end its 'release' is NULL. Rows that tern_result_step has reached are not in
 * it any more, and the current row is gone. Blocks when the batch has not arrived yet.
 * TERN_ERROR_DATA for a timestamp that the option 'timestamp_unit' cannot express: the rows
 * stay and can be read by tern_result_step. Errors otherwise as there. One thread at a time per
 * result.
 */
TERN_API int32_t tern_result_next_batch(
    tern_result *result, struct ArrowArray *out, tern_error **error);

/**
 * Moves the rest of a result into a stream.
 *
 * '*out' is filled and belongs to the caller, who calls its 'release'; it outlives 'result',
 * which from now on only answers questions about columns and is freed as usual. The stream's
 * calls block as tern_result_step does, and its errors are errno codes with a text. One thread
 * at a time per stream.
 */
TERN_API int32_t tern_result_stream(
    tern_result *result, struct ArrowArrayStream *out, tern_error **error);

/**
 * What the server says about a statement's parameters: a structure with one child a parameter.
 *
 * '*out' is filled and belongs to the caller, who calls its 'release'; it stays as it was on
 * failure. TERN_ERROR_UNSUPPORTED where the server does not tell. One thread at a time per
 * statement; never blocks.
 */
TERN_API int32_t tern_statement_parameter_schema(
    tern_statement *statement, struct ArrowSchema *out, tern_error **error);

/**
 * The schema that a statement's result will have; a structure without children if it has no
 * rows.
 *
 * '*out' is filled and belongs to the caller, who calls its 'release'; it stays as it was on
 * failure. TERN_ERROR_UNSUPPORTED where that is not known before execution. One thread at a
 * time per statement; never blocks.
 */
TERN_API int32_t tern_statement_schema(
    tern_statement *statement, struct ArrowSchema *out, tern_error **error);

/**
 * Binds many rows at once, without copying: each row is one execution.
 *
 * 'rows' is a structure with one child a parameter, 'schema' says what they are. Both are taken
 * over at once, also on failure (their 'release' is NULL then), except for TERN_ERROR_HANDLE
 * and a NULL argument. What was bound before is forgotten. TERN_ERROR_USAGE (07002) if the
 * number of columns is not that of parameters. One thread at a time per statement; no round
 * trip.
 */
TERN_API int32_t tern_bind_batch(
    tern_statement *statement, struct ArrowArray *rows, struct ArrowSchema *schema,
    tern_error **error);

/**
 * Binds batches that the next execution pulls from a stream, one after the other.
 *
 * 'rows' is taken over at once, also on failure (its 'release' is NULL then), except for
 * TERN_ERROR_HANDLE and a NULL argument; the next execution uses it up. Its callbacks run in
 * the thread that runs the statement. Otherwise as tern_bind_batch.
 */
TERN_API int32_t tern_bind_stream(
    tern_statement *statement, struct ArrowArrayStream *rows, tern_error **error);

/**
 * Inserts all rows of a stream into a table.
 *
 * 'table' has 'length' bytes, -1 up to the NUL: a name exactly as stored, or several joined by
 * dots ('SCHEMA.TABLE'); a name with a dot stands in double quotes. The stream's column names
 * choose the columns. 'mode' is one of enum tern_ingest_mode: a table that is made has the
 * columns of the stream, quoted as they are named, all of which may be NULL; where the server
 * has no type for one, the call is TERN_ERROR_UNSUPPORTED and nothing was made. SQLSTATE 42S01:
 * the table exists, 42S02: it does not. A stream without rows makes its table too.
 *
 * 'rows' is taken over at once as by tern_bind_stream. '*count' gets the rows inserted, -1 if
 * the server does not tell; 'count' may be NULL. Under autocommit, a table that was made and
 * rows inserted before an error stay. Blocks until all is inserted. One call at a time per
 * connection; others wait.
 */
TERN_API int32_t tern_ingest(
    tern_connection *connection, const char *table, int64_t length, int32_t mode,
    struct ArrowArrayStream *rows, int64_t *count, tern_error **error);

/* ---- Results and their columns ---------------------------------------------------------- */

/**
 * Rows that a statement without rows changed; -1 if the server does not tell, if there are
 * rows, or if 'result' is none.
 *
 * One thread at a time per result, as for all functions on results; no round trip.
 */
TERN_API int64_t tern_result_rows_affected(tern_result *result);

/**
 * What a statement without rows put into a column that numbers its rows by itself.
 *
 * '*id' gets the first number that the statement made, else one that it gave itself, and stays
 * untouched if there is none; NULL is fine. Of several statements run by one call it is the
 * last one's. Returns 1 if there is a number, 0 if there is none or the protocol does not tell
 * it (of Tern's, MaxScale's does); TERN_ERROR_HANDLE if 'result' is none.
 */
TERN_API int32_t tern_result_last_insert_id(tern_result *result, uint64_t *id);

/**
 * Rows of the whole result where the server tells beforehand, else -1.
 *
 * 'max_rows' may end the result earlier. -1 if 'result' is none.
 */
TERN_API int64_t tern_result_row_count(tern_result *result);

/**
 * Rows that have arrived so far, those read ahead included; -1 if 'result' is none.
 *
 * For progress displays: any thread, at any time, also while another thread fetches.
 */
TERN_API int64_t tern_result_rows_received(tern_result *result);

/**
 * Bytes of memory that the rows which have arrived so far take; -1 if 'result' is none.
 *
 * As tern_result_rows_received otherwise.
 */
TERN_API int64_t tern_result_bytes_received(tern_result *result);

/**
 * The server's id of the statement; empty if it gave none, or if 'result' is none.
 *
 * 'length' may be NULL, else it gets the bytes without the NUL. Lives until the next result is
 * made current or 'result' is freed.
 */
TERN_API const char *tern_result_query_id(tern_result *result, int64_t *length);

/**
 * Makes the next result of the same execution current; TERN_DONE after the last.
 *
 * Rows, columns and texts of the result before it are gone. TERN_ERROR_SQL if that result is an
 * error; others may follow it. Blocks for a round trip.
 */
TERN_API int32_t tern_result_next_result(tern_result *result, tern_error **error);

/**
 * Frees a result and stops the server's work for it.
 *
 * Texts and bytes that its getters gave out are gone; Arrow structures taken from it stay.
 * Blocks for at most two seconds. NULL is fine, and so is a result that was freed before. Any
 * thread, but not while another one reads from this result.
 */
TERN_API void tern_result_free(tern_result *result);

/**
 * How many columns a result has; 0 for a count of changed rows, TERN_ERROR_HANDLE if 'result'
 * is none.
 */
TERN_API int32_t tern_column_count(tern_result *result);

/**
 * The name of a column; empty if there is no such column.
 *
 * 'index' counts from 0. 'length' may be NULL, else it gets the bytes without the NUL. Lives
 * until the next result is made current or 'result' is freed.
 */
TERN_API const char *tern_column_name(tern_result *result, int32_t index, int64_t *length);

/**
 * The kind of value that a column holds, one of enum tern_type.
 *
 * TERN_ERROR_HANDLE if 'result' is none, TERN_ERROR_USAGE if there is no such column.
 */
TERN_API int32_t tern_column_type(tern_result *result, int32_t index);

/**
 * The server's own word for a column's type; empty if there is no such column.
 *
 * As tern_column_name.
 */
TERN_API const char *tern_column_type_name(tern_result *result, int32_t index, int64_t *length);

/**
 * Digits, characters or bytes that a column's values have at most, as ODBC counts them.
 *
 * -1 if that is not known or not limited, or if there is no such column.
 */
TERN_API int64_t tern_column_size(tern_result *result, int32_t index);

/**
 * Digits after the point, of a number or of a second's fraction; -1 if there are none, or if
 * there is no such column.
 */
TERN_API int32_t tern_column_scale(tern_result *result, int32_t index);

/**
 * Whether a column can hold NULL: 1, 0, or -1 if that is not known or if there is no such
 * column.
 */
TERN_API int32_t tern_column_is_nullable(tern_result *result, int32_t index);

/* ---- Row by row ------------------------------------------------------------------------- */

/**
 * Goes to the next row; TERN_DONE after the last.
 *
 * The row is a view on a batch: nothing is copied. Texts and bytes that getters gave out are
 * gone. Blocks when the next batch has not arrived yet. TERN_ERROR_USAGE (24000) for a count of
 * changed rows; after TERN_ERROR_SQL, TERN_ERROR_DATA, TERN_ERROR_CONNECTION,
 * TERN_ERROR_CANCELLED and TERN_ERROR_TIMEOUT the result is at its end. One thread at a time
 * per result.
 */
TERN_API int32_t tern_result_step(tern_result *result, tern_error **error);

/**
 * Whether a value of the current row is NULL: 1 or 0.
 *
 * 'index' counts from 0. TERN_ERROR_HANDLE if 'result' is none, TERN_ERROR_USAGE without a
 * current row or without such a column.
 */
TERN_API int32_t tern_value_is_null(tern_result *result, int32_t index);

/**
 * A value of the current row as a signed integer, exactly.
 *
 * 'index' counts from 0. From every type whose value is a whole number that fits: integers,
 * decimals, doubles, Booleans, texts; dates and times give their own unit. TERN_ERROR_DATA if
 * the value is NULL (22002) or would change (22003, 22018, 07006): '*out' stays untouched then.
 * TERN_ERROR_USAGE without a current row (24000), without such a column (07009), or if 'out' is
 * NULL. One thread at a time per result; never blocks.
 */
TERN_API int32_t tern_value_int64(
    tern_result *result, int32_t index, int64_t *out, tern_error **error);

/**
 * A value of the current row as an unsigned integer, exactly.
 *
 * As tern_value_int64 otherwise.
 */
TERN_API int32_t tern_value_uint64(
    tern_result *result, int32_t index, uint64_t *out, tern_error **error);

/**
 * A value of the current row as the nearest double: from every number, and texts that are one.
 *
 * As tern_value_int64 otherwise.
 */
TERN_API int32_t tern_value_double(
    tern_result *result, int32_t index, double *out, tern_error **error);

/**
 * A value of the current row as a Boolean, 1 or 0: also from the numbers and texts 0, 1, true
 * and false.
 *
 * As tern_value_int64 otherwise.
 */
TERN_API int32_t tern_value_bool(
    tern_result *result, int32_t index, int32_t *out, tern_error **error);

/**
 * A value of the current row as its canonical text, whatever its type.
 *
 * Decimals have exactly their scale, doubles the shortest form that reads back, dates are
 * 'YYYY-MM-DD', bytes upper-case hex, lists and structures JSON. '*text' is NUL-terminated
 * UTF-8 and lives until the next step or until 'result' is freed; 'length' may be NULL, else it
 * gets the bytes without the NUL. TERN_ERROR_DATA for NULL. As tern_value_int64 otherwise.
 */
TERN_API int32_t tern_value_text(
    tern_result *result, int32_t index, const char **text, int64_t *length, tern_error **error);

/**
 * The bytes of a binary or text value of the current row, in place: not copied, not terminated.
 *
 * '*bytes' lives until the next step or until 'result' is freed, and may be NULL if '*length'
 * is 0. TERN_ERROR_DATA for NULL and for other types. As tern_value_int64 otherwise.
 */
TERN_API int32_t tern_value_binary(
    tern_result *result, int32_t index, const uint8_t **bytes, int64_t *length,
    tern_error **error);

/**
 * A decimal of the current row as a 128-bit two's complement integer and the place of its
 * point.
 *
 * The value is the integer divided by ten to the power of '*scale'. 'out' has room for two
 * numbers: 'out[0]' gets the low 64 bits, 'out[1]' the high ones. Also from integers, and from
 * doubles and texts that are decimals. TERN_ERROR_DATA beyond 128 bits: read the digits with
 * tern_value_text. As tern_value_int64 otherwise.
 */
TERN_API int32_t tern_value_decimal128(
    tern_result *result, int32_t index, uint64_t *out, int32_t *scale, tern_error **error);

/**
 * A date of the current row as days since 1970-01-01, proleptic Gregorian; also a timestamp at
 * midnight.
 *
 * As tern_value_int64 otherwise.
 */
TERN_API int32_t tern_value_date(
    tern_result *result, int32_t index, int32_t *out, tern_error **error);

/**
 * A time of day of the current row as nanoseconds since midnight.
 *
 * As tern_value_int64 otherwise.
 */
TERN_API int32_t tern_value_time(
    tern_result *result, int32_t index, int64_t *out, tern_error **error);

/**
 * A timestamp of the current row, exactly; also a date, at midnight.
 *
 * '*seconds' since 1970-01-01 00:00:00, negative before; '*nanoseconds' from 0 to 999999999
 * count forward from there. In a column with a zone that is the instant in UTC, and
 * '*offset_minutes' is what to add to reach the value's own wall clock; else it is the wall
 * clock, and the offset 0. 'nanoseconds' and 'offset_minutes' may be NULL. As tern_value_int64
 * otherwise.
 */
TERN_API int32_t tern_value_timestamp(
    tern_result *result, int32_t index, int64_t *seconds, int32_t *nanoseconds,
    int32_t *offset_minutes, tern_error **error);

/**
 * An interval or elapsed time of the current row, in three parts that do not convert into each
 * other.
 *
 * Each place may be NULL. TERN_ERROR_DATA if an elapsed time is beyond 292 years of
 * nanoseconds. As tern_value_int64 otherwise.
 */
TERN_API int32_t tern_value_interval(
    tern_result *result, int32_t index, int32_t *months, int32_t *days, int64_t *nanoseconds,
    tern_error **error);

/* ---- Parts of a result, read elsewhere -------------------------------------------------- */

/**
 * The parts of a result that other processes can read, instead of reading it here.
 *
 * '*out' gets the parts, to free with tern_partitions_free; it stays untouched on failure.
 * TERN_ERROR_UNSUPPORTED where the result has none. One thread at a time per result.
 */
TERN_API int32_t tern_result_partitions(
    tern_result *result, tern_partitions **out, tern_error **error);

/**
 * How many parts there are; TERN_ERROR_HANDLE if 'partitions' is none.
 *
 * Any thread.
 */
TERN_API int32_t tern_partitions_count(const tern_partitions *partitions);

/**
 * The bytes of a part: plain data without a secret, to send anywhere.
 *
 * 'index' counts from 0. '*bytes' lives as long as 'partitions'. TERN_DONE for an index that no
 * part has; TERN_ERROR_HANDLE, TERN_ERROR_USAGE if 'bytes' or 'length' is NULL. Any thread.
 */
TERN_API int32_t tern_partitions_get(
    const tern_partitions *partitions, int32_t index, const uint8_t **bytes, int64_t *length);

/**
 * Reads a part that some connection to the same server gave out.
 *
 * 'bytes' has 'length' bytes and is copied. '*out' gets a result to free with tern_result_free;
 * it stays untouched on failure. TERN_ERROR_USAGE for bytes that are no part,
 * TERN_ERROR_UNSUPPORTED where the protocol has none. One call at a time per connection; others
 * wait.
 */
TERN_API int32_t tern_partition_read(
    tern_connection *connection, const uint8_t *bytes, int64_t length, tern_result **out,
    tern_error **error);

/**
 * Frees parts. NULL is fine, and so are parts that were freed before.
 *
 * Any thread.
 */
TERN_API void tern_partitions_free(tern_partitions *partitions);

/* ---- Errors ----------------------------------------------------------------------------- */

/**
 * The number of an error, one of enum tern_code below 0.
 *
 * The same number as the failed function returned. TERN_ERROR_HANDLE if 'error' is no error.
 * Any thread.
 */
TERN_API int32_t tern_error_code(const tern_error *error);

/**
 * The SQLSTATE of an error: always five characters.
 *
 * Lives as long as 'error'; empty if that is no error. Any thread.
 */
TERN_API const char *tern_error_sqlstate(const tern_error *error);

/**
 * The server's own number of an error; 0 if it gave none, or if 'error' is no error.
 *
 * Any thread.
 */
TERN_API int32_t tern_error_vendor_code(const tern_error *error);

/**
 * What happened, where, and what can be done, in UTF-8; never a secret.
 *
 * 'length' may be NULL, else it gets the bytes without the NUL. The text lives as long as
 * 'error'; it is empty if that is no error. Any thread.
 */
TERN_API const char *tern_error_message(const tern_error *error, int64_t *length);

/**
 * The server's id of the statement that failed; empty if it gave none.
 *
 * As tern_error_message.
 */
TERN_API const char *tern_error_query_id(const tern_error *error, int64_t *length);

/**
 * Whether the same call may be made again: 1 only if the failed one had no effect for certain.
 *
 * That is so if no byte of the request had left the process, or if the server rolled the whole
 * transaction back (SQLSTATE 40001). Any thread.
 */
TERN_API int32_t tern_error_is_retryable(const tern_error *error);

/**
 * Frees an error. NULL is fine, and so is an error that was freed before.
 *
 * Any thread.
 */
TERN_API void tern_error_free(tern_error *error);

/**
 * The name of a code, such as 'TERN_ERROR_TIMEOUT'; 'TERN_UNKNOWN_CODE' for other numbers.
 *
 * Never NULL; lives as long as the library. Any thread.
 */
TERN_API const char *tern_code_name(int32_t code);

/* ---- Log -------------------------------------------------------------------------------- */

/**
 * Sets where the whole process logs to, and how much.
 *
 * 'level' is one of enum tern_log_level; a NULL 'callback' or level 0 switches the log off.
 * Numbers beyond the last level mean that one. 'context' is handed to every call and must stay
 * valid until another callback was set and running calls have returned. Lines are redacted
 * before the callback sees them. Without a callback the environment's 'TERN_LOG' and
 * 'TERN_LOG_FILE' decide. Any thread.
 */
TERN_API void tern_log_set(tern_log_callback callback, void *context, int32_t level);

#ifdef __cplusplus
}
#endif

#endif /* TERN_H */
