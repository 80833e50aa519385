internal import TernCore

/// What a driver needs to know of an SQL text before it sends it.
///
/// Source: MaxScale reference, sections 8.3, 9 and 10.
struct MaxScaleText: Hashable, Sendable {
  /// The text as the caller wrote it, in UTF-8.
  let bytes: [UInt8]
  /// Where the markers are, as bytes of `sql`.
  private(set) var markers: [Int] = []
  /// Bytes of the text before the semicolon that ends the first statement.
  private(set) var bodyByteCount: Int
  /// First words of all statements, in capitals.
  private(set) var firstWords: [String] = []
  /// All words outside of literals and comments.
  private(set) var words: Set<String> = []
  /// Whether the first statement starts with a bracket.
  private(set) var startsWithBracket = false
  /// Where the LIMIT, OFFSET or FETCH outside of all brackets starts.
  private(set) var limitOffset: Int?
  /// Whether it orders its rows, outside of all brackets.
  private(set) var isOrdered = false
  /// Whether UNION, EXCEPT or INTERSECT joins several selects outside of all brackets.
  private(set) var isCompound = false
  /// Whether it calls functions that are none of the harmless ones.
  private(set) var callsUnknown = false
  /// Whether rows are locked.
  private(set) var isLocking = false
  /// Whether it assigns a variable or advances a sequence.
  private(set) var hasAssignment = false
  private(set) var hasInto = false
  /// Whether other modes of the session would read other markers in it.
  private(set) var dependsOnMode = false

  /// Takes `sql` apart under the session's mode.
  init(_ sql: String, _ mode: MaxScaleScanner.Mode) {
    bytes = Array(sql.utf8)
    bodyByteCount = bytes.count
    var scanner = MaxScaleScanner(sql, mode)
    var depth = 0
    var previous = ""
    var isAtStart = true
    while let token = scanner.next() {
      if token == .semicolon {
        if firstWords.count == 1, bodyByteCount == bytes.count { bodyByteCount = scanner.start }
        (depth, previous, isAtStart) = (0, "", true)
        continue
      }
      if isAtStart { startStatement(token, &isAtStart) }
      values.take(token, depth, scanner.start)
      switch token {
      case .marker: markers.append(scanner.start)
      case .open:
        if !previous.isEmpty, !Self.knownBeforeBracket.contains(previous) { callsUnknown = true }
        if previous == "LAST_INSERT_ID" { lastInsertBracket = true }
        depth += 1
      case .close:
        if lastInsertBracket { lastInsertBracket = false }
        depth -= 1
      case .assignment: hasAssignment = true
      case .word(let word): note(word, behind: previous, depth, scanner.start)
      case .quoted, .other, .comma, .semicolon: break
      }
      if lastInsertBracket, token != .open { hasLastInsertValue = true }
      if case .word(let word) = token { previous = word } else { previous = "" }
    }
    dependsOnMode = scanner.dependsOnMode
  }

  /// Where the values of an INSERT are.
  private var values = MaxScaleValues()
  private var lastInsertBracket = false
  private var hasLastInsertValue = false

  /// Takes the first word of a statement; brackets may stand before it.
  private mutating func startStatement(
    _ token: MaxScaleScanner.Token, _ isAtStart: inout Bool
  ) {
    switch token {
    case .open: if firstWords.isEmpty { startsWithBracket = true }
    case .word(let word):
      firstWords.append(word)
      isAtStart = false
    default:
      firstWords.append("")
      isAtStart = false
    }
  }

  /// Takes note of a word.
  private mutating func note(
    _ word: String, behind previous: String, _ depth: Int, _ offset: Int
  ) {
    words.insert(word)
    switch word {
    case "INTO": hasInto = true
    case "UPDATE", "SHARE": if previous == "FOR" || previous == "IN" { isLocking = true }
    case "IN": if previous == "LOCK" { isLocking = true }
    case "LIMIT", "OFFSET", "FETCH":
      if depth == 0, firstWords.count == 1 { limitOffset = limitOffset ?? offset }
    case "VALUE": if previous == "NEXT" { hasAssignment = true }
    case "ORDER": if depth == 0 { isOrdered = true }
    case "UNION", "EXCEPT", "INTERSECT", "MINUS": if depth == 0 { isCompound = true }
    default: break
    }
  }
}

extension MaxScaleText {
  /// The only statement's first word, nil where there are several.
  var onlyWord: String? { firstWords.count == 1 ? firstWords[0] : nil }

  /// Whether it is one query that can be asked for its columns first and be put into another.
  var isPlainSelect: Bool {
    guard let word = onlyWord, ["SELECT", "WITH", "VALUES"].contains(word) else { return false }
    return !hasInto && !isLocking && !hasAssignment && !hasLastInsertValue
      && words.isDisjoint(with: Self.unsafeWords)
  }

  /// Whether it is one statement that changes data and gives a count.
  var isWriting: Bool {
    guard let word = onlyWord else { return false }
    return ["INSERT", "REPLACE", "UPDATE", "DELETE"].contains(word)
      && !words.contains("RETURNING")
  }

