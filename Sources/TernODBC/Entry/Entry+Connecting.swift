// Connecting and disconnecting.
public import CODBC
import Tern

/// Connects to a data source by name.
@implementation @c
public func SQLConnect(
  _ connection: SQLHDBC!, _ source: UnsafeMutablePointer<SQLCHAR>!, _ sourceLength: SQLSMALLINT,
  _ user: UnsafeMutablePointer<SQLCHAR>!, _ userLength: SQLSMALLINT,
  _ password: UnsafeMutablePointer<SQLCHAR>!, _ passwordLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onConnection(connection) { connection throws(TernError) in
    try connection.connect(
      dataSource: unsafe InputText(source, sourceLength), user: unsafe InputText(user, userLength),
      password: unsafe InputText(password, passwordLength))
  }
}

/// `SQLConnect` with UTF-16 text.
@implementation @c
public func SQLConnectW(
  _ connection: SQLHDBC!, _ source: UnsafeMutablePointer<SQLWCHAR>!, _ sourceLength: SQLSMALLINT,
  _ user: UnsafeMutablePointer<SQLWCHAR>!, _ userLength: SQLSMALLINT,
  _ password: UnsafeMutablePointer<SQLWCHAR>!, _ passwordLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onConnection(connection) { connection throws(TernError) in
    try connection.connect(
      dataSource: unsafe InputText(source, sourceLength), user: unsafe InputText(user, userLength),
      password: unsafe InputText(password, passwordLength))
  }
}

/// Connects as a connection string says.
@implementation @c
public func SQLDriverConnect(
  _ connection: SQLHDBC!, _ window: SQLHWND!, _ input: UnsafeMutablePointer<SQLCHAR>!,
  _ inputLength: SQLSMALLINT, _ output: UnsafeMutablePointer<SQLCHAR>!, _ capacity: SQLSMALLINT,
  _ length: UnsafeMutablePointer<SQLSMALLINT>!, _ completion: SQLUSMALLINT
) -> SQLRETURN {
  unsafe onConnection(connection) { connection throws(TernError) in
    try connection.connect(
      unsafe InputText(input, inputLength), unsafe OutputText(narrow: output, capacity, length),
      completion: completion)
  }
}

/// `SQLDriverConnect` with UTF-16 text.
@implementation @c
public func SQLDriverConnectW(
  _ connection: SQLHDBC!, _ window: SQLHWND!, _ input: UnsafeMutablePointer<SQLWCHAR>!,
  _ inputLength: SQLSMALLINT, _ output: UnsafeMutablePointer<SQLWCHAR>!, _ capacity: SQLSMALLINT,
  _ length: UnsafeMutablePointer<SQLSMALLINT>!, _ completion: SQLUSMALLINT
) -> SQLRETURN {
  unsafe onConnection(connection) { connection throws(TernError) in
    try connection.connect(
      unsafe InputText(input, inputLength),
      unsafe OutputText(wide: output, capacity, .characters, length),
      completion: completion)
  }
}

/// Connects step by step, telling what is missing.
@implementation @c
public func SQLBrowseConnect(
  _ connection: SQLHDBC!, _ input: UnsafeMutablePointer<SQLCHAR>!, _ inputLength: SQLSMALLINT,
  _ output: UnsafeMutablePointer<SQLCHAR>!, _ capacity: SQLSMALLINT,
  _ length: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  unsafe onConnection(connection) { connection throws(TernError) in
    try connection.browse(
      unsafe InputText(input, inputLength), unsafe OutputText(narrow: output, capacity, length))
  }
}

/// `SQLBrowseConnect` with UTF-16 text.
@implementation @c
public func SQLBrowseConnectW(
  _ connection: SQLHDBC!, _ input: UnsafeMutablePointer<SQLWCHAR>!, _ inputLength: SQLSMALLINT,
  _ output: UnsafeMutablePointer<SQLWCHAR>!, _ capacity: SQLSMALLINT,
  _ length: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  unsafe onConnection(connection) { connection throws(TernError) in
    try connection.browse(
      unsafe InputText(input, inputLength),
      unsafe OutputText(wide: output, capacity, .characters, length))
  }
}

/// Closes a connection.
@implementation @c
public func SQLDisconnect(_ connection: SQLHDBC!) -> SQLRETURN {
  unsafe onConnection(connection) { connection throws(TernError) in try connection.disconnect() }
}
