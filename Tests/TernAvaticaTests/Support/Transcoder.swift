import Foundation
import TernColumns
import TernCore

/// Writes a recorded JSON result as the protobuf message that says the same, by the tables of the
/// reference (sections 8.1 and 15.5).
enum Transcoder {
  /// An `ExecuteResponse` in its envelope.
  static func execution(_ answer: [String: Any]) throws -> [UInt8] {
    var inner = ProtobufWriter()
    for result in answer["results"] as? [[String: Any]] ?? [] {
      try inner.field(1) { writer throws(TernError) in try self.result(result, &writer) }
    }
    var writer = ProtobufWriter()
    writer.field(1, "org.apache.calcite.avatica.proto.Responses$ExecuteResponse")
    writer.field(2, inner.bytes)
    return writer.bytes
  }

  private static func result(
    _ result: [String: Any], _ writer: inout ProtobufWriter
  ) throws(TernError) {
    if let id = number(result["statementId"]), id != 0 { writer.field(2, id) }
    let signature = result["signature"] as? [String: Any]
    let columns = signature?["columns"] as? [[String: Any]] ?? []
    if signature != nil {
      try writer.field(4) { inner throws(TernError) in
        for column in columns {
          try inner.field(1) { writer throws(TernError) in try self.column(column, &writer) }
        }
      }
    }
    if let frame = result["firstFrame"] as? [String: Any] {
      let types = columns.map { $0["type"] as? [String: Any] ?? [:] }
      try writer.field(5) { inner throws(TernError) in
        if frame["done"] as? Bool ?? false { inner.field(2, true) }
        for row in frame["rows"] as? [[Any]] ?? [] {
          try inner.field(3) { writer throws(TernError) in
            for (cell, type) in zip(row, types) {
              try writer.field(1) { writer throws(TernError) in
                try self.cell(cell, type, &writer)
              }
            }
          }
        }
      }
    }
    let count = number(result["updateCount"]) ?? 0
    if count != 0 { writer.field(6, count) }
  }

  private static func column(
    _ column: [String: Any], _ writer: inout ProtobufWriter
  ) throws(TernError) {
    if let nullable = number(column["nullable"]), nullable != 0 { writer.field(6, nullable) }
    writer.field(9, column["label"] as? String ?? "")
    if let precision = number(column["precision"]) { writer.field(12, precision) }
    if let scale = number(column["scale"]) { writer.field(13, scale) }
    writer.field(19, column["columnClassName"] as? String ?? "")
    let type = column["type"] as? [String: Any] ?? [:]
    try writer.field(20) { inner throws(TernError) in try self.type(type, &inner) }
  }

  private static func type(_ type: [String: Any], _ writer: inout ProtobufWriter) throws(TernError) {
    writer.field(1, UInt64(UInt32(bitPattern: Int32(number(type["id"]) ?? 0))))
    writer.field(2, type["name"] as? String ?? "")
    if let component = type["component"] as? [String: Any] {
      try writer.field(5) { inner throws(TernError) in try self.type(component, &inner) }
    }
  }

  private static func cell(
    _ cell: Any, _ type: [String: Any], _ writer: inout ProtobufWriter
  ) throws(TernError) {
    if let elements = cell as? [Any] {
      let component = type["component"] as? [String: Any] ?? [:]
      for element in elements {
        try writer.field(2) { inner throws(TernError) in try value(element, component, &inner) }
      }
      return writer.field(3, true)
    }
    // Servers write every scalar twice.
    try writer.field(1) { inner throws(TernError) in try value(cell, type, &inner) }
    try writer.field(4) { inner throws(TernError) in try value(cell, type, &inner) }
  }

  private static func value(
    _ cell: Any, _ type: [String: Any], _ writer: inout ProtobufWriter
  ) throws(TernError) {
    if let elements = cell as? [Any] {
      writer.field(1, TypedValue.Code.array)
      let component = type["component"] as? [String: Any] ?? [:]
      for element in elements {
        try writer.field(8) { inner throws(TernError) in try value(element, component, &inner) }
      }
      return
    }
    if cell is NSNull {
      writer.field(1, TypedValue.Code.null)
      return writer.field(7, true)
    }
    switch number(type["id"]) ?? 0 {
    case 16, -7:
      writer.field(1, TypedValue.Code.bool)
      writer.field(2, (cell as? NSNumber)?.boolValue ?? false)
    case -6, 5, 4, -5, 91, 92, 93:
      writer.field(1, TypedValue.Code.long)
      writer.field(4, zigzag: (cell as? NSNumber)?.int64Value ?? 0)
    case 7:
      let float = (cell as? NSNumber)?.floatValue ?? Float(cell as? String ?? "") ?? .nan
      writer.field(1, TypedValue.Code.float)
      writer.field(4, zigzag: Int64(Int32(bitPattern: float.bitPattern)))
    case 6, 8:
      writer.field(1, TypedValue.Code.double)
      writer.field(6, Double("\(cell)".lowercased()) ?? .nan)
    case 2, 3:
      writer.field(1, TypedValue.Code.decimal)
      writer.field(3, (cell as? NSNumber)?.stringValue ?? "")
    case -2, -3, -4:
      writer.field(1, TypedValue.Code.bytes)
      writer.field(5, Data(base64Encoded: cell as? String ?? "").map { Array($0) } ?? [])
    default:
      writer.field(1, TypedValue.Code.string)
      writer.field(3, cell as? String ?? (cell as? NSNumber)?.stringValue ?? "")
    }
  }

  private static func number(_ value: Any?) -> Int64? { (value as? NSNumber)?.int64Value }
}
