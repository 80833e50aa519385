internal import TernCore
internal import TernDriver

/// Catalog questions as SQL on schema SYS, as complete requests.
///
/// Each starts with `/*snapshot execution*/`, which reads system tables without taking read locks
/// or waiting behind another session's DDL. Source: Exasol reference, section 7.
enum ExasolSQL {
  private static let hint = "/*snapshot execution*/ "

  /// A text as a literal: only the quote is special.
  static func literal(_ text: String) -> String { Dialect.enclosed(text, in: "'") }

  /// A name as a delimited identifier.
  static func quoted(_ name: String) -> String { Dialect.enclosed(name, in: "\"") }

  /// `column LIKE …`, or nothing for every name. The empty string is NULL in SQL: nothing matches.
  private static func condition(_ column: String, _ match: NameMatch) -> String? {
    if match.isEmpty { return "1 = 0" }
    switch match {
    case .any: return nil
    case .exact(let name): return "\(column) = \(literal(name))"
    case .pattern(let pattern):
      return match.isEverything ? nil : "\(column) LIKE \(literal(pattern)) ESCAPE '\\'"
    }
  }

  private static func filter(_ conditions: [String?]) -> String {
    let present = conditions.compactMap { $0 }
    return present.isEmpty ? "" : " WHERE " + present.joined(separator: " AND ")
  }

  /// The text without the semicolons behind it, which the server takes for an empty second
  /// statement. The body of a function or script ends with a semicolon of its own.
  static func withoutTrailingSemicolon(_ sql: String) -> String {
    var text = Substring(sql)
    while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
    if text.endIndex == sql.endIndex || SQLSplitter(Dialect()).createsBody(sql) { return sql }
    return String(text)
  }

  /// Whether the text may change attributes of the session, some of which no reply announces.
  static func changesSession(_ sql: String) -> Bool {
    ["ALTER", "OPEN", "CLOSE", "ROLLBACK"].contains(firstWord(sql))
  }

  /// Whether the text asks for rows.
  static func isQuery(_ sql: String) -> Bool {
    ["SELECT", "WITH", "VALUES", "TABLE", "("].contains(firstWord(sql))
  }

  /// The first word behind blanks and comments, in capitals.
  static func firstWord(_ sql: String) -> String {
    let rest = code(Substring(sql))
    if rest.first == "(" { return "(" }
    return rest.prefix { $0.isLetter }.uppercased()
  }

  /// What follows the blanks and comments at the start.
  private static func code(_ sql: Substring) -> Substring {
    var rest = sql
    while true {
      rest = rest.drop(while: \.isWhitespace)
      if rest.hasPrefix("--") {
        rest = rest.drop { !$0.isNewline }
      } else if rest.hasPrefix("/*") {
        rest = rest.dropFirst(2)
        while !rest.isEmpty, !rest.hasPrefix("*/") { rest = rest.dropFirst() }
        rest = rest.dropFirst(2)
      } else {
        return rest
      }
    }
  }

  private static func request(_ sql: String) -> [UInt8] {
    ExasolRequest.execute(hint + sql, [])
  }

  static func schemas(_ schema: NameMatch) -> [UInt8] {
    request(
      "SELECT SCHEMA_NAME FROM SYS.EXA_SCHEMAS" + filter([condition("SCHEMA_NAME", schema)]))
  }

  /// In the column order of `getTables`.
  static func tables(_ table: TableFilter, _ types: [String]?) -> [UInt8] {
    let wanted = (types ?? ["TABLE", "VIEW", "SYSTEM TABLE"]).map(literal)
    let conditions = filter([
      condition("S", table.schema), condition("N", table.name),
      "T IN (\(wanted.joined(separator: ",")))",
    ])
    return request(
      """
      SELECT S, N, NULL, T, NULL, NULL, NULL, R FROM (\
      SELECT TABLE_SCHEMA S, TABLE_NAME N, 'TABLE' T, TABLE_COMMENT R FROM SYS.EXA_ALL_TABLES \
      UNION ALL SELECT VIEW_SCHEMA, VIEW_NAME, 'VIEW', VIEW_COMMENT FROM SYS.EXA_ALL_VIEWS \
      UNION ALL SELECT SCHEMA_NAME, OBJECT_NAME, 'SYSTEM TABLE', OBJECT_COMMENT \
      FROM SYS.EXA_SYSCAT)\(conditions)
      """)
  }

