public import TernCore

/// A connection to one server: what every front door and every Swift program opens first.
///
/// Thread-safe; one call at a time reaches the server, a second thread waits for its turn.
/// `cancel` and `isAlive` take no turn. Results outlive the connection object: fetching then fails.
public final class Connection: Sendable {
  /// Where this connection was opened to. Prints without secrets.
  public let target: ConnectionTarget
  let gate: SessionGate
  private let defaults: Locked<StatementOptions>
  let cancelRegistry = CancelRegistry()

  /// Connects and logs in.
  ///
  /// Blocks for at most `login_timeout`. `cancelToken` lets another thread give up.
  /// - Throws: `.connection` 08001, `.authentication` 28000, `.timeout`, `.cancelled`, `.usage`.
  public convenience init(
    _ target: ConnectionTarget, cancelToken: CancelToken = CancelToken()
  ) throws(TernError) {
    let login = try target.duration("login_timeout")
    let context = CallContext(deadline: .after(login, .login), cancelToken: cancelToken)
    try self.init(try target.openSession(context), target)
  }

  /// Takes over a session that stands.
  init(_ session: any Session, _ target: ConnectionTarget) throws(TernError) {
    self.target = target
    gate = try SessionGate(session)
    defaults = Locked(try StatementOptions(target))
  }

  deinit { gate.close() }

  /// What the server can do; fixed after login.
  public var capabilities: Capabilities { gate.session.capabilities }

  /// Whether the connection can still be used, as far as is known without a round trip. Any thread.
  public var isAlive: Bool { gate.isOpen }

  /// Current catalog, schema, autocommit and isolation, as last reported by the server.
  public var state: SessionState { gate.session.state }

  /// What new statements start with.
  public var statementOptions: StatementOptions {
    get { defaults.current }
    set { defaults.withLock { $0 = newValue } }
  }

  /// A statement that runs on this connection.
  public func makeStatement() -> Statement {
    Statement(self, defaults.current)
  }

  /// Runs one text without parameters; see `Statement.execute`.
  public func execute(_ sql: String) throws(TernError) -> ResultSet {
    try makeStatement().execute(sql)
  }

  /// Ends whatever runs on this connection. Any thread; never blocks.
  ///
  /// - Returns: whether anything ran.
  @discardableResult
  public func cancel() -> Bool { cancelRegistry.cancelAll() }

  /// Commits. Results that the server closes at the end of a transaction fail on their next fetch.
  /// - Throws: `.usage` 25000 under autocommit, and what the server says.
  public func commit() throws(TernError) { try end(.commit) }

  /// Rolls back.
  /// - Throws: as `commit`.
  public func rollback() throws(TernError) { try end(.rollback) }

  /// Switches autocommit. Switching it on commits what is open.
  public func setAutocommit(_ isOn: Bool) throws(TernError) {
    try call { session, context throws(TernError) in
      guard session.state.isAutocommit != isOn else { return }
      if isOn { try session.end(.commit, context) }
      try session.setAutocommit(isOn, context)
    }
  }

  /// Changes a property of the session: schema, catalog, isolation, read-only, or an option.
  public func set(_ property: SessionProperty) throws(TernError) {
    try call { session, context throws(TernError) in try session.set(property, context) }
  }

  /// Proves with a round trip that the server answers.
  public func ping() throws(TernError) {
    try call { session, context throws(TernError) in try session.ping(context) }
  }

  /// Asks what the server has. The result has the columns and order of ODBC's catalog functions.
  public func catalog(_ request: CatalogRequest) throws(TernError) -> ResultSet {
    try makeStatement().catalog(request)
  }

  /// Reads a part of a result that some connection to the same server gave out.
  public func open(_ partition: Partition) throws(TernError) -> ResultSet {
    let source = try call { session, context throws(TernError) in
      try session.open(partition, context)
    }
    return ResultSet(.rows(source), nil, defaults.current, self, CancelScope(cancelRegistry))
  }

  /// Notes beside the success of the last calls; empties the list.
  public func takeWarnings() -> [Warning] { gate.session.takeWarnings() }

  /// Ends open results, rolls back what is open and says goodbye within two seconds. Any thread;
  /// twice is fine. Later calls throw 08003.
  public func close() {
    cancel()
    gate.close()
  }

  private func end(_ transaction: TransactionEnd) throws(TernError) {
    try call { session, context throws(TernError) in
      guard !session.state.isAutocommit else {
        throw .usage(
          "there is no transaction to end: autocommit is on", .invalidTransactionState)
      }
      try session.end(transaction, context)
    }
  }

  private func call<Result>(
    _ body: (any Session, CallContext) throws(TernError) -> Result
  ) throws(TernError) -> Result {
    try CancelScope(cancelRegistry).run { token throws(TernError) in
      let context = CallContext(cancelToken: token)
      return try gate.run(context) { session throws(TernError) in try body(session, context) }
    }
  }
}
