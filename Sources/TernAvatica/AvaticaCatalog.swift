internal import TernColumns
internal import TernCore
internal import TernDriver

/// Answers catalog questions through the metadata requests, and through `syncResults` for what
/// has no request of its own.
///
/// Source: Avatica reference, section 10: every answer owns a statement, which is closed.
struct AvaticaCatalog {
  private let line: AvaticaLine
  private let flavour: AvaticaFlavour
  private let context: CallContext

  init(_ line: AvaticaLine, _ flavour: AvaticaFlavour, _ context: CallContext) {
    self.line = line
    self.flavour = flavour
    self.context = context
  }

  /// The rows of the answer.
  func answer(_ request: CatalogRequest) throws(TernError) -> CatalogRows {
    switch request {
    case .catalogs:
      return rows(try metadata(.catalogs), .tables, ["TABLE_CAT"])
    case .tableTypes:
      return rows(try metadata(.tableTypes), .tables, ["", "", "", "TABLE_TYPE"])
    case .schemas(let catalog, let schema):
      let table = try metadata(.schemas, [Self.exact(catalog), schema.likePattern])
      return rows(table, .tables, ["TABLE_CATALOG", "TABLE_SCHEM"])
    case .tables(let filter, let types): return try tables(filter, types)
    case .columns(let filter, let column):
      let table = try metadata(.columns, patterns(filter) + [column.likePattern])
      return columns(table)
    case .typeInfo(let odbcType): return try typeInfo(odbcType)
    default: return try syncAnswer(request)
    }
  }

  /// The three patterns that questions about tables and columns share.
  private func patterns(_ filter: TableFilter) -> [String?] {
    [Self.exact(filter.catalog), filter.schema.likePattern, filter.name.likePattern]
  }

