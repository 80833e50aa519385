// Open connections: attributes and information.
public import CODBC
import Tern

/// Changes an attribute of a connection.
@implementation @c
public func SQLSetConnectAttr(
  _ connection: SQLHDBC!, _ attribute: SQLINTEGER, _ value: SQLPOINTER!, _ length: SQLINTEGER
) -> SQLRETURN {
  unsafe onConnection(connection) { connection throws(TernError) in
    try connection.set(attribute, unsafe Address(value), byteCount: Int(length), .utf8)
  }
}

/// `SQLSetConnectAttr` with UTF-16 text.
@implementation @c
public func SQLSetConnectAttrW(
  _ connection: SQLHDBC!, _ attribute: SQLINTEGER, _ value: SQLPOINTER!, _ length: SQLINTEGER
) -> SQLRETURN {
  unsafe onConnection(connection) { connection throws(TernError) in
    try connection.set(attribute, unsafe Address(value), byteCount: Int(length), .utf16)
  }
}

/// Reads an attribute of a connection.
@implementation @c
public func SQLGetConnectAttr(
  _ connection: SQLHDBC!, _ attribute: SQLINTEGER, _ value: SQLPOINTER!, _ capacity: SQLINTEGER,
  _ length: UnsafeMutablePointer<SQLINTEGER>!
) -> SQLRETURN {
  unsafe onConnection(connection) { connection throws(TernError) in
    try connection.get(
      attribute, unsafe Address(value), unsafe OutputText(narrow: value, capacity, length))
  }
}

/// `SQLGetConnectAttr` with UTF-16 text.
@implementation @c
public func SQLGetConnectAttrW(
  _ connection: SQLHDBC!, _ attribute: SQLINTEGER, _ value: SQLPOINTER!, _ capacity: SQLINTEGER,
  _ length: UnsafeMutablePointer<SQLINTEGER>!
) -> SQLRETURN {
  unsafe onConnection(connection) { connection throws(TernError) in
    try connection.get(
      attribute, unsafe Address(value), unsafe OutputText(wide: value, capacity, .bytes, length))
  }
}

/// Tells a fact about driver and server.
@implementation @c
public func SQLGetInfo(
  _ connection: SQLHDBC!, _ item: SQLUSMALLINT, _ value: SQLPOINTER!, _ capacity: SQLSMALLINT,
  _ length: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  unsafe onConnection(connection) { connection throws(TernError) in
    try connection.info(
      item, unsafe Address(value), unsafe OutputText(narrow: value, capacity, length))
  }
}

/// `SQLGetInfo` with UTF-16 text.
@implementation @c
public func SQLGetInfoW(
  _ connection: SQLHDBC!, _ item: SQLUSMALLINT, _ value: SQLPOINTER!, _ capacity: SQLSMALLINT,
  _ length: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  unsafe onConnection(connection) { connection throws(TernError) in
    try connection.info(
      item, unsafe Address(value), unsafe OutputText(wide: value, capacity, .bytes, length))
  }
}

/// Tells what the server will see of a text.
@implementation @c
public func SQLNativeSql(
  _ connection: SQLHDBC!, _ sql: UnsafeMutablePointer<SQLCHAR>!, _ sqlLength: SQLINTEGER,
  _ output: UnsafeMutablePointer<SQLCHAR>!, _ capacity: SQLINTEGER,
  _ length: UnsafeMutablePointer<SQLINTEGER>!
) -> SQLRETURN {
  unsafe onConnection(connection) { connection throws(TernError) in
    try connection.nativeSQL(unsafe InputText(sql, sqlLength),
    unsafe OutputText(narrow: output, capacity, length))
  }
}

/// `SQLNativeSql` with UTF-16 text.
@implementation @c
public func SQLNativeSqlW(
  _ connection: SQLHDBC!, _ sql: UnsafeMutablePointer<SQLWCHAR>!, _ sqlLength: SQLINTEGER,
  _ output: UnsafeMutablePointer<SQLWCHAR>!, _ capacity: SQLINTEGER,
  _ length: UnsafeMutablePointer<SQLINTEGER>!
) -> SQLRETURN {
  unsafe onConnection(connection) { connection throws(TernError) in
    try connection.nativeSQL(unsafe InputText(sql, sqlLength),
    unsafe OutputText(wide: output, capacity, .characters, length))
  }
}

/// Tells which functions there are.
@implementation @c
public func SQLGetFunctions(
  _ connection: SQLHDBC!, _ number: SQLUSMALLINT, _ output: UnsafeMutablePointer<SQLUSMALLINT>!
) -> SQLRETURN {
  unsafe onConnection(connection) { _ throws(TernError) in
    try SupportedFunctions.answer(number, unsafe Address(output))
  }
}
