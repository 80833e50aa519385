internal import TernColumns
internal import TernCore
internal import TernDriver

/// The columns of a result and the parameters of a statement.
///
/// Source: Avatica reference, sections 5.3 and 15.5 "Signature".
struct AvaticaSignature: Sendable {
  var columns: [ColumnDescription] = []
  var formats: [ColumnFormat] = []
  /// The columns' types as the server names them.
  var types: [AvaticaType] = []
  var parameters: [AvaticaType] = []

  /// No columns and no parameters: what an update has.
  init() {}

  /// Reads the object.
  init(reading reader: JSONReader) throws(TernError) {
    try reader.beginObject()
    while let name = try reader.nextKey() {
      switch name {
      case "columns" where try reader.peek() == .array:
        try reader.beginArray()
        while try reader.nextElement() { try append(AvaticaColumn(reading: reader)) }
      case "parameters" where try reader.peek() == .array:
        try reader.beginArray()
        while try reader.nextElement() { try append(AvaticaType(parameter: reader)) }
      default: try reader.skip()
      }
    }
  }

  /// Reads the message, which the reader is inside of.
  init(reading reader: ProtobufReader) throws(TernError) {
    while let field = try reader.next() {
      switch field {
      case 1:
        try reader.enter()
        try append(AvaticaColumn(reading: reader))
      case 3:
        try reader.enter()
        try append(AvaticaType(parameter: reader))
      default: break
      }
    }
  }

  /// Upper-case labels, in order.
  var labels: [String] { columns.map { $0.name.uppercased() } }

  /// A decoder for the rows of frames.
  func decoder() throws(TernError) -> ColumnDecoder {
    try ColumnDecoder(Schema(columns.map(\.field)), formats: formats)
  }

  private mutating func append(_ column: AvaticaColumn) throws(TernError) {
    guard columns.count < Limits.columnCountMax else { throw .badReply("too many columns") }
    columns.append(column.description)
    formats.append(column.type.shape.format)
    types.append(column.type)
  }

  private mutating func append(_ parameter: AvaticaType) throws(TernError) {
    guard parameters.count < Limits.columnCountMax else { throw .badReply("too many parameters") }
    parameters.append(parameter)
  }
}
