import Tern

/// A column of a result as ODBC's metadata shows it: what the IRD and SQLColAttribute answer.
struct ReportedColumn {
  /// Alias as the server gave it.
  let name: String
  /// The type.
  let type: ReportedType
  /// `SQL_NO_NULLS`, `SQL_NULLABLE` or `SQL_NULLABLE_UNKNOWN`.
  let nullable: Int16
  /// Where the column comes from.
  let origin: ColumnOrigin

  /// How `column` is reported under `options`.
  init(_ column: ColumnDescription, _ options: ReportOptions) {
    name = column.name
    type = ReportedType(column.sql, options)
    nullable = column.sql.isNullable.map { $0 ? 1 : 0 } ?? 2
    origin = column.origin ?? ColumnOrigin()
  }
}
