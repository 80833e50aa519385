/// One value of any type, for results made by hand, parameters and tests; never on the hot path.
public indirect enum Value: Hashable, Sendable {
  /// No value.
  case null
  /// True or false.
  case bool(Bool)
  /// A signed integer of any width.
  case integer(Int64)
  /// An unsigned integer beyond `Int64.max`.
  case unsigned(UInt64)
  /// A float or double.
  case double(Double)
  /// An exact decimal.
  case decimal(DecimalValue)
  /// Text.
  case text(String)
  /// Bytes.
  case bytes([UInt8])
  /// Days since 1970-01-01.
  case date(Int32)
  /// Nanoseconds since midnight.
  case time(Int64)
  /// A moment; wall clock or instant as the type says.
  case timestamp(WideTimestamp)
  /// An elapsed time: whole seconds, floor, and nanoseconds that count forward.
  case duration(seconds: Int64, nanoseconds: Int32)
  /// Months, days and nanoseconds.
  case interval(MonthDayNano)
  /// Elements of a list, or entries of a map.
  case list([Value])
  /// The fields of a structure, in order.
  case structure([Value])
}

extension Value: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
  ExpressibleByArrayLiteral
{
  /// NULL.
  public init(nilLiteral: ()) { self = .null }
  /// A Boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An integer.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A double.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// Text.
  public init(stringLiteral value: String) { self = .text(value) }
  /// A list.
  public init(arrayLiteral elements: Value...) { self = .list(elements) }

  /// Text, or NULL for nil.
  public init(_ text: String?) { self = text.map { .text($0) } ?? .null }
  /// An integer, or NULL for nil.
  public init(_ integer: Int64?) { self = integer.map { .integer($0) } ?? .null }
}
