// Handles: making, freeing, cancelling, and the end of transactions.
public import CODBC
import Tern

/// Makes a handle; writes null where it cannot.
@implementation @c
public func SQLAllocHandle(
  _ kind: SQLSMALLINT, _ input: SQLHANDLE!, _ output: UnsafeMutablePointer<SQLHANDLE?>!
) -> SQLRETURN {
  unsafe allocate(kind, input, unsafe Address(output))
}

/// Ends a handle.
@implementation @c
public func SQLFreeHandle(_ kind: SQLSMALLINT, _ number: SQLHANDLE!) -> SQLRETURN {
  unsafe free(kind, number)
}

/// Closes the cursor, unbinds, or ends the handle.
@implementation @c
public func SQLFreeStmt(_ statement: SQLHSTMT!, _ option: SQLUSMALLINT) -> SQLRETURN {
  unsafe freeStatement(statement, option)
}

/// Ends what runs on a statement. Any thread; never waits.
@implementation @c
public func SQLCancel(_ statement: SQLHSTMT!) -> SQLRETURN {
  guard case .statement(let found)? = HandleTable.live.find(unsafe Address(statement)) else {
    return ReturnCode.invalidHandle.rawValue
  }
  return found.cancel()
}

/// Ends what runs on a statement or connection. Any thread; never waits.
@implementation @c
public func SQLCancelHandle(_ kind: SQLSMALLINT, _ number: SQLHANDLE!) -> SQLRETURN {
  unsafe cancel(kind, number)
}

/// Commits or rolls back.
@implementation @c
public func SQLEndTran(
  _ kind: SQLSMALLINT, _ number: SQLHANDLE!, _ completion: SQLSMALLINT
) -> SQLRETURN {
  unsafe endTransaction(kind, number, completion)
}
