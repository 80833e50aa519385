// The types and numbers of the C API. What stands between the two marks goes into Include/tern.h
// as it is; the header's functions come from the module TernC.
#ifndef TERN_TYPES_H
#define TERN_TYPES_H

#include <stdint.h>

// Complete here, so that Swift keeps the pointer's type; the public header only declares them.
struct tern_target { uint8_t unused; };
struct tern_connection { uint8_t unused; };
struct tern_statement { uint8_t unused; };
struct tern_result { uint8_t unused; };
struct tern_partitions { uint8_t unused; };
struct tern_error { uint8_t unused; };

// tern.h begins

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

// tern.h ends

#endif
