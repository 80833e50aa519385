// Statements: preparing, running, results, attributes.
public import CODBC
import Tern

/// Prepares a text.
@implementation @c
public func SQLPrepare(
  _ statement: SQLHSTMT!, _ sql: UnsafeMutablePointer<SQLCHAR>!, _ length: SQLINTEGER
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.prepare(unsafe InputText(sql, length))
  }
}

/// `SQLPrepare` with UTF-16 text.
@implementation @c
public func SQLPrepareW(
  _ statement: SQLHSTMT!, _ sql: UnsafeMutablePointer<SQLWCHAR>!, _ length: SQLINTEGER
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.prepare(unsafe InputText(sql, length))
  }
}

/// Runs a text.
@implementation @c
public func SQLExecDirect(
  _ statement: SQLHSTMT!, _ sql: UnsafeMutablePointer<SQLCHAR>!, _ length: SQLINTEGER
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.executeDirectly(unsafe InputText(sql, length))
  }
}

/// `SQLExecDirect` with UTF-16 text.
@implementation @c
public func SQLExecDirectW(
  _ statement: SQLHSTMT!, _ sql: UnsafeMutablePointer<SQLWCHAR>!, _ length: SQLINTEGER
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.executeDirectly(unsafe InputText(sql, length))
  }
}

/// Runs what is prepared.
@implementation @c
public func SQLExecute(_ statement: SQLHSTMT!) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in try statement.execute() }
}

/// Counts the parameter markers.
@implementation @c
public func SQLNumParams(
  _ statement: SQLHSTMT!, _ output: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.parameterCount(unsafe Address(output))
  }
}

/// Tells what the server says of a parameter.
@implementation @c
public func SQLDescribeParam(
  _ statement: SQLHSTMT!, _ number: SQLUSMALLINT, _ type: UnsafeMutablePointer<SQLSMALLINT>!,
  _ size: UnsafeMutablePointer<SQLULEN>!, _ digits: UnsafeMutablePointer<SQLSMALLINT>!,
  _ nullable: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.describeParameter(
      number,
      StatementHandle.DescriptionOutputs(
        type: unsafe Address(type), size: unsafe Address(size), digits: unsafe Address(digits),
        nullable: unsafe Address(nullable)))
  }
}

/// Tells how many rows changed.
@implementation @c
public func SQLRowCount(
  _ statement: SQLHSTMT!, _ output: UnsafeMutablePointer<SQLLEN>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.rowCount(unsafe Address(output))
  }
}

/// Goes on to the next result.
@implementation @c
public func SQLMoreResults(_ statement: SQLHSTMT!) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in try statement.moreResults() }
}

/// Closes the open cursor.
@implementation @c
public func SQLCloseCursor(_ statement: SQLHSTMT!) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in try statement.closeCursor() }
}

/// Tells the cursor's name.
@implementation @c
public func SQLGetCursorName(
  _ statement: SQLHSTMT!, _ output: UnsafeMutablePointer<SQLCHAR>!, _ capacity: SQLSMALLINT,
  _ length: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.cursorName(unsafe OutputText(narrow: output, capacity, length))
  }
}

/// `SQLGetCursorName` with UTF-16 text.
@implementation @c
public func SQLGetCursorNameW(
  _ statement: SQLHSTMT!, _ output: UnsafeMutablePointer<SQLWCHAR>!, _ capacity: SQLSMALLINT,
  _ length: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.cursorName(unsafe OutputText(wide: output, capacity, .characters, length))
  }
}

/// Names the cursor.
@implementation @c
public func SQLSetCursorName(
  _ statement: SQLHSTMT!, _ name: UnsafeMutablePointer<SQLCHAR>!, _ length: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.setCursorName(unsafe InputText(name, length))
  }
}

/// `SQLSetCursorName` with UTF-16 text.
@implementation @c
public func SQLSetCursorNameW(
  _ statement: SQLHSTMT!, _ name: UnsafeMutablePointer<SQLWCHAR>!, _ length: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.setCursorName(unsafe InputText(name, length))
  }
}

/// Reads an attribute of a statement.
@implementation @c
public func SQLGetStmtAttr(
  _ statement: SQLHSTMT!, _ attribute: SQLINTEGER, _ value: SQLPOINTER!, _ capacity: SQLINTEGER,
  _ length: UnsafeMutablePointer<SQLINTEGER>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.get(attribute, unsafe Address(value), unsafe Address(length))
  }
}

/// `SQLGetStmtAttr` with UTF-16 text.
@implementation @c
public func SQLGetStmtAttrW(
  _ statement: SQLHSTMT!, _ attribute: SQLINTEGER, _ value: SQLPOINTER!, _ capacity: SQLINTEGER,
  _ length: UnsafeMutablePointer<SQLINTEGER>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.get(attribute, unsafe Address(value), unsafe Address(length))
  }
}

/// Changes an attribute of a statement.
@implementation @c
public func SQLSetStmtAttr(
  _ statement: SQLHSTMT!, _ attribute: SQLINTEGER, _ value: SQLPOINTER!, _ length: SQLINTEGER
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.set(attribute, unsafe Address(value))
  }
}

/// `SQLSetStmtAttr` with UTF-16 text.
@implementation @c
public func SQLSetStmtAttrW(
  _ statement: SQLHSTMT!, _ attribute: SQLINTEGER, _ value: SQLPOINTER!, _ length: SQLINTEGER
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.set(attribute, unsafe Address(value))
  }
}
