import Tern

/// An environment: ODBC's version and the connections made under it.
///
/// Touched with `lock` held only.
final class EnvironmentHandle: DiagnosedHandle, @unchecked Sendable {
  // Sound as Sendable: every call holds the lock.

  /// See `DiagnosedHandle`.
  let lock = CallLock()
  /// See `DiagnosedHandle`.
  var diagnostics = Diagnostics() {
    didSet { hasRecords = diagnostics.hasRecords }
  }
  /// See `DiagnosedHandle`.
  private(set) var hasRecords = false
  /// What the application, or the driver manager for it, set.
  var attributes: [Int32: UInt32] = [:]
  /// Connections that were allocated and not freed.
  let connections = Locked<[UInt: ConnectionHandle]>([:])
  /// Its number.
  private(set) var number = Address.null

  /// Makes one and gives it a number.
  init() { number = HandleTable.live.add(.environment(self)) }

  /// No server is behind an environment.
  var serverName: String { "" }
  /// See `DiagnosedHandle`.
  var connectionName: String { "" }
  /// See `DiagnosedHandle`.
  var dataSourceName: String { "" }

  /// Whether the application behaves as ODBC 3 says; until it tells it does.
  var isODBC3: Bool { (attributes[EnvironmentAttribute.version] ?? 3) >= 3 }

  /// SQLFreeHandle.
  func free() throws(TernError) -> ReturnCode {
    guard connections.withLock({ $0.isEmpty }) else {
      throw .usage("the environment still has connections", .sequence)
    }
    HandleTable.live.remove(number)
    return .success
  }

  /// SQLEndTran on an environment: on every connection in it.
  func endTransactions(_ completion: Int16) throws(TernError) -> ReturnCode {
    var code = ReturnCode.success
    for connection in connections.withLock({ Array($0.values) }) {
      let ended = connection.call { () throws(TernError) in
        try connection.endTransaction(completion)
      }
      if ended == ReturnCode.error.rawValue {
        code = .error
        diagnostics.add(
          .usage("a connection could not end its transaction", .invalidTransactionState),
          serverName: serverName)
      }
    }
    return code
  }
}
