internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// What a statement's error object says.
struct MaxScaleFault: Hashable, Sendable {
  /// MariaDB's number, or that of its client library.
  var number: Int64 = 0
  /// As sent; not always one of a failure.
  var sqlState = ""
  /// The server's own words.
  var message = ""
}

/// Turns what MaxScale and MariaDB say went wrong into the library's error.
///
/// Source: MaxScale reference, sections 3.1 and 13.
enum MaxScaleErrors {
  /// Numbers whose own SQLSTATE is missing, too general, or means success.
  private static let states: [(numbers: [ClosedRange<Int64>], state: String)] = [
    ([2006...2006, 2013...2013, 2027...2027, 2055...2055, 1053...1053], "08S01"),
    ([1152...1161, 1927...1927, 4031...4031], "08S01"),
    ([1317...1317], "HY008"), ([1969...1969, 3024...3024, 1205...1205], "HYT00"),
    ([1213...1213], "40001"),
    ([1062...1062, 1048...1048, 1451...1452, 4025...4025, 1557...1557, 1364...1364], "23000"),
    ([1146...1146, 1051...1051, 1109...1109], "42S02"), ([1054...1054], "42S22"),
    ([1050...1050], "42S01"), ([1060...1060], "42S21"), ([1061...1061], "42S11"),
    ([1091...1091], "42S12"), ([1136...1136], "21S01"), ([1242...1242], "21000"),
    ([1406...1406], "22001"), ([1264...1264, 1690...1690], "22003"),
    ([1292...1292, 1366...1366, 1525...1525], "22007"), ([1365...1365], "22012"),
    ([1265...1265], "22018"), ([1210...1210], "07001"), ([1235...1235, 1289...1289], "HYC00"),
    ([1046...1046], "3D000"), ([1049...1049], "42000"),
  ]

  /// Numbers that mean something else while a connection is opened.
  private static let openStates: [(numbers: [ClosedRange<Int64>], state: String)] = [
    ([1044...1045, 1698...1698], "28000"), ([1049...1049], "42000"), ([1046...1046], "3D000"),
    ([2000...2005, 2026...2026, 1130...1130], "08001"),
    ([2006...2055], "08001"), ([1040...1040, 1203...1203, 1226...1226], "08004"),
  ]

  /// Whether a connection was refused because there are too many: of all, of the user, or of the
  /// user by an account limit.
  static func isCrowded(_ error: TernError) -> Bool {
    [1040, 1203, 1226].contains(error.vendorCode)
  }

  /// What is said of a token that was refused, in the light of what MaxScale says about its
  /// connection.
  ///
  /// - Parameter isStanding: whether MaxScale still has the connection; nil: it does not tell.
  /// - Parameter threadID: the database's id of the connection; 0: not known.
  static func refusedToken(isStanding: Bool?, hasEnded: Bool, threadID: Int64) -> TernError {
    switch isStanding {
    case nil:
      .lineLost(
        "MaxScale refused the connection token: it has expired, or MaxScale was restarted")
    case false?:
      .lineLost(
        "MaxScale does not know the connection any more: it was closed or MaxScale was restarted")
    case true?:
      .lineLost(
        (hasEnded
          ? "the connection token has expired"
          : "MaxScale refused the connection token, although it has not expired: its keys have "
            + "changed")
          + ". The connection still stands at MaxScale, where nobody can use or close it any more"
          + (threadID > 0 ? ": KILL \(threadID) on the database ends it" : ""))
    }
  }

  /// Whether a text says that a token was refused.
  static func isTokenRefusal(_ text: String) -> Bool {
    text.contains("Malformed connection token") || text.contains("URL is for connection")
  }

  /// The library's error for an error object.
  static func error(_ fault: MaxScaleFault) -> TernError {
    let own = SQLState(fault.sqlState).flatMap { $0.isFailure ? $0 : nil }
    let mapped = state(of: fault.number, states)
    let state = mapped ?? (own?.text == "70100" ? .cancelled : own) ?? .general
    var error = TernError(
      .kind(of: state), state,
      fault.message.isEmpty ? "the server failed and did not say why" : fault.message,
      vendorCode: Int32(clamping: fault.number))
    error.isRetryable = state == .serializationFailure
    return error
  }

