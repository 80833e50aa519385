internal import TernColumns
internal import TernCore
internal import TernDriver

/// What the options say about the types of results.
struct MaxScaleTypeRules: Hashable, Sendable {
  /// What becomes of dates with a zero for year, month or day.
  enum ZeroDate: Hashable, Sendable {
    case error, null, text
  }

  /// TINYINT(1) is what MariaDB makes of BOOLEAN.
  var tinyint1IsBool = false
  /// The option `zero_date`.
  var zeroDate = ZeroDate.error
  /// The option `time_as`.
  var timeIsDuration = false
  /// The option `uuid_as`.
  var uuidIsBinary = false
  /// The option `geometry_as`: MariaDB's own form, which has the SRID in front.
  var geometryIsRaw = false
  /// Whether the session's time zone is known to be UTC, so that TIMESTAMP columns are instants.
  var isUTC = true
  /// Bytes of the server's `max_allowed_packet`.
  var packetByteCountMax: Int64 = 16 << 20
}

/// What MaxScale's JSON does to the values of a column.
///
/// Source: MaxScale reference, section 7.
enum MaxScaleLoss: Hashable, Sendable {
  /// They arrive whole.
  case none
  /// Those above `Int64.max` become `Int64.max`.
  case saturates
  /// They are cut at the first zero byte, or become NULL where they are not UTF-8.
  case bytes
  /// The server itself sends six digits.
  case digits
  /// They are cut at U+0000.
  case zeroCharacter
}

extension MaxScaleType {
  /// What a plain fetch does to the values.
  var loss: MaxScaleLoss {
    switch kind {
    case .bigint: isUnsigned ? .saturates : .none
    case .float: .digits
    case .bit, .binary, .varbinary, .blob, .geometry: .bytes
    case .char, .varchar: isAmbiguous ? .bytes : .zeroCharacter
    case .text, .json, .other: .zeroCharacter
    default: .none
    }
  }

  /// How a column is asked for so that its values arrive whole: as one expression, or as pieces of
  /// long bytes; nil where it arrives so anyway.
  ///
  /// Source: MaxScale reference, section 9. Text with U+0000 comes as U+0001 and the digits of its
  /// UTF-8, and so does text that starts with U+0001; all other text comes as it is.
  func exactExpressions(_ column: String, _ rules: MaxScaleTypeRules) -> [String]? {
    switch loss {
    case .none: nil
    case .saturates: ["CAST(\(column) AS CHAR)"]
    case .digits: ["CAST(\(column) AS DOUBLE)"]
    case .bytes: bytesExpressions(column, rules)
    case .zeroCharacter:
      [
        "IF(ORD(\(column))=1 OR LOCATE(x'00',\(column)),"
          + "CONCAT(_utf8mb4 x'01',IFNULL(HEX(CONVERT(\(column) USING utf8mb4)),'!')),\(column))"
      ]
    }
  }

  /// HEX of more than a packet is NULL with a warning: long values come in pieces. No value is
  /// longer than a packet unless the limit was lowered; a mark that is no digit makes that an
  /// error.
  private func bytesExpressions(_ column: String, _ rules: MaxScaleTypeRules) -> [String] {
    let byteCount = max(1, rules.packetByteCountMax / 2 - 64)
    // Declarations tell no length of a geometry, whose values may have any.
    if kind == .geometry {
      let digits = rules.geometryIsRaw ? "HEX(\(column))" : Self.wellKnown("HEX(\(column))")
      return ["IF(OCTET_LENGTH(\(column))>\(byteCount),'\(Self.tooLong)',\(digits))"]
    }
    guard kind != .bit, length > byteCount else { return ["HEX(\(column))"] }
    let pieces = (0..<Self.pieceCount).map { index in
      "HEX(SUBSTRING(\(column),\(Int64(index) * byteCount + 1),\(byteCount)))"
    }
    let all = Int64(Self.pieceCount) * byteCount
    return ["IF(OCTET_LENGTH(\(column))>\(all),'\(Self.tooLong)',\(pieces[0]))"] + pieces[1...]
  }

  /// Well-known binary from the digits of MariaDB's own form: four bytes of SRID, then WKB, little
  /// endian. A SRID goes where the extended form has it, with its flag in the type's last byte;
  /// without one (0) the result is plain WKB.
  private static func wellKnown(_ hex: String) -> String {
    "IF(LEFT(\(hex),8)='00000000',SUBSTRING(\(hex),9),"
      + "CONCAT(SUBSTRING(\(hex),9,8),'20',LEFT(\(hex),8),SUBSTRING(\(hex),19)))"
  }

  /// Pieces of half a packet that are more than one.
  private static let pieceCount = 3

  /// What stands for bytes that cannot be fetched.
  static let tooLong = "!"

