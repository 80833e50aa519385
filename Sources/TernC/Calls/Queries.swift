public import CTern
import TernColumns
import TernCore
import TernDriver

/// Runs one text without parameters.
///
/// `sql` has `length` bytes, -1 up to the NUL. `*out` gets a result to free with tern_result_free;
/// it stays untouched on failure. With a NULL `out` the result is dropped. Blocks until the server
/// has the first result. TERN_ERROR_SQL if the server refuses the text: the connection stays
/// usable. TERN_ERROR_TIMEOUT after `query_timeout`, TERN_ERROR_CANCELLED, TERN_ERROR_CONNECTION,
/// TERN_ERROR_USAGE. One call at a time per connection; others wait.
@_cdecl("tern_query")
public func tern_query(
  _ connection: UnsafeMutablePointer<tern_connection>?, _ sql: TextIn, _ length: Int64,
  _ out: UnsafeMutablePointer<UnsafeMutablePointer<tern_result>?>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(connection, ConnectionHandle.self, error) { handle throws(TernError) in
    unsafe try put(
      try handle.connection.execute(try text(sql, length, "sql")), handle.timestamps, out)
    return Code.ok
  }
}

/// Runs one text and tells how many rows it changed: for statements without rows.
///
/// `*rows` gets the count, -1 if the server does not tell or if there are rows, which are dropped;
/// `rows` may be NULL. As tern_query otherwise.
@_cdecl("tern_execute")
public func tern_execute(
  _ connection: UnsafeMutablePointer<tern_connection>?, _ sql: TextIn, _ length: Int64,
  _ rows: UnsafeMutablePointer<Int64>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(connection, ConnectionHandle.self, error) { handle throws(TernError) in
    let result = unsafe try handle.connection.execute(try text(sql, length, "sql"))
    result.close()
    unsafe rows?.pointee = result.rowsChanged ?? -1
    return Code.ok
  }
}

/// Asks what the server has.
///
/// `what` is one of enum tern_catalog_kind; the result has the columns and the order of ODBC's
/// function for it. Names are NUL-terminated; NULL means any. Where the kind does not say
/// otherwise they are patterns: `%` for any text, `_` for any character, `\` before a character
/// that is meant literally. `*out` gets a result to free with tern_result_free; it stays untouched
/// on failure. TERN_ERROR_UNSUPPORTED where the server has no such thing. Blocks for some round
/// trips. One call at a time per connection; others wait.
@_cdecl("tern_catalog")
public func tern_catalog(
  _ connection: UnsafeMutablePointer<tern_connection>?, _ what: Int32, _ catalog: TextIn,
  _ schema: TextIn, _ table: TextIn, _ column: TextIn,
  _ out: UnsafeMutablePointer<UnsafeMutablePointer<tern_result>?>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(connection, ConnectionHandle.self, error) { handle throws(TernError) in
    guard unsafe out != nil else { throw .noPlace("out") }
    let question = unsafe CatalogQuestion(
      catalog: try optionalText(catalog, "catalog"), schema: try optionalText(schema, "schema"),
      table: try optionalText(table, "table"), column: try optionalText(column, "column"))
    unsafe try put(
      try handle.connection.catalog(try question.request(what)), handle.timestamps, out)
    return Code.ok
  }
}

/// Puts a new result into the caller's place, or drops it if there is none.
func put(
  _ result: ResultSet, _ timestamps: TimestampExport,
  _ out: UnsafeMutablePointer<UnsafeMutablePointer<tern_result>?>?
) throws(TernError) {
  guard let out = unsafe out else { return result.close() }
  let handle = ResultHandle(result, timestamps)
  let bits = unsafe try HandleTable.insert(handle, cursor: handle.cursor)
  // Sound: the caller's own place; the number is never followed.
  unsafe out.pointee = UnsafeMutablePointer(bitPattern: bits)
}
