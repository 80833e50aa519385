public import CTern
import TernColumns
import TernCore

/// Goes to the next row; TERN_DONE after the last.
///
/// The row is a view on a batch: nothing is copied. Texts and bytes that getters gave out are gone.
/// Blocks when the next batch has not arrived yet. TERN_ERROR_USAGE (24000) for a count of changed
/// rows; after TERN_ERROR_SQL, TERN_ERROR_DATA, TERN_ERROR_CONNECTION, TERN_ERROR_CANCELLED and
/// TERN_ERROR_TIMEOUT the result is at its end. One thread at a time per result.
@_cdecl("tern_result_step")
public func tern_result_step(
  _ result: UnsafeMutablePointer<tern_result>?, _ error: ErrorOut
) -> Int32 {
  if let cursor = unsafe HandleTable.cursor(UInt(bitPattern: result)),
    unsafe cursor.pointee.advance()
  {
    return Code.ok
  }
  return unsafe boundary(result, ResultHandle.self, error) { handle throws(TernError) in
    try handle.step() ? Code.ok : Code.done
  }
}

/// Whether a value of the current row is NULL: 1 or 0.
///
/// `index` counts from 0. TERN_ERROR_HANDLE if `result` is none, TERN_ERROR_USAGE without a current
/// row or without such a column.
@_cdecl("tern_value_is_null")
public func tern_value_is_null(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32
) -> Int32 {
  if let cursor = unsafe HandleTable.cursor(UInt(bitPattern: result)),
    let cell = unsafe cursor.pointee.cell(index), unsafe cell.pointee.kind != .other
  {
    return unsafe cell.pointee.isNull(cursor.pointee.currentRow) ? 1 : 0
  }
  return unsafe boundary(result, ResultHandle.self, nil) { handle throws(TernError) in
    let (column, row) = try handle.cell(index)
    return try column.isNull(at: row) ? 1 : 0
  }
}

/// A value of the current row as a signed integer, exactly.
///
/// `index` counts from 0. From every type whose value is a whole number that fits: integers,
/// decimals, doubles, Booleans, texts; dates and times give their own unit. TERN_ERROR_DATA if the
/// value is NULL (22002) or would change (22003, 22018, 07006): `*out` stays untouched then.
/// TERN_ERROR_USAGE without a current row (24000), without such a column (07009), or if `out` is
/// NULL. One thread at a time per result; never blocks.
@_cdecl("tern_value_int64")
public func tern_value_int64(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32,
  _ out: UnsafeMutablePointer<Int64>?, _ error: ErrorOut
) -> Int32 {
  unsafe value(result, index, out, error, { $0.integer($1) }) { column, row throws(TernError) in
    try column.int64(at: row)
  }
}

/// A value of the current row as an unsigned integer, exactly.
///
/// As tern_value_int64 otherwise.
@_cdecl("tern_value_uint64")
public func tern_value_uint64(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32,
  _ out: UnsafeMutablePointer<UInt64>?, _ error: ErrorOut
) -> Int32 {
  unsafe value(result, index, out, error, { $0.unsigned($1) }) { column, row throws(TernError) in
    try column.uint64(at: row)
  }
}

/// A value of the current row as the nearest double: from every number, and texts that are one.
///
/// As tern_value_int64 otherwise.
@_cdecl("tern_value_double")
public func tern_value_double(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32,
  _ out: UnsafeMutablePointer<Double>?, _ error: ErrorOut
) -> Int32 {
  unsafe value(result, index, out, error, { $0.double($1) }) { column, row throws(TernError) in
    try column.double(at: row)
  }
}

/// A value of the current row as a Boolean, 1 or 0: also from the numbers and texts 0, 1, true and
/// false.
///
/// As tern_value_int64 otherwise.
@_cdecl("tern_value_bool")
public func tern_value_bool(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32,
  _ out: UnsafeMutablePointer<Int32>?, _ error: ErrorOut
) -> Int32 {
  unsafe value(
    result, index, out, error,
    { cell, row in cell.kind == .bool ? cell.bit(row).map { $0 ? 1 : 0 } : nil }
  ) { column, row throws(TernError) in
    try column.bool(at: row) ? 1 : 0
  }
}

