// What result columns look like.
public import CODBC
import Tern

/// Counts the columns of the result.
@implementation @c
public func SQLNumResultCols(
  _ statement: SQLHSTMT!, _ output: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.columnCount(unsafe Address(output))
  }
}

/// Tells name and type of a column.
@implementation @c
public func SQLDescribeCol(
  _ statement: SQLHSTMT!, _ number: SQLUSMALLINT, _ name: UnsafeMutablePointer<SQLCHAR>!,
  _ capacity: SQLSMALLINT, _ length: UnsafeMutablePointer<SQLSMALLINT>!,
  _ type: UnsafeMutablePointer<SQLSMALLINT>!, _ size: UnsafeMutablePointer<SQLULEN>!,
  _ digits: UnsafeMutablePointer<SQLSMALLINT>!, _ nullable: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.describeColumn(
      number, unsafe OutputText(narrow: name, capacity, length),
      StatementHandle.DescriptionOutputs(
        type: unsafe Address(type), size: unsafe Address(size), digits: unsafe Address(digits),
        nullable: unsafe Address(nullable)))
  }
}

/// `SQLDescribeCol` with UTF-16 text.
@implementation @c
public func SQLDescribeColW(
  _ statement: SQLHSTMT!, _ number: SQLUSMALLINT, _ name: UnsafeMutablePointer<SQLWCHAR>!,
  _ capacity: SQLSMALLINT, _ length: UnsafeMutablePointer<SQLSMALLINT>!,
  _ type: UnsafeMutablePointer<SQLSMALLINT>!, _ size: UnsafeMutablePointer<SQLULEN>!,
  _ digits: UnsafeMutablePointer<SQLSMALLINT>!, _ nullable: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.describeColumn(
      number, unsafe OutputText(wide: name, capacity, .characters, length),
      StatementHandle.DescriptionOutputs(
        type: unsafe Address(type), size: unsafe Address(size), digits: unsafe Address(digits),
        nullable: unsafe Address(nullable)))
  }
}

/// Tells one fact about a column.
@implementation @c
public func SQLColAttribute(
  _ statement: SQLHSTMT!, _ number: SQLUSMALLINT, _ attribute: SQLUSMALLINT, _ text: SQLPOINTER!,
  _ capacity: SQLSMALLINT, _ length: UnsafeMutablePointer<SQLSMALLINT>!,
  _ value: UnsafeMutablePointer<SQLLEN>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.columnAttribute(
      number, attribute, unsafe OutputText(narrow: text, capacity, length),
      unsafe Address(value))
  }
}

/// `SQLColAttribute` with UTF-16 text.
@implementation @c
public func SQLColAttributeW(
  _ statement: SQLHSTMT!, _ number: SQLUSMALLINT, _ attribute: SQLUSMALLINT, _ text: SQLPOINTER!,
  _ capacity: SQLSMALLINT, _ length: UnsafeMutablePointer<SQLSMALLINT>!,
  _ value: UnsafeMutablePointer<SQLLEN>!
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.columnAttribute(
      number, attribute, unsafe OutputText(wide: text, capacity, .bytes, length),
      unsafe Address(value))
  }
}
