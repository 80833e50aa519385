public import CTern
import TernCore
import TernDriver

/// Rows that a statement without rows changed; -1 if the server does not tell, if there are rows,
/// or if `result` is none.
///
/// One thread at a time per result, as for all functions on results; no round trip.
@_cdecl("tern_result_rows_affected")
public func tern_result_rows_affected(_ result: UnsafeMutablePointer<tern_result>?) -> Int64 {
  unsafe resultHandle(result)?.resultSet.rowsChanged ?? -1
}

/// What a statement without rows put into a column that numbers its rows by itself.
///
/// `*id` gets the first number that the statement made, else one that it gave itself, and stays
/// untouched if there is none; NULL is fine. Of several statements run by one call it is the last
/// one's. Returns 1 if there is a number, 0 if there is none or the protocol does not tell it (of
/// Tern's, MaxScale's does); TERN_ERROR_HANDLE if `result` is none.
@_cdecl("tern_result_last_insert_id")
public func tern_result_last_insert_id(
  _ result: UnsafeMutablePointer<tern_result>?, _ id: UnsafeMutablePointer<UInt64>?
) -> Int32 {
  guard let handle = unsafe resultHandle(result) else { return Code.handle }
  guard let number = handle.resultSet.lastInsertID else { return 0 }
  unsafe id?.pointee = number
  return 1
}

/// Rows of the whole result where the server tells beforehand, else -1.
///
/// `max_rows` may end the result earlier. -1 if `result` is none.
@_cdecl("tern_result_row_count")
public func tern_result_row_count(_ result: UnsafeMutablePointer<tern_result>?) -> Int64 {
  unsafe resultHandle(result)?.resultSet.rowCount ?? -1
}

/// Rows that have arrived so far, those read ahead included; -1 if `result` is none.
///
/// For progress displays: any thread, at any time, also while another thread fetches.
@_cdecl("tern_result_rows_received")
public func tern_result_rows_received(_ result: UnsafeMutablePointer<tern_result>?) -> Int64 {
  unsafe resultHandle(result)?.resultSet.received.rowCount ?? -1
}

/// Bytes of memory that the rows which have arrived so far take; -1 if `result` is none.
///
/// As tern_result_rows_received otherwise.
@_cdecl("tern_result_bytes_received")
public func tern_result_bytes_received(_ result: UnsafeMutablePointer<tern_result>?) -> Int64 {
  unsafe resultHandle(result)?.resultSet.received.byteCount ?? -1
}

/// The server's id of the statement; empty if it gave none, or if `result` is none.
///
/// `length` may be NULL, else it gets the bytes without the NUL. Lives until the next result is
/// made current or `result` is freed.
@_cdecl("tern_result_query_id")
public func tern_result_query_id(
  _ result: UnsafeMutablePointer<tern_result>?, _ length: LengthOut
) -> UnsafePointer<CChar>? {
  unsafe (resultHandle(result)?.facts.queryID ?? CText.empty).put(length)
}

/// Makes the next result of the same execution current; TERN_DONE after the last.
///
/// Rows, columns and texts of the result before it are gone. TERN_ERROR_SQL if that result is an
/// error; others may follow it. Blocks for a round trip.
@_cdecl("tern_result_next_result")
public func tern_result_next_result(
  _ result: UnsafeMutablePointer<tern_result>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(result, ResultHandle.self, error) { handle throws(TernError) in
    try handle.nextResult() ? Code.ok : Code.done
  }
}

/// Frees a result and stops the server's work for it.
///
/// Texts and bytes that its getters gave out are gone; Arrow structures taken from it stay. Blocks
/// for at most two seconds. NULL is fine, and so is a result that was freed before. Any thread, but
/// not while another one reads from this result.
@_cdecl("tern_result_free")
public func tern_result_free(_ result: UnsafeMutablePointer<tern_result>?) {
  HandleTable.remove(UInt(bitPattern: result), ResultHandle.self)?.close()
}

/// How many columns a result has; 0 for a count of changed rows, TERN_ERROR_HANDLE if `result` is
/// none.
@_cdecl("tern_column_count")
public func tern_column_count(_ result: UnsafeMutablePointer<tern_result>?) -> Int32 {
  guard let handle = unsafe resultHandle(result) else { return Code.handle }
  return Int32(clamping: handle.facts.columns.count)
}

/// The name of a column; empty if there is no such column.
///
/// `index` counts from 0. `length` may be NULL, else it gets the bytes without the NUL. Lives until
/// the next result is made current or `result` is freed.
@_cdecl("tern_column_name")
public func tern_column_name(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32, _ length: LengthOut
) -> UnsafePointer<CChar>? {
  let facts = unsafe resultHandle(result)?.facts
  return unsafe (facts.map { $0.text(index, $0.names) } ?? CText.empty).put(length)
}

/// The kind of value that a column holds, one of enum tern_type.
///
/// TERN_ERROR_HANDLE if `result` is none, TERN_ERROR_USAGE if there is no such column.
@_cdecl("tern_column_type")
public func tern_column_type(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32
) -> Int32 {
  guard let cursor = unsafe HandleTable.cursor(UInt(bitPattern: result)) else {
    return Code.handle
  }
  return unsafe cursor.pointee.typeNumber(index) ?? Code.usage
}

/// The server's own word for a column's type; empty if there is no such column.
///
/// As tern_column_name.
@_cdecl("tern_column_type_name")
public func tern_column_type_name(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32, _ length: LengthOut
) -> UnsafePointer<CChar>? {
  let facts = unsafe resultHandle(result)?.facts
  return unsafe (facts.map { $0.text(index, $0.typeNames) } ?? CText.empty).put(length)
}

/// Digits, characters or bytes that a column's values have at most, as ODBC counts them.
///
/// -1 if that is not known or not limited, or if there is no such column.
@_cdecl("tern_column_size")
public func tern_column_size(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32
) -> Int64 {
  unsafe resultHandle(result)?.facts.column(index)?.sql.columnSize ?? -1
}

/// Digits after the point, of a number or of a second's fraction; -1 if there are none, or if
/// there is no such column.
@_cdecl("tern_column_scale")
public func tern_column_scale(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32
) -> Int32 {
  unsafe Int32(resultHandle(result)?.facts.column(index)?.sql.decimalDigits ?? -1)
}

/// Whether a column can hold NULL: 1, 0, or -1 if that is not known or if there is no such column.
@_cdecl("tern_column_is_nullable")
public func tern_column_is_nullable(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32
) -> Int32 {
  guard let isNullable = unsafe resultHandle(result)?.facts.column(index)?.sql.isNullable else {
    return -1
  }
  return isNullable ? 1 : 0
}

/// The object behind a result handle.
func resultHandle(_ result: UnsafeMutablePointer<tern_result>?) -> ResultHandle? {
  HandleTable.object(UInt(bitPattern: result), ResultHandle.self)
}
