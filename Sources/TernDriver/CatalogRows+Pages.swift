internal import TernColumns
internal import TernCore

extension CatalogRows {
  /// The rows, sorted, as a result that front doors read like any other.
  func pages() throws(TernError) -> any PageSource {
    var sorted = self
    sorted.sort()
    let columns = shape.columns.map(\.description)
    let builder = BatchBuilder(Schema(columns.map(\.field)))
    for row in sorted.rows { try builder.append(row.map(\.columnValue)) }
    return ReadyPages(columns, [try builder.finish()])
  }
}

extension CatalogShape.Column {
  /// The column as results describe it.
  var description: ColumnDescription {
    var sql: SQLColumnType
    let dataType: DataType
    switch kind {
    case .smallint:
      dataType = .int16
      sql = SQLColumnType(
        typeName: "SMALLINT", odbcType: ODBCType.smallint, columnSize: 5, decimalDigits: 0)
    case .integer:
      dataType = .int32
      sql = SQLColumnType(
        typeName: "INTEGER", odbcType: ODBCType.integer, columnSize: 10, decimalDigits: 0)
    case .text(let length):
      dataType = .utf8
      sql = SQLColumnType(
        typeName: "VARCHAR", odbcType: ODBCType.wvarchar, columnSize: Int64(length))
    }
    sql.isNullable = !isRequired
    return ColumnDescription(name: name, dataType: dataType, sql: sql)
  }
}

extension CatalogValue {
  /// The value for a column builder.
  fileprivate var columnValue: Value {
    switch self {
    case .null: .null
    case .integer(let number): .integer(number)
    case .text(let text): .text(text)
    }
  }
}
