internal import TernCore
internal import TernDriver

/// A type of MariaDB, from what a result, a probe or the catalog says of it.
///
/// Source: MaxScale reference, sections 8.1, 8.2 and 17.
struct MaxScaleType: Hashable, Sendable {
  /// The kinds that are told apart.
  enum Kind: Hashable, Sendable {
    case tinyint, smallint, mediumint, int, bigint, decimal, float, double, bit
    case date, time, datetime, timestamp, year
    case char, varchar, text, binary, varbinary, blob, geometry
    case enumeration, set, uuid, inet4, inet6, json, null
    /// A type that this list does not know: its values are text.
    case other
  }

  var kind = Kind.other
  var isUnsigned = false
  /// Characters, bytes, bits or digits.
  var length: Int64 = 0
  /// Digits behind the point, of a number or a second.
  var scale: Int64 = 0
  /// Whether `char` and `varchar` may as well be BINARY and VARBINARY: the result does not say.
  var isAmbiguous = false
  /// The declaration's first word, where there is a declaration.
  var word = ""
  /// The whole declaration, with the values of an ENUM; empty where there is none.
  var declaration = ""

  init(_ kind: Kind = .other, length: Int64 = 0) {
    self.kind = kind
    self.length = length
  }
}

extension MaxScaleType {
  /// The type of a result's column, by the rules in their order.
  ///
  /// - Parameter isBinary: whether the character set is known to be `binary`; nil if it is not.
  init(_ column: MaxScaleColumn, isBinary: Bool? = nil) {
    let flags = column.flags
    isUnsigned = flags.contains(.unsigned)
    length = max(0, column.length)
    scale = (0...38).contains(column.decimals) ? column.decimals : 0
    kind = Self.kinds[column.typeName.uppercased()] ?? .other
    if column.typeName.uppercased().hasSuffix("BLOB") { kind = .blob }
    switch kind {
    case .decimal:
      let signs = (scale > 0 ? 1 : 0) + (isUnsigned ? 0 : 1)
      length = min(max(1, length - Int64(signs)), 65)
    case .char, .varchar: refine(column, isBinary)
    // Types that are not known here: what is compared as bytes is fetched as bytes.
    case .other: if flags.contains(.binary) { kind = .varbinary }
    default: break
    }
  }

  /// CHAR and VARCHAR stand for seven types.
  private mutating func refine(_ column: MaxScaleColumn, _ isBinary: Bool?) {
    let flags = column.flags
    if flags.contains(.enumeration) { return kind = .enumeration }
    if flags.contains(.set) { return kind = .set }
    if kind == .char, flags.isSuperset(of: [.binary, .unsigned]), column.decimals == 0,
      let own = Self.kindsByLength[length]
    {
      return kind = own
    }
    guard flags.contains(.binary) else { return }
    isAmbiguous = isBinary == nil
    // Literals in binary are unsigned; a column with a collation that ends in _bin is text.
    if isBinary ?? flags.contains(.unsigned) { kind = kind == .char ? .binary : .varbinary }
  }

  /// Types of a fixed length that say CHAR.
  private static let kindsByLength: [Int64: Kind] = [36: .uuid, 39: .inet6, 15: .inet4]

  /// By the word of a result.
  private static let kinds: [String: Kind] = [
    "TINYINT": .tinyint, "SMALLINT": .smallint, "MEDIUMINT": .mediumint, "INT": .int,
    "BIGINT": .bigint, "DECIMAL": .decimal, "FLOAT": .float, "DOUBLE": .double, "BIT": .bit,
    "DATE": .date, "TIME": .time, "DATETIME": .datetime, "TIMESTAMP": .timestamp,
    "YEAR": .year, "CHAR": .char, "VARCHAR": .varchar, "TEXT": .text, "TINYTEXT": .text,
    "MEDIUMTEXT": .text, "LONGTEXT": .text, "GEOMETRY": .geometry, "NULL": .null,
    "ENUM": .enumeration, "SET": .set,
  ]
}

