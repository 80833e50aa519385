/// ODBC's numbers of SQL types (`sql.h`, `sqlext.h`), by name.
public enum ODBCType {
  /// `SQL_CHAR`.
  public static let char: Int16 = 1
  /// `SQL_NUMERIC`.
  public static let numeric: Int16 = 2
  /// `SQL_DECIMAL`.
  public static let decimal: Int16 = 3
  /// `SQL_INTEGER`.
  public static let integer: Int16 = 4
  /// `SQL_SMALLINT`.
  public static let smallint: Int16 = 5
  /// `SQL_FLOAT`.
  public static let float: Int16 = 6
  /// `SQL_REAL`.
  public static let real: Int16 = 7
  /// `SQL_DOUBLE`.
  public static let double: Int16 = 8
  /// `SQL_VARCHAR`.
  public static let varchar: Int16 = 12
  /// `SQL_LONGVARCHAR`.
  public static let longVarchar: Int16 = -1
  /// `SQL_BINARY`.
  public static let binary: Int16 = -2
  /// `SQL_VARBINARY`.
  public static let varbinary: Int16 = -3
  /// `SQL_LONGVARBINARY`.
  public static let longVarbinary: Int16 = -4
  /// `SQL_BIGINT`.
  public static let bigint: Int16 = -5
  /// `SQL_TINYINT`.
  public static let tinyint: Int16 = -6
  /// `SQL_BIT`.
  public static let bit: Int16 = -7
  /// `SQL_WCHAR`.
  public static let wchar: Int16 = -8
  /// `SQL_WVARCHAR`.
  public static let wvarchar: Int16 = -9
  /// `SQL_WLONGVARCHAR`.
  public static let wlongVarchar: Int16 = -10
  /// `SQL_GUID`.
  public static let guid: Int16 = -11
  /// `SQL_TYPE_DATE`.
  public static let date: Int16 = 91
  /// `SQL_TYPE_TIME`.
  public static let time: Int16 = 92
  /// `SQL_TYPE_TIMESTAMP`.
  public static let timestamp: Int16 = 93
  /// `SQL_INTERVAL_YEAR_TO_MONTH`.
  public static let intervalYearToMonth: Int16 = 107
  /// `SQL_INTERVAL_DAY_TO_SECOND`.
  public static let intervalDayToSecond: Int16 = 110
}
