import CODBC
import Tern

// What every exported function begins with: from a number to a live handle of the right kind.

/// Runs `body` as a call on a statement.
@_transparent
func onStatement(
  _ handle: SQLHSTMT?, _ body: (StatementHandle) throws(TernError) -> ReturnCode
) -> SQLRETURN {
  guard case .statement(let statement)? = HandleTable.live.find(unsafe Address(handle)) else {
    return ReturnCode.invalidHandle.rawValue
  }
  return statement.call { () throws(TernError) in try body(statement) }
}

/// Runs `body` as a call on a connection.
func onConnection(
  _ handle: SQLHDBC?, _ body: (ConnectionHandle) throws(TernError) -> ReturnCode
) -> SQLRETURN {
  guard case .connection(let connection)? = HandleTable.live.find(unsafe Address(handle)) else {
    return ReturnCode.invalidHandle.rawValue
  }
  return connection.call { () throws(TernError) in try body(connection) }
}

/// Runs `body` as a call on an environment.
func onEnvironment(
  _ handle: SQLHENV?, _ body: (EnvironmentHandle) throws(TernError) -> ReturnCode
) -> SQLRETURN {
  guard case .environment(let environment)? = HandleTable.live.find(unsafe Address(handle))
  else { return ReturnCode.invalidHandle.rawValue }
  return environment.call { () throws(TernError) in try body(environment) }
}

/// Runs `body` as a call on a descriptor.
func onDescriptor(
  _ handle: SQLHDESC?, _ body: (DescriptorHandle) throws(TernError) -> ReturnCode
) -> SQLRETURN {
  guard case .descriptor(let descriptor)? = HandleTable.live.find(unsafe Address(handle)) else {
    return ReturnCode.invalidHandle.rawValue
  }
  return descriptor.call { () throws(TernError) in try body(descriptor) }
}

/// The live handle of that number, if it is of the kind that the caller says.
func handle(_ number: SQLHANDLE?, of kind: SQLSMALLINT) -> AnyHandle? {
  guard let found = HandleTable.live.find(unsafe Address(number)), found.kind.rawValue == kind
  else { return nil }
  return found
}
