internal import TernCore
internal import TernDriver

// Keys and indexes.
extension MaxScaleCatalog {
  /// SQLPrimaryKeys. The name of a primary key is always PRIMARY.
  func primaryKeys(_ filter: TableFilter) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.primaryKeys)
    let sql =
      "SELECT TABLE_SCHEMA,TABLE_NAME,COLUMN_NAME,ORDINAL_POSITION "
      + "FROM information_schema.KEY_COLUMN_USAGE"
      + self.filter(
        try conditions(filter, "TABLE_SCHEMA", "TABLE_NAME") + ["CONSTRAINT_NAME='PRIMARY'"])
    for row in try rows(sql) {
      answer.append([
        CatalogValue(row[0]), .null, CatalogValue(row[1]), CatalogValue(row[2]),
        Self.number(row[3]), .text("PRIMARY"),
      ])
    }
    return answer
  }

  /// ODBC's numbers of what a change of the referenced row does.
  private static let rules: [String: Int64] = [
    "CASCADE": 0, "RESTRICT": 1, "SET NULL": 2, "NO ACTION": 3, "SET DEFAULT": 4,
  ]

  /// ODBC's "not deferrable".
  private static let notDeferrable: Int64 = 7

  /// SQLForeignKeys, by either side.
  func foreignKeys(
    _ primary: TableFilter?, _ foreign: TableFilter?
  ) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(foreign == nil ? .foreignKeysOfPrimary : .foreignKeysOfForeign)
    var list: [String?] = ["k.REFERENCED_TABLE_NAME IS NOT NULL"]
    if let primary {
      list += try conditions(primary, "k.REFERENCED_TABLE_SCHEMA", "k.REFERENCED_TABLE_NAME")
    }
    if let foreign { list += try conditions(foreign, "k.TABLE_SCHEMA", "k.TABLE_NAME") }
    let sql =
      "SELECT k.REFERENCED_TABLE_SCHEMA,k.REFERENCED_TABLE_NAME,k.REFERENCED_COLUMN_NAME,"
      + "k.TABLE_SCHEMA,k.TABLE_NAME,k.COLUMN_NAME,k.ORDINAL_POSITION,r.UPDATE_RULE,"
      + "r.DELETE_RULE,k.CONSTRAINT_NAME,r.UNIQUE_CONSTRAINT_NAME "
      + "FROM information_schema.KEY_COLUMN_USAGE k "
      + "JOIN information_schema.REFERENTIAL_CONSTRAINTS r "
      + "ON r.CONSTRAINT_SCHEMA=k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME=k.CONSTRAINT_NAME "
      + "AND r.TABLE_NAME=k.TABLE_NAME" + filter(list)
    for row in try rows(sql) {
      answer.append([
        CatalogValue(row[0]), .null, CatalogValue(row[1]), CatalogValue(row[2]),
        CatalogValue(row[3]), .null, CatalogValue(row[4]), CatalogValue(row[5]),
        Self.number(row[6]), CatalogValue(Self.rules[row[7] ?? ""]),
        CatalogValue(Self.rules[row[8] ?? ""]), CatalogValue(row[9]), CatalogValue(row[10]),
        .integer(Self.notDeferrable),
      ])
    }
    return answer
  }

  /// ODBC's types of rows: the table itself, and an index that is neither clustered nor hashed.
  private static let tableStatistics: Int64 = 0
  private static let otherIndex: Int64 = 3

  /// SQLStatistics: the size of each table, then its indexes, column by column.
  ///
  /// Row counts are the server's own estimates.
  func statistics(_ filter: TableFilter, _ uniqueOnly: Bool) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.statistics)
    let tables =
      "SELECT TABLE_SCHEMA,TABLE_NAME,TABLE_ROWS FROM information_schema.TABLES"
      + self.filter(
        try conditions(filter, "TABLE_SCHEMA", "TABLE_NAME") + ["TABLE_TYPE<>'VIEW'"])
    for row in try rows(tables) {
      answer.append([
        CatalogValue(row[0]), .null, CatalogValue(row[1]), .null, .null, .null,
        .integer(Self.tableStatistics), .null, .null, .null, Self.number(row[2]),
      ])
    }
    let indexes =
      "SELECT TABLE_SCHEMA,TABLE_NAME,NON_UNIQUE,INDEX_NAME,SEQ_IN_INDEX,COLUMN_NAME,COLLATION,"
      + "CARDINALITY FROM information_schema.STATISTICS"
      + self.filter(
        try conditions(filter, "TABLE_SCHEMA", "TABLE_NAME")
          + [uniqueOnly ? "NON_UNIQUE=0" : nil])
    for row in try rows(indexes) {
      answer.append([
        CatalogValue(row[0]), .null, CatalogValue(row[1]), Self.number(row[2]),
        CatalogValue(row[0]), CatalogValue(row[3]), .integer(Self.otherIndex),
        Self.number(row[4]), CatalogValue(row[5]), CatalogValue(row[6]), Self.number(row[7]),
      ])
    }
    return answer
  }

  /// The primary key, else the first unique index without a column that may be NULL; or the
  /// columns that the server sets with every change.
  func specialColumns(
    _ filter: TableFilter, isRowVersion: Bool
  ) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.specialColumns)
    if isRowVersion {
      let changing = "EXTRA LIKE '%on update current_timestamp%'"
      for column in try catalogColumns(filter, extra: changing) {
        answer.append([.null] + Array(column.specialRow.dropFirst()))
      }
      return answer
    }
    let sql =
      "SELECT INDEX_NAME,COLUMN_NAME,NULLABLE FROM information_schema.STATISTICS"
      + self.filter(
        try conditions(filter, "TABLE_SCHEMA", "TABLE_NAME") + ["NON_UNIQUE=0"])
      + " ORDER BY INDEX_NAME<>'PRIMARY',INDEX_NAME,SEQ_IN_INDEX"
    var indexes: [(name: String, columns: [String], isNullable: Bool)] = []
    for row in try rows(sql) {
      if indexes.last?.name != row[0] ?? "" { indexes.append((row[0] ?? "", [], false)) }
      indexes[indexes.count - 1].columns.append(row[1] ?? "")
      if row[2] == "YES" { indexes[indexes.count - 1].isNullable = true }
    }
    guard let best = indexes.first(where: { !$0.isNullable }) else { return answer }
    let columns = try catalogColumns(filter)
    for name in best.columns {
      if let column = columns.first(where: { $0.name == name }) {
        answer.append(column.specialRow)
      }
    }
    return answer
  }

  /// A number that came as text.
  static func number(_ text: String?) -> CatalogValue { CatalogValue(text.flatMap { Int64($0) }) }
}
