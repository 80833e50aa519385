internal import TernCore

/// How a query is asked for its columns, and how it is put so that all values arrive whole.
///
/// Source: MaxScale reference, sections 8.3 and 9.
struct MaxScaleQuery: Sendable {
  let command: MaxScaleCommand

  init(_ command: MaxScaleCommand) { self.command = command }

  private var text: MaxScaleText { command.text }
  private var startsWithWith: Bool { text.firstWords.first == "WITH" && !text.startsWithBracket }
  private var hasLimit: Bool { text.limitOffset != nil }

  /// What no table of anybody's is called.
  private static let alias = "_tern"
  /// More rows than there are: keeps the order of what is inside.
  private static let allRows = "LIMIT 18446744073709551615"

  /// Gives the columns and no rows. A limit of the text's own is replaced: around one, columns of
  /// the same name would be an error.
  var probe: [UInt8] {
    hasLimit || startsWithWith
      ? command.wrapped("", "LIMIT 0", isCut: true) : command.wrapped("(", ") LIMIT 0")
  }

  /// Gives one row: the character sets of the columns of these numbers, from 0, of `count`.
  ///
  /// The join matches nothing, so that the query is not run.
  func characterSets(_ indexes: [Int], of count: Int) -> [UInt8] {
    let list = indexes.map { "CHARSET(\(Self.name($0)))" }.joined(separator: ",")
    return command.wrapped(
      "WITH \(Self.alias)(\(Self.names(count))) AS (",
      ") SELECT \(list) FROM (SELECT 1) _one LEFT JOIN \(Self.alias) ON FALSE", isCut: true)
  }

  /// Makes a table like the result, tells its columns and drops it: for servers whose results have
  /// no types. What a mode makes an error while tables are filled is none in a query.
  func probeTable(of count: Int) -> [UInt8] {
    command.onClient.wrapped(
      "SET STATEMENT sql_mode='' FOR CREATE OR REPLACE TEMPORARY TABLE _tern_probe AS "
        + "WITH \(Self.alias)(\(Self.names(count)))"
        + " AS (",
      ") SELECT * FROM \(Self.alias) LIMIT 0; SHOW FULL COLUMNS FROM _tern_probe; "
        + "DROP TEMPORARY TABLE IF EXISTS _tern_probe", isCut: true)
  }

  /// The query around the text, whose columns have the names that `name` gives.
  ///
  /// A text with an order is kept from losing it, and one that calls functions from evaluating
  /// them twice, by a limit: then the server makes a table of it first.
  ///
  /// - Parameter count: how many columns the text has; there may be more expressions.
  func fetch(_ expressions: [String], of count: Int) -> [UInt8] {
    fetch(expressions, of: count) { ($0, $1) }
  }

  /// The same inside of another statement, which `around` makes of the two pieces.
  func fetch(
    _ expressions: [String], of count: Int, _ around: (String, String) -> (String, String)
  ) -> [UInt8] {
    let (start, end) = around(
      "WITH \(Self.alias)(\(Self.names(count))) AS (",
      " SELECT \(expressions.joined(separator: ",")) FROM \(Self.alias)")
    if text.isCompound, text.isOrdered {
      // The list of names renames the columns of a UNION before its ORDER BY is read.
      return all(start + "SELECT * FROM (", ") _all)" + end)
    }
    guard !hasLimit, text.isOrdered || text.callsUnknown else {
      return command.wrapped(start, ")" + end)
    }
    return all(start, ")" + end)
  }

  /// The text with a limit that leaves nothing out, between two pieces.
  private func all(_ start: String, _ end: String) -> [UInt8] {
    if hasLimit { return command.wrapped(start, end) }
    return startsWithWith
      ? command.wrapped(start, Self.allRows + end)
      : command.wrapped(start + "(", ") " + Self.allRows + end)
  }

  /// The same with literals in the text.
  var onClient: MaxScaleQuery { MaxScaleQuery(command.onClient) }

  /// What the column of this number, from 0, is called around the text: no name in it may be the
  /// same, or its ORDER BY would mean this one.
  static func name(_ index: Int) -> String { "_tern\(index + 1)" }

  private static func names(_ count: Int) -> String {
    (0..<max(1, count)).map(name).joined(separator: ",")
  }
}
