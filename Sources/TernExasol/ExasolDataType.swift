internal import TernColumns
internal import TernCore
internal import TernDriver

/// A `dataType` object of a column or parameter, every property optional.
///
/// Source: Exasol reference, section 3.1 "dataType objects".
struct ExasolDataType: Equatable {
  var name = ""
  var precision: Int?
  var scale: Int?
  var size: Int64?
  var fraction: Int?
  var srid: Int64?
  var isASCII = false
  /// The object as the server sent it: echoing it unchanged in a request is always accepted.
  var json: [UInt8] = []

  init(_ name: String) { self.name = name }

  init(reading reader: JSONReader) throws(TernError) {
    json = try reader.rawValue()
    let members = try JSONReader(json)
    try members.beginObject()
    while let member = try members.nextKey() {
      guard let text = try Self.plainText(members) else { continue }
      set(member, text)
    }
  }

  private mutating func set(_ member: String, _ text: String) {
    switch member {
    case "type": name = text
    case "precision": precision = Int(text)
    case "scale": scale = Int(text)
    case "size": size = Int64(text)
    case "fraction": fraction = Int(text)
    case "srid": srid = Int64(text)
    case "characterSet": isASCII = text == "ASCII"
    default: break
    }
  }

  private static func plainText(_ reader: JSONReader) throws(TernError) -> String? {
    switch try reader.peek() {
    case .object, .array:
      try reader.skip()
      return nil
    default: return try reader.scalarText()
    }
  }
}

/// How a session wants types shown, from its options.
struct ExasolTypeOptions: Equatable {
  /// Whole decimals up to 18 digits as int64.
  var decimalAsInteger = false
  /// Timestamps with local time zone as instants in UTC; the session zone is UTC then.
  var isLocalZoneInstant = false
  /// Intervals as the characters that the server sends.
  var intervalAsText = false
}

extension ExasolDataType {
  /// The column as front doors see it.
  ///
  /// Source: Exasol reference, section 3.5 "Mapping". Unknown types are text.
  func description(_ name: String, _ options: ExasolTypeOptions) -> ColumnDescription {
    var sql = sqlType
    sql.isASCII = isASCII
    let dataType = arrowType(options)
    if dataType == .int64 {
      sql.odbcType = ODBCType.bigint
      sql.columnSize = 19
    } else if isInterval, options.intervalAsText {
      // The text has a sign always.
      sql.odbcType = ODBCType.char
      sql.columnSize = sql.columnSize.map { $0 + 1 }
      sql.decimalDigits = nil
    }
    return ColumnDescription(name: name, dataType: dataType, sql: sql, metadata: metadata)
  }

  /// Digits after the second's point; a timestamp without `precision` has six.
  var timestampDigits: Int { min(max(precision ?? 6, 0), 9) }

  private var isInterval: Bool {
    name == "INTERVAL YEAR TO MONTH" || name == "INTERVAL DAY TO SECOND"
  }

  private func arrowType(_ options: ExasolTypeOptions) -> DataType {
    if isInterval, options.intervalAsText { return .utf8 }
    switch name {
    case "BOOLEAN": return .bool
    case "DECIMAL":
      let (digits, scale) = decimalShape
      let isInteger = options.decimalAsInteger && scale == 0 && digits <= 18
      return isInteger ? .int64 : .decimal128(precision: digits, scale: scale)
    case "DOUBLE": return .float64
    case "DATE": return .date32
    case "TIMESTAMP": return timestamp(zone: nil)
    case "TIMESTAMP WITH LOCAL TIME ZONE":
      return timestamp(zone: options.isLocalZoneInstant ? "UTC" : nil)
    // Nine digits of years are more months than Arrow's 32 bits hold: text keeps them exact.
    case "INTERVAL YEAR TO MONTH": return precision ?? 2 < 9 ? .intervalMonths : .utf8
    case "INTERVAL DAY TO SECOND": return dayToSecond
    default: return .utf8
    }
  }

  /// Precision 1 to 36 and a scale within it, whatever the server says.
  private var decimalShape: (precision: Int, scale: Int) {
    let digits = min(max(precision ?? 36, 1), 38)
    return (digits, min(max(scale ?? 0, 0), digits))
  }