  /// The type of the values in columns, and how they stand in the document.
  ///
  /// - Parameter isExact: whether they were asked for by `exactExpression`.
  func shape(
    _ rules: MaxScaleTypeRules, isExact: Bool
  ) -> (type: DataType, format: ColumnFormat) {
    switch kind {
    case .tinyint where rules.tinyint1IsBool && length == 1: (.bool, .standard)
    case .tinyint: (isUnsigned ? .uint8 : .int8, .standard)
    case .smallint: (isUnsigned ? .uint16 : .int16, .standard)
    case .mediumint, .int: (isUnsigned ? .uint32 : .int32, .standard)
    case .bigint: (isUnsigned ? .uint64 : .int64, .standard)
    case .year: (.int16, .standard)
    case .decimal: (decimalType, .standard)
    case .float: (.float32, .standard)
    case .double: (.float64, .standard)
    case .bit, .binary, .varbinary, .blob, .geometry:
      isExact ? (bytesType, .standard) : (.binary, .plainBytes)
    case .date: temporal(.date32, rules)
    case .datetime: temporal(.timestamp(.microsecond, zone: nil), rules)
    case .timestamp:
      temporal(.timestamp(.microsecond, zone: rules.isUTC ? "UTC" : nil), rules)
    case .time:
      (rules.timeIsDuration ? .duration(.microsecond) : .time64(.microsecond), .standard)
    case .char, .varchar, .text, .json, .other: (.utf8, isExact ? .textOrHex : .standard)
    case .uuid where rules.uuidIsBinary: (.fixedSizeBinary(16), .uuid)
    case .enumeration, .set, .uuid, .inet4, .inet6: (.utf8, .standard)
    case .null: (.null, .standard)
    }
  }

  /// MariaDB's decimals have 65 digits at most, 38 of them behind the point.
  private var decimalType: DataType {
    let (digits, places) = (Int(min(max(1, length), 65)), Int(min(max(0, scale), 38)))
    let precision = max(digits, places)
    return precision <= 38
      ? .decimal128(precision: precision, scale: places)
      : .decimal256(precision: precision, scale: places)
  }

  /// A BIT is a number, so that its digits may be fewer than its bytes have.
  private var bytesType: DataType {
    guard kind == .bit else { return .binary }
    return length == 1 ? .bool : .fixedSizeBinary(bitByteCount)
  }

  /// The type of a date or timestamp under the option `zero_date`.
  private func temporal(
    _ type: DataType, _ rules: MaxScaleTypeRules
  ) -> (type: DataType, format: ColumnFormat) {
    switch rules.zeroDate {
    case .error: (type, .standard)
    case .null: (type, .zeroIsNull)
    case .text: (.utf8, .standard)
    }
  }

  /// The column as front doors see it.
  func description(
    _ name: String, _ rules: MaxScaleTypeRules, isExact: Bool, _ column: MaxScaleColumn? = nil
  ) -> ColumnDescription {
    let dataType = shape(rules, isExact: isExact).type
    var sql = sql
    sql.isAutoIncrement = column?.flags.contains(.autoIncrement) ?? false
    if kind == .uuid, rules.uuidIsBinary { sql.odbcType = ODBCType.guid }
    if dataType == .bool { (sql.odbcType, sql.columnSize) = (ODBCType.bit, 1) }
    if case .duration = dataType {
      (sql.odbcType, sql.columnSize) = (ODBCType.intervalDayToSecond, 16)
    }
    if isTemporal, dataType == .utf8 { sql.odbcType = ODBCType.wvarchar }
    // That a column has no NULL is a hint only: outer joins and views know better.
    if let column, !column.flags.contains(.notNull) { sql.isNullable = true }
    var origin: ColumnOrigin?
    if let column, !column.table.isEmpty {
      origin = ColumnOrigin(
        catalog: column.schema.isEmpty ? nil : column.schema, table: column.table)
    }
    return ColumnDescription(
      name: name, dataType: dataType, sql: sql, origin: origin,
      metadata: metadata(rules, isExact: isExact))
  }

  /// What Arrow's fields say besides: the declaration where it is known, else the server's word;
  /// and what the bytes of a UUID or geometry are.
  private func metadata(_ rules: MaxScaleTypeRules, isExact: Bool) -> [MetadataEntry] {
    var entries = [MetadataEntry("mariadb:type", declaration.isEmpty ? name : declaration)]
    if kind == .uuid, rules.uuidIsBinary {
      entries.append(MetadataEntry("ARROW:extension:name", "arrow.uuid"))
    }
    if kind == .geometry, isExact, !rules.geometryIsRaw {
      entries.append(MetadataEntry("ARROW:extension:name", "geoarrow.wkb"))
    }
    return entries
  }

  private var isTemporal: Bool { [.date, .datetime, .timestamp].contains(kind) }
}
