internal import TernCore
internal import TernDriver

// Keys and privileges. Keys are declared, not enforced.
extension SnowflakeCatalog {
  /// SQLPrimaryKeys.
  func primaryKeys(_ filter: TableFilter) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.primaryKeys)
    guard let filter = completed(filter) else { return answer }
    let scope = SnowflakeScope(filter, reachesTable: true)
    for row in try show(.primaryKeys, in: scope) {
      guard let place = place(of: row, filter, name: "table_name") else { continue }
      answer.append([
        .text(place.database), .text(place.schema), .text(place.name),
        CatalogValue(row["column_name"]), Self.number(row["key_sequence"]),
        CatalogValue(row.text("constraint_name")),
      ])
    }
    return answer
  }

  /// ODBC's numbers of what a change of the referenced row does.
  private static let rules: [String: Int64] = [
    "CASCADE": 0, "RESTRICT": 1, "SET NULL": 2, "NO ACTION": 3, "SET DEFAULT": 4,
  ]

  /// ODBC's numbers of when a key is checked.
  private static let deferrabilities: [String: Int64] = [
    "INITIALLY DEFERRED": 5, "INITIALLY IMMEDIATE": 6, "NOT DEFERRABLE": 7,
  ]

  /// SQLForeignKeys, by either side.
  func foreignKeys(
    _ primary: TableFilter?, _ foreign: TableFilter?
  ) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(foreign == nil ? .foreignKeysOfPrimary : .foreignKeysOfForeign)
    let primary = primary.map { completed($0) }
    let foreign = foreign.map { completed($0) }
    // Of a side that is given nothing may match.
    guard primary != .some(nil), foreign != .some(nil) else { return answer }
    let referenced = primary.flatMap { $0 }
    let referencing = foreign.flatMap { $0 }
    // The server lists the keys from either side, and never both: the other is filtered here.
    let rows =
      if let referenced {
        try show(.exportedKeys, in: SnowflakeScope(referenced, reachesTable: true))
      } else {
        try show(
          .importedKeys, in: SnowflakeScope(referencing ?? TableFilter(), reachesTable: true))
      }
    let all = TableFilter()
    for row in rows {
      guard
        let from = place(of: row, referenced ?? all, prefix: "pk_", name: "pk_table_name"),
        let to = place(of: row, referencing ?? all, prefix: "fk_", name: "fk_table_name")
      else { continue }
      answer.append([
        .text(from.database), .text(from.schema), .text(from.name),
        CatalogValue(row["pk_column_name"]), .text(to.database), .text(to.schema),
        .text(to.name), CatalogValue(row["fk_column_name"]), Self.number(row["key_sequence"]),
        CatalogValue(row["update_rule"].flatMap { Self.rules[$0.uppercased()] }),
        CatalogValue(row["delete_rule"].flatMap { Self.rules[$0.uppercased()] }),
        CatalogValue(row.text("fk_name")), CatalogValue(row.text("pk_name")),
        CatalogValue(row["deferrability"].flatMap { Self.deferrabilities[$0.uppercased()] }),
      ])
    }
    return answer
  }

  /// SQLTablePrivileges.
  func tablePrivileges(_ filter: TableFilter) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.tablePrivileges)
    guard let filter = completed(filter) else { return answer }
    let rows = try inEveryDatabase(filter.catalog) { database in
      "SELECT table_catalog AS \"database_name\", table_schema AS \"schema_name\", "
        + "table_name AS \"name\", grantor, grantee, privilege_type, is_grantable "
        + "FROM \(database).information_schema.table_privileges"
        + condition(schema: "table_schema", name: "table_name", filter)
    }
    for row in rows {
      guard let place = place(of: row, filter) else { continue }
      answer.append([
        .text(place.database), .text(place.schema), .text(place.name),
        CatalogValue(row.text("grantor")), .text(row["grantee"] ?? ""),
        .text(row["privilege_type"] ?? ""), CatalogValue(row.text("is_grantable")),
      ])
    }
    return answer
  }

  /// The rows of a question that each database has to be asked by itself.
  ///
  /// - Parameter sql: makes the statement from the database's quoted name.
  func inEveryDatabase(
    _ match: NameMatch, _ sql: (String) -> String
  ) throws(TernError) -> [SnowflakeTable.Row] {
    let names = if let name = match.singleName { [name] } else { try databases(match) }
    var rows: [SnowflakeTable.Row] = []
    for name in names {
      rows += try existing { () throws(TernError) in
        try ask(sql(SnowflakeSQL.name(name))).named
      }
    }
    return rows
  }

  /// ` WHERE …` for what can be told the server; the rows are filtered again.
  func condition(schema: String, name: String, _ filter: TableFilter) -> String {
    let conditions = [(schema, filter.schema), (name, filter.name)].compactMap { column, match in
      match.coarsePattern.map { "\(column) LIKE \(SnowflakeSQL.literal($0))" }
    }
    return conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
  }

  /// A number that came as text.
  static func number(_ text: String?) -> CatalogValue { CatalogValue(text.flatMap { Int64($0) }) }
}
