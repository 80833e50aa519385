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
    let list = indexes.map { "CHARSET(c\($0 + 1))" }.joined(separator: ",")
    return command.wrapped(
      "WITH \(Self.alias)(\(Self.names(count))) AS (",
      ") SELECT \(list) FROM (SELECT 1) _one LEFT JOIN \(Self.alias) ON FALSE", isCut: true)
  }

  /// Makes a table like the result, tells its columns and drops it: for servers whose results have
  /// no types.
  func probeTable(of count: Int) -> [UInt8] {
    command.wrapped(
      "CREATE OR REPLACE TEMPORARY TABLE _tern_probe AS WITH \(Self.alias)(\(Self.names(count)))"
        + " AS (",
      ") SELECT * FROM \(Self.alias) LIMIT 0; SHOW FULL COLUMNS FROM _tern_probe; "
        + "DROP TEMPORARY TABLE IF EXISTS _tern_probe", isCut: true)
  }

  /// The query around the text, in which `expressions` stand for the columns `c1`, `c2`, ….
  ///
  /// A text with an order is kept from losing it, and one that calls functions from evaluating
  /// them twice, by a limit: then the server makes a table of it first.
  func fetch(_ expressions: [String]) -> [UInt8] {
    let start = "WITH \(Self.alias)(\(Self.names(expressions.count))) AS ("
    let end = " SELECT \(expressions.joined(separator: ",")) FROM \(Self.alias)"
    guard !hasLimit, text.isOrdered || text.callsUnknown else {
      return command.wrapped(start, ")" + end)
    }
    return startsWithWith
      ? command.wrapped(start, Self.allRows + ")" + end)
      : command.wrapped(start + "(", ") " + Self.allRows + ")" + end)
  }

  private static func names(_ count: Int) -> String {
    (1...max(1, count)).map { "c\($0)" }.joined(separator: ",")
  }
}
