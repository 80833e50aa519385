internal import TernColumns
internal import TernCore
internal import TernNet

/// A parameter on its way to the server: sent with the type that holds it, as the server wraps what
/// is out of range without a word; the database converts.
///
/// Source: Avatica reference, sections 8.4, 8.5 and 15.7.
enum AvaticaValue: Equatable, Sendable {
  /// Types whose value is a whole number.
  enum Integer: String, Sendable {
    case byte = "BYTE"
    case short = "SHORT"
    case integer = "INTEGER"
    case long = "LONG"
    case date = "JAVA_SQL_DATE"
    case time = "JAVA_SQL_TIME"
    case timestamp = "JAVA_SQL_TIMESTAMP"
  }

  case null
  case bool(Bool)
  case integer(Integer, Int64)
  /// A number with all its digits.
  case decimal(String)
  /// A float that meets a column of that type.
  case float(Float)
  /// A double; the text is a float's shortest form.
  case double(Double, text: String?)
  case text(String)
  case bytes([UInt8])
  case list([AvaticaValue])

  /// Bytes that it takes in a message, about.
  var byteCount: Int {
    switch self {
    case .null, .bool, .integer, .float, .double: 32
    case .decimal(let text), .text(let text): 32 + text.utf8.count
    case .bytes(let bytes): 32 + bytes.count * 4 / 3
    case .list(let elements): elements.reduce(32) { $0 + $1.byteCount }
    }
  }

  // MARK: - JSON

  /// Writes a row of values.
  static func write(_ row: [AvaticaValue], to writer: inout JSONWriter) {
    writer.beginArray()
    for value in row { value.write(to: &writer) }
    writer.endArray()
  }

  /// Writes `{"type": …, "value": …}`.
  ///
  /// A bare null would mean that the parameter is not bound, and a type is needed even for a null:
  /// any will do. An array cannot be bound as one, but some databases take a bare list.
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("type", jsonType)
    writer.key("value")
    writeBare(to: &writer)
    writer.endObject()
  }

  private var jsonType: String {
    switch self {
    case .null, .list: "OBJECT"
    case .bool: "BOOLEAN"
    case .integer(let type, _): type.rawValue
    case .decimal: "NUMBER"
    case .float(let value): value.isFinite ? "FLOAT" : "STRING"
    case .double(let value, _): value.isFinite ? "DOUBLE" : "STRING"
    case .text: "STRING"
    case .bytes: "BYTE_STRING"
    }
  }

  /// NaN and the infinities have no form but text, which databases read.
  private func writeBare(to writer: inout JSONWriter) {
    switch self {
    case .null: writer.null()
    case .bool(let flag): writer.value(flag)
    case .integer(_, let number): writer.value(number)
    case .decimal(let digits): writer.raw(digits)
    case .float(let value):
      if value.isFinite { writer.raw("\(value)") } else { writer.value(Self.name(Double(value))) }
    case .double(let value, let text):
      guard value.isFinite else { return writer.value(Self.name(value)) }
      if let text { writer.raw(text) } else { writer.value(value) }
    case .text(let text): writer.value(text)
    case .bytes(let bytes): writer.value(Base64.encode(bytes))
    case .list(let elements):
      writer.beginArray()
      for element in elements { element.writeBare(to: &writer) }
      writer.endArray()
    }
  }

  private static func name(_ value: Double) -> String {
    value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
  }

  // MARK: - Protobuf

  /// Writes the fields of a `TypedValue`.
  func write(to writer: inout ProtobufWriter) throws(TernError) {
    writer.field(1, protobufType)
    switch self {
    case .null: writer.field(7, true)
    case .bool(let flag): writer.field(2, flag)
    case .integer(_, let number): writer.field(4, zigzag: number)
    case .decimal(let text), .text(let text): writer.field(3, text)
    case .float(let value): writer.field(4, zigzag: Int64(Int32(bitPattern: value.bitPattern)))
    case .double(let value, let text): writer.field(6, text.flatMap { Double($0) } ?? value)
    case .bytes(let bytes): writer.field(5, bytes)
    case .list(let elements):
      for element in elements {
        try writer.field(8) { inner throws(TernError) in try element.write(to: &inner) }
      }
      writer.field(9, elements.first { $0 != .null }?.protobufType ?? TypedValue.Code.string)
    }
  }

  private var protobufType: UInt64 {
    switch self {
    case .null: TypedValue.Code.null
    case .bool: TypedValue.Code.bool
    case .integer(.byte, _): TypedValue.Code.byte
    case .integer(.short, _): TypedValue.Code.short
    case .integer(.integer, _): TypedValue.Code.integer
    case .integer(.long, _): TypedValue.Code.long
    case .integer(.date, _): TypedValue.Code.date
    case .integer(.time, _): TypedValue.Code.time
    case .integer(.timestamp, _): TypedValue.Code.timestamp
    case .decimal: TypedValue.Code.decimal
    case .float: TypedValue.Code.float
    case .double: TypedValue.Code.double
    case .text: TypedValue.Code.string
    case .bytes: TypedValue.Code.bytes
    case .list: TypedValue.Code.array
    }
  }
}
