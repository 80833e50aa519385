internal import TernColumns
internal import TernCore

/// What `rowtype` says of a column, or of a part of a structured one.
///
/// Source: section 3.5. Names, nullability, precision, scale and lengths come from here, never from
/// the Arrow schema of a part of the result (section 5.1).
struct SnowflakeColumn: Hashable, Sendable {
  /// As the server folded it; may be empty or occur twice.
  var name = ""
  var database: String?
  var schema: String?
  var table: String?
  /// The logical type in lower case.
  var type = ""
  /// GEOGRAPHY, GEOMETRY and their like, which arrive as another logical type.
  var extendedType: String?
  /// nil where the server does not tell.
  var isNullable: Bool?
  /// Characters of a text, bytes of a binary.
  var length: Int64?
  var byteLength: Int64?
  /// Digits of a number; a code for intervals.
  var precision: Int64?
  /// Digits behind the point, of a number or a second.
  var scale: Int64?
  var collation: String?
  /// The parts of a structured type: one for arrays and vectors, key and value for maps.
  var fields: [SnowflakeColumn] = []
  /// Elements of a vector.
  var dimension: Int64?
  var isAutoIncrement = false

  /// A column of that logical type.
  init(_ name: String = "", type: String = "") {
    self.name = name
    self.type = type
  }

  /// Columns and parts of columns of one list at most. Each takes a hundred times the memory of the
  /// two brackets that can send it, so that a limit on bytes alone would be none.
  static let countMax = 1 << 18

  /// Reads one object; members that are not known are skipped, and null is absent.
  init(reading reader: JSONReader) throws(TernError) {
    var rest = Self.countMax
    try self.init(reading: reader, &rest)
  }

  /// - Parameter rest: how many more there may be.
  private init(reading reader: JSONReader, _ rest: inout Int) throws(TernError) {
    try reader.forEachKeyOrAbsent { (member) throws(TernError) in
      switch member {
      case "name": name = try reader.textOrAbsent() ?? ""
      case "database": database = try Self.nonempty(reader)
      case "schema": schema = try Self.nonempty(reader)
      case "table": table = try Self.nonempty(reader)
      case "type": type = try reader.textOrAbsent()?.lowercased() ?? ""
      case "extTypeName": extendedType = try Self.nonempty(reader)?.uppercased()
      case "nullable": isNullable = try reader.flagOrAbsent()
      case "length": length = try reader.wholeNumberOrAbsent()
      case "byteLength": byteLength = try reader.wholeNumberOrAbsent()
      case "precision": precision = try reader.wholeNumberOrAbsent()
      case "scale": scale = try reader.wholeNumberOrAbsent()
      case "collation": collation = try Self.nonempty(reader)
      case "fields": fields = try Self.list(reading: reader, &rest)
      case "vectorDimension", "dimension":
        dimension = try reader.wholeNumberOrAbsent() ?? dimension
      case "isAutoIncrement": isAutoIncrement = try reader.flagOrAbsent() ?? false
      default: try reader.skip()
      }
    }
  }

  /// Reads an array of such objects; null is an empty one.
  static func list(reading reader: JSONReader) throws(TernError) -> [SnowflakeColumn] {
    var rest = countMax
    return try list(reading: reader, &rest)
  }

  private static func list(
    reading reader: JSONReader, _ rest: inout Int
  ) throws(TernError) -> [SnowflakeColumn] {
    guard try reader.beginArrayOrAbsent() else { return [] }
    var columns: [SnowflakeColumn] = []
    while try reader.nextElement() {
      columns.append(try SnowflakeColumn(reading: reader, &rest))
      guard columns.count <= Limits.columnCountMax else {
        throw .badReply("more than \(Limits.columnCountMax) columns")
      }
      rest -= 1
      guard rest >= 0 else {
        throw .badReply("columns with more than \(countMax) parts")
      }
    }
    return columns
  }

  private static func nonempty(_ reader: JSONReader) throws(TernError) -> String? {
    let text = try reader.textOrAbsent()
    return text?.isEmpty ?? true ? nil : text
  }
}
