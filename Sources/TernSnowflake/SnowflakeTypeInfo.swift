internal import TernDriver

/// The types that a program can create, for SQLGetTypeInfo.
///
/// Source: Snowflake reference, section 8.3; names are unique over the whole answer, and a single
/// code may be answered with a name that the whole answer gives to another code.
enum SnowflakeTypeInfo {
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
    /// 10 for exact numbers, 2 for floating ones.
    var radix: Int64?
  }

  private static let textLengthMax = SnowflakeCapabilities.textLengthMax
  private static let byteCountMax: Int64 = 67_108_864

  /// Texts of a type of their own: written with a function around a text.
  private static func document(_ name: String) -> Row {
    Row(
      name: name, odbcType: ODBCType.wvarchar, size: textLengthMax, isCaseSensitive: true,
      searchable: 0)
  }

  private static func moment(_ name: String) -> Row {
    Row(
      name: name, odbcType: ODBCType.timestamp, size: 29, prefix: "'", suffix: "'",
      parameters: "precision", scales: 0...9)
  }

  /// The closest type of each code first.
  private static let rows: [Row] = [
    Row(
      name: "VARCHAR", odbcType: ODBCType.wvarchar, size: textLengthMax, prefix: "'",
      suffix: "'", parameters: "max length", isCaseSensitive: true, searchable: 3),
    Row(
      name: "CHAR", odbcType: ODBCType.wchar, size: textLengthMax, prefix: "'", suffix: "'",
      parameters: "length", isCaseSensitive: true, searchable: 3),
    document("VARIANT"), document("OBJECT"), document("ARRAY"), document("GEOGRAPHY"),
    document("GEOMETRY"), document("VECTOR"),
    Row(name: "BOOLEAN", odbcType: ODBCType.bit, size: 1),
    Row(name: "BIGINT", odbcType: ODBCType.bigint, size: 19, radix: 10),
    Row(
      name: "VARBINARY", odbcType: ODBCType.varbinary, size: byteCountMax, prefix: "X'",
      suffix: "'", parameters: "max length", searchable: 3),
    Row(
      name: "BINARY", odbcType: ODBCType.binary, size: byteCountMax, prefix: "X'", suffix: "'",
      parameters: "max length", searchable: 3),
    Row(
      name: "DECFLOAT", odbcType: ODBCType.numeric, size: 38, radix: 10),
    Row(
      name: "NUMBER", odbcType: ODBCType.decimal, size: 38, parameters: "precision,scale",
      scales: 0...37, radix: 10),
    Row(name: "INTEGER", odbcType: ODBCType.integer, size: 10, radix: 10),
    Row(name: "SMALLINT", odbcType: ODBCType.smallint, size: 5, radix: 10),
    Row(name: "TINYINT", odbcType: ODBCType.tinyint, size: 3, radix: 10),
    Row(name: "FLOAT", odbcType: ODBCType.double, size: 15, radix: 2),
    Row(name: "DATE", odbcType: ODBCType.date, size: 10, prefix: "'", suffix: "'"),
    Row(
      name: "TIME", odbcType: ODBCType.time, size: 18, prefix: "'", suffix: "'",
      parameters: "precision", scales: 0...9),
    moment("TIMESTAMP_NTZ"), moment("TIMESTAMP_LTZ"), moment("TIMESTAMP_TZ"),
  ]

  /// Codes that a program may ask for by themselves, and the type that serves them.
  private static let substitutes: [Int16: String] = [
    ODBCType.varchar: "VARCHAR", ODBCType.char: "CHAR", ODBCType.longVarchar: "VARCHAR",
    ODBCType.wlongVarchar: "VARCHAR", ODBCType.numeric: "NUMBER", ODBCType.float: "FLOAT",
    ODBCType.real: "FLOAT", ODBCType.longVarbinary: "VARBINARY",
  ]

  /// All types (0), or those that serve one code.
  static func rows(_ odbcType: Int16) -> CatalogRows {
    var answer = CatalogRows(.typeInfo)
    // Types of the same code stay in the order of the table.
    let sorted = rows.enumerated().sorted {
      ($0.element.odbcType, $0.offset) < ($1.element.odbcType, $1.offset)
    }
    for row in sorted.map(\.element) {
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
    // Whole numbers of a fixed size have a fixed scale too; NUMBER and DECFLOAT have not.
    let isExact = row.radix == 10 && odbcType != ODBCType.decimal && odbcType != ODBCType.numeric
    return [
      .text(row.name), CatalogValue(odbcType), .integer(row.size), CatalogValue(row.prefix),
      CatalogValue(row.suffix), CatalogValue(row.parameters), .integer(1),
      .integer(row.isCaseSensitive ? 1 : 0), .integer(row.searchable),
      row.radix == nil ? .null : .integer(0), .integer(0),
      row.radix == nil ? .null : .integer(isExact ? 1 : 0), .text(row.name),
      CatalogValue(row.scales?.lowerBound), CatalogValue(row.scales?.upperBound),
      CatalogValue(type.verboseType), CatalogValue(type.datetimeSubcode),
      CatalogValue(row.radix), .null,
    ]
  }
}