/// A value of the current row as its canonical text, whatever its type.
///
/// Decimals have exactly their scale, doubles the shortest form that reads back, dates are
/// `YYYY-MM-DD`, bytes upper-case hex, lists and structures JSON. `*text` is NUL-terminated UTF-8
/// and lives until the next step or until `result` is freed; `length` may be NULL, else it gets the
/// bytes without the NUL. TERN_ERROR_DATA for NULL. As tern_value_int64 otherwise.
@_cdecl("tern_value_text")
public func tern_value_text(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32, _ text: TextOut,
  _ length: LengthOut, _ error: ErrorOut
) -> Int32 {
  if let cursor = unsafe HandleTable.cursor(UInt(bitPattern: result)),
    let cell = unsafe cursor.pointee.cell(index), unsafe text != nil
  {
    let row = unsafe cursor.pointee.currentRow
    if unsafe !cell.pointee.isNull(row), let found = unsafe cell.pointee.text(row) {
      unsafe text?.pointee = found.baseAddress
      unsafe length?.pointee = Int64(found.count)
      return Code.ok
    }
  }
  return unsafe boundary(result, ResultHandle.self, error) { handle throws(TernError) in
    try handle.read(index) { column, row throws(TernError) in
      guard unsafe text != nil else { throw .noPlace("text") }
      var bytes: [UInt8] = []
      try column.appendText(at: row, to: &bytes)
      unsafe text?.pointee = handle.keep(bytes, index)
      unsafe length?.pointee = Int64(bytes.count)
      return Code.ok
    }
  }
}

/// The bytes of a binary or text value of the current row, in place: not copied, not terminated.
///
/// `*bytes` lives until the next step or until `result` is freed, and may be NULL if `*length`
/// is 0. TERN_ERROR_DATA for NULL and for other types. As tern_value_int64 otherwise.
@_cdecl("tern_value_binary")
public func tern_value_binary(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32,
  _ bytes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ length: LengthOut, _ error: ErrorOut
) -> Int32 {
  if let bytes = unsafe bytes, let length = unsafe length,
    let found = unsafe quickly(result, index, { unsafe $0.bytes($1) })
  {
    unsafe bytes.pointee = found.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe length.pointee = Int64(found.count)
    return Code.ok
  }
  return unsafe boundary(result, ResultHandle.self, error) { handle throws(TernError) in
    try handle.read(index) { column, row throws(TernError) in
      guard unsafe bytes != nil else { throw .noPlace("bytes") }
      guard unsafe length != nil else { throw .noPlace("length") }
      guard let found = unsafe try column.bytesInPlace(at: row) else {
        throw .data("a column of type \(column.type) has no bytes", .restrictedType)
      }
      // Sound: the batch lives until the next step.
      unsafe bytes?.pointee = found.baseAddress?.assumingMemoryBound(to: UInt8.self)
      unsafe length?.pointee = Int64(found.count)
      return Code.ok
    }
  }
}

/// A decimal of the current row as a 128-bit two's complement integer and the place of its point.
///
/// The value is the integer divided by ten to the power of `*scale`. `out` has room for two
/// numbers: `out[0]` gets the low 64 bits, `out[1]` the high ones. Also from integers, and from
/// doubles and texts that are decimals. TERN_ERROR_DATA beyond 128 bits: read the digits with
/// tern_value_text. As tern_value_int64 otherwise.
@_cdecl("tern_value_decimal128")
public func tern_value_decimal128(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32,
  _ out: UnsafeMutablePointer<UInt64>?, _ scale: UnsafeMutablePointer<Int32>?, _ error: ErrorOut
) -> Int32 {
  if let out = unsafe out,
    let (unscaled, digits) = unsafe quickly(
      result, index,
      { cell, row in
        cell.kind == .decimal128 ? cell.load(row, Int128.self).map { ($0, cell.scale) } : nil
      })
  {
    unsafe put(unscaled, digits, out, scale)
    return Code.ok
  }
  return unsafe boundary(result, ResultHandle.self, error) { handle throws(TernError) in
    try handle.read(index) { column, row throws(TernError) in
      guard let out = unsafe out else { throw .noPlace("out") }
      let decimal = try column.decimal(at: row)
      guard let unscaled = decimal.unscaled else {
        throw .data("the decimal needs more than 128 bits", .numberOutOfRange)
      }
      unsafe put(unscaled, decimal.scale, out, scale)
      return Code.ok
    }
  }
}

/// A date of the current row as days since 1970-01-01, proleptic Gregorian; also a timestamp at
/// midnight.
///
/// As tern_value_int64 otherwise.
@_cdecl("tern_value_date")
public func tern_value_date(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32,
  _ out: UnsafeMutablePointer<Int32>?, _ error: ErrorOut
) -> Int32 {
  unsafe value(
    result, index, out, error, { $0.kind == .date32 ? $0.load($1, Int32.self) : nil }
  ) { column, row throws(TernError) in
    try column.date(at: row)
  }
}

