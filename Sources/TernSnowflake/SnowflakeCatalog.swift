internal import TernCore
internal import TernDriver

/// Answers catalog questions with SHOW, whose answers are filtered again here: its LIKE ignores
/// case, and its escapes cannot be relied on.
///
/// Source: Snowflake reference, sections 8.1 and 8.2.
struct SnowflakeCatalog {
  /// Asks the server one statement.
  let ask: (String) throws(TernError) -> SnowflakeTable
  /// Where the session is.
  let current: SessionState
  /// Whether questions without a schema are about the current one only
  /// (`CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX`).
  var usesCurrentSchema = false
  /// Rows that SHOW gives at most.
  var showRowCountMax = 10_000

  /// The answer to any question.
  func answer(_ request: CatalogRequest) throws(TernError) -> CatalogRows {
    switch request {
    case .catalogs: try catalogs()
    case .schemas(let catalog, let schema): try schemas(catalog, schema)
    case .tableTypes: tableTypes()
    case .tables(let filter, let types): try tables(filter, types)
    case .columns(let filter, let column): try columns(filter, column)
    case .primaryKeys(let filter): try primaryKeys(filter)
    case .foreignKeys(let primary, let foreign): try foreignKeys(primary, foreign)
    case .procedures(let filter): try procedures(filter)
    case .procedureColumns(let filter, let column): try procedureColumns(filter, column)
    case .tablePrivileges(let filter): try tablePrivileges(filter)
    // There are no indexes, no keys that are enforced and no rights on columns.
    case .statistics: CatalogRows(.statistics)
    case .specialColumns: CatalogRows(.specialColumns)
    case .columnPrivileges: CatalogRows(.columnPrivileges)
    case .typeInfo(let odbcType): SnowflakeTypeInfo.rows(odbcType)
    }
  }

  /// The filter with what an omitted name stands for: the current database, and the current schema
  /// where the session says so. Nil where nothing can match: no object has an empty name.
  func completed(_ filter: TableFilter) -> TableFilter? {
    guard ![filter.catalog, filter.schema, filter.name].contains(where: \.isEmpty) else {
      return nil
    }
    var filter = filter
    if filter.catalog == .any, let catalog = current.catalog { filter.catalog = .exact(catalog) }
    if usesCurrentSchema, filter.schema == .any, let schema = current.schema {
      filter.schema = .exact(schema)
    }
    return filter
  }
}

// SHOW, whole.
extension SnowflakeCatalog {
  /// What SHOW lists, and how it can be made to list more than it gives at once.
  struct Listing {
    /// `OBJECTS`, `COLUMNS`, `PRIMARY KEYS`, …
    let name: String
    /// Whether it takes `LIMIT … FROM`, for names inside one schema or database.
    var hasCursor = false

    static let databases = Listing(name: "DATABASES", hasCursor: true)
    static let schemas = Listing(name: "SCHEMAS", hasCursor: true)
    static let objects = Listing(name: "OBJECTS", hasCursor: true)
    static let columns = Listing(name: "COLUMNS")
    static let primaryKeys = Listing(name: "PRIMARY KEYS")
    static let exportedKeys = Listing(name: "EXPORTED KEYS")
    static let importedKeys = Listing(name: "IMPORTED KEYS")
  }

  /// All rows of a listing in a scope. Where SHOW has cut its answer, the scope is divided, and
  /// inside one schema the listing goes on behind its last name.
  ///
  /// What does not exist has no rows.
  func show(
    _ listing: Listing, like match: NameMatch = .any, in scope: SnowflakeScope
  ) throws(TernError) -> [SnowflakeTable.Row] {
    let like = match.coarsePattern.map { " LIKE \(SnowflakeSQL.literal($0))" } ?? ""
    let sql = "SHOW \(listing.name)\(like) \(scope.sql)"
    let rows = try existing { () throws(TernError) in try ask(sql).named }
    guard rows.count >= showRowCountMax else { return rows }
    switch scope {
    case .account where listing.name == Listing.databases.name:
      return try continued(sql, rows)
    case .account:
      var all: [SnowflakeTable.Row] = []
      for row in try show(.databases, in: .account) {
        guard let database = row["name"] else { continue }
        all += try show(listing, like: match, in: .database(database))
      }
      return all
    case .database where listing.name == Listing.schemas.name:
      return try continued(sql, rows)
    case .database(let database):
      var all: [SnowflakeTable.Row] = []
      for row in try show(.schemas, in: scope) {
        guard let schema = row["name"] else { continue }
        all += try show(listing, like: match, in: .schema(database, schema))
      }
      return all
    case .schema where listing.hasCursor: return try continued(sql, rows)
    case .schema(let database, let schema):
      var all: [SnowflakeTable.Row] = []
      for row in try show(.objects, in: scope) {
        guard let table = row["name"] else { continue }
        all += try show(listing, like: match, in: .table(database, schema, table))
      }
      return all
    case .table: return rows
    }
  }

