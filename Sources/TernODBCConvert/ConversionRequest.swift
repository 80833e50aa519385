public import TernColumns
public import TernCore

/// What a converter is chosen by: a column on one side, an application's record on the other.
public struct ConversionRequest: Hashable, Sendable {
  /// The column's Arrow type.
  public var dataType: DataType
  /// The column's concise SQL type.
  public var sqlType: Int16
  /// Fraction digits that the column shows as text; nil: as many as the Arrow type has.
  public var decimalDigits: Int16?
  /// The C type; not `SQL_C_DEFAULT`, which `CType.standard(for:)` resolves.
  public var cType: Int16
  /// Precision of the application's record, if the application set it.
  public var numericPrecision: Int16?
  /// Scale of the application's record, if the application set it.
  public var numericScale: Int16?
  /// Digits of an interval's leading field, if the application set them.
  public var leadingDigits: Int?
  /// Fraction digits of an interval's seconds.
  public var secondsPrecision = 6
  /// `bool_as_char`: Booleans are `true` and `false`, not `1` and `0`.
  public var isBooleanText = false
  /// `SQL_ATTR_MAX_LENGTH`; 0 = no limit.
  public var byteCountMax = 0
  /// The zone whose wall clock instants are shown in; UTC without one.
  public var zone = ZoneRules.utc
  /// `zoned_timestamp=utc`: values that know their own offset are shown in UTC.
  public var showsUTC = false
  /// Days since 1970 of the date that a time gets as a timestamp.
  public var today: Int32 = 0

  /// The plain request, all options at their defaults.
  public init(dataType: DataType, sqlType: Int16, decimalDigits: Int16? = nil, cType: Int16) {
    self.dataType = dataType
    self.sqlType = sqlType
    self.decimalDigits = decimalDigits
    self.cType = cType
  }
}
