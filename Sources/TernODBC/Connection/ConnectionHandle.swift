import Tern

/// A connection handle: what was set before connecting, the open connection, and the statements
/// and descriptors that belong to it.
///
/// Touched with `lock` held only, but for `link`, which a cancel from another thread reads.
final class ConnectionHandle: DiagnosedHandle, @unchecked Sendable {
  // Sound as Sendable: every call holds the lock; `openLink` has its own.

  /// See `DiagnosedHandle`.
  let lock = CallLock()
  /// See `DiagnosedHandle`.
  var diagnostics = Diagnostics() {
    didSet { hasRecords = diagnostics.hasRecords }
  }
  /// See `DiagnosedHandle`.
  private(set) var hasRecords = false
  /// The environment it was allocated in.
  let environment: EnvironmentHandle
  /// Its number.
  private(set) var number = Address.null
  /// Everything settable, as the application set it, by attribute.
  var attributes = ConnectionAttributes()
  /// Statements, by number.
  var statements: [UInt: StatementHandle] = [:]
  /// Explicit descriptors, by number.
  var descriptors: [UInt: DescriptorHandle] = [:]
  /// What the connection string says about how columns are reported.
  var reporting = ReportOptions()
  /// The data source's name, `""` without one.
  var dataSource = ""
  /// What the connection was opened to; kept to bring it back to its first state.
  var first = SessionState()
  /// A connection string that SQLBrowseConnect is collecting.
  var browsed: (text: String, asksLogin: Bool)?
  /// Whether something was executed in the transaction that is open.
  var hasWork = false
  /// Counts cursors, for their names.
  var cursorCount = 0
  private let openLink = Locked<Connection?>(nil)

  /// Makes one in `environment` and gives it a number.
  init(_ environment: EnvironmentHandle) {
    self.environment = environment
    number = HandleTable.live.add(.connection(self))
  }

  /// The open connection, nil while there is none. Any thread.
  var link: Connection? {
    get { openLink.current }
    set { openLink.withLock { $0 = newValue } }
  }

  /// See `DiagnosedHandle`.
  var serverName: String { link?.capabilities.productName ?? "" }
  /// ODBC connections have no names.
  var connectionName: String { "" }
  /// See `DiagnosedHandle`.
  var dataSourceName: String {
    dataSource.isEmpty ? link?.capabilities.serverName ?? "" : dataSource
  }

  /// The open connection.
  /// - Throws: 08003 while there is none.
  func opened() throws(TernError) -> Connection {
    guard let link = link else { throw .usage("the connection is not open", .notConnected) }
    return link
  }

  /// SQLFreeHandle.
  func free() throws(TernError) -> ReturnCode {
    guard link == nil else {
      throw .usage("the connection is still open: disconnect first", .sequence)
    }
    HandleTable.live.remove(number)
    environment.connections.withLock { $0[number.bits] = nil }
    return .success
  }

  /// SQLDisconnect: ends statements, rolls back what is open, and always leaves the handle closed.
  func disconnect() throws(TernError) -> ReturnCode {
    guard let link = link else { throw .usage("the connection is not open", .notConnected) }
    for statement in statements.values { statement.release() }
    for descriptor in descriptors.values { descriptor.release() }
    (statements, descriptors) = ([:], [:])
    if link.isAlive, !link.state.isAutocommit {
      do throws(TernError) { try link.rollback() } catch {
        diagnostics.warn(.disconnectError, error.message)
      }
    }
    link.close()
    self.link = nil
    (browsed, dataSource, hasWork) = (nil, "", false)
    return .success
  }

  /// Takes the notes of the waist over as warnings.
  func takeWarnings(to diagnostics: inout Diagnostics) {
    for warning in link?.takeWarnings() ?? [] { diagnostics.warn(warning) }
  }

  /// SQLNativeSql: the text as the server will see it.
  func nativeSQL(_ sql: InputText, _ output: OutputText) throws(TernError) -> ReturnCode {
    let dialect = try opened().capabilities.dialect
    let text = try EscapeTranslator(dialect).translate(try sql.required("statement text"))
    try diagnostics.write(text, to: output)
    return .success
  }

  /// SQLEndTran: success also when there is nothing to end.
  func endTransaction(_ completion: Int16) throws(TernError) -> ReturnCode {
    guard completion == 0 || completion == 1 else {
      throw .usage("a transaction ends with commit or rollback", .invalidTransactionCode)
    }
    guard let link = link else {
      throw .usage("the connection is not open", .notConnected)
    }
    let isRollback = completion == 1
    if isRollback, link.capabilities.transactions == .none {
      throw .unsupported("this server has no transactions to roll back")
    }
    guard !link.state.isAutocommit else { return .success }
    closeResultsOfTransaction(link)
    do throws(TernError) {
      if isRollback { try link.rollback() } else { try link.commit() }
    } catch {
      guard error.endsConnection, !error.isRetryable else { throw error }
      var unknown = error
      unknown.sqlState = .transactionUnknown
      throw unknown
    }
    hasWork = false
    takeWarnings(to: &diagnostics)
    return .success
  }

  /// Ends the results that do not outlive their transaction, before it ends.
  func closeResultsOfTransaction(_ link: Connection) {
    guard !link.capabilities.keepsResultsOverTransactionEnd else { return }
    for statement in statements.values { statement.closeResult() }
  }

  /// After an execution: outside autocommit it belongs to a transaction that is open now.
  func noteWork() { hasWork = hasWork || link?.state.isAutocommit == false }
}