  /// In the column order of `getColumns`.
  static func columns(_ table: TableFilter, _ column: NameMatch) -> [UInt8] {
    let conditions = filter([
      condition("COLUMN_SCHEMA", table.schema), condition("COLUMN_TABLE", table.name),
      condition("COLUMN_NAME", column),
    ])
    let list = """
      COLUMN_SCHEMA, COLUMN_TABLE, COLUMN_NAME, COLUMN_OBJECT_TYPE, COLUMN_TYPE, \
      COLUMN_TYPE_ID, COLUMN_MAXSIZE, COLUMN_NUM_PREC, COLUMN_NUM_SCALE, \
      COLUMN_ORDINAL_POSITION, COLUMN_IS_VIRTUAL, COLUMN_IS_NULLABLE, \
      COLUMN_IS_DISTRIBUTION_KEY, NULL, COLUMN_DEFAULT, COLUMN_IDENTITY IS NOT NULL, \
      COLUMN_OWNER, COLUMN_COMMENT
      """
    return request(
      "SELECT \(list) FROM SYS.EXA_ALL_COLUMNS\(conditions)"
        + " UNION ALL SELECT \(list) FROM SYS.EXA_SYS_COLUMNS\(conditions)")
  }

  /// Schema, table, column, position, constraint; in key order.
  static func primaryKeys(_ table: TableFilter) -> [UInt8] {
    let conditions = filter([
      "CONSTRAINT_TYPE = 'PRIMARY KEY'", condition("CONSTRAINT_SCHEMA", table.schema),
      condition("CONSTRAINT_TABLE", table.name),
    ])
    return request(
      """
      SELECT CONSTRAINT_SCHEMA, CONSTRAINT_TABLE, COLUMN_NAME, ORDINAL_POSITION, \
      CONSTRAINT_NAME FROM SYS.EXA_ALL_CONSTRAINT_COLUMNS\(conditions) ORDER BY 1, 2, 4
      """)
  }

  /// Referenced schema, table and column, referencing ones, position, both constraint names.
  static func foreignKeys(_ primary: TableFilter?, _ foreign: TableFilter?) -> [UInt8] {
    let conditions = filter([
      "F.CONSTRAINT_TYPE = 'FOREIGN KEY'",
      condition("F.REFERENCED_SCHEMA", primary?.schema ?? .any),
      condition("F.REFERENCED_TABLE", primary?.name ?? .any),
      condition("F.CONSTRAINT_SCHEMA", foreign?.schema ?? .any),
      condition("F.CONSTRAINT_TABLE", foreign?.name ?? .any),
    ])
    return request(
      """
      SELECT F.REFERENCED_SCHEMA, F.REFERENCED_TABLE, F.REFERENCED_COLUMN, \
      F.CONSTRAINT_SCHEMA, F.CONSTRAINT_TABLE, F.COLUMN_NAME, F.ORDINAL_POSITION, \
      F.CONSTRAINT_NAME, P.CONSTRAINT_NAME FROM SYS.EXA_ALL_CONSTRAINT_COLUMNS F \
      LEFT JOIN SYS.EXA_ALL_CONSTRAINTS P ON P.CONSTRAINT_TYPE = 'PRIMARY KEY' \
      AND P.CONSTRAINT_SCHEMA = F.REFERENCED_SCHEMA \
      AND P.CONSTRAINT_TABLE = F.REFERENCED_TABLE\(conditions)
      """)
  }

  /// Schema, table and row count.
  static func rowCounts(_ table: TableFilter) -> [UInt8] {
    let conditions = filter([
      condition("TABLE_SCHEMA", table.schema), condition("TABLE_NAME", table.name),
    ])
    return request(
      "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_ROW_COUNT FROM SYS.EXA_ALL_TABLES\(conditions)")
  }
}