  private func timestamp(zone: String?) -> DataType {
    timestampDigits > 6
      ? .wideTimestamp(digits: timestampDigits, zone: zone)
      : .timestamp(TimeUnit(fractionDigits: timestampDigits), zone: zone)
  }

  /// The narrowest duration that holds every value of `DAY(p) TO SECOND(f)`.
  private var dayToSecond: DataType {
    let days = precision ?? 9
    let digits = fraction ?? 9
    if digits <= 3 { return .duration(.millisecond) }
    if digits <= 6, days <= 8 { return .duration(.microsecond) }
    return days <= 5 ? .duration(.nanosecond) : .intervalMonthDayNano
  }

  private var sqlType: SQLColumnType {
    func type(_ odbcType: Int16, _ size: Int64?, _ digits: Int16? = nil) -> SQLColumnType {
      SQLColumnType(
        typeName: name, odbcType: odbcType, columnSize: size, decimalDigits: digits)
    }
    switch name {
    case "BOOLEAN": return type(ODBCType.bit, 1, 0)
    case "DECIMAL":
      let (digits, scale) = decimalShape
      return type(ODBCType.decimal, Int64(digits), Int16(scale))
    case "DOUBLE": return type(ODBCType.double, 15)
    case "CHAR": return type(isASCII ? ODBCType.char : ODBCType.wchar, size)
    case "VARCHAR": return type(isASCII ? ODBCType.varchar : ODBCType.wvarchar, size)
    case "DATE": return type(ODBCType.date, 10)
    case "TIMESTAMP", "TIMESTAMP WITH LOCAL TIME ZONE":
      let digits = timestampDigits
      return type(ODBCType.timestamp, Int64(digits == 0 ? 19 : 20 + digits), Int16(digits))
    case "INTERVAL YEAR TO MONTH":
      return type(ODBCType.intervalYearToMonth, Int64(min(max(precision ?? 2, 1), 9) + 3), 0)
    case "INTERVAL DAY TO SECOND":
      let digits = min(max(fraction ?? 3, 0), 9)
      let days = min(max(precision ?? 2, 1), 9)
      return type(
        ODBCType.intervalDayToSecond, Int64(days + 9 + (digits > 0 ? 1 + digits : 0)),
        Int16(digits))
    case "GEOMETRY": return type(ODBCType.wvarchar, size ?? 2_000_000)
    case "HASHTYPE":
      var hash = type(ODBCType.varchar, size ?? 32)
      hash.isCaseSensitive = false
      return hash
    default: return type(ODBCType.wvarchar, size ?? 2_000_000)
    }
  }

  private var metadata: [MetadataEntry] {
    var entries = [MetadataEntry("exasol:type", declaration)]
    if name == "GEOMETRY" {
      entries.append(MetadataEntry("ARROW:extension:name", "geoarrow.wkt"))
      if let srid { entries.append(MetadataEntry("exasol:srid", "\(srid)")) }
    }
    return entries
  }

  /// The type as `CREATE TABLE` spells it.
  var declaration: String {
    switch name {
    case "DECIMAL": return "DECIMAL(\(decimalShape.precision),\(decimalShape.scale))"
    case "CHAR", "VARCHAR":
      return size.map { "\(name)(\($0)) \(isASCII ? "ASCII" : "UTF8")" } ?? name
    case "TIMESTAMP": return precision.map { "TIMESTAMP(\($0))" } ?? name
    case "TIMESTAMP WITH LOCAL TIME ZONE":
      return precision.map { "TIMESTAMP(\($0)) WITH LOCAL TIME ZONE" } ?? name
    case "INTERVAL YEAR TO MONTH": return "INTERVAL YEAR(\(precision ?? 2)) TO MONTH"
    case "INTERVAL DAY TO SECOND":
      return "INTERVAL DAY(\(precision ?? 2)) TO SECOND(\(fraction ?? 3))"
    case "GEOMETRY": return srid.map { "GEOMETRY(\($0))" } ?? name
    case "HASHTYPE": return size.map { "HASHTYPE(\($0 / 2) BYTE)" } ?? name
    default: return name
    }
  }
}
