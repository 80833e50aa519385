internal import TernColumns
internal import TernCore
internal import TernDriver

/// How a session wants types shown, from its options.
struct SnowflakeTypeOptions: Hashable, Sendable {
  /// Whole numbers of up to 18 digits as int64.
  var decimalAsInteger = false
  /// The session's `TIMEZONE`, for display of TIMESTAMP_LTZ.
  var zone = "UTC"
  /// Structured types as the JSON text that the server writes, instead of nested columns.
  var structuredAsText = false
  /// The answer's `version`.
  var version: Int64 = 1
}

/// A logical type, with what columns become of it.
///
/// Source: sections 5.1 and 5.2.
struct SnowflakeType: Hashable, Sendable {
  /// The kinds that are told apart.
  enum Kind: Hashable, Sendable {
    case fixed, real, decfloat, text, binary, boolean, date, time
    case timestampNTZ, timestampLTZ, timestampTZ
    case variant, object, array, map
    /// OBJECT, ARRAY and MAP with known parts.
    case structuredObject, structuredArray, structuredMap
    case vector, intervalYearMonth, intervalDayTime
    /// A type that this list does not know: its values are text.
    case other
  }

  let kind: Kind
  let column: SnowflakeColumn
  private let options: SnowflakeTypeOptions

  init(_ column: SnowflakeColumn, _ options: SnowflakeTypeOptions) {
    self.column = column
    self.options = options
    kind = Self.kind(of: column, options)
  }

  /// The same with its parts, whatever the options say of them.
  var structured: SnowflakeType {
    var options = options
    options.structuredAsText = false
    return SnowflakeType(column, options)
  }

  private static func kind(
    of column: SnowflakeColumn, _ options: SnowflakeTypeOptions
  ) -> Kind {
    let count = options.structuredAsText ? 0 : column.fields.count
    switch column.type {
    case "object": return count > 0 ? .structuredObject : .object
    case "array": return count == 1 ? .structuredArray : .array
    case "map": return count == 2 ? .structuredMap : .map
    case "vector": return vectorElement(column) != nil ? .vector : .other
    default: return kinds[column.type] ?? .other
    }
  }

  /// By the word of `rowtype`.
  private static let kinds: [String: Kind] = [
    "fixed": .fixed, "real": .real, "decfloat": .decfloat, "text": .text, "binary": .binary,
    "boolean": .boolean, "date": .date, "time": .time, "timestamp_ntz": .timestampNTZ,
    "timestamp_ltz": .timestampLTZ, "timestamp_tz": .timestampTZ, "variant": .variant,
    "interval_year_month": .intervalYearMonth, "interval_day_time": .intervalDayTime,
  ]

  /// The type of a vector's elements; nil for a vector that does not say all that is needed.
  private static func vectorElement(_ column: SnowflakeColumn) -> DataType? {
    guard 1...Int64(1 << 20) ~= column.dimension ?? 0 else { return nil }
    switch column.fields.first?.type {
    case "fixed": return .int32
    case "real": return .float32
    default: return nil
    }
  }
}

// What batches hold, and how JSON spells it.
extension SnowflakeType {
  /// The type of the batches' columns: the same whatever the parts of the result come in.
  var dataType: DataType {
    switch kind {
    case .fixed: isInteger ? .int64 : .decimal128(precision: digits, scale: scale)
    case .real: .float64
    case .binary: .binary
    case .boolean: .bool
    case .date: .date32
    case .time: time
    case .timestampNTZ: timestamp(zone: nil)
    case .timestampLTZ: timestamp(zone: options.zone)
    // Each value has an offset of its own.
    case .timestampTZ: .wideTimestamp(digits: fractionDigits, zone: "UTC")
    case .structuredObject: .structure(parts.map { $0.field })
    case .structuredArray: .list(parts[0].field(named: "item"))
    case .structuredMap: .map(entries)
    case .vector: vector
    // Nine digits of years are more months than Arrow's 32 bits hold: text keeps them exact.
    case .intervalYearMonth: leadingDigits < 9 ? .intervalMonths : .utf8
    case .intervalDayTime: duration
    case .text, .decfloat, .variant, .object, .array, .map, .other: .utf8
    }
  }

  /// How cells are written in JSON.
  var format: ColumnFormat {
    switch kind {
    case .date: .epochDays
    case .time, .timestampNTZ, .timestampLTZ: .epochSeconds
    case .timestampTZ: options.version == 0 ? .packedSecondsAndOffset : .epochSecondsAndOffset
    case .decfloat: .scientific
    case .intervalYearMonth: .monthCount
    case .intervalDayTime: .epochNanoseconds
    case .structuredObject, .structuredArray, .structuredMap, .vector: .document(documentFormat)
    case .fixed, .real, .text, .binary, .boolean, .variant, .object, .array, .map, .other: .standard
    }
  }

  /// How values are written inside the text of a structured one: as people read them.
  private var documentFormat: ColumnFormat {
    switch kind {
    case .structuredObject: .structure(parts.map(\.documentFormat))
    case .structuredArray: .list(parts[0].documentFormat)
    case .structuredMap: .list(.structure(parts.map(\.documentFormat)))
    case .vector: .list(.standard)
    case .decfloat: .scientific
    case .variant, .object, .array, .map: .json
    default: .standard
    }
  }

  /// The types of the parts of a structured one.
  var parts: [SnowflakeType] {
    column.fields.map { field in
      var options = options
      // Inside of columns, numbers keep the type that every nesting has.
      options.version = 1
      return SnowflakeType(field, options)
    }
  }

  private var entries: Field {
    var key = parts[0].field(named: "key")
    key.isNullable = false
    return Field(
      "entries", .structure([key, parts[1].field(named: "value")]), isNullable: false)
  }

  private var vector: DataType {
    let element = Self.vectorElement(column) ?? .float32
    return .fixedSizeList(
      Field("item", element, isNullable: false), count: Int(column.dimension ?? 0))
  }

  /// The part as a field of its parent.
  private var field: Field { field(named: column.name) }

  private func field(named name: String) -> Field {
    Field(name, dataType, metadata: metadata)
  }

  /// Digits behind a second's point; types without a scale have nine.
  var fractionDigits: Int { Int(min(max(column.scale ?? 9, 0), 9)) }

  /// Digits of a number, 1 to 38.
  private var digits: Int { Int(min(max(column.precision ?? 38, 1), 38)) }

  /// Digits behind the point, within those.
  var scale: Int { Int(min(max(column.scale ?? 0, 0), Int64(digits))) }

  private var isInteger: Bool { options.decimalAsInteger && scale == 0 && digits <= 18 }

  private var time: DataType {
    let unit = TimeUnit(fractionDigits: fractionDigits)
    return unit.rawValue < 2 ? .time32(unit) : .time64(unit)
  }

  private func timestamp(zone: String?) -> DataType {
    fractionDigits > 6
      ? .wideTimestamp(digits: fractionDigits, zone: zone)
      : .timestamp(TimeUnit(fractionDigits: fractionDigits), zone: zone)
  }

  /// Digits of the first field of an interval: the low four bits of its precision code.
  private var leadingDigits: Int {
    let code = Int(truncatingIfNeeded: column.precision ?? 9) & 15
    return 1...9 ~= code ? code : 9
  }

  /// The narrowest duration that holds every value of the declared precision.
  private var duration: DataType {
    let days = leadingDigits
    if fractionDigits <= 3 { return .duration(.millisecond) }
    if fractionDigits <= 6, days <= 8 { return .duration(.microsecond) }
    return days <= 5 ? .duration(.nanosecond) : .intervalMonthDayNano
  }
}
