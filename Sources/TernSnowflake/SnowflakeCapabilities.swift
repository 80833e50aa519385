internal import TernCore
internal import TernDriver

/// What Snowflake can do, and how it spells ODBC's escape sequences.
///
/// Source: Snowflake reference, sections 8.1 and 8.4.
enum SnowflakeCapabilities {
  /// The record of one session.
  static func record(
    version: String, host: String, user: String, database: String, sessionID: Int64?
  ) -> Capabilities {
    var record = Capabilities()
    record.productName = "Snowflake"
    record.productVersion = version
    record.serverName = host
    record.userName = user
    record.databaseName = database
    record.sessionID = sessionID.map { "\($0)" } ?? ""
    // Results lie in the store, or were sent whole: no transaction holds them.
    record.keepsResultsOverTransactionEnd = true
    // Where the session or an option allows it.
    record.hasMultipleResults = true
    record.hasPartitions = true
    record.hasProcedures = true
    record.isolationLevels = [.readCommitted]
    record.defaultIsolation = .readCommitted
    record.transactions = .ddlCommits
    // Names in quotes keep their case; others become capitals.
    record.specialCharacters = "$"
    record.identifierLengthMax = 255
    record.catalogTerm = "database"
    record.keywords = keywords
    record.hasSelectInto = false
    record.textLengthMax = textLengthMax
    record.hasInformationSchema = true
    record.dialect = dialect
    return record
  }

  /// Characters of the longest text, with enlarged values.
  static let textLengthMax: Int64 = 134_217_728

  /// Words reserved beyond ODBC's own list.
  private static let keywords = [
    "ACCOUNT", "DATABASE", "GSCLUSTER", "ILIKE", "INCREMENT", "ISSUE", "LATERAL", "LOCALTIME",
    "LOCALTIMESTAMP", "MINUS", "ORGANIZATION", "QUALIFY", "REGEXP", "RLIKE", "ROW", "SAMPLE",
    "START", "TABLESAMPLE", "TRIGGER", "TRY_CAST", "WAREHOUSE",
  ]

  private static var dialect: Dialect {
    var dialect = Dialect()
    dialect.hasBackslashEscapes = true
    dialect.hasDollarQuotes = true
    dialect.hasSlashComments = true
    dialect.functions = functions
    dialect.functionTemplates = functionTemplates
    // What the server counts are borders between units that were passed, as ODBC wants it.
    dialect.timestampUnits = [
      "SQL_TSI_FRAC_SECOND": "NANOSECOND", "SQL_TSI_SECOND": "SECOND",
      "SQL_TSI_MINUTE": "MINUTE", "SQL_TSI_HOUR": "HOUR", "SQL_TSI_DAY": "DAY",
      "SQL_TSI_WEEK": "WEEK", "SQL_TSI_MONTH": "MONTH", "SQL_TSI_QUARTER": "QUARTER",
      "SQL_TSI_YEAR": "YEAR",
    ]
    dialect.castTypes = castTypes
    dialect.columnTypes = columnTypes
    return dialect
  }

  /// Scalar functions of ODBC that the server has under the same name.
  private static let functions: Set<String> = [
    "ASCII", "BIT_LENGTH", "CHAR", "CONCAT", "INSERT", "LEFT", "LENGTH", "LTRIM", "OCTET_LENGTH",
    "POSITION", "REPEAT", "REPLACE", "RIGHT", "RTRIM", "SOUNDEX", "SPACE", "SUBSTRING", "ABS",
    "ACOS", "ASIN", "ATAN", "ATAN2", "COS", "COT", "DEGREES", "EXP", "FLOOR", "MOD", "PI",
    "POWER", "RADIANS", "ROUND", "SIGN", "SIN", "SQRT", "TAN", "CURRENT_DATE", "CURRENT_TIME",
    "CURRENT_TIMESTAMP", "DAYNAME", "DAYOFMONTH", "DAYOFYEAR", "HOUR", "MINUTE", "MONTH",
    "MONTHNAME", "QUARTER", "SECOND", "WEEK", "YEAR", "IFNULL",
  ]

  /// ODBC's Sunday is 1; the server's own counting depends on the session, ISO's does not.
  private static let functionTemplates = [
    "UCASE": "UPPER($1)", "LCASE": "LOWER($1)", "CHAR_LENGTH": "LENGTH($1)",
    "CHARACTER_LENGTH": "LENGTH($1)", "LOCATE": "CHARINDEX($*)", "CEILING": "CEIL($1)",
    "LOG": "LN($1)", "LOG10": "LOG(10, $1)", "TRUNCATE": "TRUNC($*)",
    "RAND": "UNIFORM(0::FLOAT, 1::FLOAT, RANDOM())", "CURDATE": "CURRENT_DATE()",
    "CURTIME": "CURRENT_TIME()", "NOW": "CURRENT_TIMESTAMP()",
    "DAYOFWEEK": "(DAYOFWEEKISO($1) % 7 + 1)", "EXTRACT": "EXTRACT($*)",
    "DATABASE": "CURRENT_DATABASE()", "USER": "CURRENT_USER()",
    "TIMESTAMPADD": "TIMESTAMPADD($u, $2, $3)", "TIMESTAMPDIFF": "TIMESTAMPDIFF($u, $2, $3)",
  ]

  /// A decimal without digits behind the point would round: ten are what fits most.
  private static let castTypes: [String: String] = [
    "SQL_CHAR": "VARCHAR", "SQL_VARCHAR": "VARCHAR", "SQL_LONGVARCHAR": "VARCHAR",
    "SQL_WCHAR": "VARCHAR", "SQL_WVARCHAR": "VARCHAR", "SQL_WLONGVARCHAR": "VARCHAR",
    "SQL_DECIMAL": "NUMBER(38,10)", "SQL_NUMERIC": "NUMBER(38,10)", "SQL_INTEGER": "INTEGER",
    "SQL_SMALLINT": "SMALLINT", "SQL_TINYINT": "TINYINT", "SQL_BIGINT": "BIGINT",
    "SQL_BIT": "BOOLEAN", "SQL_REAL": "FLOAT", "SQL_FLOAT": "FLOAT", "SQL_DOUBLE": "FLOAT",
    "SQL_BINARY": "BINARY", "SQL_VARBINARY": "BINARY", "SQL_LONGVARBINARY": "BINARY",
    "SQL_DATE": "DATE", "SQL_TYPE_DATE": "DATE", "SQL_TIME": "TIME", "SQL_TYPE_TIME": "TIME",
    "SQL_TIMESTAMP": "TIMESTAMP_NTZ", "SQL_TYPE_TIMESTAMP": "TIMESTAMP_NTZ",
  ]

  /// Types of the columns of new tables, for every value that parameters can hold.
  private static var columnTypes: ColumnTypeNames {
    var types = ColumnTypeNames()
    types.signed = [3, 5, 10, 19].map { "NUMBER(\($0),0)" }
    types.unsigned = [3, 5, 10, 20].map { "NUMBER(\($0),0)" }
    types.single = "FLOAT"
    types.double = "FLOAT"
    types.binary = "BINARY"
    types.time = "TIME($1)"
    types.timestamp = "TIMESTAMP_NTZ($1)"
    types.instant = "TIMESTAMP_TZ($1)"
    return types
  }
}
