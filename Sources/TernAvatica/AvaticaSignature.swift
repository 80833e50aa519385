internal import TernColumns
internal import TernCore
internal import TernDriver

/// The columns of a result and the parameters of a statement.
///
/// Source: Avatica reference, section 5.3 "Signature".
struct AvaticaSignature: Sendable {
  var columns: [ColumnDescription] = []
  var formats: [ColumnFormat] = []
  var parameters: [AvaticaType] = []

  init() {}

  init(reading reader: JSONReader) throws(TernError) {
    try reader.beginObject()
    while let name = try reader.nextKey() {
      switch name {
      case "columns" where try reader.peek() == .array: try readColumns(reader)
      case "parameters" where try reader.peek() == .array: try readParameters(reader)
      default: try reader.skip()
      }
    }
  }

  /// A decoder for the rows of frames.
  func decoder() throws(TernError) -> ColumnDecoder {
    try ColumnDecoder(Schema(columns.map(\.field)), formats: formats)
  }

  private mutating func readColumns(_ reader: JSONReader) throws(TernError) {
    try reader.beginArray()
    while try reader.nextElement() {
      guard columns.count < Limits.columnCountMax else { throw .badReply("too many columns") }
      var type = AvaticaType()
      var texts: [String: String] = [:]
      try reader.beginObject()
      while let name = try reader.nextKey() {
        switch name {
        case "type" where try reader.peek() == .object: try type.merge(reading: reader)
        case "precision": type.precision = try reader.int64OrNull() ?? 0
        case "scale": type.scale = try reader.int64OrNull() ?? 0
        default: texts[name] = try reader.scalarText()
        }
      }
      type.className = texts["columnClassName"] ?? ""
      let origin = ColumnOrigin(
        catalog: texts["catalogName"], schema: texts["schemaName"], table: texts["tableName"],
        column: texts["columnName"])
      var column = type.description(texts["label"] ?? "", isNullable: nil, origin: origin)
      column.sql.isAutoIncrement = texts["autoIncrement"] == "true"
      column.sql.isCaseSensitive = texts["caseSensitive"] != "false"
      columns.append(column)
      formats.append(type.shape.format)
    }
  }

  private mutating func readParameters(_ reader: JSONReader) throws(TernError) {
    try reader.beginArray()
    while try reader.nextElement() {
      guard parameters.count < Limits.columnCountMax else {
        throw .badReply("too many parameters")
      }
      var type = AvaticaType()
      try reader.beginObject()
      while let name = try reader.nextKey() {
        switch name {
        case "parameterType": type.id = try reader.int64OrNull() ?? 1111
        case "typeName": type.name = try reader.scalarText() ?? ""
        case "className": type.className = try reader.scalarText() ?? ""
        case "precision": type.precision = try reader.int64OrNull() ?? 0
        case "scale": type.scale = try reader.int64OrNull() ?? 0
        default: try reader.skip()
        }
      }
      parameters.append(type)
    }
  }
}
