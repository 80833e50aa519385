internal import TernColumns
internal import TernCore
internal import TernDriver

/// The type of a column or parameter; the number of `java.sql.Types` is what decides.
///
/// Source: Avatica reference, sections 8.1, 8.3 and 16.
struct AvaticaType: Equatable, Sendable {
  var id: Int64 = 1111
  var name = ""
  var rep = ""
  var className = ""
  var precision: Int64 = 0
  var scale: Int64 = 0
  /// The number of an array's elements' type.
  var component: Int64?
  var componentName = ""

  init() {}

  /// Reads a parameter's description.
  init(parameter reader: JSONReader) throws(TernError) {
    try reader.beginObject()
    while let member = try reader.nextKey() {
      switch member {
      case "parameterType": id = try reader.int64OrNull() ?? 1111
      case "typeName": name = try reader.scalarText() ?? ""
      case "className": className = try reader.scalarText() ?? ""
      case "precision": precision = try reader.int64OrNull() ?? 0
      case "scale": scale = try reader.int64OrNull() ?? 0
      default: try reader.skip()
      }
    }
  }

  /// Reads a parameter's description.
  init(parameter reader: ProtobufReader) throws(TernError) {
    id = 0
    while let field = try reader.next() {
      switch field {
      case 2: precision = Int64(try reader.int32())
      case 3: scale = Int64(try reader.int32())
      case 4: id = Int64(try reader.int32())
      case 5: name = try reader.string()
      case 6: className = try reader.string()
      default: break
      }
    }
  }

  /// Reads `type` of a column.
  mutating func merge(reading reader: JSONReader) throws(TernError) {
    try reader.beginObject()
    while let member = try reader.nextKey() {
      switch member {
      case "id": id = try reader.int64()
      case "name": name = try reader.scalarText() ?? ""
      case "rep": rep = try reader.scalarText() ?? ""
      case "component" where try reader.peek() == .object:
        var inner = AvaticaType()
        try inner.merge(reading: reader)
        component = inner.id
        componentName = inner.name
      default: try reader.skip()
      }
    }
  }

  /// Reads the type of a column; its number may be negative in a field that has no negative ones.
  mutating func merge(reading reader: ProtobufReader) throws(TernError) {
    id = 0
    while let field = try reader.next() {
      switch field {
      case 1: id = Int64(try reader.int32())
      case 2: name = try reader.string()
      case 3:
        let number = try reader.uint64()
        rep = Self.unsignedReps[number] ?? ""
      case 5:
        try reader.enter()
        var inner = AvaticaType()
        try inner.merge(reading: reader)
        component = inner.id
        componentName = inner.name
      default: break
      }
    }
  }

  /// The representations that say something that the type does not.
  private static let unsignedReps: [UInt64: String] = [
    30: "UBYTE", 31: "USHORT", 32: "UINTEGER", 33: "ULONG",
  ]

  /// The type of the column's values and how the server writes them.
  var shape: (type: DataType, format: ColumnFormat) {
    switch id {
    case 2003: return arrayShape
    case -2, -3, -4, 2004:
      return isUUID ? (.fixedSizeBinary(16), .uuid) : (.binary, .base64)
    case 91, 19: return (.date32, .epochDays)
    case 92, 18: return (.time32(.millisecond), .epoch(.millisecond))
    case 93, 20: return (.timestamp(.millisecond, zone: nil), .epoch(.millisecond))
    // Only protobuf servers send it, as text with an offset.
    case 2014: return (.timestamp(.microsecond, zone: "UTC"), .standard)
    default: return (plainType, .standard)
    }
  }

  /// Types whose values are written as JSON's own. A declared precision counts for decimals only:
  /// drivers give that of the others in bits or digits.
  private var plainType: DataType {
    switch id {
    // Bit strings arrive as objects of the server's driver.
    case -7 where isBitString: .utf8
    case 16, -7: .bool
    case -6: isUnsigned ? .uint8 : .int8
    case 11: .int8
    case 5: isUnsigned ? .uint16 : .int16
    case 13: .int16
    case 4: isUnsigned ? .uint32 : .int32
    case 9: .int32
    case -5: isUnsigned ? .uint64 : .int64
    case 10: .int64
    case 7, 14: .float32
    case 6, 8, 15: .float64
    case 2, 3: decimalType
    default: .utf8
    }
  }

  /// Databases announce UUIDs as BINARY; their values come as UUID text.
  private var isUUID: Bool { className.hasSuffix("UUID") || name.uppercased() == "UUID" }

  private var isBitString: Bool { name.uppercased().contains("VARYING") }

  /// Phoenix's own unsigned types stay in the signed range and have numbers of their own.
  private var isUnsigned: Bool {
    ["UBYTE", "USHORT", "UINTEGER", "ULONG"].contains(rep)
      || (name.uppercased().contains("UNSIGNED") && !name.uppercased().hasPrefix("UNSIGNED_"))
  }

