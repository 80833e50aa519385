public import CTern
import TernCore
import TernDriver

/// Prepares one statement; parameters are marked by `?`.
///
/// `sql` has `length` bytes, -1 up to the NUL. `*out` gets a statement to free with
/// tern_statement_free; it stays untouched on failure. Blocks for a round trip where the server
/// prepares. TERN_ERROR_SQL if the server refuses the text. One call at a time per connection;
/// others wait.
@_cdecl("tern_prepare")
public func tern_prepare(
  _ connection: UnsafeMutablePointer<tern_connection>?, _ sql: TextIn, _ length: Int64,
  _ out: UnsafeMutablePointer<UnsafeMutablePointer<tern_statement>?>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(connection, ConnectionHandle.self, error) { handle throws(TernError) in
    guard unsafe out != nil else { throw .noPlace("out") }
    let statement = handle.connection.makeStatement()
    unsafe try statement.prepare(try text(sql, length, "sql"))
    unsafe try put(StatementHandle(statement), out)
    return Code.ok
  }
}

/// How many parameters a statement has; TERN_ERROR_HANDLE if `statement` is none.
///
/// Any thread.
@_cdecl("tern_statement_parameter_count")
public func tern_statement_parameter_count(
  _ statement: UnsafeMutablePointer<tern_statement>?
) -> Int32 {
  guard
    let handle = HandleTable.object(UInt(bitPattern: statement), StatementHandle.self)
  else { return Code.handle }
  return Int32(clamping: handle.statement.parameterCount ?? 0)
}

/// Changes an option of a statement's next executions.
///
/// `key` is NUL-terminated: `query_timeout` in seconds, `max_rows`, `batch_rows`, `batch_bytes`,
/// `prefetch_batches`, `prefetch_bytes`, `parallel`, `ordered`. `value` has `length` bytes, -1 up
/// to the NUL. TERN_ERROR_USAGE for other keys and for a value that is not allowed. One thread at a
/// time per statement.
@_cdecl("tern_statement_set")
public func tern_statement_set(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ key: TextIn, _ value: TextIn,
  _ length: Int64, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(statement, StatementHandle.self, error) { handle throws(TernError) in
    let name = unsafe try text(key, "key")
    var options = handle.statement.options
    guard unsafe try options.set(name, try text(value, length, "value")) else {
      throw .usage("a statement has no option \(name)", .unknownOption)
    }
    handle.statement.options = options
    return Code.ok
  }
}

/// Runs a statement with the parameters that are bound; again and again.
///
/// `*out` gets a result to free with tern_result_free; it stays untouched on failure. With a NULL
/// `out` the result is dropped. Bound values and batches stay bound, a stream is used up. Blocks
/// until the server has the first result. TERN_ERROR_DATA if a parameter does not fit,
/// TERN_ERROR_USAGE (07002) if one is not bound, TERN_ERROR_SQL, TERN_ERROR_TIMEOUT,
/// TERN_ERROR_CANCELLED, TERN_ERROR_CONNECTION. One call at a time per connection; others wait.
@_cdecl("tern_statement_run")
public func tern_statement_run(
  _ statement: UnsafeMutablePointer<tern_statement>?,
  _ out: UnsafeMutablePointer<UnsafeMutablePointer<tern_result>?>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(statement, StatementHandle.self, error) { handle throws(TernError) in
    unsafe try put(try handle.run(), handle.timestamps, out)
    return Code.ok
  }
}

/// Ends the call that runs on a statement, and nothing else.
///
/// As tern_cancel otherwise.
@_cdecl("tern_statement_cancel")
public func tern_statement_cancel(_ statement: UnsafeMutablePointer<tern_statement>?) -> Int32 {
  guard
    let handle = HandleTable.object(UInt(bitPattern: statement), StatementHandle.self)
  else { return Code.handle }
  handle.statement.cancel()
  return Code.ok
}

/// Frees a statement, also on the server; its results stay readable.
///
/// Blocks for at most two seconds. NULL is fine, and so is a statement that was freed before. Any
/// thread.
@_cdecl("tern_statement_free")
public func tern_statement_free(_ statement: UnsafeMutablePointer<tern_statement>?) {
  let handle = HandleTable.remove(UInt(bitPattern: statement), StatementHandle.self)
  handle?.statement.close()
}