  /// Whether it may give rows.
  var mayHaveRows: Bool {
    guard let word = onlyWord else { return true }
    let others = [
      "CREATE", "DROP", "ALTER", "TRUNCATE", "USE", "GRANT", "REVOKE", "COMMIT",
      "ROLLBACK", "BEGIN", "START", "SAVEPOINT", "RENAME", "LOCK", "UNLOCK", "DO",
    ]
    return !isWriting && !others.contains(word)
  }

  /// Where the only bracket of values of an INSERT is, if it holds all markers: it can be repeated.
  var valuesRange: Range<Int>? {
    guard isWriting, onlyWord == "INSERT" || onlyWord == "REPLACE", !hasAssignment,
      !words.contains("SELECT"), let range = values.range, !markers.isEmpty,
      markers.allSatisfy({ range.contains($0) })
    else { return nil }
    return range
  }

  /// Whether its results are what the server says about itself: text and plain numbers.
  var isShow: Bool {
    ["SHOW", "DESCRIBE", "DESC", "EXPLAIN", "ANALYZE", "CHECK", "HELP"].contains(onlyWord)
  }

  /// Whether it may change what this side remembers of the session.
  var mayChangeSession: Bool {
    if firstWords.contains("DROP") { return !words.isDisjoint(with: ["DATABASE", "SCHEMA"]) }
    return firstWords.contains { ["USE", "SET", "CALL", "EXECUTE"].contains($0) }
  }

  /// Whether its own results could be in a character set other than the driver's.
  var changesCharacterSet: Bool {
    guard firstWords.contains("SET"), firstWords.count > 1 || words.contains("STATEMENT") else {
      return false
    }
    return !words.isDisjoint(with: [
      "NAMES", "CHARACTER", "CHARSET", "CHARACTER_SET_RESULTS", "CHARACTER_SET_CLIENT",
      "CHARACTER_SET_CONNECTION",
    ])
  }

  /// Whether a session in which it ran could not be replaced by a new one without a loss.
  var leavesState: Bool {
    if words.contains("TEMPORARY") || hasAssignment || words.contains("GET_LOCK") { return true }
    let stateful = ["SET", "CALL", "EXECUTE", "PREPARE", "LOCK", "HANDLER", "FLUSH", "BEGIN"]
    return firstWords.contains { stateful.contains($0) }
  }

  /// Words whose evaluation by a probe would change something, or that a probe before them changes.
  private static let unsafeWords: Set<String> = [
    "NEXTVAL", "SETVAL", "GET_LOCK", "RELEASE_LOCK", "RELEASE_ALL_LOCKS", "SLEEP",
    "BENCHMARK", "FOUND_ROWS", "ROW_COUNT", "WARNING_COUNT", "ERROR_COUNT",
    "SQL_CALC_FOUND_ROWS", "PROCEDURE", "ROWS_EXAMINED", "MASTER_POS_WAIT",
    "MASTER_GTID_WAIT", "LOAD_FILE",
  ]

  /// Words before a bracket that are no functions, or functions that may be evaluated twice.
  private static let knownBeforeBracket: Set<String> = [
    "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "EXISTS", "AS", "ON", "USING", "VALUES",
    "UNION", "ALL", "DISTINCT", "EXCEPT", "INTERSECT", "BY", "HAVING", "LIMIT", "JOIN", "OVER",
    "WITH", "RECURSIVE", "CASE", "WHEN", "THEN", "ELSE", "LIKE", "BETWEEN", "IS", "ANY", "SOME",
    "COUNT", "SUM", "MIN", "MAX", "AVG", "COALESCE", "IFNULL", "NULLIF", "IF", "CONCAT",
    "CONCAT_WS", "UPPER", "LOWER", "TRIM", "LTRIM", "RTRIM", "SUBSTRING", "SUBSTR", "LEFT",
    "RIGHT", "LENGTH", "CHAR_LENGTH", "CAST", "CONVERT", "CHAR", "BINARY", "DECIMAL", "HEX",
    "UNHEX", "ABS", "ROUND", "FLOOR", "CEIL", "CEILING", "MOD", "DATE", "TIME", "YEAR", "MONTH",
    "DAY", "DATE_FORMAT", "DATE_ADD", "DATE_SUB", "REPLACE", "VARCHAR", "DATABASE", "VERSION",
    "GROUP_CONCAT", "KEY", "INDEX", "PARTITION",
  ]
}

/// Finds the brackets of `VALUES (…)`.
private struct MaxScaleValues: Hashable, Sendable {
  private enum State: Hashable, Sendable {
    case before, expecting, inside(Int), behind(Range<Int>), over(Range<Int>?)
  }

  private var state = State.before

  /// Where the only bracket is; nil if there are several or none.
  var range: Range<Int>? {
    switch state {
    case .behind(let range): range
    case .over(let range): range
    case .before, .expecting, .inside: nil
    }
  }

  /// Takes the next token; `depth` is that before it.
  mutating func take(_ token: MaxScaleScanner.Token, _ depth: Int, _ offset: Int) {
    switch (state, token) {
    case (.before, .word("VALUES")) where depth == 0, (.before, .word("VALUE")) where depth == 0:
      state = .expecting
    case (.expecting, .open): state = .inside(offset)
    case (.expecting, _): state = .over(nil)
    case (.inside(let start), .close) where depth == 1: state = .behind(start..<offset + 1)
    case (.behind, .comma): state = .over(nil)
    case (.behind(let range), _): state = .over(range)
    default: break
    }
  }
}
