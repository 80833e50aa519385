internal import TernColumns
internal import TernCore
internal import TernDriver

/// The rows of a metadata answer, taken by label: drivers append columns of their own.
///
/// Source: Avatica reference, section 10.2.
struct AvaticaTable: Sendable {
  /// Upper-case labels, in order.
  var labels: [String] = []
  var rows: [[CatalogValue]] = []
  /// Whether more frames follow.
  var isLast = true

  /// The value under a label; NULL where the server has no such column.
  func value(_ row: [CatalogValue], _ label: String) -> CatalogValue {
    guard let index = labels.firstIndex(of: label), row.indices.contains(index) else {
      return .null
    }
    return row[index]
  }

  /// Reads a frame of any columns.
  mutating func readFrame(_ reader: JSONReader) throws(TernError) {
    try reader.beginObject()
    while let name = try reader.nextKey() {
      switch name {
      case "done": isLast = try reader.bool()
      case "rows" where try reader.peek() == .array:
        try reader.beginArray()
        while try reader.nextElement() { rows.append(try Self.row(reader)) }
      default: try reader.skip()
      }
    }
  }

  /// Reads a frame of any columns, which the reader is inside of.
  mutating func readFrame(_ reader: ProtobufReader) throws(TernError) {
    isLast = false
    while let field = try reader.next() {
      switch field {
      case 2: isLast = try reader.bool()
      case 3:
        var row: [CatalogValue] = []
        try reader.enter()
        while let field = try reader.next() {
          guard field == 1 else { continue }
          try reader.enter()
          row.append(Self.value(try TypedValue(columnValue: reader)))
        }
        rows.append(row)
      default: break
      }
    }
  }

  private static func value(_ value: TypedValue) -> CatalogValue {
    switch value {
    case .bool(let flag): .integer(flag ? 1 : 0)
    case .integer(let number): .integer(number)
    default: CatalogValue(value.plainText)
    }
  }

  private static func row(_ reader: JSONReader) throws(TernError) -> [CatalogValue] {
    var row: [CatalogValue] = []
    try reader.beginArray()
    while try reader.nextElement() {
      switch try reader.peek() {
      case .object, .array:
        try reader.skip()
        row.append(.null)
      case .bool: row.append(.integer(try reader.bool() ? 1 : 0))
      case .number:
        let text = try reader.numberText()
        row.append(Int64(text).map { .integer($0) } ?? .text(text))
      case .string, .null: row.append(CatalogValue(try reader.scalarText()))
      }
    }
    return row
  }
}
