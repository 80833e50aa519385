internal import TernDriver

/// The types of MariaDB as SQLGetTypeInfo lists them.
///
/// Source: MaxScale reference, section 17.
enum MaxScaleTypeInfo {
  /// A type by its declaration.
  private static func row(
    _ declaration: String, prefix: String? = nil, parameters: String? = nil,
    searchable: Int64 = 2, scales: ClosedRange<Int64>? = nil
  ) -> CatalogType {
    let type = MaxScaleType(declaration: declaration)
    // What the names of values take is not told by the declaration here, which has none.
    let size: Int64? =
      switch type.kind {
      case .enumeration: 255
      case .set: 64
      default: type.columnSize
      }
    let isNumber = type.isNumber || type.kind == .year
    return CatalogType(
      type.name, type.odbcType, size: size, prefix: prefix, parameters: parameters,
      isCaseSensitive: type.isBytes, searchable: searchable, scales: scales,
      radix: isNumber ? 10 : nil, isUnsigned: type.isUnsigned || type.kind == .year,
      isAutoUnique: isNumber && ![.decimal, .float, .double, .year].contains(type.kind))
  }

  /// Each of them twice, as the sign takes a digit.
  private static let integers = ["tinyint", "smallint", "mediumint", "int", "bigint"]
    .flatMap { [row($0), row($0 + " unsigned")] }

  private static let types =
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

  private static let substitutes: [Int16: String] = [
    ODBCType.varchar: "VARCHAR", ODBCType.char: "CHAR", ODBCType.numeric: "DECIMAL",
    ODBCType.longVarchar: "LONGTEXT", ODBCType.float: "DOUBLE",
  ]

  /// All types (0), or those that serve one code.
  static func rows(_ odbcType: Int16) -> CatalogRows {
    CatalogRows(types, substitutes: substitutes, for: odbcType)
  }
}