  /// Null for all types, an empty list for none: that is how the server takes `typeList`.
  private func tables(_ filter: TableFilter, _ types: [String]?) throws(TernError) -> CatalogRows {
    let table = try metadata(.tables, patterns(filter), types: types)
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
    let table = try metadata(.typeInfo)
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
        // Drivers say 0 for times, and programs then leave fractions of a second out.
        sql.columnSize.map { .integer($0) } ?? table.value(row, "PRECISION"),
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
      return try sync(.primaryKeys, .primaryKeys, names(filter))
    case .foreignKeys(let primary?, let foreign?):
      return try sync(
        .foreignKeysOfPrimary, .crossReference, names(primary) + names(foreign))
    case .foreignKeys(let primary?, nil):
      return try sync(.foreignKeysOfPrimary, .exportedKeys, names(primary))
    case .foreignKeys(nil, let foreign?):
      return try sync(.foreignKeysOfForeign, .importedKeys, names(foreign))
    case .statistics(let filter, let uniqueOnly):
      return try sync(
        .statistics, .indexInfo, names(filter) + [.flag(uniqueOnly), .flag(true)])
    case .specialColumns(let filter, let isRowVersion):
      return isRowVersion
        ? try sync(.specialColumns, .versionColumns, names(filter), typeAt: 2)
        : try sync(
          .specialColumns, .bestRowIdentifier, names(filter) + [.number(2), .flag(true)],
          typeAt: 2)
    case .tablePrivileges(let filter):
      return try sync(.tablePrivileges, .tablePrivileges, texts(filter))
    case .columnPrivileges(let filter, let column):
      return try sync(
        .columnPrivileges, .columnPrivileges, names(filter) + [.text(column.likePattern)])
    case .procedures(let filter): return try procedures(filter)
    case .procedureColumns(let filter, let column):
      return try sync(
        .procedureColumns, .procedureColumns, texts(filter) + [.text(column.likePattern)],
        typeAt: 5, verboseTypeAt: 14)
    default: return CatalogRows(.foreignKeysOfPrimary)
    }
  }

  /// JDBC's procedures: three columns of it are reserved.
  private func procedures(_ filter: TableFilter) throws(TernError) -> CatalogRows {
    let table = try syncTable(.procedures, texts(filter))
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
  ///
  /// - Parameters:
  ///   - typeColumn: where the number of a JDBC type stands, with its name behind it.
  ///   - verboseColumn: where ODBC has the verbose type, and its subcode behind it.
  private func sync(
    _ shape: CatalogShape, _ operation: AvaticaOperation, _ arguments: [AvaticaArgument],
    typeAt typeColumn: Int? = nil, verboseTypeAt verboseColumn: Int? = nil
  ) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(shape)
    for var row in try syncTable(operation, arguments).rows {
      if let typeColumn, row.count > max(typeColumn, verboseColumn ?? 0) + 1 {
        var type = AvaticaType()
        type.id = Self.number(row[typeColumn]) ?? 1111
        type.name = Self.text(row[typeColumn + 1]) ?? ""
        let sql = type.description("", isNullable: nil).sql
        row[typeColumn] = .integer(Int64(sql.odbcType))
        if let verboseColumn {
          row[verboseColumn] = CatalogValue(sql.verboseType)
          row[verboseColumn + 1] = CatalogValue(sql.datetimeSubcode)
        }
      }
      answer.append(row)
    }
    return answer
  }

  /// Servers that cannot do it answer with an error: then there is nothing to tell.
  private func syncTable(
    _ operation: AvaticaOperation, _ arguments: [AvaticaArgument]
  ) throws(TernError) -> AvaticaTable {
    guard flavour.hasSyncMetadata else { return AvaticaTable() }
    do throws(TernError) {
      // A statement that was pushed out at once by others is made again: nothing was executed.
      if let table = try syncOnce(operation, arguments) { return table }
      if let table = try syncOnce(operation, arguments) { return table }
      throw AvaticaSession.missingStatement
    } catch {
      let isForgotten = error == AvaticaSession.missingStatement
      guard !error.endsConnection, !isForgotten, error.kind != .cancelled, error.kind != .timeout
      else { throw error }
      Log.write(.info, "avatica: \(operation.name) is not supported by the server: \(error)")
      return AvaticaTable()
    }
  }

  /// nil if the server did not know the statement that was just made.
  private func syncOnce(
    _ operation: AvaticaOperation, _ arguments: [AvaticaArgument]
  ) throws(TernError) -> AvaticaTable? {
    let statement = try line.createStatement(context)
    defer { line.closeStatement(statement, context) }
    let message = AvaticaMessages.SyncResults(
      statement: statement, state: .metadata(operation, arguments), offset: 0)
    guard try !line.exchange(message, context).isMissing else { return nil }
    return try fetch(AvaticaTable(), statement)
  }

  // MARK: - Requests

  /// A metadata request. Its whole content is in the first frame, as a rule.
  private func metadata(
    _ question: AvaticaMessages.Metadata.Question, _ patterns: [String?] = [],
    types: [String]? = nil
  ) throws(TernError) -> AvaticaTable {
    let answer = try line.exchange(
      AvaticaMessages.Metadata(question, patterns, types: types), context)
    defer { if let statement = answer.statement { line.closeStatement(statement, context) } }
    guard let statement = answer.statement, !answer.table.isLast else { return answer.table }
    return try fetch(answer.table, statement)
  }

  /// Answers of more frames than this never end.
  private static let frameCountMax = 1_000

  /// The table with all the rest: in one frame, unless the server makes more of it.
  private func fetch(_ table: AvaticaTable, _ statement: Int64) throws(TernError) -> AvaticaTable {
    var whole = table
    for _ in 0..<Self.frameCountMax {
      let range = AvaticaMessages.FetchRange(
        statement: statement, offset: Int64(whole.rows.count), rowCount: -1)
      let answer = try line.exchange(AvaticaMessages.FetchTable(range: range), context)
      guard !answer.isMissing else { throw AvaticaSession.missingStatement }
      guard let frame = answer.frame else { throw .badReply("a fetch without a frame") }
      whole.rows += frame.rows
      if frame.isLast { return whole }
    }
    throw .badReply("a catalog answer that does not end")
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