  /// A precision that is missing or absurd leaves the digits as text, which is exact.
  private var decimalType: DataType {
    guard (1...76).contains(precision), (0...precision).contains(scale) else { return .utf8 }
    let (digits, places) = (Int(precision), Int(scale))
    return digits <= 38
      ? .decimal128(precision: digits, scale: places)
      : .decimal256(precision: digits, scale: places)
  }

  /// The server knows the type of the elements only if the first frame has an array; else its name
  /// may tell. Elements whose type stays unknown are handed on as JSON text.
  private var arrayShape: (type: DataType, format: ColumnFormat) {
    var element = AvaticaType()
    element.id = component ?? 0
    element.name = componentName
    if [0, 1111, 2000].contains(element.id) {
      guard let known = AvaticaType.component(of: name) else { return (.utf8, .standard) }
      element.id = known
    }
    switch element.id {
    case 2003, 2002, 2, 3: return (.utf8, .standard)
    default:
      let (type, format) = element.shape
      return (.list(Field("item", type)), .list(format))
    }
  }

  /// The number of the elements' type from a name such as `INTEGER ARRAY`, `VARCHAR(20) ARRAY` or
  /// `_int4`; nil for one that it does not know, and for arrays of arrays.
  static func component(of name: String) -> Int64? {
    var word = name.uppercased()
    if word.hasPrefix("_") {
      word.removeFirst()
    } else {
      guard word.hasSuffix(" ARRAY") || word.hasSuffix("[]") else { return nil }
      word.removeLast(word.hasSuffix("[]") ? 2 : 6)
    }
    return elementTypes[String(word.prefix { $0 != "(" }.trimmedRight)]
  }

  private static let elementTypes: [String: Int64] = [
    "BOOLEAN": 16, "BOOL": 16, "TINYINT": -6, "SMALLINT": 5, "INT2": 5, "INTEGER": 4, "INT": 4,
    "INT4": 4, "BIGINT": -5, "INT8": -5, "REAL": 7, "FLOAT4": 7, "DOUBLE": 8,
    "DOUBLE PRECISION": 8, "FLOAT": 8, "FLOAT8": 8, "CHAR": 1, "CHARACTER": 1, "BPCHAR": 1,
    "VARCHAR": 12, "CHARACTER VARYING": 12, "TEXT": 12, "DATE": 91, "TIME": 92, "TIMESTAMP": 93,
  ]

  /// The column as front doors see it.
  func description(
    _ label: String, isNullable: Bool?, origin: ColumnOrigin? = nil
  ) -> ColumnDescription {
    var sql = SQLColumnType(
      typeName: name, odbcType: odbcType, columnSize: columnSize, decimalDigits: digits,
      isNullable: isNullable)
    sql.isUnsigned = isUnsigned
    let type = shape.type
    // Drivers lie about NULLs: `Field` must not promise that there are none.
    return ColumnDescription(
      name: label, dataType: type, sql: sql, origin: origin,
      metadata: type == .fixedSizeBinary(16)
        ? [MetadataEntry("ARROW:extension:name", "arrow.uuid")] : [])
  }

  /// ODBC's number of the type; JDBC's is the same for the types that ODBC 2 had.
  var odbcType: Int16 {
    switch id {
    case -7 where isBitString: ODBCType.wvarchar
    case 16, -7: ODBCType.bit
    case -6, 11: ODBCType.tinyint
    case 5, 13: ODBCType.smallint
    case 4, 9: ODBCType.integer
    case -5, 10: ODBCType.bigint
    case 7, 14: ODBCType.real
    case 6: ODBCType.float
    case 8, 15: ODBCType.double
    case 2: ODBCType.numeric
    case 3: ODBCType.decimal
    case 1, -15: ODBCType.wchar
    case -1, -16, 2005, 2009, 2011: ODBCType.wlongVarchar
    case -2: isUUID ? ODBCType.guid : ODBCType.binary
    case -3: ODBCType.varbinary
    case -4, 2004: ODBCType.longVarbinary
    case 91, 19: ODBCType.date
    case 92, 18: ODBCType.time
    case 93, 20, 2014: ODBCType.timestamp
    default: ODBCType.wvarchar
    }
  }

  /// ODBC's column size; nil for what has no limit.
  private var columnSize: Int64? {
    switch id {
    case 16, -7: 1
    case -6, 11: 3
    case 5, 13: 5
    case 4, 9: 10
    case -5, 10: 19
    case 7, 14: 7
    case 6, 8, 15: 15
    case 91, 19: 10
    case 92, 18: 12
    case 93, 20: 23
    case 2014: 26
    default: (1..<Int64(Int32.max)).contains(precision) ? precision : nil
    }
  }

  /// The wire has milliseconds, whatever the database declares.
  private var digits: Int16? {
    switch id {
    case 2, 3: Int16(clamping: scale)
    case 92, 93, 18, 20: 3
    case 2014: 6
    case -6, 5, 4, -5: 0
    default: nil
    }
  }
}

extension Substring {
  /// Without the blanks at its end.
  fileprivate var trimmedRight: Substring {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
