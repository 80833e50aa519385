internal import TernColumns
internal import TernCore
internal import TernDriver

/// Answers catalog questions through the metadata requests, and through `syncResults` for what
/// has no request of its own.
///
/// Source: Avatica reference, section 10: every answer owns a statement, which is closed.
struct AvaticaCatalog {
  private let line: AvaticaLine
  private let context: CallContext

  init(_ line: AvaticaLine, _ context: CallContext) {
    self.line = line
    self.context = context
  }

  /// The rows of the answer.
  func answer(_ request: CatalogRequest) throws(TernError) -> CatalogRows {
    switch request {
    case .catalogs:
      return rows(try metadata("getCatalogs", []), .tables, ["TABLE_CAT"])
    case .tableTypes:
      return rows(try metadata("getTableTypes", []), .tables, ["", "", "", "TABLE_TYPE"])
    case .schemas(let catalog, let schema):
      let table = try metadata(
        "getSchemas", [("catalog", Self.exact(catalog)), ("schemaPattern", schema.likePattern)])
      return rows(table, .tables, ["TABLE_CATALOG", "TABLE_SCHEM"])
    case .tables(let filter, let types): return try tables(filter, types)
    case .columns(let filter, let column):
      let table = try metadata(
        "getColumns", patterns(filter) + [("columnNamePattern", column.likePattern)])
      return columns(table)
    case .typeInfo(let odbcType): return try typeInfo(odbcType)
    default: return try syncAnswer(request)
    }
  }

  /// The three patterns that questions about tables and columns share.
  private func patterns(_ filter: TableFilter) -> [(name: String, value: String?)] {
    [
      ("catalog", Self.exact(filter.catalog)), ("schemaPattern", filter.schema.likePattern),
      ("tableNamePattern", filter.name.likePattern),
    ]
  }

