internal import TernCore
internal import TernDriver

/// What MariaDB behind MaxScale can do, and how it spells ODBC's escape sequences.
///
/// Source: MaxScale reference, section 16.
enum MaxScaleCapabilities {
  /// The record of one session.
  static func record(
    _ facts: MaxScaleFacts, _ settings: MaxScaleSession.Settings, host: String, id: String
  ) -> Capabilities {
    var record = Capabilities()
    record.productName = "MariaDB"
    record.productVersion = String(facts.version.prefix { $0.isNumber || $0 == "." })
    record.serverName = host
    record.userName = facts.user
    record.databaseName = facts.database ?? ""
    record.sessionID = id
    record.keepsResultsOverTransactionEnd = true
    record.hasMultipleResults = true
    record.describesParameters = false
    record.hasProcedures = true
    record.isolationLevels = IsolationLevel.allCases
    record.defaultIsolation = .repeatableRead
    record.transactions = .ddlCommits
    record.canBeReadOnly = true
    record.unquotedCase = [0: .sensitive, 1: .lower][facts.lowerCaseTableNames] ?? .mixed
    record.quotedCase = record.unquotedCase
    record.specialCharacters = "$"
    record.identifierLengthMax = 64
    record.catalogTerm = "database"
    record.schemaTerm = ""
    record.nullOrder = .low
    record.hasFullJoin = false
    record.groupsFreely = true
    record.hasSelectInto = false
    // Of four bytes each; a row holds 65535.
    record.textLengthMax = 16_383
    record.hasInformationSchema = true
    record.hasIndexes = true
    record.hasSchemaDefinition = false
    record.enforcesIntegrity = true
    record.dialect = dialect(MaxScaleScanner.Mode(facts.sqlMode))
    return record
  }

  /// The server itself understands most escapes; what it does not is translated here.
  private static func dialect(_ mode: MaxScaleScanner.Mode) -> Dialect {
    var dialect = Dialect()
    dialect.identifierQuote = "`"
    dialect.hasBackslashEscapes = !mode.hasNoBackslashEscapes
    dialect.hasHashComments = true
    dialect.limit = "LIMIT $1 OFFSET $2"
    dialect.functions = functions
    dialect.functionTemplates = [
      "LENGTH": "CHAR_LENGTH($1)", "DATABASE": "DATABASE()", "USER": "USER()",
      "CURDATE": "CURDATE()", "EXTRACT": "EXTRACT($*)",
      "TIMESTAMPADD": "TIMESTAMPADD($u,$2,$3)", "TIMESTAMPDIFF": "TIMESTAMPDIFF($u,$2,$3)",
    ]
    dialect.timestampUnits = [
      "SQL_TSI_SECOND": "SECOND", "SQL_TSI_MINUTE": "MINUTE", "SQL_TSI_HOUR": "HOUR",
      "SQL_TSI_DAY": "DAY", "SQL_TSI_WEEK": "WEEK", "SQL_TSI_MONTH": "MONTH",
      "SQL_TSI_QUARTER": "QUARTER", "SQL_TSI_YEAR": "YEAR",
    ]
    dialect.castTypes = castTypes
    dialect.columnTypes = columnTypes
    return dialect
  }

  /// Scalar functions of ODBC that the server has under the same name.
  private static let functions: Set<String> = [
    "ASCII", "BIT_LENGTH", "CHAR", "CHAR_LENGTH", "CHARACTER_LENGTH", "CONCAT", "INSERT", "LCASE",
    "LEFT", "LOCATE", "LTRIM", "OCTET_LENGTH", "POSITION", "REPEAT", "REPLACE", "RIGHT", "RTRIM",
    "SOUNDEX", "SPACE", "SUBSTRING", "UCASE", "ABS", "ACOS", "ASIN", "ATAN", "ATAN2", "CEILING",
    "COS", "COT", "DEGREES", "EXP", "FLOOR", "LOG", "LOG10", "MOD", "PI", "POWER", "RADIANS",
    "RAND", "ROUND", "SIGN", "SIN", "SQRT", "TAN", "TRUNCATE", "CURRENT_DATE", "CURRENT_TIME",
    "CURRENT_TIMESTAMP", "CURTIME", "DAYNAME", "DAYOFMONTH", "DAYOFWEEK", "DAYOFYEAR", "HOUR",
    "MINUTE", "MONTH", "MONTHNAME", "NOW", "QUARTER", "SECOND", "WEEK", "YEAR", "IFNULL",
  ]

  /// What CAST takes: MariaDB has fewer names there than for columns.
  private static let castTypes: [String: String] = [
    "SQL_CHAR": "CHAR", "SQL_VARCHAR": "CHAR", "SQL_LONGVARCHAR": "CHAR", "SQL_WCHAR": "CHAR",
    "SQL_WVARCHAR": "CHAR", "SQL_WLONGVARCHAR": "CHAR", "SQL_DECIMAL": "DECIMAL(65,30)",
    "SQL_NUMERIC": "DECIMAL(65,30)", "SQL_INTEGER": "SIGNED", "SQL_SMALLINT": "SIGNED",
    "SQL_TINYINT": "SIGNED", "SQL_BIGINT": "SIGNED", "SQL_BIT": "UNSIGNED",
    "SQL_REAL": "DOUBLE", "SQL_FLOAT": "DOUBLE", "SQL_DOUBLE": "DOUBLE",
    "SQL_BINARY": "BINARY", "SQL_VARBINARY": "BINARY", "SQL_LONGVARBINARY": "BINARY",
    "SQL_DATE": "DATE", "SQL_TYPE_DATE": "DATE", "SQL_TIME": "TIME(6)",
    "SQL_TYPE_TIME": "TIME(6)", "SQL_TIMESTAMP": "DATETIME(6)",
    "SQL_TYPE_TIMESTAMP": "DATETIME(6)",
  ]

  /// Types of the columns of new tables, for every value that the literals can hold.
  private static var columnTypes: ColumnTypeNames {
    var types = ColumnTypeNames()
    types.signed = ["TINYINT", "SMALLINT", "INT", "BIGINT"]
    types.unsigned = types.signed.map { "\($0) UNSIGNED" }
    types.single = "FLOAT"
    types.decimalDigitsMax = 65
    types.text = "LONGTEXT"
    types.binary = "LONGBLOB"
    types.fixedBinary = "BINARY($1)"
    types.fixedBinaryMax = 255
    types.time = "TIME(6)"
    types.timestamp = "DATETIME(6)"
    types.instant = "TIMESTAMP(6)"
    types.duration = "TIME(6)"
    return types
  }
}
