public import CTern
import TernColumns
import TernCore
import TernDriver

/// The schema of a result's batches: a structure with one child a column.
///
/// `*out` is filled and belongs to the caller, who calls its `release`; it stays as it was on
/// failure. The server's own facts are in the fields' metadata. One thread at a time per result;
/// never blocks.
@_cdecl("tern_result_schema")
public func tern_result_schema(
  _ result: UnsafeMutablePointer<tern_result>?, _ out: UnsafeMutablePointer<ArrowSchema>?,
  _ error: ErrorOut
) -> Int32 {
  unsafe boundary(result, ResultHandle.self, error) { handle throws(TernError) in
    guard let out = unsafe out else { throw .noPlace("out") }
    unsafe try ArrowExport.schema(handle.resultSet.schema, timestamps: handle.timestamps, to: out)
    return Code.ok
  }
}

/// The next batch, without copying; TERN_DONE after the last.
///
/// `*out` is filled and belongs to the caller, who calls its `release`, at any time and in any
/// thread; at the end its `release` is NULL. Rows that tern_result_step has reached are not in it
/// any more, and the current row is gone. Blocks when the batch has not arrived yet.
/// TERN_ERROR_DATA for a timestamp that the option `timestamp_unit` cannot express: the rows stay
/// and can be read by tern_result_step. Errors otherwise as there. One thread at a time per result.
@_cdecl("tern_result_next_batch")
public func tern_result_next_batch(
  _ result: UnsafeMutablePointer<tern_result>?, _ out: UnsafeMutablePointer<ArrowArray>?,
  _ error: ErrorOut
) -> Int32 {
  unsafe boundary(result, ResultHandle.self, error) { handle throws(TernError) in
    guard let out = unsafe out else { throw .noPlace("out") }
    guard let batch = try handle.nextBatch() else {
      // A struct that is released already is how Arrow marks the end.
      unsafe out.initialize(to: ArrowArray())
      return Code.done
    }
    do throws(TernError) {
      unsafe try ArrowExport.batch(batch, timestamps: handle.timestamps, to: out)
    } catch {
      handle.putBack(batch)
      throw error
    }
    return Code.ok
  }
}

/// Moves the rest of a result into a stream.
///
/// `*out` is filled and belongs to the caller, who calls its `release`; it outlives `result`, which
/// from now on only answers questions about columns and is freed as usual. The stream's calls block
/// as tern_result_step does, and its errors are errno codes with a text. One thread at a time per
/// stream.
@_cdecl("tern_result_stream")
public func tern_result_stream(
  _ result: UnsafeMutablePointer<tern_result>?, _ out: UnsafeMutablePointer<ArrowArrayStream>?,
  _ error: ErrorOut
) -> Int32 {
  unsafe boundary(result, ResultHandle.self, error) { handle throws(TernError) in
    guard let out = unsafe out else { throw .noPlace("out") }
    let rest = try handle.takeRest()
    unsafe ArrowExport.stream(
      rest.schema, timestamps: handle.timestamps, to: out,
      next: { () throws(TernError) in try rest.next() }, onRelease: { rest.close() })
    return Code.ok
  }
}

/// What the server says about a statement's parameters: a structure with one child a parameter.
///
/// `*out` is filled and belongs to the caller, who calls its `release`; it stays as it was on
/// failure. TERN_ERROR_UNSUPPORTED where the server does not tell. One thread at a time per
/// statement; never blocks.
@_cdecl("tern_statement_parameter_schema")
public func tern_statement_parameter_schema(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ out: UnsafeMutablePointer<ArrowSchema>?,
  _ error: ErrorOut
) -> Int32 {
  unsafe boundary(statement, StatementHandle.self, error) { handle throws(TernError) in
    guard let out = unsafe out else { throw .noPlace("out") }
    guard let parameters = handle.statement.parameters else {
      throw .unsupported("this server does not describe parameters")
    }
    let fields = parameters.map { Field($0.name, $0.dataType) }
    unsafe try ArrowExport.schema(Schema(fields), timestamps: handle.timestamps, to: out)
    return Code.ok
  }
}

