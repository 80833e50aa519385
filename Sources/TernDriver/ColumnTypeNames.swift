public import TernColumns

/// How `CREATE TABLE` spells the types of Arrow columns.
///
/// Templates hold `$1` where a number goes: fraction digits, bytes. An empty text means that the
/// server has no such type. The defaults are those of SQL.
public struct ColumnTypeNames: Hashable, Sendable {
  /// `bool`.
  public var bool = "BOOLEAN"
  /// `int8`, `int16`, `int32`, `int64`.
  public var signed = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT"]
  /// `uint8`, `uint16`, `uint32`, `uint64`.
  public var unsigned = ["SMALLINT", "INTEGER", "BIGINT", "DECIMAL(20,0)"]
  /// `float32`.
  public var single = "REAL"
  /// `float64`.
  public var double = "DOUBLE"
  /// Digits that a `DECIMAL(p,s)` may have.
  public var decimalDigitsMax = 38
  /// Text of any length, and columns that hold only NULL.
  public var text = "VARCHAR"
  /// Bytes of any length.
  public var binary = "VARBINARY"
  /// As many bytes for every value, with their count as `$1`; empty: as `binary`.
  public var fixedBinary = ""
  /// Bytes that `fixedBinary` may have.
  public var fixedBinaryMax = Int.max
  /// `date32`.
  public var date = "DATE"
  /// `time32` and `time64`, with their fraction digits as `$1`.
  public var time = "TIME"
  /// A wall clock, with its fraction digits as `$1`.
  public var timestamp = "TIMESTAMP"
  /// An instant, with its fraction digits as `$1`.
  public var instant = ""
  /// An elapsed time.
  public var duration = ""
  /// Months.
  public var months = ""

  /// The names of SQL.
  public init() {}

  /// The type of a column, or nil where the server has none.
  public func name(of type: DataType) -> String? {
    let template = template(of: type)
    return template.isEmpty ? nil : template
  }

  private func template(of type: DataType) -> String {
    switch type {
    case .bool: bool
    case .int8: signed[0]
    case .int16: signed[1]
    case .int32: signed[2]
    case .int64: signed[3]
    case .uint8: unsigned[0]
    case .uint16: unsigned[1]
    case .uint32: unsigned[2]
    case .uint64: unsigned[3]
    case .float32: single
    case .float64: double
    case .decimal128(let digits, let scale), .decimal256(let digits, let scale):
      decimal(digits, scale)
    case .null, .utf8, .largeUtf8: text
    case .binary, .largeBinary: binary
    case .fixedSizeBinary(let count): fixed(count)
    case .date32: date
    case .time32(let unit), .time64(let unit): Self.fill(time, unit.fractionDigits)
    case .timestamp(let unit, let zone): moment(unit.fractionDigits, zone)
    case .wideTimestamp(let digits, let zone): moment(digits, zone)
    case .duration: duration
    case .intervalMonths: months
    case .intervalMonthDayNano, .list, .fixedSizeList, .structure, .map: ""
    }
  }

  /// A negative scale counts zeros before the point, which SQL writes out.
  private func decimal(_ digits: Int, _ scale: Int) -> String {
    let all = max(digits, scale) - min(scale, 0)
    return all <= decimalDigitsMax ? "DECIMAL(\(all),\(max(scale, 0)))" : ""
  }

  private func fixed(_ count: Int) -> String {
    guard !fixedBinary.isEmpty, count <= fixedBinaryMax, count > 0 else { return binary }
    return Self.fill(fixedBinary, count)
  }

  private func moment(_ digits: Int, _ zone: String?) -> String {
    Self.fill(zone == nil ? timestamp : instant, digits)
  }

  private static func fill(_ template: String, _ number: Int) -> String {
    let parts = template.split(separator: "$1", omittingEmptySubsequences: false)
    return parts.joined(separator: "\(number)")
  }
}
