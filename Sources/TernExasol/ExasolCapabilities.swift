internal import TernCore
internal import TernDriver

/// What every Exasol server can do, and how it spells ODBC's escape sequences.
///
/// Source: Exasol reference, section 7.4 "SQLGetInfo / dialect facts".
enum ExasolCapabilities {
  /// The record of one session, from its login reply.
  static func record(
    _ login: ExasolLoginReply, host: String, user: String, writesBinaryAsHex: Bool
  ) -> Capabilities {
    var record = Capabilities()
    record.productName = login.productName
    record.productVersion = login.releaseVersion
    record.serverName = host
    record.userName = user
    record.databaseName = login.databaseName
    record.sessionID = login.sessionID
    record.identifierLengthMax = Int(clamping: login.identifierLengthMax)
    record.isolationLevels = [.serializable]
    record.defaultIsolation = .serializable
    record.transactions = .all
    record.pseudoCatalog = "EXA_DB"
    record.nullOrder = .high
    record.concatIgnoresNull = true
    record.hasTimeType = false
    record.hasQuantifiedComparison = false
    record.hasProcedures = false
    record.keywords = keywords
    record.dialect = dialect
    // Before protocol 5 only three and six digits could be asked for.
    let digits = login.protocolVersion >= 5 ? "($1)" : ""
    record.dialect.columnTypes?.timestamp = "TIMESTAMP\(digits)"
    record.dialect.columnTypes?.instant = "TIMESTAMP\(digits) WITH LOCAL TIME ZONE"
    if writesBinaryAsHex { record.dialect.columnTypes?.binary = longText }
    return record
  }

  /// Words reserved beyond ODBC's own list.
  static let keywords = [
    "APPEND", "ARRAY", "BEFORE", "BIGINT", "BINARY", "BLOB", "BLOCKED", "BOOL", "BOOLEAN", "BYTE",
    "CALLED", "CASESPECIFIC", "CLOB", "CONNECT_BY_ISLEAF", "CONNECT_BY_ROOT", "CS", "CSV", "CUBE",
    "DATETIME_INTERVAL_CODE", "DBTIMEZONE", "DEFINER", "DETERMINISTIC", "DISABLE", "DISABLED",
    "DO", "ELSEIF", "EMITS", "ENABLE", "ENABLED", "ENFORCE", "ERRORS", "EXPORT", "FBV", "FILE",
    "FINAL", "FORALL", "FS", "FUNCTION", "GEOMETRY", "GROUPING", "GROUPS", "GROUP_CONCAT",
    "HASHTYPE", "HASHTYPE_FORMAT", "IF", "IFNULL", "IMPERSONATE", "IMPORT", "INOUT", "INTEGRITY",
    "INVOKER", "LIMIT", "LISTAGG", "LOG", "LONGVARCHAR", "LOOP", "MERGE", "MINUS",
    "NLS_DATE_FORMAT", "NLS_TIMESTAMP_FORMAT", "NOCYCLE", "NOLOGGING", "NUMBER", "NVARCHAR",
    "OBJECT", "OFF", "OVER",
    "PLACING", "PREFERRING", "PROFILE", "QUALIFY", "RANDOM", "REGEXP_LIKE", "RENAME", "REPLACE",
    "RETURNS", "ROLLUP", "SCRIPT", "SEPARATOR", "SYSDATE", "SYSTIMESTAMP", "TEXT", "TINYINT",
    "TRIGGER", "TRUNCATE", "UNLINK", "VARCHAR2", "VERIFY", "WHILE", "WINDOW",
  ]

  private static let longText = "VARCHAR(2000000)"

  /// Source: Exasol reference, section 3.5, "Reverse".
  private static var columnTypes: ColumnTypeNames {
    var types = ColumnTypeNames()
    types.signed = [3, 5, 10, 19].map { "DECIMAL(\($0),0)" }
    types.unsigned = [3, 5, 10, 20].map { "DECIMAL(\($0),0)" }
    types.single = "DOUBLE"
    types.decimalDigitsMax = 36
    types.text = longText
    types.binary = ""
    types.fixedBinary = "HASHTYPE($1 BYTE)"
    types.fixedBinaryMax = 1_024
    types.time = "VARCHAR(18)"
    types.duration = "INTERVAL DAY(9) TO SECOND(9)"
    types.months = "INTERVAL YEAR(9) TO MONTH"
    return types
  }