  /// Whether the statement was stopped, by whomever.
  static func isInterruption(_ error: TernError) -> Bool {
    error.vendorCode == 1317 || error.vendorCode == 1969
  }

  /// The library's error for an answer of the HTTP layer.
  ///
  /// - Parameter isOpening: whether a connection was about to be opened.
  static func http(_ status: Int, _ body: [UInt8], isOpening: Bool = false) -> TernError {
    let text = detail(body)
    let what = "HTTP \(status)" + (text.isEmpty ? "" : ": \(text)")
    if status != 401, let error = told(text, isOpening) { return error }
    switch status {
    case 401:
      return TernError(
        .authentication, .authenticationFailed,
        "MaxScale's REST interface refused its login (http_user and http_password), or the token: "
          + what)
    case 403: return TernError(.authentication, .authenticationFailed, what)
    case 404 where text.contains("is not a query_id"): return TernError(.sql, .general, what)
    case 404:
      return TernError(
        .connection, isOpening ? .cannotConnect : .linkFailure,
        isOpening
          ? "no SQL resource of MaxScale here: \(what)"
          : "MaxScale does not know the connection any more: it was closed or MaxScale was "
            + "restarted: \(what)")
    case 503 where text.contains("busy"): return .usage(what, .sequence)
    case 400, 405, 409, 413, 414, 431: return TernError(.sql, .general, what)
    default: return TernError(.connection, isOpening ? .cannotConnect : .linkFailure, what)
    }
  }

  /// What the text says, whatever the status: MaxScale 6 has others.
  private static func told(_ text: String, _ isOpening: Bool) -> TernError? {
    if isTokenRefusal(text) {
      return refusedToken(isStanding: nil, hasEnded: false, threadID: 0)
    }
    guard isOpening else { return nil }
    if let number = number(in: text) {
      let state = state(of: number, openStates) ?? .cannotConnect
      return TernError(
        state == .authenticationFailed ? .authentication : .connection, state, text,
        vendorCode: Int32(clamping: number))
    }
    if text.contains("Target '") || text.contains("Service '") || text.contains("UNIX socket") {
      return TernError(.connection, .cannotConnect, "option target: \(text)")
    }
    return nil
  }

  /// The number of `… Error 1045: …`.
  static func number(in text: String) -> Int64? {
    let parts = text.split(separator: "Error ", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let digits = parts[1].prefix { $0.isASCII && $0.isNumber }
    guard parts[1].dropFirst(digits.count).first == ":" else { return nil }
    return Int64(digits)
  }

  /// The state that a table has for a number.
  private static func state(
    of number: Int64, _ table: [(numbers: [ClosedRange<Int64>], state: String)]
  ) -> SQLState? {
    let row = table.first { $0.numbers.contains { $0.contains(number) } }
    return row.flatMap { SQLState($0.state) }
  }

  /// What an error document says; the first words of one that is none.
  static func detail(_ body: [UInt8]) -> String {
    if let texts = try? details(body), !texts.isEmpty { return texts.joined(separator: "; ") }
    let words = WebPage.words(body)
    return WebPage.isPage(body) ? "a page from something in between: \(words)" : words
  }

  /// The texts of a document `{"errors":[{"detail":…}]}`.
  private static func details(_ body: [UInt8]) throws(TernError) -> [String] {
    let reader = try JSONReader(body, limit: .control)
    var texts: [String] = []
    try reader.forEachKey { (name) throws(TernError) in
      guard name == "errors", try reader.peek() == .array else { return try reader.skip() }
      try reader.forEachElement { () throws(TernError) in
        try reader.forEachKey { (name) throws(TernError) in
          if name == "detail" {
            texts.append(try reader.scalarText() ?? "")
          } else {
            try reader.skip()
          }
        }
      }
    }
    try reader.finish()
    return texts
  }
}
