internal import TernCore
internal import TernDriver

/// The types of MariaDB as SQLGetTypeInfo lists them.
///
/// Source: MaxScale reference, section 17.
enum MaxScaleTypeInfo {
  /// One type.
  private struct Row {
    var type: MaxScaleType
    var prefix: String?
    var suffix: String?
    var parameters: String?
    /// 0 not at all, 1 with LIKE only, 2 but with LIKE, 3 in every comparison.
    var searchable: Int64 = 2
    var scales: ClosedRange<Int64>?
  }

  /// A type by its declaration.
  private static func row(
    _ declaration: String, prefix: String? = nil, parameters: String? = nil,
    searchable: Int64 = 2, scales: ClosedRange<Int64>? = nil
  ) -> Row {
    Row(
      type: MaxScaleType(declaration: declaration), prefix: prefix,
      suffix: prefix == nil ? nil : "'", parameters: parameters, searchable: searchable,
      scales: scales)
  }

  /// Each of them twice, as the sign takes a digit.
  private static let integers: [Row] = ["tinyint", "smallint", "mediumint", "int", "bigint"]
    .flatMap { [row($0), row($0 + " unsigned")] }

  /// The closest type of each code first.
  private static let rows: [Row] =
    integers + [
      row("bit(1)", prefix: "b'"),
      row("decimal(65,30)", parameters: "precision,scale", scales: 0...38),
      row("float"), row("double"), row("date", prefix: "'"),
      row("time(6)", prefix: "'", parameters: "scale", scales: 0...6),
      row("datetime(6)", prefix: "'", parameters: "scale", scales: 0...6),
      row("timestamp(6)", prefix: "'", parameters: "scale", scales: 0...6), row("year"),
      row("varchar(16383)", prefix: "'", parameters: "length", searchable: 3),
      row("char(255)", prefix: "'", parameters: "length", searchable: 3),
      row("longtext", prefix: "'", searchable: 3), row("mediumtext", prefix: "'", searchable: 3),
      row("text", prefix: "'", searchable: 3), row("tinytext", prefix: "'", searchable: 3),
      row("json", prefix: "'", searchable: 3),
      row("enum('')", prefix: "'", parameters: "values", searchable: 3),
      row("set('')", prefix: "'", parameters: "values", searchable: 3),
      row("uuid", prefix: "'", searchable: 3), row("inet6", prefix: "'", searchable: 3),
      row("inet4", prefix: "'", searchable: 3),
      row("varbinary(65535)", prefix: "x'", parameters: "length", searchable: 3),
      row("binary(255)", prefix: "x'", parameters: "length", searchable: 3),
      row("longblob", prefix: "x'", searchable: 3), row("mediumblob", prefix: "x'", searchable: 3),
      row("blob", prefix: "x'", searchable: 3), row("tinyblob", prefix: "x'", searchable: 3),
      row("geometry", searchable: 0),
    ]

  /// Codes that a program may ask for by themselves, and the type that serves them.
  private static let substitutes: [Int16: String] = [
    ODBCType.varchar: "VARCHAR", ODBCType.char: "CHAR", ODBCType.numeric: "DECIMAL",
    ODBCType.longVarchar: "LONGTEXT", ODBCType.float: "DOUBLE",
  ]

  /// All types (0), or those that serve one code.
  static func rows(_ odbcType: Int16) -> CatalogRows {
    var answer = CatalogRows(.typeInfo)
    // Types of the same code stay in the order of the table: the closest one first.
    let sorted = rows.enumerated().sorted {
      ($0.element.type.odbcType, $0.offset) < ($1.element.type.odbcType, $1.offset)
    }
    for row in sorted.map(\.element) {
      if odbcType == 0 || row.type.odbcType == odbcType {
        answer.append(values(row, row.type.odbcType))
      } else if let name = substitutes[odbcType], name == row.type.name {
        answer.append(values(row, odbcType))
      }
    }
    return answer
  }

  /// The row of one type under one of its codes.
  private static func values(_ row: Row, _ odbcType: Int16) -> [CatalogValue] {
    let type = row.type
    let sql = SQLColumnType(typeName: type.name, odbcType: odbcType)
    let isNumber = type.isNumber || type.kind == .year
    let isInteger = isNumber && ![.decimal, .float, .double, .year].contains(type.kind)
    let isNameless = type.kind == .enumeration || type.kind == .set
    return [
      .text(type.name), CatalogValue(odbcType),
      isNameless ? .integer(type.kind == .set ? 64 : 255) : CatalogValue(type.columnSize),
      CatalogValue(row.prefix), CatalogValue(row.suffix), CatalogValue(row.parameters),
      .integer(1), .integer(type.isBytes ? 1 : 0), .integer(row.searchable),
      isNumber ? .integer(type.isUnsigned || type.kind == .year ? 1 : 0) : .null, .integer(0),
      isNumber ? .integer(isInteger ? 1 : 0) : .null, .text(type.name),
      CatalogValue(row.scales?.lowerBound), CatalogValue(row.scales?.upperBound),
      CatalogValue(sql.verboseType), CatalogValue(sql.datetimeSubcode),
      isNumber ? .integer(10) : .null, .null,
    ]
  }
}
