/// What ODBC derives from a concise type and its size; catalog answers and descriptors share it.
///
/// Source: ODBC Programmer's Reference, appendix D "Data Types": column size, transfer octet
/// length, verbose types.
extension SQLColumnType {
  /// Whether the type holds characters, narrow or wide.
  public var isCharacter: Bool {
    switch odbcType {
    case ODBCType.char, ODBCType.varchar, ODBCType.longVarchar, ODBCType.wchar,
      ODBCType.wvarchar, ODBCType.wlongVarchar:
      true
    default: false
    }
  }

  /// Whether the type holds two-byte characters.
  public var isWide: Bool {
    (ODBCType.wlongVarchar...ODBCType.wchar).contains(odbcType)
  }

  /// Whether the type holds bytes.
  public var isBinary: Bool {
    (ODBCType.longVarbinary...ODBCType.binary).contains(odbcType)
  }

  /// Whether the type is an interval, verbose code 10.
  public var isInterval: Bool { (101...113).contains(odbcType) }

  /// Whether the type is a date, time or timestamp, verbose code 9.
  public var isDatetime: Bool { (ODBCType.date...ODBCType.timestamp).contains(odbcType) }

  /// The verbose type: 9 for dates and times, 10 for intervals, else the concise one.
  public var verboseType: Int16 { isDatetime ? 9 : isInterval ? 10 : odbcType }

  /// The subcode that makes a verbose type concise; nil for types that need none.
  public var datetimeSubcode: Int16? {
    isDatetime ? odbcType - 90 : isInterval ? odbcType - 100 : nil
  }

  /// 10 for numbers, nil for the rest.
  public var numericRadix: Int16? {
    switch odbcType {
    case ODBCType.numeric...ODBCType.double, ODBCType.bigint, ODBCType.tinyint: 10
    default: nil
    }
  }

  /// Bytes of a value in its default C type; nil when the column size is not known.
  public var octetLength: Int64? {
    switch odbcType {
    case ODBCType.bit, ODBCType.tinyint: 1
    case ODBCType.smallint: 2
    case ODBCType.integer, ODBCType.real: 4
    case ODBCType.bigint, ODBCType.double, ODBCType.float: 8
    case ODBCType.date, ODBCType.time: 6
    case ODBCType.timestamp, ODBCType.guid: 16
    case ODBCType.decimal, ODBCType.numeric: columnSize.map { $0 + 2 }
    default: isInterval ? 28 : characterOctetLength
    }
  }

  /// Bytes of the longest text or binary value: two a character when wide, one when ASCII, else
  /// UTF-8's four. nil for other types and unknown sizes.
  public var characterOctetLength: Int64? {
    guard isCharacter || isBinary, let columnSize else { return nil }
    let width: Int64 = isWide ? 2 : isBinary || isASCII ? 1 : 4
    let (bytes, overflow) = columnSize.multipliedReportingOverflow(by: width)
    return overflow ? nil : bytes
  }
}
