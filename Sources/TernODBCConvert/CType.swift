/// ODBC's numbers of C types (`SQL_C_…` in `sqlext.h`), by name.
public enum CType {
  /// `SQL_C_CHAR`.
  public static let char: Int16 = 1
  /// `SQL_C_WCHAR`.
  public static let wchar: Int16 = -8
  /// `SQL_C_BIT`.
  public static let bit: Int16 = -7
  /// `SQL_C_TINYINT`, signed.
  public static let tinyint: Int16 = -6
  /// `SQL_C_STINYINT`.
  public static let stinyint: Int16 = -26
  /// `SQL_C_UTINYINT`.
  public static let utinyint: Int16 = -28
  /// `SQL_C_SHORT`, signed.
  public static let short: Int16 = 5
  /// `SQL_C_SSHORT`.
  public static let sshort: Int16 = -15
  /// `SQL_C_USHORT`.
  public static let ushort: Int16 = -17
  /// `SQL_C_LONG`, signed.
  public static let long: Int16 = 4
  /// `SQL_C_SLONG`.
  public static let slong: Int16 = -16
  /// `SQL_C_ULONG`.
  public static let ulong: Int16 = -18
  /// `SQL_C_SBIGINT`.
  public static let sbigint: Int16 = -25
  /// `SQL_C_UBIGINT`.
  public static let ubigint: Int16 = -27
  /// `SQL_C_FLOAT`.
  public static let float: Int16 = 7
  /// `SQL_C_DOUBLE`.
  public static let double: Int16 = 8
  /// `SQL_C_NUMERIC`.
  public static let numeric: Int16 = 2
  /// `SQL_C_BINARY`.
  public static let binary: Int16 = -2
  /// `SQL_C_TYPE_DATE`; 9 in ODBC 2.
  public static let date: Int16 = 91
  /// `SQL_C_TYPE_TIME`; 10 in ODBC 2.
  public static let time: Int16 = 92
  /// `SQL_C_TYPE_TIMESTAMP`; 11 in ODBC 2.
  public static let timestamp: Int16 = 93
  /// `SQL_C_GUID`.
  public static let guid: Int16 = -11
  /// `SQL_C_DEFAULT`.
  public static let `default`: Int16 = 99

  /// What `SQL_C_DEFAULT` means for a column or parameter of a SQL type (ODBC Programmer's
  /// Reference, appendix D, "Default C Data Types").
  public static func standard(for sqlType: Int16, isUnsigned: Bool = false) -> Int16 {
    switch sqlType {
    case 1, 12, -1, 2, 3: char
    case -8, -9, -10: wchar
    case -7: bit
    case -6: isUnsigned ? utinyint : stinyint
    case 5: isUnsigned ? ushort : sshort
    case 4: isUnsigned ? ulong : slong
    case -5: isUnsigned ? ubigint : sbigint
    case 7: float
    case 6, 8: double
    case -2, -3, -4: binary
    case 9, 91: date
    case 10, 92: time
    case 11, 93: timestamp
    case -11: guid
    case 101...113: sqlType
    default: wchar
    }
  }
}
