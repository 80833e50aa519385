internal import TernColumns
internal import TernCore
internal import TernDriver

/// Answers catalog questions from INFORMATION_SCHEMA.
///
/// A database is a catalog; there are no schemas inside it. Values come as text: names and numbers
/// are never among those that MaxScale's JSON would change.
///
/// Source: MaxScale reference, section 15.
struct MaxScaleCatalog {
  /// Where the questions are asked.
  let session: MaxScaleSession
  let context: CallContext

  /// The answer to any question.
  func answer(_ request: CatalogRequest) throws(TernError) -> CatalogRows {
    switch request {
    case .catalogs: try catalogs()
    // Not even one without a name.
    case .schemas: CatalogRows(.tables)
    case .tableTypes: tableTypes()
    case .tables(let filter, let types): try tables(filter, types)
    case .columns(let filter, let column): try columns(filter, column)
    case .primaryKeys(let filter): try primaryKeys(filter)
    case .foreignKeys(let primary, let foreign): try foreignKeys(primary, foreign)
    case .statistics(let filter, let uniqueOnly): try statistics(filter, uniqueOnly)
    case .specialColumns(let filter, let isRowVersion):
      try specialColumns(filter, isRowVersion: isRowVersion)
    case .procedures(let filter): try procedures(filter)
    case .procedureColumns(let filter, let column): try procedureColumns(filter, column)
    case .tablePrivileges(let filter): try tablePrivileges(filter)
    case .columnPrivileges(let filter, let column): try columnPrivileges(filter, column)
    case .typeInfo(let odbcType): MaxScaleTypeInfo.rows(odbcType)
    }
  }

  /// The rows of a question; all values as text.
  func rows(_ sql: String) throws(TernError) -> [[String?]] {
    for result in try session.results(of: Array(sql.utf8), context) {
      switch result {
      case .rows(let rows): return try rows.texts()
      case .failed(let fault): throw MaxScaleErrors.error(fault)
      case .changed: break
      }
    }
    return []
  }
}

// Conditions.
extension MaxScaleCatalog {
  /// ` WHERE …` of the conditions that are there.
  func filter(_ conditions: [String?]) -> String {
    let present = conditions.compactMap { $0 }
    return present.isEmpty ? "" : " WHERE " + present.joined(separator: " AND ")
  }

  /// What a filter says about the columns for database and name; a schema matches only nothing.
  func conditions(
    _ filter: TableFilter, _ catalog: String, _ name: String
  ) throws(TernError) -> [String?] {
    [
      try condition(catalog, filter.catalog),
      filter.schema.isEmpty || filter.schema.matches("") ? nil : "1=0",
      try condition(name, filter.name),
    ]
  }

  /// A comparison of a name, nil for every name. The server compares without regard to case, and
  /// opens only the named tables for `=`; where case counts, the bytes are compared too.
  func condition(
    _ column: String, _ match: NameMatch, isCaseSensitive: Bool? = nil
  ) throws(TernError) -> String? {
    let isCaseSensitive =
      isCaseSensitive ?? (session.capabilities.unquotedCase == .sensitive)
    switch match {
    case .any: return nil
    case .exact(let name):
      let literal = try Self.literal(name)
      return isCaseSensitive
        ? "\(column)=\(literal) AND BINARY \(column)=BINARY \(literal)" : "\(column)=\(literal)"
    case .pattern(let pattern):
      if match.isEverything { return nil }
      let literal = try Self.literal(Self.like(pattern))
      return isCaseSensitive
        ? "BINARY \(column) LIKE BINARY \(literal) ESCAPE '|'"
        : "\(column) LIKE \(literal) ESCAPE '|'"
    }
  }

  /// A text as a literal that means the same under every `sql_mode`.
  static func literal(_ text: String) throws(TernError) -> String {
    String(decoding: try MaxScaleLiterals.text(Array(text.utf8)), as: UTF8.self)
  }

