// Binding columns, fetching, reading.
public import CODBC
import Tern

/// Binds a column to memory of the caller's.
@implementation @c
public func SQLBindCol(
  _ statement: SQLHSTMT!, _ number: SQLUSMALLINT, _ type: SQLSMALLINT, _ target: SQLPOINTER!,
  _ capacity: SQLLEN, _ indicator: UnsafeMutablePointer<SQLLEN>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.bindColumn(
      number, type, unsafe Address(target), capacity, unsafe Address(indicator))
  }
}

/// Moves to the next rowset and writes the bound columns.
@implementation @c
public func SQLFetch(_ statement: SQLHSTMT!) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in try statement.fetch() }
}

/// Moves to a rowset and writes the bound columns.
@implementation @c
public func SQLFetchScroll(
  _ statement: SQLHSTMT!, _ orientation: SQLSMALLINT, _ offset: SQLLEN
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.fetch(orientation, offset)
  }
}

/// As `SQLFetchScroll`, with row count and statuses of its own.
@implementation @c
public func SQLExtendedFetch(
  _ statement: SQLHSTMT!, _ orientation: SQLUSMALLINT, _ offset: SQLLEN,
  _ rowCount: UnsafeMutablePointer<SQLULEN>!, _ statuses: UnsafeMutablePointer<SQLUSMALLINT>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.extendedFetch(
      Int16(truncatingIfNeeded: orientation), offset, rowCount: unsafe Address(rowCount),
      statuses: unsafe Address(statuses))
  }
}

/// Chooses the row of the rowset that `SQLGetData` reads.
@implementation @c
public func SQLSetPos(
  _ statement: SQLHSTMT!, _ row: SQLSETPOSIROW, _ operation: SQLUSMALLINT, _ lock: SQLUSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.setPosition(UInt(row), operation)
  }
}

/// Refuses: cursors are read-only.
@implementation @c
public func SQLBulkOperations(_ statement: SQLHSTMT!, _ operation: SQLSMALLINT) -> SQLRETURN {
  unsafe onStatement(statement) { _ throws(TernError) in
    throw .unsupported("rows cannot be changed through a cursor")
  }
}

/// Reads a value, or a piece of it.
@implementation @c
public func SQLGetData(
  _ statement: SQLHSTMT!, _ number: SQLUSMALLINT, _ type: SQLSMALLINT, _ target: SQLPOINTER!,
  _ capacity: SQLLEN, _ indicator: UnsafeMutablePointer<SQLLEN>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.getData(
      number, type, unsafe Address(target), capacity, unsafe Address(indicator))
  }
}
