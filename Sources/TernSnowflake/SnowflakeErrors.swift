internal import TernColumns
internal import TernCore
internal import TernNet

/// Turns what the service says went wrong into the library's error.
///
/// Source: Snowflake reference, section 2.5.
enum SnowflakeErrors {
  /// The numbers that decide what is done, by the reference's table.
  enum Code {
    static let sessionTokenExpired: Int32 = 390_112
    /// No header, no token, an invalid token: as good as an HTTP 401.
    static let tokenRefused: Set<Int32> = [390_101, 390_103, 390_104]
    static let sessionGone: Int32 = 390_111
    /// The master token is missing, expired or invalid: only a new login helps.
    static let masterTokenRefused: Set<Int32> = [390_113, 390_114, 390_115]
    /// A cached ID token that is not valid any more.
    static let idTokenRefused: Set<Int32> = [390_110, 390_195]
    /// An OAuth token that is not valid any more.
    static let oauthTokenRefused: Set<Int32> = [390_303, 390_318, 390_301]
    /// What is wrong with a second factor.
    static let secondFactor: ClosedRange<Int32> = 390_120...390_132
    /// What is wrong with a JSON Web Token.
    static let jwt: ClosedRange<Int32> = 394_300...394_306
    static let jwtInvalid: Int32 = 390_144
    static let cancelled: Int32 = 604
    static let notRunning: Int32 = 605
    static let inProgress: Set<Int32> = [333_333, 333_334]
  }

  /// Numbers whose own SQLSTATE is missing, too general, or means success.
  private static let states: [(codes: [ClosedRange<Int32>], state: String)] = [
    ([604...604], "HY008"), ([630...630], "HYT00"), ([6...6], "0A000"),
    ([1003...1003], "42000"), ([2003...2003, 2043...2043], "42S02"),
    ([100_035...100_035], "22007"), ([100_038...100_038, 100_040...100_040], "22018"),
    ([100_039...100_039], "22003"), ([100_072...100_072], "23000"),
    ([100_078...100_078], "22001"),
    ([390_111...390_115, 390_101...390_104], "08S01"),
    ([390_189...390_189, 390_201...390_201], "08001"),
  ]

  /// The library's error for a failed answer.
  ///
  /// - Parameter isLogin: whether a session was about to be opened.
  /// - Parameter isStatement: whether the words are those of a statement's failure, which no
  ///   request of ours held secrets for.
  static func error(
    _ reply: SnowflakeReply, isLogin: Bool = false, isStatement: Bool = true
  ) -> TernError {
    let names: Set = ["sqlState", "queryId", "errorCode", "nextAction", "line", "pos"]
    let texts = (try? reply.dataTexts(names)) ?? [:]
    let code = reply.code ?? texts["errorCode"].flatMap { Int32($0) } ?? 0
    let isRefused = code == 0 || texts["nextAction"] == "RETRY_LOGIN"
    let state =
      isLogin
      ? loginState(code, isRefused: isRefused) : statementState(code, sent: texts["sqlState"])
    var words =
      reply.message.isEmpty ? "the service failed and did not say why" : reply.message
    // What a login sent is not repeated, whoever echoes it.
    if isLogin || !isStatement { words = Log.redacted(words) }
    var error = TernError(
      state == .cannotConnect ? .connection : .kind(of: state), state,
      words + place(texts, words) + (hint(code, words) ?? ""), vendorCode: code)
    error.queryID = texts["queryId"].flatMap { $0.isEmpty ? nil : $0 }
    return error
  }

  /// Where in the statement it went wrong, where that is known and the words do not say it.
  private static func place(_ texts: [String: String], _ words: String) -> String {
    guard let line = texts["line"].flatMap({ Int64($0) }), line > 0, !words.contains("line \(line)")
    else { return "" }
    let position = texts["pos"].flatMap { Int64($0) }.map { $0 < 0 ? "" : ", position \($0)" }
    return " (line \(line)\(position ?? ""))"
  }

  /// The state that the table has for a number.
  private static func known(_ code: Int32) -> SQLState? {
    states.first { $0.codes.contains { $0.contains(code) } }.flatMap { SQLState($0.state) }
  }

  /// What the service sent, unless the table knows better.
  private static func statementState(_ code: Int32, sent: String?) -> SQLState {
    let mapped = known(code)
    let own = sent.flatMap { SQLState($0) }.flatMap { $0.isFailure ? $0 : nil }
    if let mapped, ["08", "HY"].contains(mapped.classCode) { return mapped }
    // Statements that ran out of time have it too, and a number of their own.
    if own?.text == "57014" { return .cancelled }
    return own ?? mapped ?? .general
  }

  /// A refused login is 28000 where the user is the reason, else 08001.
  private static func loginState(_ code: Int32, isRefused: Bool) -> SQLState {
    if known(code)?.classCode == "08" { return .cannotConnect }
    switch code {
    case 390_100...390_499, 394_300...394_599: return .authenticationFailed
    default: return isRefused ? .authenticationFailed : .cannotConnect
    }
  }

  /// What a person can do about some numbers, where the service does not tell.
  private static func hint(_ code: Int32, _ words: String) -> String? {
    switch code {
    case Code.jwtInvalid where words.contains("JWT"), Code.jwt:
      " (is the public key set for this user and account, and is this machine's clock right?)"
    case 390_132, 390_126, 390_120:
      " (a code can be given with the option passcode)"
    case 606: " (name one with the option warehouse)"
    default: nil
    }
  }

  /// The library's error for an answer that is no envelope.
  static func http(_ status: Int, _ body: [UInt8], isLogin: Bool) -> TernError {
    let text = WebPage.words(body)
    let what = "HTTP \(status)" + (text.isEmpty ? "" : ": \(text)")
    switch status {
    case 401 where isLogin:
      return TernError(.authentication, .authenticationFailed, "the login was refused: \(what)")
    case 403 where isLogin:
      return TernError(
        .connection, .cannotConnect,
        "the service refused the login: are account and host right, and may this address connect? "
          + what)
    case 404 where isLogin:
      return TernError(
        .connection, .cannotConnect, "this is not a Snowflake service, or no such account: \(what)")
    case 400, 405, 409, 413, 414, 431:
      return TernError(isLogin ? .connection : .sql, isLogin ? .cannotConnect : .general, what)
    default:
      return TernError(.connection, isLogin ? .cannotConnect : .linkFailure, what)
    }
  }
}
