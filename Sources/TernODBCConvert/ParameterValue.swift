import TernColumns

/// A value as the application passed it, read and checked but not converted.
enum ParameterValue {
  case number(DecimalValue)
  case double(Double)
  /// Well-formed UTF-8.
  case text([UInt8])
  case bytes([UInt8])
  case date(days: Int64)
  /// Seconds since midnight.
  case time(seconds: Int64, nanoseconds: Int32)
  case timestamp(WideTimestamp)
  case interval(IntervalAmount, IntervalKind)
  case guid(GUIDStructure)
}