  /// Null for all types, an empty list for none: that is how the server takes `typeList`.
  private func tables(_ filter: TableFilter, _ types: [String]?) throws(TernError) -> CatalogRows {
    let table = try metadata("getTables", patterns(filter), types: .some(types))
    return rows(
      table, .tables, ["TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "TABLE_TYPE", "REMARKS"])
  }

  /// Sizes and lengths are derived anew, as drivers answer them in bits, digits or bytes.
  private func columns(_ table: AvaticaTable) -> CatalogRows {
    var answer = CatalogRows(.columns)
    for row in table.rows {
      var type = AvaticaType()
      type.id = Self.number(table.value(row, "DATA_TYPE")) ?? 1111
      type.name = Self.text(table.value(row, "TYPE_NAME")) ?? ""
      type.precision = Self.number(table.value(row, "COLUMN_SIZE")) ?? 0
      type.scale = Self.number(table.value(row, "DECIMAL_DIGITS")) ?? 0
      let nullable = Self.number(table.value(row, "NULLABLE"))
      var sql = type.description("", isNullable: nullable.flatMap { $0 == 2 ? nil : $0 == 1 }).sql
      sql.isAutoIncrement = table.value(row, "IS_AUTOINCREMENT") == .text("YES")
      answer.append(
        CatalogColumn(
          catalog: Self.text(table.value(row, "TABLE_CAT")),
          schema: Self.text(table.value(row, "TABLE_SCHEM")),
          table: Self.text(table.value(row, "TABLE_NAME")) ?? "",
          name: Self.text(table.value(row, "COLUMN_NAME")) ?? "", type: sql,
          ordinal: Self.number(table.value(row, "ORDINAL_POSITION")) ?? 0,
          remarks: Self.text(table.value(row, "REMARKS")),
          defaultText: Self.text(table.value(row, "COLUMN_DEF"))
        ).row)
    }
    return answer
  }

  /// JDBC's columns in ODBC's order; those that derive from the type are made here.
  private func typeInfo(_ odbcType: Int16) throws(TernError) -> CatalogRows {
    let table = try metadata("getTypeInfo", [])
    var answer = CatalogRows(.typeInfo)
    for row in table.rows {
      var type = AvaticaType()
      type.id = Self.number(table.value(row, "DATA_TYPE")) ?? 1111
      let sql = type.description("", isNullable: nil).sql
      guard odbcType == 0 || sql.odbcType == odbcType else { continue }
      let own = [
        "LITERAL_PREFIX", "LITERAL_SUFFIX", "CREATE_PARAMS", "NULLABLE", "CASE_SENSITIVE",
        "SEARCHABLE", "UNSIGNED_ATTRIBUTE", "FIXED_PREC_SCALE", "AUTO_INCREMENT",
        "LOCAL_TYPE_NAME", "MINIMUM_SCALE", "MAXIMUM_SCALE",
      ].map { table.value(row, $0) }
      let head: [CatalogValue] = [
        table.value(row, "TYPE_NAME"), .integer(Int64(sql.odbcType)),
        table.value(row, "PRECISION"),
      ]
      answer.append(
        head + own + [
          CatalogValue(sql.verboseType), CatalogValue(sql.datetimeSubcode),
          CatalogValue(sql.numericRadix), .null,
        ])
    }
    answer.rows.sort { $0[1] < $1[1] }
    return answer
  }

  private func rows(
    _ table: AvaticaTable, _ shape: CatalogShape, _ labels: [String]
  ) -> CatalogRows {
    var answer = CatalogRows(shape)
    for row in table.rows { answer.append(labels.map { table.value(row, $0) }) }
    return answer
  }

  // MARK: - Calls through syncResults

  private func syncAnswer(_ request: CatalogRequest) throws(TernError) -> CatalogRows {
    switch request {
    case .primaryKeys(let filter):
      return try sync(.primaryKeys, "GET_PRIMARY_KEYS", names(filter))
    case .foreignKeys(let primary?, let foreign?):
      return try sync(
        .foreignKeysOfPrimary, "GET_CROSS_REFERENCE", names(primary) + names(foreign))
    case .foreignKeys(let primary?, nil):
      return try sync(.foreignKeysOfPrimary, "GET_EXPORTED_KEYS", names(primary))
    case .foreignKeys(nil, let foreign?):
      return try sync(.foreignKeysOfForeign, "GET_IMPORTED_KEYS", names(foreign))
    case .statistics(let filter, let uniqueOnly):
      return try sync(
        .statistics, "GET_INDEX_INFO", names(filter) + [.flag(uniqueOnly), .flag(true)])
    case .specialColumns(let filter, let isRowVersion):
      return isRowVersion
        ? try sync(.specialColumns, "GET_VERSION_COLUMNS", names(filter))
        : try sync(
          .specialColumns, "GET_BEST_ROW_IDENTIFIER", names(filter) + [.number(2), .flag(true)])
    case .tablePrivileges(let filter):
      return try sync(.tablePrivileges, "GET_TABLE_PRIVILEGES", texts(filter))
    case .columnPrivileges(let filter, let column):
      return try sync(
        .columnPrivileges, "GET_COLUMN_PRIVILEGES", names(filter) + [.text(column.likePattern)])
    case .procedures(let filter): return try procedures(filter)
    case .procedureColumns: return CatalogRows(.procedureColumns)
    default: return CatalogRows(.foreignKeysOfPrimary)
    }
  }

  /// JDBC's procedures: three columns of it are reserved.
  private func procedures(_ filter: TableFilter) throws(TernError) -> CatalogRows {
    let table = try syncTable("GET_PROCEDURES", texts(filter))
    var answer = CatalogRows(.procedures)
    for row in table.rows where row.count >= 8 {
      answer.append(
        [row[0], row[1], row[2], .integer(-1), .integer(-1), .integer(-1), row[6], row[7]])
    }
    return answer
  }

  /// Arguments of calls about one table, which JDBC compares exactly.
  private func names(_ filter: TableFilter) -> [AvaticaArgument] {
    [
      .text(Self.exact(filter.catalog)), .text(Self.exact(filter.schema)),
      .text(Self.exact(filter.name)),
    ]
  }

  /// Arguments of calls that take patterns.
  private func texts(_ filter: TableFilter) -> [AvaticaArgument] {
    [
      .text(Self.exact(filter.catalog)), .text(filter.schema.likePattern),
      .text(filter.name.likePattern),
    ]
  }

  /// The frame has no columns: the JDBC order is ODBC's for these answers.
  private func sync(
    _ shape: CatalogShape, _ operation: String, _ arguments: [AvaticaArgument]
  ) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(shape)
    for row in try syncTable(operation, arguments).rows { answer.append(row) }
    return answer
  }

  /// Servers that cannot do it answer with an error: then there is nothing to tell.
  private func syncTable(
    _ operation: String, _ arguments: [AvaticaArgument]
  ) throws(TernError) -> AvaticaTable {
    let statement = try line.createStatement(context)
    defer { line.closeStatement(statement, context) }
    var table = AvaticaTable()
    do throws(TernError) {
      let request = AvaticaRequest.syncMetadata(
        line.connectionID, statement, operation, arguments)
      try line.exchange(request, kind: "syncResults", context)
      try fetch(&table, statement)
    } catch {
      guard !error.endsConnection, error.kind != .cancelled, error.kind != .timeout else {
        throw error
      }
      Log.write(.info, "avatica: \(operation) is not supported by the server: \(error)")
      return AvaticaTable()
    }
    return table
  }

  // MARK: - Requests

  /// A metadata request. Its whole content is in the first frame, as a rule.
  private func metadata(
    _ name: String, _ patterns: [(name: String, value: String?)], types: [String]?? = .none
  ) throws(TernError) -> AvaticaTable {
    var table = AvaticaTable()
    var statement: Int64?
    var held: [UInt8]?
    let request = AvaticaRequest.metadata(name, line.connectionID, patterns, types: types)
    try line.exchange(request, kind: "resultSet", isSafeToRepeat: true, context) {
      name, reader throws(TernError) in
      switch name {
      case "statementId": statement = try reader.int64OrNull()
      case "signature" where try reader.peek() == .object: try table.readLabels(reader)
      case "firstFrame" where try reader.peek() == .object: held = try reader.rawValue()
      default: return false
      }
      return true
    }
    defer { if let statement { line.closeStatement(statement, context) } }
    if let held {
      let reader = try JSONReader(held)
      reader.repairsText = true
      try table.readFrame(reader)
    }
    if let statement, !table.isLast { try fetch(&table, statement) }
    return table
  }

  /// All the rest in one frame.
  private func fetch(_ table: inout AvaticaTable, _ statement: Int64) throws(TernError) {
    var answer = table
    let request = AvaticaRequest.fetch(
      line.connectionID, statement, offset: Int64(table.rows.count), rowCount: -1)
    try line.exchange(request, kind: "fetch", context) { name, reader throws(TernError) in
      guard name == "frame", try reader.peek() == .object else { return false }
      try answer.readFrame(reader)
      return true
    }
    table = answer
  }

  // MARK: - Values

  /// Arguments that JDBC compares as they are; nil is no restriction.
  private static func exact(_ match: NameMatch) -> String? {
    switch match {
    case .any: nil
    case .exact(let name): name
    case .pattern(let pattern): pattern == "%" ? nil : pattern
    }
  }

  private static func number(_ value: CatalogValue) -> Int64? {
    switch value {
    case .integer(let number): number
    case .text(let text): Int64(text)
    case .null: nil
    }
  }

  private static func text(_ value: CatalogValue) -> String? {
    switch value {
    case .text(let text): text
    case .integer(let number): "\(number)"
    case .null: nil
    }
  }
}
