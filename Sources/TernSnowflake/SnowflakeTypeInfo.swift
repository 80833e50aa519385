internal import TernDriver

/// The types that a program can create, for SQLGetTypeInfo.
///
/// Source: Snowflake reference, section 8.3.
enum SnowflakeTypeInfo {
  private static let textLengthMax = SnowflakeCapabilities.textLengthMax
  private static let byteCountMax: Int64 = 67_108_864

  /// Texts of a type of their own: written with a function around a text.
  private static func document(_ name: String) -> CatalogType {
    CatalogType(
      name, ODBCType.wvarchar, size: textLengthMax, isCaseSensitive: true, searchable: 0)
  }

  private static func integer(_ name: String, _ odbcType: Int16, _ size: Int64) -> CatalogType {
    CatalogType(name, odbcType, size: size, radix: 10, isAutoUnique: true)
  }

  private static func moment(_ name: String) -> CatalogType {
    CatalogType(
      name, ODBCType.timestamp, size: 29, prefix: "'", parameters: "precision", scales: 0...9)
  }

  private static let types = [
    CatalogType(
      "VARCHAR", ODBCType.wvarchar, size: textLengthMax, prefix: "'", parameters: "max length",
      isCaseSensitive: true, searchable: 3),
    CatalogType(
      "CHAR", ODBCType.wchar, size: textLengthMax, prefix: "'", parameters: "length",
      isCaseSensitive: true, searchable: 3),
    document("VARIANT"), document("OBJECT"), document("ARRAY"), document("GEOGRAPHY"),
    document("GEOMETRY"), document("VECTOR"),
    CatalogType("BOOLEAN", ODBCType.bit, size: 1),
    CatalogType(
      "VARBINARY", ODBCType.varbinary, size: byteCountMax, prefix: "X'", parameters: "max length",
      searchable: 3),
    CatalogType(
      "BINARY", ODBCType.binary, size: byteCountMax, prefix: "X'", parameters: "max length",
      searchable: 3),
    CatalogType("DECFLOAT", ODBCType.numeric, size: 38, radix: 10),
    CatalogType(
      "NUMBER", ODBCType.decimal, size: 38, parameters: "precision,scale", scales: 0...37,
      radix: 10),
    integer("BIGINT", ODBCType.bigint, 19), integer("INTEGER", ODBCType.integer, 10),
    integer("SMALLINT", ODBCType.smallint, 5), integer("TINYINT", ODBCType.tinyint, 3),
    // The vendor's driver says so too, although 15 are no bits.
    CatalogType("FLOAT", ODBCType.double, size: 15, radix: 2),
    CatalogType("DATE", ODBCType.date, size: 10, prefix: "'"),
    CatalogType(
      "TIME", ODBCType.time, size: 18, prefix: "'", parameters: "precision", scales: 0...9),
    moment("TIMESTAMP_NTZ"), moment("TIMESTAMP_LTZ"), moment("TIMESTAMP_TZ"),
  ]

  private static let substitutes: [Int16: String] = [
    ODBCType.varchar: "VARCHAR", ODBCType.char: "CHAR", ODBCType.longVarchar: "VARCHAR",
    ODBCType.wlongVarchar: "VARCHAR", ODBCType.numeric: "NUMBER", ODBCType.float: "FLOAT",
    ODBCType.real: "FLOAT", ODBCType.longVarbinary: "VARBINARY",
  ]

  /// All types (0), or those that serve one code.
  static func rows(_ odbcType: Int16) -> CatalogRows {
    CatalogRows(types, substitutes: substitutes, for: odbcType)
  }
}