// What front doors see.
extension MaxScaleType {
  /// The server's word for it.
  var name: String {
    let plain: String =
      switch kind {
      case .tinyint: "TINYINT"
      case .smallint: "SMALLINT"
      case .mediumint: "MEDIUMINT"
      case .int: "INT"
      case .bigint: "BIGINT"
      case .decimal: "DECIMAL"
      case .float: "FLOAT"
      case .double: "DOUBLE"
      case .bit: "BIT"
      case .date: "DATE"
      case .time: "TIME"
      case .datetime: "DATETIME"
      case .timestamp: "TIMESTAMP"
      case .year: "YEAR"
      case .char: "CHAR"
      case .varchar, .null: "VARCHAR"
      case .text: word.isEmpty ? textWord : word
      case .binary: "BINARY"
      case .varbinary: "VARBINARY"
      case .blob: word.isEmpty ? blobWord : word
      case .geometry: word.isEmpty ? "GEOMETRY" : word
      case .enumeration: "ENUM"
      case .set: "SET"
      case .uuid: "UUID"
      case .inet4: "INET4"
      case .inet6: "INET6"
      case .json: "JSON"
      case .other: word.isEmpty ? "VARCHAR" : word
      }
    return isNumber && isUnsigned && kind != .bit ? plain + " UNSIGNED" : plain
  }

  /// Columns of tables say TEXT and BLOB whatever they are; their length tells.
  private var textWord: String { longWord("TEXT") }
  private var blobWord: String { longWord("BLOB") }

  private func longWord(_ suffix: String) -> String {
    switch length {
    case ..<256: "TINY" + suffix
    case ..<65_536: suffix
    case ..<16_777_216: "MEDIUM" + suffix
    default: "LONG" + suffix
    }
  }

  /// Whether it is a number for which unsigned means something.
  var isNumber: Bool {
    switch kind {
    case .tinyint, .smallint, .mediumint, .int, .bigint, .decimal, .float, .double: true
    default: false
    }
  }

  /// Whether its values are bytes.
  var isBytes: Bool {
    switch kind {
    case .binary, .varbinary, .blob, .geometry, .bit: true
    default: false
    }
  }

  /// Bytes of a BIT.
  var bitByteCount: Int { Int((min(max(1, length), 64) + 7) / 8) }

  /// ODBC's number of the type, with the wide ones for text.
  var odbcType: Int16 {
    switch kind {
    case .tinyint: ODBCType.tinyint
    case .smallint, .year: ODBCType.smallint
    case .mediumint, .int: ODBCType.integer
    case .bigint: ODBCType.bigint
    case .decimal: ODBCType.decimal
    case .float: ODBCType.real
    case .double: ODBCType.double
    case .bit: length == 1 ? ODBCType.bit : ODBCType.binary
    case .date: ODBCType.date
    case .time: ODBCType.time
    case .datetime, .timestamp: ODBCType.timestamp
    case .char, .enumeration, .uuid: ODBCType.wchar
    case .varchar, .set, .inet4, .inet6, .null, .other: ODBCType.wvarchar
    case .text, .json: ODBCType.wlongVarchar
    case .binary: ODBCType.binary
    case .varbinary: ODBCType.varbinary
    case .blob, .geometry: ODBCType.longVarbinary
    }
  }

  /// ODBC's column size.
  var columnSize: Int64? {
    switch kind {
    case .tinyint: 3
    case .smallint: 5
    case .mediumint: isUnsigned ? 8 : 7
    case .int: 10
    case .bigint: isUnsigned ? 20 : 19
    case .decimal: length
    case .float: 7
    case .double: 15
    case .bit: length == 1 ? 1 : Int64(bitByteCount)
    case .date: 10
    case .time: scale > 0 ? 9 + scale : 8
    case .datetime, .timestamp: scale > 0 ? 20 + scale : 19
    case .year: 4
    case .uuid: 36
    case .inet6: 39
    case .inet4: 15
    case .null: 0
    case .json, .geometry: 2_147_483_647
    case .other: length > 0 ? min(length, 2_147_483_647) : nil
    case .char, .varchar, .text, .binary, .varbinary, .blob, .enumeration, .set:
      min(length, 2_147_483_647)
    }
  }

  /// ODBC's decimal digits.
  var decimalDigits: Int16? {
    switch kind {
    case .decimal, .time, .datetime, .timestamp: Int16(clamping: scale)
    case .tinyint, .smallint, .mediumint, .int, .bigint, .year: 0
    default: nil
    }
  }

  /// What SQL says about the type.
  var sql: SQLColumnType {
    var sql = SQLColumnType(
      typeName: name, odbcType: odbcType, columnSize: columnSize, decimalDigits: decimalDigits)
    sql.isUnsigned = isUnsigned || kind == .year
    sql.isCaseSensitive = isBytes
    return sql
  }
}
