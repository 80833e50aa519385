import CODBC
import Synchronization
import Tern

// The functions that take a handle of any kind.

/// SQLAllocHandle.
func allocate(_ kind: SQLSMALLINT, _ input: SQLHANDLE?, _ output: Address) -> SQLRETURN {
  output.store(UInt(0))
  let parent = HandleTable.live.find(unsafe Address(input))
  switch (HandleKind(rawValue: kind), parent) {
  case (.environment, _):
    guard !output.isNull else { return ReturnCode.error.rawValue }
    output.store(EnvironmentHandle().number.bits)
    return ReturnCode.success.rawValue
  case (.connection, .environment(let environment)?):
    return environment.call { () throws(TernError) in
      try checkOutput(output)
      let made = ConnectionHandle(environment)
      environment.connections.withLock { $0[made.number.bits] = made }
      output.store(made.number.bits)
      return .success
    }
  case (.statement, .connection(let connection)?):
    return connection.call { () throws(TernError) in
      try checkOutput(output)
      let made = StatementHandle(connection, try connection.opened())
      connection.statements[made.number.bits] = made
      output.store(made.number.bits)
      return .success
    }
  case (.descriptor, .connection(let connection)?):
    return connection.call { () throws(TernError) in
      try checkOutput(output)
      _ = try connection.opened()
      let made = DescriptorHandle(.application, isExplicit: true, of: connection)
      connection.descriptors[made.number.bits] = made
      output.store(made.number.bits)
      return .success
    }
  case (nil, let parent?):
    return parent.object.call { () throws(TernError) in
      throw .usage("there is no kind of handle \(kind)", .unknownOption)
    }
  default: return ReturnCode.invalidHandle.rawValue
  }
}

private func checkOutput(_ output: Address) throws(TernError) {
  guard !output.isNull else {
    throw .usage("there is no place for the handle", .nullArgument)
  }
}

/// SQLFreeHandle.
func free(_ kind: SQLSMALLINT, _ number: SQLHANDLE?) -> SQLRETURN {
  switch unsafe handle(number, of: kind) {
  case .environment(let environment)?:
    environment.call { () throws(TernError) in try environment.free() }
  case .connection(let connection)?:
    connection.call { () throws(TernError) in try connection.free() }
  case .statement(let statement)?:
    statement.callUnlessExecuting { () throws(TernError) in statement.free() }
  case .descriptor(let descriptor)?:
    descriptor.call { () throws(TernError) in try descriptor.connection.free(descriptor) }
  case nil: ReturnCode.invalidHandle.rawValue
  }
}

/// SQLFreeStmt.
func freeStatement(_ number: SQLHSTMT?, _ option: SQLUSMALLINT) -> SQLRETURN {
  guard case .statement(let statement)? = HandleTable.live.find(unsafe Address(number)) else {
    return ReturnCode.invalidHandle.rawValue
  }
  return statement.callUnlessExecuting { () throws(TernError) in try statement.free(option) }
}

/// SQLCancelHandle.
func cancel(_ kind: SQLSMALLINT, _ number: SQLHANDLE?) -> SQLRETURN {
  switch unsafe handle(number, of: kind) {
  case .statement(let statement)?: statement.cancel()
  case .connection(let connection)?: connection.cancel()
  case .some(let other):
    other.object.call { () throws(TernError) in
      throw .usage("handles of kind \(kind) run nothing", .unknownOption)
    }
  case nil: ReturnCode.invalidHandle.rawValue
  }
}

/// SQLEndTran.
func endTransaction(
  _ kind: SQLSMALLINT, _ number: SQLHANDLE?, _ completion: SQLSMALLINT
) -> SQLRETURN {
  switch unsafe handle(number, of: kind) {
  case .environment(let environment)?:
    environment.call { () throws(TernError) in try environment.endTransactions(completion) }
  case .connection(let connection)?:
    connection.call { () throws(TernError) in try connection.endTransaction(completion) }
  case .some(let other):
    other.object.call { () throws(TernError) in
      throw .usage("handles of kind \(kind) have no transactions", .unknownOption)
    }
  case nil: ReturnCode.invalidHandle.rawValue
  }
}

/// SQLCopyDesc. Diagnostics are those of the target.
func copyDescriptor(_ source: SQLHDESC?, _ target: SQLHDESC?) -> SQLRETURN {
  guard case .descriptor(let source)? = HandleTable.live.find(unsafe Address(source)) else {
    return ReturnCode.invalidHandle.rawValue
  }
  // One lock after the other: copies that cross would wait for each other for ever.
  let content = source.lock.hold { source.content }
  return unsafe onDescriptor(target) { target throws(TernError) in
    guard source !== target else { return .success }
    try target.replace(with: content)
    return .success
  }
}

extension StatementHandle {
  /// A call that must not wait for an execution that another thread is in.
  func callUnlessExecuting(_ body: () throws(TernError) -> ReturnCode) -> Int16 {
    guard !isExecuting.load(ordering: .acquiring) else {
      // Diagnostics belong to the call that runs; the code has to be enough.
      return ReturnCode.error.rawValue
    }
    return call(body)
  }
}

extension ConnectionHandle {
  /// Frees an explicit descriptor; statements that use it fall back to their own.
  func free(_ descriptor: DescriptorHandle) throws(TernError) -> ReturnCode {
    guard descriptor.isExplicit else {
      throw .usage("the descriptor belongs to its statement", .automaticDescriptor)
    }
    for statement in statements.values {
      if statement.ard === descriptor { statement.ard = statement.implicitARD }
      if statement.apd === descriptor { statement.apd = statement.implicitAPD }
    }
    descriptors[descriptor.number.bits] = nil
    descriptor.release()
    return .success
  }
}
