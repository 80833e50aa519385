internal import TernDriver

/// The types that a program can create, for SQLGetTypeInfo.
///
/// Source: Exasol reference, section 7.3, "SQLGetTypeInfo".
enum ExasolTypeInfo {
  private static let types = [
    CatalogType(
      "VARCHAR", ODBCType.wvarchar, size: 2_000_000, prefix: "'", parameters: "max length",
      isCaseSensitive: true, searchable: 3),
    CatalogType(
      "CHAR", ODBCType.wchar, size: 2_000, prefix: "'", parameters: "max length",
      isCaseSensitive: true, searchable: 3),
    CatalogType("BOOLEAN", ODBCType.bit, size: 1),
    CatalogType(
      "DECIMAL", ODBCType.decimal, size: 36, parameters: "precision,scale", scales: 0...36,
      radix: 10),
    CatalogType("DOUBLE PRECISION", ODBCType.double, size: 15, radix: 10),
    CatalogType("HASHTYPE", ODBCType.varchar, size: 2_048, prefix: "'"),
    CatalogType("DATE", ODBCType.date, size: 10, prefix: "DATE '"),
    moment("TIMESTAMP"), moment("TIMESTAMP WITH LOCAL TIME ZONE"),
    CatalogType(
      "INTERVAL YEAR TO MONTH", ODBCType.intervalYearToMonth, size: 12, prefix: "INTERVAL '",
      suffix: "' YEAR TO MONTH", parameters: "precision"),
    CatalogType(
      "INTERVAL DAY TO SECOND", ODBCType.intervalDayToSecond, size: 28, prefix: "INTERVAL '",
      suffix: "' DAY TO SECOND", parameters: "precision,scale", scales: 0...9),
  ]

  private static func moment(_ name: String) -> CatalogType {
    CatalogType(
      name, ODBCType.timestamp, size: 29, prefix: "TIMESTAMP '", parameters: "precision",
      scales: 0...9)
  }

  private static let substitutes: [Int16: String] = [
    ODBCType.varchar: "VARCHAR", ODBCType.char: "CHAR", ODBCType.numeric: "DECIMAL",
    ODBCType.longVarchar: "VARCHAR", ODBCType.wlongVarchar: "VARCHAR",
    ODBCType.float: "DOUBLE PRECISION",
  ]

  /// All types (0), or those that serve one code.
  static func rows(_ odbcType: Int16) -> CatalogRows {
    CatalogRows(types, substitutes: substitutes, for: odbcType)
  }
}
