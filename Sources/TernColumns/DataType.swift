/// The type of a column: Arrow's types, and one of our own that Arrow cannot hold exactly.
///
/// Source: Arrow columnar format, "Data types"; the waist's rules on exact timestamps.
public indirect enum DataType: Hashable, Sendable {
  /// Only NULLs, no buffers.
  case null
  /// Bit-packed, least significant bit first.
  case bool
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case float32, float64
  /// 16-byte two's complement; precision 1 to 38.
  case decimal128(precision: Int, scale: Int)
  /// 32-byte two's complement; precision 1 to 76.
  case decimal256(precision: Int, scale: Int)
  /// Days since 1970-01-01, proleptic Gregorian, Int32.
  case date32
  /// Since midnight, Int32 of seconds or milliseconds.
  case time32(TimeUnit)
  /// Since midnight, Int64 of microseconds or nanoseconds.
  case time64(TimeUnit)
  /// Since 1970-01-01, Int64. Without a zone: wall clock. With one: an instant, zone for display.
  case timestamp(TimeUnit, zone: String?)
  /// Exact at any year with nanoseconds: 16 bytes a value (`WideTimestamp`). Only inside the
  /// library; Arrow export narrows it by `timestamp_unit`. `zone` as in `timestamp`; with a zone
  /// each value also knows its own offset.
  case wideTimestamp(digits: Int, zone: String?)
  /// An elapsed time, Int64.
  case duration(TimeUnit)
  /// Months, Int32.
  case intervalMonths
  /// Int32 months, Int32 days, Int64 nanoseconds: 16 bytes a value.
  case intervalMonthDayNano
  /// 32-bit offsets.
  case utf8, binary
  /// 64-bit offsets.
  case largeUtf8, largeBinary
  /// As many bytes for every value.
  case fixedSizeBinary(Int)
  /// 32-bit offsets into one child.
  case list(Field)
  /// `count` child values for every value.
  case fixedSizeList(Field, count: Int)
  /// Children side by side.
  case structure([Field])
  /// A list of entries, each a structure of a key and a value.
  case map(Field)
}

/// A column's name and type.
public struct Field: Hashable, Sendable {
  /// As the server gives it; may be empty or occur twice.
  public var name: String
  /// The Arrow type of every batch.
  public var type: DataType
  /// False only where the server says so.
  public var isNullable: Bool
  /// Further facts in order, such as `exasol:type`.
  public var metadata: [MetadataEntry]

  /// Makes a field.
  public init(
    _ name: String, _ type: DataType, isNullable: Bool = true, metadata: [MetadataEntry] = []
  ) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
    self.metadata = metadata
  }
}

/// One key and value of a schema's or field's metadata.
public struct MetadataEntry: Hashable, Sendable {
  /// The key.
  public var key: String
  /// The value.
  public var value: String

  /// Makes an entry.
  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

/// The columns of a batch or result, in order.
public struct Schema: Hashable, Sendable {
  /// One field a column.
  public var fields: [Field]
  /// Facts about the whole.
  public var metadata: [MetadataEntry]

  /// Makes a schema.
  public init(_ fields: [Field], metadata: [MetadataEntry] = []) {
    self.fields = fields
    self.metadata = metadata
  }
}

extension DataType {
  /// The zone of an instant, for display; nil for all that is none.
  public var zone: String? {
    switch self {
    case .timestamp(_, let zone), .wideTimestamp(_, let zone): zone
    default: nil
    }
  }
}
