internal import TernColumns
internal import TernCore
internal import TernDriver

extension ExasolCatalog {
  /// One column of a primary key.
  struct KeyColumn: Equatable {
    var schema: String
    var table: String
    var name: String
    var constraint: String?
    /// From 1, in the key.
    var sequence: Int64
  }

  func primaryKeys(_ filter: TableFilter) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.primaryKeys)
    for key in try keyColumns(filter) {
      answer.append([
        .null, .text(key.schema), .text(key.table), .text(key.name), .integer(key.sequence),
        CatalogValue(key.constraint),
      ])
    }
    return answer
  }

  /// The primary keys of the tables meant, each table's columns numbered from 1 by their position.
  private func keyColumns(_ filter: TableFilter) throws(TernError) -> [KeyColumn] {
    guard isMeant(filter.catalog), !filter.schema.isEmpty else { return [] }
    let rows = try query(ExasolSQL.primaryKeys(filter))
    var counts: [[String]: Int64] = [:]
    return rows.map { row in
      let table = [text(row, 0), text(row, 1)]
      let sequence = (counts[table] ?? 0) + 1
      counts[table] = sequence
      return KeyColumn(
        schema: table[0], table: table[1], name: text(row, 2), constraint: string(row, 4),
        sequence: sequence)
    }
  }

  func foreignKeys(
    _ primary: TableFilter?, _ foreign: TableFilter?
  ) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(primary == nil ? .foreignKeysOfForeign : .foreignKeysOfPrimary)
    guard isMeant(primary?.catalog ?? .any), isMeant(foreign?.catalog ?? .any) else {
      return answer
    }
    let noAction: Int64 = 3
    let notDeferrable: Int64 = 7
    for row in try query(ExasolSQL.foreignKeys(primary, foreign)) {
      answer.append([
        .null, optional(row, 0), .text(text(row, 1)), .text(text(row, 2)), .null,
        optional(row, 3), .text(text(row, 4)), .text(text(row, 5)),
        .integer(number(row, 6) ?? 1), .integer(noAction), .integer(noAction), optional(row, 7),
        optional(row, 8), .integer(notDeferrable),
      ])
    }
    return answer
  }

  /// The table's row count, then its primary key as a unique index; the automatic internal indexes
  /// have no names and are left out.
  func statistics(_ filter: TableFilter, _ uniqueOnly: Bool) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.statistics)
    guard isMeant(filter.catalog), !filter.schema.isEmpty else { return answer }
    for row in try query(ExasolSQL.rowCounts(filter)) {
      answer.append([
        .null, optional(row, 0), .text(text(row, 1)), .null, .null, .null, .integer(0), .null,
        .null, .null, CatalogValue(number(row, 2)),
      ])
    }
    for key in try keyColumns(filter) {
      answer.append([
        .null, .text(key.schema), .text(key.table), .integer(0), .null,
        CatalogValue(key.constraint), .integer(3), .integer(key.sequence), .text(key.name),
        .text("A"),
      ])
    }
    return answer
  }

  /// The primary key as the best row identifier; no column changes by itself with every update.
  func specialColumns(
    _ filter: TableFilter, _ isRowVersion: Bool
  ) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.specialColumns)
    guard !isRowVersion else { return answer }
    let keys = try keyColumns(filter)
    guard !keys.isEmpty else { return answer }
    let columns = try columns(filter, .any)
    for key in keys {
      let found = columns.first { $0.table == key.table && $0.name == key.name }
      if let found { answer.append(found.specialRow) }
    }
    return answer
  }

  func tablePrivileges(_ filter: TableFilter) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.tablePrivileges)
    guard isMeant(filter.catalog), !filter.schema.isEmpty, hasMetadataCommands else {
      return answer
    }
    let rows = try query(
      ExasolRequest.metadata(
        "getTablePrivileges",
        [("schema", filter.schema.likePattern), ("table", filter.name.likePattern)]))
    // getTablePrivileges: SCHEMA, TABLE, NAME, GRANTOR, GRANTEE, OWNER.
    for row in rows {
      answer.append([
        .null, optional(row, 0), .text(text(row, 1)), optional(row, 3), .text(text(row, 4)),
        .text(text(row, 2)),
      ])
    }
    return answer
  }

  func columnPrivileges(
    _ filter: TableFilter, _ column: NameMatch
  ) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.columnPrivileges)
    guard isMeant(filter.catalog), !filter.schema.isEmpty, hasMetadataCommands else {
      return answer
    }
    // Here schema and table are compared exactly, the column as a pattern.
    let rows = try query(
      ExasolRequest.metadata(
        "getColumnPrivileges",
        [
          ("schema", exactText(filter.schema)), ("table", exactText(filter.name)),
          ("column", column.likePattern),
        ]))
    // getColumnPrivileges: SCHEMA, TABLE, COLUMN, NAME, GRANTOR, GRANTEE, OWNER.
    for row in rows {
      answer.append([
        .null, optional(row, 0), .text(text(row, 1)), .text(text(row, 2)), optional(row, 4),
        .text(text(row, 5)), .text(text(row, 3)),
      ])
    }
    return answer
  }

  private func exactText(_ match: NameMatch) -> String? {
    switch match {
    case .any: nil
    case .exact(let text), .pattern(let text): text
    }
  }
}
