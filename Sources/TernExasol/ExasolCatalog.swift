internal import TernColumns
internal import TernCore
internal import TernDriver

/// Answers catalog questions: metadata commands first, because they take no transaction locks, and
/// SQL on the system tables for what they lack or for servers that do not know them.
///
/// Source: Exasol reference, sections 2.10 "Metadata commands" and 7.3 "ODBC catalog functions".
struct ExasolCatalog {
  /// Runs a request and gives all rows of its result.
  typealias Query = ([UInt8]) throws(TernError) -> [[Value]]

  /// Whether the server knows the metadata commands (protocol version 2).
  let hasMetadataCommands: Bool
  let typeOptions: ExasolTypeOptions
  let query: Query

  /// The pseudo catalog of the vendor's own drivers; it cannot be written in SQL.
  static let catalogName = "EXA_DB"

  func answer(_ request: CatalogRequest) throws(TernError) -> CatalogRows {
    switch request {
    case .catalogs: return CatalogRows(.tables)
    case .schemas(let catalog, let schema): return try schemas(catalog, schema)
    case .tableTypes: return tableTypes
    case .tables(let filter, let types): return try tables(filter, types)
    case .columns(let filter, let column): return try columnRows(filter, column)
    case .primaryKeys(let filter): return try primaryKeys(filter)
    case .foreignKeys(let primary, let foreign): return try foreignKeys(primary, foreign)
    case .statistics(let filter, let uniqueOnly): return try statistics(filter, uniqueOnly)
    case .specialColumns(let filter, let isRowVersion):
      return try specialColumns(filter, isRowVersion)
    case .procedures(let filter): return try procedures(filter)
    case .procedureColumns: return CatalogRows(.procedureColumns)
    case .tablePrivileges(let filter): return try tablePrivileges(filter)
    case .columnPrivileges(let filter, let column):
      return try columnPrivileges(filter, column)
    case .typeInfo(let odbcType): return ExasolTypeInfo.rows(odbcType)
    }
  }

  /// Whether the catalog argument lets the one catalog in: none, `%`, empty or its pseudo name.
  func isMeant(_ catalog: NameMatch) -> Bool {
    catalog.isEmpty || catalog.matches(Self.catalogName)
  }

  private func schemas(_ catalog: NameMatch, _ schema: NameMatch) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.tables)
    guard isMeant(catalog), !schema.isEmpty else { return answer }
    let rows =
      hasMetadataCommands
      ? try query(ExasolRequest.metadata("getSchemas", [("schema", schema.likePattern)]))
      : try query(ExasolSQL.schemas(schema))
    for row in rows { answer.append([.null, .text(text(row, 0))]) }
    return answer
  }

  private var tableTypes: CatalogRows {
    var answer = CatalogRows(.tables)
    for type in ["SYSTEM TABLE", "TABLE", "VIEW"] {
      answer.append([.null, .null, .null, .text(type)])
    }
    return answer
  }

  private func tables(_ filter: TableFilter, _ types: [String]?) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.tables)
    guard isMeant(filter.catalog), !filter.schema.isEmpty, types != [] else { return answer }
    let known = types?.map { $0.uppercased() }.filter(Self.types.contains)
    guard known != [] else { return answer }
    let rows =
      hasMetadataCommands
      ? try query(
        ExasolRequest.metadata(
          "getTables",
          [("schema", filter.schema.likePattern), ("table", filter.name.likePattern)],
          types: known))
      : try query(ExasolSQL.tables(filter, known))
    for row in rows {
      // getTables: SCHEMA, NAME, OWNER, TABLE_TYPE, IS_VIRTUAL, two keys, COMMENT.
      answer.append([
        .null, optional(row, 0), .text(text(row, 1)), optional(row, 3), optional(row, 7),
      ])
    }
    return answer
  }

  private static let types: Set<String> = ["TABLE", "VIEW", "SYSTEM TABLE"]

  private func columnRows(
    _ filter: TableFilter, _ column: NameMatch
  ) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.columns)
    for column in try columns(filter, column) { answer.append(column.row) }
    return answer
  }

  /// The columns of tables and views; system tables too where the filter names them.
  func columns(_ filter: TableFilter, _ column: NameMatch) throws(TernError) -> [CatalogColumn] {
    guard isMeant(filter.catalog), !filter.schema.isEmpty else { return [] }
    let arguments = [
      ("schema", filter.schema.likePattern), ("table", filter.name.likePattern),
      ("column", column.likePattern),
    ]
    let rows =
      hasMetadataCommands
      ? try query(ExasolRequest.metadata("getColumns", arguments))
      : try query(ExasolSQL.columns(filter, column))
    return rows.map { row in
      // getColumns: SCHEMA, TABLE, NAME, TABLE_TYPE, TYPE, TYPE_ID, MAXSIZE, NUM_PREC, NUM_SCALE,
      // ORDINAL_POSITION, IS_VIRTUAL, IS_NULLABLE, 2 keys, DEFAULT, IS_IDENTITY, OWNER, COMMENT.
      let declared = ExasolDataType(declaration: text(row, 4))
      var type = declared.description("", typeOptions).sql
      type.isNullable = flag(row, 11)
      type.isAutoIncrement = flag(row, 15) ?? false
      return CatalogColumn(
        catalog: nil, schema: text(row, 0), table: text(row, 1), name: text(row, 2), type: type,
        ordinal: number(row, 9) ?? 0, remarks: string(row, 17), defaultText: string(row, 14))
    }
  }

  private func procedures(_ filter: TableFilter) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.procedures)
    guard isMeant(filter.catalog), !filter.schema.isEmpty else { return answer }
    let (schema, name) = (filter.schema.likePattern, filter.name.likePattern)
    guard hasMetadataCommands else { return answer }
    let scripts = try query(
      ExasolRequest.metadata("getScripts", [("schema", schema), ("script", name)]))
    for row in scripts where ["PROCEDURE", "SCRIPTING"].contains(text(row, 3)) {
      answer.append([
        .null, optional(row, 0), .text(text(row, 1)), .integer(-1), .integer(-1), .integer(-1),
        optional(row, 7), .integer(1),
      ])
    }
    let functions = try query(
      ExasolRequest.metadata("getFunctions", [("schema", schema), ("function", name)]))
    for row in functions {
      answer.append([
        .null, optional(row, 0), .text(text(row, 1)), .integer(-1), .integer(-1), .integer(-1),
        optional(row, 3), .integer(2),
      ])
    }
    return answer
  }

  // MARK: - Cells

  func text(_ row: [Value], _ index: Int) -> String { string(row, index) ?? "" }

  func string(_ row: [Value], _ index: Int) -> String? {
    guard row.indices.contains(index), case .text(let text) = row[index] else { return nil }
    return text
  }

  func optional(_ row: [Value], _ index: Int) -> CatalogValue { CatalogValue(string(row, index)) }

  /// Whole numbers come as integers, decimals or digits.
  func number(_ row: [Value], _ index: Int) -> Int64? {
    guard row.indices.contains(index) else { return nil }
    switch row[index] {
    case .integer(let number): return number
    case .decimal(let decimal): return Int64(decimal.description)
    case .text(let text): return Int64(text)
    case .double(let double): return Int64(exactly: double)
    default: return nil
    }
  }

  func flag(_ row: [Value], _ index: Int) -> Bool? {
    guard row.indices.contains(index), case .bool(let flag) = row[index] else { return nil }
    return flag
  }
}
