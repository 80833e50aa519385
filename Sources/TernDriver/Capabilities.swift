/// What a server and its protocol can do, as facts that front doors read; no front door asks which
/// protocol it is.
///
/// Defaults are those of a plain SQL-92 server. ODBC's `SQLGetInfo` is the main reader, so values
/// carry its meaning where a field says so.
public struct Capabilities: Hashable, Sendable {
  // The server.

  /// The product, in the server's own words.
  public var productName = ""
  /// The release, in the server's own words, such as `8.32.0`.
  public var productVersion = ""
  /// The host this session talks to.
  public var serverName = ""
  /// The login the server knows.
  public var userName = ""
  /// The database of the login, where there is such a thing.
  public var databaseName = ""
  /// The server's own id of the session, for administrators; empty where there is none.
  public var sessionID = ""

  // Results and statements.

  /// Whether an open result stays readable while another statement runs.
  public var allowsConcurrentResults = true
  /// Whether an open result survives commit and rollback.
  public var keepsResultsOverTransactionEnd = false
  /// Whether one text may give several results.
  public var hasMultipleResults = false
  /// Whether the server describes parameter markers.
  public var describesParameters = true
  /// Whether a running statement can be stopped.
  public var canCancel = true
  /// Whether one execution takes many parameter rows.
  public var hasParameterArrays = true
  /// Whether results can be read in parts elsewhere.
  public var hasPartitions = false
  /// Whether procedures exist that `{call …}` reaches.
  public var hasProcedures = false

  // Transactions.

  /// Levels that can be set.
  public var isolationLevels: [IsolationLevel] = [.serializable]
  /// The level without a setting.
  public var defaultIsolation: IsolationLevel? = .serializable
  /// What DDL does in a transaction.
  public var transactions = TransactionSupport.all
  /// Whether a session can refuse writes.
  public var canBeReadOnly = false

  // Names.

  /// What an unquoted name becomes.
  public var unquotedCase = IdentifierCase.upper
  /// How quoted names are compared.
  public var quotedCase = IdentifierCase.sensitive
  /// Characters beyond letters, digits and `_` in unquoted names.
  public var specialCharacters = ""
  /// Longest column, schema, table and catalog name, in characters.
  public var identifierLengthMax = 128
  /// What the server calls a catalog; empty: it has none.
  public var catalogTerm = ""
  /// What the server calls a schema; empty: it has none.
  public var schemaTerm = "schema"
  /// What a constant catalog is called that is shown nowhere but matches in questions.
  public var pseudoCatalog: String?
  /// Words reserved beyond ODBC's own list.
  public var keywords: [String] = []

  // SQL.

  /// How ODBC's escape sequences are spelled.
  public var dialect = Dialect()
  /// Where NULL sorts.
  public var nullOrder = NullOrder.high
  /// Whether `'a' || NULL` is `'a'`.
  public var concatIgnoresNull = false
  /// Whether FULL OUTER JOIN exists.
  public var hasFullJoin = true
  /// Whether a query may select what it neither groups by nor aggregates.
  public var groupsFreely = false
  /// Whether `SELECT … INTO` makes a table.
  public var hasSelectInto = true
  /// Longest text of a column, in characters; 0 when unknown.
  public var textLengthMax: Int64 = 0
  /// Whether comparisons with ANY and ALL exist.
  public var hasQuantifiedComparison = true
  /// Whether a TIME type exists.
  public var hasTimeType = true
  /// Whether INFORMATION_SCHEMA exists.
  public var hasInformationSchema = false
  /// Whether CREATE INDEX and DROP INDEX exist.
  public var hasIndexes = false
  /// Whether schemas can be created and dropped apart from catalogs.
  public var hasSchemaDefinition = true
  /// Whether foreign keys are enforced.
  public var enforcesIntegrity = false

  /// The defaults.
  public init() {}
}

/// What DDL does in a transaction; raw values are ODBC's `SQL_TXN_CAPABLE`.
public enum TransactionSupport: UInt16, Hashable, Sendable {
  case none = 0
  /// DDL and DML alike.
  case all = 2
  /// DDL commits first.
  case ddlCommits = 3
}

/// How names are stored and compared; raw values are ODBC's `SQL_IDENTIFIER_CASE`.
public enum IdentifierCase: UInt16, Hashable, Sendable {
  case upper = 1
  case lower = 2
  case sensitive = 3
  case mixed = 4
}

/// Where NULL sorts; raw values are ODBC's `SQL_NULL_COLLATION`.
public enum NullOrder: UInt16, Hashable, Sendable {
  case high = 0
  case low = 1
  case start = 2
  case end = 4
}
