public import CTern
import TernColumns
import TernCore

/// Binds NULL to a parameter.
///
/// `index` counts from 0. What is bound stays bound until it is bound anew or cleared; a batch or a
/// stream bound before is forgotten. TERN_ERROR_USAGE (07009) for an index that the statement has
/// no parameter for. One thread at a time per statement; no round trip.
@_cdecl("tern_bind_null")
public func tern_bind_null(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ index: Int32, _ error: ErrorOut
) -> Int32 {
  unsafe bind(statement, index, error) { () throws(TernError) in BoundValue(.null, .null) }
}

/// Binds a Boolean: 0 is false, all else true.
///
/// As tern_bind_null otherwise.
@_cdecl("tern_bind_bool")
public func tern_bind_bool(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ index: Int32, _ value: Int32,
  _ error: ErrorOut
) -> Int32 {
  unsafe bind(statement, index, error) { () throws(TernError) in
    BoundValue(.bool(value != 0), .bool)
  }
}

/// Binds a signed integer.
///
/// As tern_bind_null otherwise.
@_cdecl("tern_bind_int64")
public func tern_bind_int64(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ index: Int32, _ value: Int64,
  _ error: ErrorOut
) -> Int32 {
  unsafe bind(statement, index, error) { () throws(TernError) in BoundValue(.integer(value), .int64)
  }
}

/// Binds an unsigned integer.
///
/// As tern_bind_null otherwise.
@_cdecl("tern_bind_uint64")
public func tern_bind_uint64(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ index: Int32, _ value: UInt64,
  _ error: ErrorOut
) -> Int32 {
  unsafe bind(statement, index, error) { () throws(TernError) in
    BoundValue(.unsigned(value), .uint64)
  }
}

/// Binds a double. Whether NaN and infinities are accepted is up to the server.
///
/// As tern_bind_null otherwise.
@_cdecl("tern_bind_double")
public func tern_bind_double(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ index: Int32, _ value: Double,
  _ error: ErrorOut
) -> Int32 {
  unsafe bind(statement, index, error) { () throws(TernError) in
    BoundValue(.double(value), .float64)
  }
}

/// Binds a decimal given as digits, such as `-12.50`: exact, up to 76 digits.
///
/// `digits` has `length` bytes, -1 up to the NUL, and is copied. TERN_ERROR_DATA for other text. As
/// tern_bind_null otherwise.
@_cdecl("tern_bind_decimal")
public func tern_bind_decimal(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ index: Int32, _ digits: TextIn,
  _ length: Int64, _ error: ErrorOut
) -> Int32 {
  unsafe bind(statement, index, error) { () throws(TernError) in
    unsafe try BoundValue(decimal: try text(digits, length, "digits"))
  }
}

/// Binds text.
///
/// `value` has `length` bytes of UTF-8, -1 up to the NUL, and is copied. TERN_ERROR_DATA for bytes
/// that are not UTF-8. As tern_bind_null otherwise.
@_cdecl("tern_bind_text")
public func tern_bind_text(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ index: Int32, _ value: TextIn,
  _ length: Int64, _ error: ErrorOut
) -> Int32 {
  unsafe bind(statement, index, error) { () throws(TernError) in
    unsafe BoundValue(.text(try text(value, length, "value")), .largeUtf8)
  }
}

/// Binds bytes.
///
/// `value` has `length` bytes and is copied; it may be NULL if `length` is 0. As tern_bind_null
/// otherwise.
@_cdecl("tern_bind_binary")
public func tern_bind_binary(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ index: Int32,
  _ value: UnsafePointer<UInt8>?, _ length: Int64, _ error: ErrorOut
) -> Int32 {
  unsafe bind(statement, index, error) { () throws(TernError) in
    unsafe BoundValue(.bytes(try copy(value, length, "value")), .largeBinary)
  }
}

/// Binds a date as days since 1970-01-01 of the proleptic Gregorian calendar.
///
/// As tern_bind_null otherwise.
@_cdecl("tern_bind_date")
public func tern_bind_date(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ index: Int32, _ days: Int32,
  _ error: ErrorOut
) -> Int32 {
  unsafe bind(statement, index, error) { () throws(TernError) in BoundValue(.date(days), .date32) }
}

/// Binds a time of day as nanoseconds since midnight.
///
/// TERN_ERROR_DATA outside of a day. As tern_bind_null otherwise.
@_cdecl("tern_bind_time")
public func tern_bind_time(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ index: Int32, _ nanoseconds: Int64,
  _ error: ErrorOut
) -> Int32 {
  unsafe bind(statement, index, error) { () throws(TernError) in try BoundValue(time: nanoseconds) }
}

/// Binds a timestamp without a zone.
///
/// `seconds` since 1970-01-01 00:00:00, negative before; `nanoseconds` from 0 to 999999999 count
/// forward from there. TERN_ERROR_DATA outside of years 1 to 9999. As tern_bind_null otherwise.
@_cdecl("tern_bind_timestamp")
public func tern_bind_timestamp(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ index: Int32, _ seconds: Int64,
  _ nanoseconds: Int32, _ error: ErrorOut
) -> Int32 {
  unsafe bind(statement, index, error) { () throws(TernError) in
    try BoundValue(seconds: seconds, nanoseconds: nanoseconds)
  }
}

/// Forgets all parameters of a statement.
///
/// One thread at a time per statement; no round trip.
@_cdecl("tern_clear_bindings")
public func tern_clear_bindings(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(statement, StatementHandle.self, error) { handle throws(TernError) in
    handle.clear()
    return Code.ok
  }
}

private func bind(
  _ statement: UnsafeMutablePointer<tern_statement>?, _ index: Int32, _ error: ErrorOut,
  _ value: () throws(TernError) -> BoundValue
) -> Int32 {
  unsafe boundary(statement, StatementHandle.self, error) { handle throws(TernError) in
    try handle.bind(index, try value())
    return Code.ok
  }
}