  /// A pattern with `\` as its escape as one with `|`: whether a backslash escapes in the server
  /// depends on the session.
  static func like(_ pattern: String) -> String {
    var result = ""
    var isEscaped = false
    for scalar in pattern.unicodeScalars {
      if !isEscaped, scalar == "\\" {
        isEscaped = true
        continue
      }
      let isSpecial = scalar == "|" || (isEscaped && (scalar == "%" || scalar == "_"))
      if isSpecial { result += "|" }
      result.unicodeScalars.append(scalar)
      isEscaped = false
    }
    return isEscaped ? result + "\\" : result
  }
}

// Tables and columns.
extension MaxScaleCatalog {
  /// The databases that the login may see.
  private func catalogs() throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.tables)
    let sql = "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY SCHEMA_NAME"
    for row in try rows(sql) { answer.append([CatalogValue(row[0])]) }
    return answer
  }

  /// ODBC's words for the server's kinds of tables.
  private static let types = [
    "BASE TABLE": "TABLE", "SYSTEM VERSIONED": "TABLE", "VIEW": "VIEW",
    "SYSTEM VIEW": "SYSTEM TABLE", "SEQUENCE": "SEQUENCE", "TEMPORARY": "LOCAL TEMPORARY",
  ]

  /// Every kind that there may be.
  private func tableTypes() -> CatalogRows {
    var answer = CatalogRows(.tables)
    for type in Set(Self.types.values) { answer.append([.null, .null, .null, .text(type)]) }
    return answer
  }

  /// SQLTables. Privileges hide objects without a word.
  private func tables(_ filter: TableFilter, _ types: [String]?) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.tables)
    let sql =
      "SELECT TABLE_SCHEMA,TABLE_NAME,TABLE_TYPE,TABLE_COMMENT FROM information_schema.TABLES"
      + self.filter(try conditions(filter, "TABLE_SCHEMA", "TABLE_NAME"))
    for row in try rows(sql) {
      let type = Self.types[row[2] ?? ""] ?? row[2] ?? ""
      if let types, !types.contains(where: { $0.uppercased() == type }) { continue }
      answer.append([
        CatalogValue(row[0]), .null, CatalogValue(row[1]), .text(type), CatalogValue(row[3]),
      ])
    }
    return answer
  }

  private func columns(
    _ filter: TableFilter, _ column: NameMatch
  ) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.columns)
    for column in try catalogColumns(filter, column) { answer.append(column.row) }
    return answer
  }

  /// The columns of tables, with their types.
  func catalogColumns(
    _ filter: TableFilter, _ column: NameMatch = .any, extra: String? = nil
  ) throws(TernError) -> [CatalogColumn] {
    let sql =
      "SELECT TABLE_SCHEMA,TABLE_NAME,COLUMN_NAME,ORDINAL_POSITION,COLUMN_DEFAULT,IS_NULLABLE,"
      + "COLUMN_TYPE,EXTRA,COLUMN_COMMENT,CHARACTER_MAXIMUM_LENGTH FROM information_schema.COLUMNS"
      + self.filter(
        try conditions(filter, "TABLE_SCHEMA", "TABLE_NAME") + [
          try condition("COLUMN_NAME", column, isCaseSensitive: false), extra,
        ])
    var columns: [CatalogColumn] = []
    for row in try rows(sql) {
      var type = MaxScaleType(declaration: row[6] ?? "")
      if type.length == 0, let length = row[9].flatMap({ Int64($0) }) { type.length = length }
      var sql = type.sql
      sql.isNullable = row[5] == "YES"
      sql.isAutoIncrement = (row[7] ?? "").contains("auto_increment")
      columns.append(
        CatalogColumn(
          catalog: row[0], schema: nil, table: row[1] ?? "", name: row[2] ?? "", type: sql,
          ordinal: row[3].flatMap { Int64($0) } ?? 0, remarks: row[8], defaultText: row[4]))
    }
    return columns
  }
}

extension MaxScaleSession {
  func catalog(_ request: CatalogRequest, _ context: CallContext) throws(TernError) -> CatalogRows {
    try MaxScaleCatalog(session: self, context: context).answer(request)
  }
}
