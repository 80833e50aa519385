internal import TernColumns
internal import TernCore
internal import TernDriver

// Columns, and what procedures take and give.
extension SnowflakeCatalog {
  /// SQLColumns. The names of columns are compared here only: of a list that the server has
  /// shortened, nobody could count the places.
  func columns(_ filter: TableFilter, _ column: NameMatch) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.columns)
    guard let filter = completed(filter), !column.isEmpty else { return answer }
    var ordinals: [[String]: Int64] = [:]
    for row in try show(.columns, in: SnowflakeScope(filter, reachesTable: true)) {
      guard let place = place(of: row, filter, name: "table_name"),
        let name = row["column_name"]
      else { continue }
      let ordinal = (ordinals[[place.database, place.schema, place.name]] ?? 0) + 1
      ordinals[[place.database, place.schema, place.name]] = ordinal
      guard column.matches(name) else { continue }
      answer.append(
        CatalogColumn(
          catalog: place.database, schema: place.schema, table: place.name, name: name,
          type: Self.type(of: row), ordinal: ordinal, remarks: row.text("comment"),
          defaultText: row.text("default")
        ).row)
    }
    return answer
  }

  /// The type in `data_type`: `{"type":"FIXED","precision":38,"scale":0,"nullable":true}`.
  private static func type(of row: SnowflakeTable.Row) -> SQLColumnType {
    var column = SnowflakeColumn()
    if let text = row["data_type"], let reader = try? JSONReader(Array(text.utf8)),
      let read = try? SnowflakeColumn(reading: reader), !read.type.isEmpty
    {
      column = read
    } else {
      // A type that cannot be read is still a column.
      column.type = "unknown"
    }
    if column.isNullable == nil {
      column.isNullable = row["null?"].map { ["true", "yes", "y"].contains($0.lowercased()) }
    }
    column.isAutoIncrement = row.text("autoincrement") != nil
    return SnowflakeType(column, SnowflakeTypeOptions()).sql
  }
}

extension SnowflakeCatalog {
  /// ODBC's "function": every procedure has a value.
  private static let functionType: Int64 = 2

  /// Procedures whose place matches, with what is known of them.
  private func procedureRows(_ filter: TableFilter) throws(TernError) -> [SnowflakeTable.Row] {
    try inEveryDatabase(filter.catalog) { database in
      "SELECT procedure_catalog AS \"database_name\", procedure_schema AS \"schema_name\", "
        + "procedure_name AS \"name\", argument_signature, data_type, comment "
        + "FROM \(database).information_schema.procedures"
        + condition(schema: "procedure_schema", name: "procedure_name", filter)
    }
  }

  /// SQLProcedures.
  func procedures(_ filter: TableFilter) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.procedures)
    guard let filter = completed(filter) else { return answer }
    for row in try procedureRows(filter) {
      guard let place = place(of: row, filter) else { continue }
      let isTable = row["data_type"]?.uppercased().hasPrefix("TABLE") ?? false
      let inputs = SnowflakeDeclaration.list(row["argument_signature"] ?? "")
      answer.append([
        .text(place.database), .text(place.schema), .text(place.name),
        .integer(Int64(inputs.count)), .integer(0), .integer(isTable ? 1 : 0),
        CatalogValue(row.text("comment")), .integer(Self.functionType),
      ])
    }
    return answer
  }

  /// ODBC's kinds of what a procedure takes and gives.
  private static let (input, resultColumn, returnValue): (Int64, Int64, Int64) = (1, 3, 5)

  /// SQLProcedureColumns: the value comes first, with the ordinal 0; the columns of a table that a
  /// procedure gives are counted by themselves.
  func procedureColumns(
    _ filter: TableFilter, _ column: NameMatch
  ) throws(TernError) -> CatalogRows {
    var answer = CatalogRows(.procedureColumns)
    guard let filter = completed(filter) else { return answer }
    for row in try procedureRows(filter) {
      guard let place = place(of: row, filter) else { continue }
      let result = row["data_type"] ?? ""
      var parts: [(name: String, type: String, kind: Int64, ordinal: Int64)] = []
      if result.uppercased().hasPrefix("TABLE") {
        parts += SnowflakeDeclaration.list(result).enumerated().map {
          ($1.name, $1.type, Self.resultColumn, Int64($0) + 1)
        }
      } else if !result.isEmpty {
        parts.append(("", result, Self.returnValue, 0))
      }
      parts += SnowflakeDeclaration.list(row["argument_signature"] ?? "").enumerated().map {
        ($1.name, $1.type, Self.input, Int64($0) + 1)
      }
      for part in parts where column.matches(part.name) {
        let declared = SnowflakeDeclaration.column(part.name, part.type)
        let type = SnowflakeType(declared, SnowflakeTypeOptions()).sql
        let shown = CatalogColumn(
          catalog: place.database, schema: place.schema, table: place.name, name: part.name,
          type: type, ordinal: part.ordinal)
        var values = shown.row
        // The same as of a table's column, behind the kind.
        values.insert(.integer(part.kind), at: 4)
        answer.append(values)
      }
    }
    return answer
  }
}
