import Tern

// Which scalar functions and conversions programs may send as escape sequences.
extension InfoItem {
  static let functionMasks: [InfoItem] = [
    long(49) { $0.functions(numeric) },
    long(50) { $0.functions(string) },
    long(51) { $0.functions(system) },
    long(52) { $0.functions(timeDate) },
  ]

  /// From each type to all that `CAST` reaches; from text everything.
  static let conversionMasks: [InfoItem] = conversions.map { id, name, bits in
    long(id) { $0.conversions(from: name, bits) }
  }

  private static let text: UInt32 = 0xE0_0301
  private static let number: UInt32 = 0x70FE
  private static let bytes: UInt32 = 0x4_0C00

  private static let conversions: [(UInt16, String, UInt32)] = [
    (53, "SQL_BIGINT", number | text), (54, "SQL_BINARY", bytes | text),
    (55, "SQL_BIT", number | text), (56, "SQL_CHAR", 0xFF_FFFF),
    (57, "SQL_TYPE_DATE", 0x2_8000 | text), (58, "SQL_DECIMAL", number | text),
    (59, "SQL_DOUBLE", number | text), (60, "SQL_FLOAT", number | text),
    (61, "SQL_INTEGER", number | text), (62, "SQL_LONGVARCHAR", 0xFF_FFFF),
    (63, "SQL_NUMERIC", number | text), (64, "SQL_REAL", number | text),
    (65, "SQL_SMALLINT", number | text), (66, "SQL_TYPE_TIME", 0x3_0000 | text),
    (67, "SQL_TYPE_TIMESTAMP", 0x3_8000 | text), (68, "SQL_TINYINT", number | text),
    (69, "SQL_VARBINARY", bytes | text), (70, "SQL_VARCHAR", 0xFF_FFFF),
    (71, "SQL_LONGVARBINARY", bytes | text), (122, "SQL_WCHAR", 0xFF_FFFF),
    (123, "SQL_INTERVAL_DAY_TIME", 0), (124, "SQL_INTERVAL_YEAR_MONTH", 0),
    (125, "SQL_WLONGVARCHAR", 0xFF_FFFF), (126, "SQL_WVARCHAR", 0xFF_FFFF), (173, "SQL_GUID", 0),
  ]

  private static let numeric: [(String, UInt32)] = bits([
    "ABS", "ACOS", "ASIN", "ATAN", "ATAN2", "CEILING", "COS", "COT", "EXP", "FLOOR", "LOG", "MOD",
    "SIGN", "SIN", "SQRT", "TAN", "PI", "RAND", "DEGREES", "LOG10", "POWER", "RADIANS", "ROUND",
    "TRUNCATE",
  ])

  private static let string: [(String, UInt32)] = bits([
    "CONCAT", "INSERT", "LEFT", "LTRIM", "LENGTH", "LOCATE", "LCASE", "REPEAT", "REPLACE",
    "RIGHT", "RTRIM", "SUBSTRING", "UCASE", "ASCII", "CHAR", "DIFFERENCE", "LOCATE", "SOUNDEX",
    "SPACE", "BIT_LENGTH", "CHAR_LENGTH", "CHARACTER_LENGTH", "OCTET_LENGTH", "POSITION",
  ])

  private static let system: [(String, UInt32)] = bits(["USER", "DATABASE", "IFNULL"])

  private static let timeDate: [(String, UInt32)] = bits([
    "NOW", "CURDATE", "DAYOFMONTH", "DAYOFWEEK", "DAYOFYEAR", "MONTH", "QUARTER", "WEEK", "YEAR",
    "CURTIME", "HOUR", "MINUTE", "SECOND", "TIMESTAMPADD", "TIMESTAMPDIFF", "DAYNAME",
    "MONTHNAME", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "EXTRACT",
  ])

  /// Bit 0 is the first name's; the order is that of `SQL_FN_…` in `sqlext.h`.
  private static func bits(_ names: [String]) -> [(String, UInt32)] {
    names.enumerated().map { ($0.element, 1 << UInt32($0.offset)) }
  }
}