/// A time of day of the current row as nanoseconds since midnight.
///
/// As tern_value_int64 otherwise.
@_cdecl("tern_value_time")
public func tern_value_time(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32,
  _ out: UnsafeMutablePointer<Int64>?, _ error: ErrorOut
) -> Int32 {
  unsafe value(result, index, out, error, { _, _ in nil }) { column, row throws(TernError) in
    try column.time(at: row)
  }
}

/// A timestamp of the current row, exactly; also a date, at midnight.
///
/// `*seconds` since 1970-01-01 00:00:00, negative before; `*nanoseconds` from 0 to 999999999 count
/// forward from there. In a column with a zone that is the instant in UTC, and `*offset_minutes` is
/// what to add to reach the value's own wall clock; else it is the wall clock, and the offset 0.
/// `nanoseconds` and `offset_minutes` may be NULL. As tern_value_int64 otherwise.
@_cdecl("tern_value_timestamp")
public func tern_value_timestamp(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32,
  _ seconds: UnsafeMutablePointer<Int64>?, _ nanoseconds: UnsafeMutablePointer<Int32>?,
  _ offset_minutes: UnsafeMutablePointer<Int32>?, _ error: ErrorOut
) -> Int32 {
  if let seconds = unsafe seconds, let value = unsafe quickly(result, index, { $0.moment($1) }) {
    unsafe seconds.pointee = value.seconds
    unsafe nanoseconds?.pointee = value.nanoseconds
    unsafe offset_minutes?.pointee = value.offsetMinutes
    return Code.ok
  }
  return unsafe boundary(result, ResultHandle.self, error) { handle throws(TernError) in
    try handle.read(index) { column, row throws(TernError) in
      guard unsafe seconds != nil else { throw .noPlace("seconds") }
      let moment = try column.timestamp(at: row)
      unsafe seconds?.pointee = moment.seconds
      unsafe nanoseconds?.pointee = moment.nanoseconds
      unsafe offset_minutes?.pointee = moment.offsetMinutes
      return Code.ok
    }
  }
}

/// An interval or elapsed time of the current row, in three parts that do not convert into each
/// other.
///
/// Each place may be NULL. TERN_ERROR_DATA if an elapsed time is beyond 292 years of nanoseconds.
/// As tern_value_int64 otherwise.
@_cdecl("tern_value_interval")
public func tern_value_interval(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32,
  _ months: UnsafeMutablePointer<Int32>?, _ days: UnsafeMutablePointer<Int32>?,
  _ nanoseconds: UnsafeMutablePointer<Int64>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(result, ResultHandle.self, error) { handle throws(TernError) in
    try handle.read(index) { column, row throws(TernError) in
      let interval = try column.intervalParts(at: row)
      unsafe months?.pointee = interval.months
      unsafe days?.pointee = interval.days
      unsafe nanoseconds?.pointee = interval.nanoseconds
      return Code.ok
    }
  }
}

private func put(
  _ unscaled: Int128, _ digits: Int, _ out: UnsafeMutablePointer<UInt64>,
  _ scale: UnsafeMutablePointer<Int32>?
) {
  let bits = UInt128(bitPattern: unscaled)
  // Sound: the caller says that there is room for two numbers.
  unsafe out[0] = UInt64(truncatingIfNeeded: bits)
  unsafe out[1] = UInt64(truncatingIfNeeded: bits >> 64)
  unsafe scale?.pointee = Int32(clamping: digits)
}

/// Reads a value in place and without a lock; nil for NULL and whenever anything is unusual.
@inline(__always)
private func quickly<Value>(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32,
  _ read: (borrowing CellSource, Int) -> Value?
) -> Value? {
  guard let cursor = unsafe HandleTable.cursor(UInt(bitPattern: result)),
    let cell = unsafe cursor.pointee.cell(index)
  else { return nil }
  let row = unsafe cursor.pointee.currentRow
  guard unsafe !cell.pointee.isNull(row) else { return nil }
  return unsafe read(cell.pointee, row)
}

/// Stores a value: `quickly` where that can be, else by way of the column, with every check.
@inline(__always)
private func value<Value>(
  _ result: UnsafeMutablePointer<tern_result>?, _ index: Int32,
  _ out: UnsafeMutablePointer<Value>?, _ error: ErrorOut,
  _ quick: (borrowing CellSource, Int) -> Value?,
  _ read: (Column, Int) throws(TernError) -> Value
) -> Int32 {
  if let out = unsafe out, let value = unsafe quickly(result, index, quick) {
    unsafe out.pointee = value
    return Code.ok
  }
  return unsafe boundary(result, ResultHandle.self, error) { handle throws(TernError) in
    try handle.read(index) { column, row throws(TernError) in
      guard unsafe out != nil else { throw .noPlace("out") }
      let value = try read(column, row)
      unsafe out?.pointee = value
      return Code.ok
    }
  }
}
