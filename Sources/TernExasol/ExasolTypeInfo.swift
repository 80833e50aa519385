internal import TernDriver

/// The types that a program can create, for SQLGetTypeInfo.
///
/// Source: Exasol reference, section 7.3, "SQLGetTypeInfo"; odbc reference, section 6.3: names are
/// unique over the whole answer, and a single code may be answered with a name that the whole
/// answer gives to another code.
enum ExasolTypeInfo {
  private struct Row {
    var name: String
    var odbcType: Int16
    var size: Int64
    var prefix: String?
    var suffix: String?
    var parameters: String?
    var isCaseSensitive = false
    /// 0 not at all, 1 with LIKE only, 2 but with LIKE, 3 in every comparison.
    var searchable: Int64 = 2
    var scales: ClosedRange<Int64>?
    var isNumber = false
  }

  private static let rows: [Row] = [
    Row(
      name: "VARCHAR", odbcType: ODBCType.wvarchar, size: 2_000_000, prefix: "'", suffix: "'",
      parameters: "max length", isCaseSensitive: true, searchable: 3),
    Row(
      name: "CHAR", odbcType: ODBCType.wchar, size: 2_000, prefix: "'", suffix: "'",
      parameters: "max length", isCaseSensitive: true, searchable: 3),
    Row(name: "BOOLEAN", odbcType: ODBCType.bit, size: 1),
    Row(
      name: "DECIMAL", odbcType: ODBCType.decimal, size: 36, parameters: "precision,scale",
      scales: 0...36, isNumber: true),
    Row(name: "DOUBLE PRECISION", odbcType: ODBCType.double, size: 15, isNumber: true),
    Row(name: "HASHTYPE", odbcType: ODBCType.varchar, size: 2_048, prefix: "'", suffix: "'"),
    Row(name: "DATE", odbcType: ODBCType.date, size: 10, prefix: "DATE '", suffix: "'"),
    Row(
      name: "TIMESTAMP", odbcType: ODBCType.timestamp, size: 29, prefix: "TIMESTAMP '",
      suffix: "'", parameters: "precision", scales: 0...9),
    Row(
      name: "TIMESTAMP WITH LOCAL TIME ZONE", odbcType: ODBCType.timestamp, size: 29,
      prefix: "TIMESTAMP '", suffix: "'", parameters: "precision", scales: 0...9),
    Row(
      name: "INTERVAL YEAR TO MONTH", odbcType: ODBCType.intervalYearToMonth, size: 12,
      prefix: "INTERVAL '", suffix: "' YEAR TO MONTH", parameters: "precision"),
    Row(
      name: "INTERVAL DAY TO SECOND", odbcType: ODBCType.intervalDayToSecond, size: 28,
      prefix: "INTERVAL '", suffix: "' DAY TO SECOND", parameters: "precision,scale",
      scales: 0...9),
  ]

  /// Codes that a program may ask for by themselves, and the type that serves them.
  private static let substitutes: [Int16: String] = [
    ODBCType.varchar: "VARCHAR", ODBCType.char: "CHAR", ODBCType.numeric: "DECIMAL",
    ODBCType.longVarchar: "VARCHAR", ODBCType.wlongVarchar: "VARCHAR",
    ODBCType.float: "DOUBLE PRECISION",
  ]

  /// All types (0), or those that serve one code.
  static func rows(_ odbcType: Int16) -> CatalogRows {
    var answer = CatalogRows(.typeInfo)
    for row in rows.sorted(by: { $0.odbcType < $1.odbcType }) {
      if odbcType == 0 || row.odbcType == odbcType && substitutes[odbcType] == nil {
        answer.append(values(row, row.odbcType))
      } else if let name = substitutes[odbcType], name == row.name {
        answer.append(values(row, odbcType))
      }
    }
    return answer
  }

  private static func values(_ row: Row, _ odbcType: Int16) -> [CatalogValue] {
    let type = SQLColumnType(typeName: row.name, odbcType: odbcType)
    return [
      .text(row.name), CatalogValue(odbcType), .integer(row.size), CatalogValue(row.prefix),
      CatalogValue(row.suffix), CatalogValue(row.parameters), .integer(1),
      .integer(row.isCaseSensitive ? 1 : 0), .integer(row.searchable),
      row.isNumber ? .integer(0) : .null, .integer(0), row.isNumber ? .integer(0) : .null,
      .text(row.name), CatalogValue(row.scales?.lowerBound), CatalogValue(row.scales?.upperBound),
      CatalogValue(type.verboseType), CatalogValue(type.datetimeSubcode),
      row.isNumber ? .integer(10) : .null, type.isInterval ? .integer(2) : .null,
    ]
  }
}
