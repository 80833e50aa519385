/// ODBC's escape sequences, by their keyword.
enum EscapeKind {
  case date, time, timestamp, guid, outerJoin, interval, likeEscape, call, callWithResult, function
  case limit

  private static let words: [String: EscapeKind] = [
    "D": .date, "T": .time, "TS": .timestamp, "GUID": .guid, "OJ": .outerJoin,
    "INTERVAL": .interval, "ESCAPE": .likeEscape, "CALL": .call, "?=CALL": .callWithResult,
    "FN": .function, "LIMIT": .limit,
  ]

  /// The kind of that keyword, in capitals.
  init?(_ keyword: String) {
    guard let kind = EscapeKind.words[keyword] else { return nil }
    self = kind
  }

  /// Whether an unclosed one must be a mistake: `{d` may also begin an object literal.
  var isCertain: Bool {
    switch self {
    case .date, .time, .timestamp, .guid, .interval, .limit: false
    case .outerJoin, .likeEscape, .call, .callWithResult, .function: true
    }
  }
}
