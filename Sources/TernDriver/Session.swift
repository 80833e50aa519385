public import TernCore

/// A live session with a server.
///
/// Called by one thread at a time (`SessionGate` sees to that), `isAlive` excepted. A call that its
/// token or query deadline ends tells the server to stop, reads what the server still owes within a
/// grace time, and leaves the session proven usable or dead.
public protocol Session: AnyObject, Sendable {
  /// What the server and this driver can do; fixed after login.
  var capabilities: Capabilities { get }
  /// Whether the session can still be used, without a round trip. Any thread.
  var isAlive: Bool { get }
  /// What changes while a session lives, as last reported.
  var state: SessionState { get }

  /// Runs one text. Returns when the server has the first result.
  func execute(
    _ sql: String, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes
  /// Prepares one statement.
  func prepare(_ sql: String, _ context: CallContext) throws(TernError) -> any Preparation
  /// Answers a catalog question with unsorted rows; the waist sorts and shapes them.
  func catalog(
    _ request: CatalogRequest, _ context: CallContext
  ) throws(TernError) -> CatalogRows
  /// Switches autocommit; open work is ended by the caller first.
  func setAutocommit(_ isOn: Bool, _ context: CallContext) throws(TernError)
  /// Commits or rolls back.
  func end(_ transaction: TransactionEnd, _ context: CallContext) throws(TernError)
  /// Changes a property of the session.
  func set(_ property: SessionProperty, _ context: CallContext) throws(TernError)
  /// Opens a part of another session's result.
  func open(_ partition: Partition, _ context: CallContext) throws(TernError) -> any PageSource
  /// Proves with a round trip that the server answers.
  func ping(_ context: CallContext) throws(TernError)
  /// What the last calls want to tell beside their success; empties the list.
  func takeWarnings() -> [Warning]
  /// How often the server must hear of the session so as not to forget it; 0 for never.
  var keepAliveNanoseconds: Int64 { get }
  /// Touches the session and what is open in it, without changing anything.
  func keepAlive(_ context: CallContext) throws(TernError)
  /// Ends the grace time of a call that was cancelled: the connection is being closed, and nobody
  /// waits any longer for what the server owes. Any thread.
  func giveUp()
  /// Says goodbye within the context's deadline and frees everything. Twice is fine.
  func close(_ context: CallContext)
}

extension Session {
  /// Most servers keep a session as long as its line stands.
  public var keepAliveNanoseconds: Int64 { 0 }
  /// Most protocols wake a cancelled call at once.
  public func giveUp() {}
  /// Nothing, unless a protocol needs it.
  public func keepAlive(_ context: CallContext) throws(TernError) {}

  /// Runs `body`, which sends a commit. One without an answer has an unknown outcome: that is what
  /// 08007 says. What ended the session before has ended the transaction too, and nothing about it
  /// is unknown.
  ///
  /// - Parameter isKnown: whether an error tells what became of the transaction all the same.
  public func committing(
    unless isKnown: (TernError) -> Bool = { _ in false },
    _ body: () throws(TernError) -> Void
  ) throws(TernError) {
    let wasAlive = isAlive
    do throws(TernError) {
      try body()
    } catch {
      guard wasAlive, error.kind == .connection, !isKnown(error) else { throw error }
      var unknown = error
      unknown.sqlState = .transactionUnknown
      throw unknown
    }
  }
}

/// What changes while a session lives.
public struct SessionState: Hashable, Sendable {
  /// The current catalog; nil where the server has none or does not tell.
  public var catalog: String?
  /// The current schema.
  public var schema: String?
  /// Whether each statement commits by itself.
  public var isAutocommit: Bool
  /// The isolation of the next transaction.
  public var isolation: IsolationLevel?
  /// Whether writes are refused.
  public var isReadOnly: Bool

  /// Makes a state.
  public init(
    catalog: String? = nil, schema: String? = nil, isAutocommit: Bool = true,
    isolation: IsolationLevel? = nil, isReadOnly: Bool = false
  ) {
    self.catalog = catalog
    self.schema = schema
    self.isAutocommit = isAutocommit
    self.isolation = isolation
    self.isReadOnly = isReadOnly
  }
}

/// How a transaction ends.
public enum TransactionEnd: Hashable, Sendable {
  case commit, rollback
}

/// The four levels of SQL-92; raw values are the bits of ODBC's `SQL_TXN_…`.
public enum IsolationLevel: Int32, Hashable, Sendable, CaseIterable {
  case readUncommitted = 1
  case readCommitted = 2
  case repeatableRead = 4
  case serializable = 8

  /// As the option `isolation` spells it.
  public var name: String {
    switch self {
    case .readUncommitted: "read_uncommitted"
    case .readCommitted: "read_committed"
    case .repeatableRead: "repeatable_read"
    case .serializable: "serializable"
    }
  }

  /// The level of that name, compared without regard to case.
  public init?(name: String) {
    let wanted = name.lowercased()
    guard let level = IsolationLevel.allCases.first(where: { $0.name == wanted }) else {
      return nil
    }
    self = level
  }
}

/// What a caller can change in a live session.
public enum SessionProperty: Hashable, Sendable {
  case catalog(String)
  case schema(String)
  case isReadOnly(Bool)
  case isolation(IsolationLevel)
  /// A protocol's own setting, by its option name.
  case option(name: String, value: String)
}

/// Something to tell beside success.
public struct Warning: Hashable, Sendable {
  /// Class 01.
  public var sqlState: SQLState
  /// What was done differently.
  public var message: String

  /// Makes a warning.
  public init(_ sqlState: SQLState, _ message: String) {
    self.sqlState = sqlState
    self.message = message
  }
}

/// A part of a result that any process with a session on the same server can read.
public struct Partition: Hashable, Sendable {
  /// Opaque, plain bytes: protocol name, version and where the part is. Holds no secret.
  public var bytes: [UInt8]

  /// Makes a partition from bytes that `PageSource.partitions` gave out.
  public init(bytes: [UInt8]) { self.bytes = bytes }
}
