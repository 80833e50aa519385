/// A handle of any of ODBC's four kinds.
enum AnyHandle: Sendable {
  case environment(EnvironmentHandle)
  case connection(ConnectionHandle)
  case statement(StatementHandle)
  case descriptor(DescriptorHandle)

  /// Which kind it is.
  var kind: HandleKind {
    switch self {
    case .environment: .environment
    case .connection: .connection
    case .statement: .statement
    case .descriptor: .descriptor
    }
  }

  /// The object that keeps the diagnostics.
  var object: any DiagnosedHandle {
    switch self {
    case .environment(let handle): handle
    case .connection(let handle): handle
    case .statement(let handle): handle
    case .descriptor(let handle): handle
    }
  }
}

/// ODBC's numbers of the handle kinds (`SQL_HANDLE_…`).
enum HandleKind: Int16 {
  case environment = 1
  case connection = 2
  case statement = 3
  case descriptor = 4
}
