internal import TernColumns
internal import TernCore
internal import TernDriver

// What front doors see.
extension SnowflakeType {
  /// The column as every front door needs it.
  var description: ColumnDescription {
    var origin: ColumnOrigin?
    if column.table != nil || column.schema != nil || column.database != nil {
      origin = ColumnOrigin(
        catalog: column.database, schema: column.schema, table: column.table)
    }
    var description = ColumnDescription(
      name: column.name, dataType: dataType, sql: sql, origin: origin, metadata: metadata)
    // Most expressions are nullable, and streams of the service itself contradict `rowtype`.
    description.isNullabilityBinding = false
    return description
  }

  /// The logical type as `CREATE TABLE` spells it, for the Arrow field.
  var metadata: [MetadataEntry] { [MetadataEntry("snowflake:type", declaration)] }

  /// What SQL says about the type.
  var sql: SQLColumnType {
    var sql = SQLColumnType(
      typeName: name, odbcType: odbcType, columnSize: columnSize, decimalDigits: decimalDigits,
      isNullable: column.isNullable)
    sql.isCaseSensitive = isCharacters
    sql.isAutoIncrement = column.isAutoIncrement
    return sql
  }

  /// The server's word for it.
  var name: String {
    if let extended = column.extendedType { return extended }
    switch kind {
    case .fixed: return "NUMBER"
    case .real: return "FLOAT"
    case .text: return "VARCHAR"
    case .structuredObject: return "OBJECT"
    case .structuredArray: return "ARRAY"
    case .structuredMap: return "MAP"
    case .intervalYearMonth: return "INTERVAL YEAR TO MONTH"
    case .intervalDayTime: return "INTERVAL DAY TO SECOND"
    case .decfloat, .binary, .boolean, .date, .time, .timestampNTZ, .timestampLTZ, .timestampTZ,
      .variant, .object, .array, .map, .vector, .other:
      return column.type.isEmpty ? "VARCHAR" : column.type.uppercased()
    }
  }

  /// The type with its numbers, as `CREATE TABLE` spells it.
  var declaration: String {
    switch kind {
    case _ where column.extendedType != nil: name
    case .fixed: "NUMBER(\(fixedDigits),\(scale))"
    case .text, .binary: column.length.map { "\(name)(\($0))" } ?? name
    case .time, .timestampNTZ, .timestampLTZ, .timestampTZ: "\(name)(\(fractionDigits))"
    case .structuredObject:
      "OBJECT("
        + parts.map { "\($0.column.name) \($0.declaration)" }.joined(separator: ", ") + ")"
    case .structuredArray, .structuredMap:
      "\(name)(\(parts.map(\.declaration).joined(separator: ", ")))"
    case .vector:
      "VECTOR(\(column.fields.first?.type == "fixed" ? "INT" : "FLOAT"), \(column.dimension ?? 0))"
    case .real, .decfloat, .boolean, .date, .variant, .object, .array, .map, .intervalYearMonth,
      .intervalDayTime, .other:
      name
    }
  }

  private var fixedDigits: Int64 { min(max(column.precision ?? 38, 1), 38) }

  private var isCharacters: Bool {
    switch kind {
    case .text, .variant, .object, .array, .map, .other: true
    default: false
    }
  }

  /// ODBC's number of the type, with the wide ones for text.
  private var odbcType: Int16 {
    switch kind {
    case .fixed: dataType == .int64 ? ODBCType.bigint : ODBCType.decimal
    case .real: ODBCType.double
    case .decfloat: ODBCType.numeric
    case .binary: ODBCType.binary
    case .boolean: ODBCType.bit
    case .date: ODBCType.date
    case .time: ODBCType.time
    case .timestampNTZ, .timestampLTZ, .timestampTZ: ODBCType.timestamp
    case .intervalYearMonth: ODBCType.intervalYearToMonth
    case .intervalDayTime: ODBCType.intervalDayToSecond
    case .text, .variant, .object, .array, .map, .structuredObject, .structuredArray,
      .structuredMap, .vector, .other:
      ODBCType.wvarchar
    }
  }

  /// ODBC's column size.
  private var columnSize: Int64? {
    switch kind {
    case .fixed: dataType == .int64 ? 19 : fixedDigits
    case .real: 15
    case .decfloat: 38
    case .text: column.length ?? Self.textLengthMax
    case .binary: column.length ?? 8_388_608
    case .boolean: 1
    case .date: 10
    case .time: fractionDigits == 0 ? 8 : 9 + Int64(fractionDigits)
    case .timestampNTZ, .timestampLTZ, .timestampTZ:
      fractionDigits == 0 ? 19 : 20 + Int64(fractionDigits)
    case .intervalYearMonth: 12
    case .intervalDayTime: fractionDigits == 0 ? 18 : 19 + Int64(fractionDigits)
    case .variant, .object, .array, .map, .structuredObject, .structuredArray, .structuredMap,
      .vector, .other:
      column.length ?? Self.textLengthMax
    }
  }

  /// Characters of a text whose length the server does not tell.
  private static let textLengthMax: Int64 = 16_777_216

  /// ODBC's decimal digits.
  private var decimalDigits: Int16? {
    switch kind {
    case .fixed: Int16(scale)
    case .time, .timestampNTZ, .timestampLTZ, .timestampTZ, .intervalDayTime:
      Int16(fractionDigits)
    case .intervalYearMonth: 0
    default: nil
    }
  }
}
