internal import TernCore
internal import TernDriver

/// What the server and the database behind it can do, from `databaseProperties`.
///
/// Source: Avatica reference, section 10.6; there is no other source for it.
enum AvaticaCapabilities {
  /// The record of one session.
  static func record(
    _ properties: [String: String], host: String, user: String, id: String,
    _ flavour: AvaticaFlavour
  ) -> Capabilities {
    var record = Capabilities()
    record.productName = properties["GET_DATABASE_PRODUCT_NAME"] ?? "Avatica"
    record.productVersion =
      properties["GET_DATABASE_PRODUCT_VERSION"] ?? properties["AVATICA_VERSION"] ?? ""
    record.serverName = host
    record.userName = user
    record.sessionID = id
    record.isolationLevels = IsolationLevel.allCases
    record.defaultIsolation =
      properties["GET_DEFAULT_TRANSACTION_ISOLATION"].flatMap { Int64($0) }.flatMap(isolation)
    record.canBeReadOnly = true
    record.catalogTerm = "catalog"
    record.hasTimeType = true
    record.hasIndexes = true
    record.dialect.insert = flavour.insert
    // A Phoenix table needs a primary key, and Druid makes none by SQL.
    record.dialect.columnTypes = flavour == .generic ? columnTypes(record.productName) : nil
    record.keywords = list(properties["GET_S_Q_L_KEYWORDS"])
    record.dialect.functions = Set(
      ["STRING", "NUMERIC", "SYSTEM", "TIME_DATE"].flatMap { kind in
        list(properties["GET_\(kind)_FUNCTIONS"])
      })
    return record
  }

  /// What columns of a new table are called. Digits are named: without them a TIME has none in
  /// most databases. HSQLDB wants a length with VARCHAR; its LONGVARCHAR is one of 16 million.
  private static func columnTypes(_ product: String) -> ColumnTypeNames {
    var names = ColumnTypeNames()
    names.time = "TIME($1)"
    names.timestamp = "TIMESTAMP($1)"
    if product.hasPrefix("HSQL") {
      names.text = "LONGVARCHAR"
      names.binary = "LONGVARBINARY"
    }
    return names
  }

  /// The level of JDBC's number; 0 is none.
  static func isolation(_ number: Int64) -> IsolationLevel? {
    Int32(exactly: number).flatMap { IsolationLevel(rawValue: $0) }
  }

  private static func list(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").map { $0.filter { $0 != " " }.uppercased() }
  }
}
