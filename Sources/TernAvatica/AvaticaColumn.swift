internal import TernColumns
internal import TernCore
internal import TernDriver

/// A column as a signature describes it.
///
/// Source: Avatica reference, sections 5.3 and 15.5 "ColumnMetaData".
struct AvaticaColumn: Sendable {
  var type = AvaticaType()
  var label = ""
  var name: String?
  var table: String?
  var schema: String?
  var catalog: String?
  var isAutoIncrement = false
  var isCaseSensitive = true
  /// JDBC's number: 0 no, 1 yes, anything else unknown.
  var nullable: Int64 = 2

  /// Reads one element of `columns`; what is not known is skipped.
  init(reading reader: JSONReader) throws(TernError) {
    try reader.beginObject()
    while let member = try reader.nextKey() {
      switch member {
      case "type" where try reader.peek() == .object: try type.merge(reading: reader)
      case "precision": type.precision = try reader.int64OrNull() ?? 0
      case "scale": type.scale = try reader.int64OrNull() ?? 0
      case "columnClassName": type.className = try reader.scalarText() ?? ""
      case "label": label = try reader.scalarText() ?? ""
      case "columnName": name = try reader.scalarText()
      case "tableName": table = try reader.scalarText()
      case "schemaName": schema = try reader.scalarText()
      case "catalogName": catalog = try reader.scalarText()
      case "autoIncrement": isAutoIncrement = try reader.scalarText() == "true"
      case "caseSensitive": isCaseSensitive = try reader.scalarText() != "false"
      case "nullable": nullable = try reader.int64OrNull() ?? 2
      default: try reader.skip()
      }
    }
  }

  /// In protobuf the defaults are left out: false and 0 are not there.
  init(reading reader: ProtobufReader) throws(TernError) {
    isCaseSensitive = false
    nullable = 0
    while let field = try reader.next() {
      switch field {
      case 2: isAutoIncrement = try reader.bool()
      case 3: isCaseSensitive = try reader.bool()
      case 6: nullable = try reader.int64()
      case 9: label = try reader.string()
      case 10: name = try reader.string()
      case 11: schema = try reader.string()
      case 12: type.precision = Int64(try reader.int32())
      case 13: type.scale = Int64(try reader.int32())
      case 14: table = try reader.string()
      case 15: catalog = try reader.string()
      case 19: type.className = try reader.string()
      case 20:
        try reader.enter()
        try type.merge(reading: reader)
      default: break
      }
    }
  }

  /// The column as front doors see it. Drivers lie about NULLs: that a column has none is told to
  /// those who ask for descriptions, and never promised for the batches.
  var description: ColumnDescription {
    let origin = ColumnOrigin(catalog: catalog, schema: schema, table: table, column: name)
    let isNullable: Bool? = [0: false, 1: true][nullable]
    var column = type.description(label, isNullable: isNullable, origin: origin)
    column.isNullabilityBinding = false
    column.sql.isAutoIncrement = isAutoIncrement
    column.sql.isCaseSensitive = isCaseSensitive
    return column
  }
}
