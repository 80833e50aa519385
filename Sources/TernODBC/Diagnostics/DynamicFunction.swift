/// What kind of statement ran, as the diagnostic header names it (ODBC, SQL_DIAG_DYNAMIC_FUNCTION).
struct DynamicFunction: Hashable {
  let name: String
  let code: Int32

  /// A statement of no known kind.
  static let unknown = DynamicFunction(name: "", code: 0)

  /// By the first words of the text; the longer one comes first.
  private static let known: [(words: [String], function: DynamicFunction)] = [
    (["SELECT"], DynamicFunction(name: "SELECT CURSOR", code: 85)),
    (["WITH"], DynamicFunction(name: "SELECT CURSOR", code: 85)),
    (["INSERT"], DynamicFunction(name: "INSERT", code: 50)),
    (["UPDATE"], DynamicFunction(name: "UPDATE WHERE", code: 82)),
    (["DELETE"], DynamicFunction(name: "DELETE WHERE", code: 19)),
    (["CREATE", "TABLE"], DynamicFunction(name: "CREATE TABLE", code: 77)),
    (["CREATE", "VIEW"], DynamicFunction(name: "CREATE VIEW", code: 84)),
    (["CREATE", "INDEX"], DynamicFunction(name: "CREATE INDEX", code: -1)),
    (["ALTER", "TABLE"], DynamicFunction(name: "ALTER TABLE", code: 4)),
    (["DROP", "TABLE"], DynamicFunction(name: "DROP TABLE", code: 32)),
    (["DROP", "VIEW"], DynamicFunction(name: "DROP VIEW", code: 36)),
    (["DROP", "INDEX"], DynamicFunction(name: "DROP INDEX", code: -2)),
    (["GRANT"], DynamicFunction(name: "GRANT", code: 48)),
    (["REVOKE"], DynamicFunction(name: "REVOKE", code: 59)),
    (["CALL"], DynamicFunction(name: "CALL", code: 7)),
  ]

  /// Whether zero changed rows mean "no data": a searched update or delete.
  var isSearchedChange: Bool { code == 82 || code == 19 }

  /// The kind of `sql`.
  init(_ sql: String) {
    let words = SQLWords.first(2, of: sql)
    let match = DynamicFunction.known.first { words.starts(with: $0.words) }
    self = match?.function ?? .unknown
  }

  private init(name: String, code: Int32) {
    self.name = name
    self.code = code
  }
}
