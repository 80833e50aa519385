// Diagnostics; reading them never clears them.
public import CODBC
import Tern

/// Reads a diagnostic record.
@implementation @c
public func SQLGetDiagRec(
  _ kind: SQLSMALLINT, _ number: SQLHANDLE!, _ record: SQLSMALLINT,
  _ state: UnsafeMutablePointer<SQLCHAR>!, _ native: UnsafeMutablePointer<SQLINTEGER>!,
  _ message: UnsafeMutablePointer<SQLCHAR>!, _ capacity: SQLSMALLINT,
  _ length: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  guard let found = unsafe handle(number, of: kind)?.object else {
    return ReturnCode.invalidHandle.rawValue
  }
  return found.lock.hold {
    found.readRecord(
      record,
      unsafe OutputText(
        narrow: state, 6, nil as UnsafeMutablePointer<Int16>?), unsafe Address(native),
      unsafe OutputText(narrow: message, capacity, length)
    ).rawValue
  }
}

/// `SQLGetDiagRec` with UTF-16 text.
@implementation @c
public func SQLGetDiagRecW(
  _ kind: SQLSMALLINT, _ number: SQLHANDLE!, _ record: SQLSMALLINT,
  _ state: UnsafeMutablePointer<SQLWCHAR>!, _ native: UnsafeMutablePointer<SQLINTEGER>!,
  _ message: UnsafeMutablePointer<SQLWCHAR>!, _ capacity: SQLSMALLINT,
  _ length: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  guard let found = unsafe handle(number, of: kind)?.object else {
    return ReturnCode.invalidHandle.rawValue
  }
  return found.lock.hold {
    found.readRecord(
      record,
      unsafe OutputText(
        wide: state, 6, .characters, nil as UnsafeMutablePointer<Int16>?), unsafe Address(native),
      unsafe OutputText(wide: message, capacity, .characters, length)
    ).rawValue
  }
}

/// Reads a field of the diagnostics.
@implementation @c
public func SQLGetDiagField(
  _ kind: SQLSMALLINT, _ number: SQLHANDLE!, _ record: SQLSMALLINT, _ field: SQLSMALLINT,
  _ value: SQLPOINTER!, _ capacity: SQLSMALLINT, _ length: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  guard let found = unsafe handle(number, of: kind)?.object else {
    return ReturnCode.invalidHandle.rawValue
  }
  return found.lock.hold {
    found.readField(
      record, field, unsafe Address(value), unsafe OutputText(narrow: value, capacity, length)
    ).rawValue
  }
}

/// `SQLGetDiagField` with UTF-16 text.
@implementation @c
public func SQLGetDiagFieldW(
  _ kind: SQLSMALLINT, _ number: SQLHANDLE!, _ record: SQLSMALLINT, _ field: SQLSMALLINT,
  _ value: SQLPOINTER!, _ capacity: SQLSMALLINT, _ length: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  guard let found = unsafe handle(number, of: kind)?.object else {
    return ReturnCode.invalidHandle.rawValue
  }
  return found.lock.hold {
    found.readField(
      record, field, unsafe Address(value), unsafe OutputText(wide: value, capacity, .bytes, length)
    ).rawValue
  }
}