  private static var dialect: Dialect {
    var dialect = Dialect()
    dialect.alternativeQuotes = [QuotePair(open: "[", close: "]")]
    dialect.timeLiteral = "$1"
    dialect.call = "EXECUTE SCRIPT $1($*)"
    dialect.functions = [
      "ABS", "ACOS", "ASIN", "ATAN", "ATAN2", "COS", "COT", "DEGREES", "EXP", "FLOOR", "LOG10",
      "MOD", "PI", "POWER", "RADIANS", "ROUND", "SIGN", "SIN", "SQRT", "TAN", "ASCII", "CONCAT",
      "LEFT", "LENGTH", "LOCATE", "LTRIM", "REPEAT", "REPLACE", "RIGHT", "RTRIM", "SPACE",
      "SOUNDEX", "CHAR_LENGTH", "CHARACTER_LENGTH", "OCTET_LENGTH", "BIT_LENGTH", "POSITION",
      "HOUR", "MINUTE", "SECOND", "MONTH", "YEAR", "WEEK", "CURRENT_DATE", "CURRENT_TIMESTAMP",
    ]
    dialect.functionTemplates = [
      "UCASE": "UPPER($1)", "LCASE": "LOWER($1)", "SUBSTRING": "SUBSTR($*)", "CHAR": "CHR($1)",
      "CEILING": "CEIL($1)", "TRUNCATE": "TRUNC($*)", "LOG": "LN($1)", "RAND": "RANDOM()",
      "CURDATE": "CURRENT_DATE", "NOW": "CURRENT_TIMESTAMP", "DAYOFMONTH": "DAY($1)",
      "DAYOFWEEK": "TO_NUMBER(TO_CHAR($1,'D'))", "DAYOFYEAR": "TO_NUMBER(TO_CHAR($1,'DDD'))",
      "QUARTER": "TO_NUMBER(TO_CHAR($1,'Q'))", "DAYNAME": "TO_CHAR($1,'DAY')",
      "MONTHNAME": "TO_CHAR($1,'MONTH')", "IFNULL": "NVL($*)", "USER": "CURRENT_USER",
      "DATABASE": "CURRENT_SCHEMA", "EXTRACT": "EXTRACT($*)",
      "TIMESTAMPADD": "ADD_$u($3,$2)", "TIMESTAMPDIFF": "$u_BETWEEN($3,$2)",
    ]
    dialect.timestampUnits = [
      "SQL_TSI_SECOND": "SECONDS", "SQL_TSI_MINUTE": "MINUTES", "SQL_TSI_HOUR": "HOURS",
      "SQL_TSI_DAY": "DAYS", "SQL_TSI_WEEK": "WEEKS", "SQL_TSI_MONTH": "MONTHS",
      "SQL_TSI_YEAR": "YEARS",
    ]
    dialect.columnTypes = columnTypes
    dialect.castTypes = [
      "SQL_CHAR": "CHAR(2000)", "SQL_VARCHAR": "VARCHAR(2000000)",
      "SQL_LONGVARCHAR": "VARCHAR(2000000)", "SQL_WCHAR": "CHAR(2000)",
      "SQL_WVARCHAR": "VARCHAR(2000000)", "SQL_WLONGVARCHAR": "VARCHAR(2000000)",
      "SQL_DECIMAL": "DECIMAL(36,10)", "SQL_NUMERIC": "DECIMAL(36,10)",
      "SQL_INTEGER": "DECIMAL(18,0)", "SQL_SMALLINT": "DECIMAL(9,0)",
      "SQL_TINYINT": "DECIMAL(3,0)", "SQL_BIGINT": "DECIMAL(36,0)", "SQL_BIT": "BOOLEAN",
      "SQL_REAL": "DOUBLE", "SQL_FLOAT": "DOUBLE", "SQL_DOUBLE": "DOUBLE", "SQL_DATE": "DATE",
      "SQL_TYPE_DATE": "DATE", "SQL_TIMESTAMP": "TIMESTAMP", "SQL_TYPE_TIMESTAMP": "TIMESTAMP",
    ]
    return dialect
  }
}
