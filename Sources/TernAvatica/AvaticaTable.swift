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

  /// Reads `columns` of a signature.
  mutating func readLabels(_ reader: JSONReader) throws(TernError) {
    try reader.beginObject()
    while let name = try reader.nextKey() {
      guard name == "columns", try reader.peek() == .array else {
        try reader.skip()
        continue
      }
      try reader.beginArray()
      while try reader.nextElement() {
        var label = ""
        try reader.beginObject()
        while let member = try reader.nextKey() {
          if member == "label" {
            label = try reader.scalarText() ?? ""
          } else {
            try reader.skip()
          }
        }
        labels.append(label.uppercased())
      }
    }
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