/// The schema that a statement's result will have; a structure without children if it has no rows.
///
/// `*out` is filled and belongs to the caller, who calls its `release`; it stays as it was on
/// failure. TERN_ERROR_UNSUPPORTED where that is not known before execution. One thread at a time
/// per statement; never blocks.
@_cdecl("tern_statement_schema")
public func tern_statement_schema(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ out: UnsafeMutablePointer<ArrowSchema>?,
  _ error: ErrorOut
) -> Int32 {
  unsafe boundary(statement, StatementHandle.self, error) { handle throws(TernError) in
    guard let out = unsafe out else { throw .noPlace("out") }
    guard let columns = handle.statement.columns else {
      throw .unsupported("the columns are not known before the statement runs")
    }
    unsafe try ArrowExport.schema(
      Schema(columns.map(\.field)), timestamps: handle.timestamps, to: unsafe out)
    return Code.ok
  }
}

/// Binds many rows at once, without copying: each row is one execution.
///
/// `rows` is a structure with one child a parameter, `schema` says what they are. Both are taken
/// over at once, also on failure (their `release` is NULL then), except for TERN_ERROR_HANDLE and a
/// NULL argument. What was bound before is forgotten. TERN_ERROR_USAGE (07002) if the number of
/// columns is not that of parameters. One thread at a time per statement; no round trip.
@_cdecl("tern_bind_batch")
public func tern_bind_batch(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ rows: UnsafeMutablePointer<ArrowArray>?,
  _ schema: UnsafeMutablePointer<ArrowSchema>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(statement, StatementHandle.self, error) { handle throws(TernError) in
    guard let rows = unsafe rows else { throw .noPlace("rows") }
    guard let schema = unsafe schema else { throw .noPlace("schema") }
    unsafe try handle.bind(try ArrowImport.batch(rows, schema))
    return Code.ok
  }
}

/// Binds batches that the next execution pulls from a stream, one after the other.
///
/// `rows` is taken over at once, also on failure (its `release` is NULL then), except for
/// TERN_ERROR_HANDLE and a NULL argument; the next execution uses it up. Its callbacks run in the
/// thread that runs the statement. Otherwise as tern_bind_batch.
@_cdecl("tern_bind_stream")
public func tern_bind_stream(
  _ statement: UnsafeMutablePointer<tern_statement>?,
  _ rows: UnsafeMutablePointer<ArrowArrayStream>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(statement, StatementHandle.self, error) { handle throws(TernError) in
    guard let rows = unsafe rows else { throw .noPlace("rows") }
    unsafe try handle.bind(BoundStream(try ArrowStreamReader(rows)))
    return Code.ok
  }
}

/// Inserts all rows of a stream into a table.
///
/// `table` has `length` bytes, -1 up to the NUL: a name exactly as stored, or several joined by
/// dots (`SCHEMA.TABLE`); a name with a dot stands in double quotes. The stream's column names
/// choose the columns. `mode` is one of enum tern_ingest_mode: a table that is made has the columns
/// of the stream, quoted as they are named, all of which may be NULL; where the server has no type
/// for one, the call is TERN_ERROR_UNSUPPORTED and nothing was made. SQLSTATE 42S01: the table
/// exists, 42S02: it does not. A stream without rows makes its table too.
///
/// `rows` is taken over at once as by tern_bind_stream. `*count` gets the rows inserted, -1 if the
/// server does not tell; `count` may be NULL. Under autocommit, a table that was made and rows
/// inserted before an error stay. Blocks until all is inserted. One call at a time per connection;
/// others wait.
@_cdecl("tern_ingest")
public func tern_ingest(
  _ connection: UnsafeMutablePointer<tern_connection>?, _ table: TextIn, _ length: Int64,
  _ mode: Int32, _ rows: UnsafeMutablePointer<ArrowArrayStream>?,
  _ count: UnsafeMutablePointer<Int64>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(connection, ConnectionHandle.self, error) { handle throws(TernError) in
    guard let rows = unsafe rows else { throw .noPlace("rows") }
    let stream = unsafe BoundStream(try ArrowStreamReader(rows))
    guard let wanted = IngestMode(rawValue: mode) else {
      throw .usage("there is no ingest mode \(mode)", .invalidOptionValue)
    }
    let inserted = unsafe try handle.connection.ingest(
      into: try TablePath.parse(try text(table, length, "table")), wanted,
      stream.schema, stream)
    unsafe count?.pointee = inserted ?? -1
    return Code.ok
  }
}