  /// The rest of a listing behind a full answer.
  private func continued(
    _ sql: String, _ first: [SnowflakeTable.Row]
  ) throws(TernError) -> [SnowflakeTable.Row] {
    var all = first
    var seen = Set(first.compactMap { $0["name"] })
    var count = first.count
    while count >= showRowCountMax, let last = all.last?["name"] {
      let page = try existing { () throws(TernError) in
        try ask("\(sql) LIMIT \(showRowCountMax) FROM \(SnowflakeSQL.literal(last))").named
      }
      count = page.count
      let news = page.filter { row in row["name"].map { seen.insert($0).inserted } ?? false }
      // An answer that only repeats would be asked for for ever.
      if news.isEmpty { break }
      all += news
    }
    return all
  }

  /// Runs a question; what it asks about may have gone, or be hidden: then there are no rows.
  func existing<Answer: RangeReplaceableCollection>(
    _ body: () throws(TernError) -> Answer
  ) throws(TernError) -> Answer {
    do throws(TernError) {
      return try body()
    } catch {
      let isMissing =
        error.kind == .sql && error.vendorCode != Self.syntaxError
        && ["02000", "42000", "42S02"].contains(error.sqlState.text)
      guard isMissing || Self.missing.contains(error.vendorCode) else { throw error }
      return Answer()
    }
  }

  private static let syntaxError: Int32 = 1_003
  /// Objects that do not exist, or that the role may not see.
  private static let missing: Set<Int32> = [2_003, 2_043]
}

// Catalogs, schemas, tables.
extension SnowflakeCatalog {
  /// The databases that the role may see; those of single users are left out.
  func databases(_ match: NameMatch) throws(TernError) -> [String] {
    try show(.databases, like: match, in: .account)
      .filter { $0["kind"]?.uppercased() != "PERSONAL DATABASE" }
      .compactMap { $0["name"] }.filter(match.matches)
  }

  private func catalogs() throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.tables)
    for name in try databases(.any) { answer.append([.text(name)]) }
    return answer
  }

  private func schemas(
    _ catalog: NameMatch, _ schema: NameMatch
  ) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.tables)
    guard !catalog.isEmpty, !schema.isEmpty else { return answer }
    let scope = catalog.singleName.map { SnowflakeScope.database($0) } ?? .account
    for row in try show(.schemas, like: schema, in: scope) {
      guard let name = row["name"], schema.matches(name) else { continue }
      let database = row["database_name"] ?? catalog.singleName
      guard catalog.matches(database ?? "") else { continue }
      answer.append([CatalogValue(database), .text(name)])
    }
    return answer
  }

  private func tableTypes() -> CatalogRows {
    var answer = CatalogRows(.tables)
    for type in ["TABLE", "VIEW"] { answer.append([.null, .null, .null, .text(type)]) }
    return answer
  }

  /// SQLTables.
  private func tables(_ filter: TableFilter, _ types: [String]?) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.tables)
    let wanted = types.map { Set($0.map { $0.uppercased() }) }
    guard let filter = completed(filter), wanted?.isDisjoint(with: ["TABLE", "VIEW"]) != true
    else { return answer }
    let scope = SnowflakeScope(filter, reachesTable: false)
    for row in try show(.objects, like: filter.name, in: scope) {
      guard let place = place(of: row, filter) else { continue }
      // TRANSIENT, TEMPORARY, EXTERNAL, … are tables; MATERIALIZED VIEW and SECURE VIEW views.
      let isView = row["kind"]?.uppercased().hasSuffix("VIEW") ?? false
      let type = isView ? "VIEW" : "TABLE"
      guard wanted?.contains(type) ?? true else { continue }
      answer.append([
        .text(place.database), .text(place.schema), .text(place.name), .text(type),
        CatalogValue(row.text("comment")),
      ])
    }
    return answer
  }

  /// Where the object of a row is, if the filter means it.
  func place(
    of row: SnowflakeTable.Row, _ filter: TableFilter, prefix: String = "",
    name: String = "name"
  ) -> (database: String, schema: String, name: String)? {
    guard let database = row[prefix + "database_name"], let schema = row[prefix + "schema_name"],
      let name = row[name], filter.catalog.matches(database), filter.schema.matches(schema),
      filter.name.matches(name)
    else { return nil }
    return (database, schema, name)
  }
}
