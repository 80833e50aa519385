// Binding parameters and sending their data.
public import CODBC
import Tern

/// Binds a parameter to memory of the caller's.
@implementation @c
public func SQLBindParameter(
  _ statement: SQLHSTMT!, _ number: SQLUSMALLINT, _ direction: SQLSMALLINT, _ cType: SQLSMALLINT,
  _ sqlType: SQLSMALLINT, _ size: SQLULEN, _ digits: SQLSMALLINT, _ value: SQLPOINTER!,
  _ capacity: SQLLEN, _ indicator: UnsafeMutablePointer<SQLLEN>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.bindParameter(
      number, direction,
      ParameterBinding(
        cType: cType, sqlType: sqlType, size: size, digits: digits, data: unsafe Address(value),
        capacity: capacity, indicator: unsafe Address(indicator)))
  }
}

/// ODBC 2's way to bind an input parameter.
@implementation @c
public func SQLBindParam(
  _ statement: SQLHSTMT!, _ number: SQLUSMALLINT, _ cType: SQLSMALLINT, _ sqlType: SQLSMALLINT,
  _ size: SQLULEN, _ digits: SQLSMALLINT, _ value: SQLPOINTER!,
  _ indicator: UnsafeMutablePointer<SQLLEN>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.bindParameter(
      number, 1,
      ParameterBinding(
        cType: cType, sqlType: sqlType, size: size, digits: digits, data: unsafe Address(value),
        capacity: 0, indicator: unsafe Address(indicator)))
  }
}

/// Asks for the next parameter whose data is to be sent.
@implementation @c
public func SQLParamData(
  _ statement: SQLHSTMT!, _ token: UnsafeMutablePointer<SQLPOINTER?>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.parameterData(unsafe Address(token))
  }
}

/// Sends a piece of a parameter's data.
@implementation @c
public func SQLPutData(_ statement: SQLHSTMT!, _ data: SQLPOINTER!, _ length: SQLLEN) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.putData(unsafe Address(data), length)
  }
}
