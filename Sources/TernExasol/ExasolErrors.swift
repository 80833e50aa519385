internal import TernCore

/// Turns what an Exasol server says went wrong into the library's error.
///
/// Source: Exasol reference, section 4.2 "sqlCode -> SQLSTATE".
enum ExasolErrors {
  /// An error reply, as the server worded it.
  struct Exception: Equatable {
    var text: String
    var sqlCode: String
  }

  /// During which part of a session's life an error came; a login error says different things.
  enum Phase {
    case login, session
  }

  /// Codes that mean something else than ODBC's code of that spelling.
  private static let renamed: [String: SQLState] = [
    "0A000": .unsupported,
    "22104": .datetimeOutOfRange,
    "R0001": .timeout,
    "R0003": .cancelled,
  ]

  /// Codes that are no SQLSTATE ODBC knows, or say something else there.
  private static let general: Set<String> = [
    "00000", "04000", "22002", "42636", "43000", "43100", "R0010",
  ]

  /// The server reconnected the session after a node failure; the transaction is gone.
  private static let reconnected: Set<String> = [
    "40002", "40003", "40005", "40007", "40008", "40010", "40011", "40017", "40019",
  ]

  /// The reconnect failed: the session is dead.
  private static let lost: Set<String> = ["40004", "40009", "40018", "40020", "08001"]

  /// The library's error for an error reply.
  static func error(_ exception: Exception, _ phase: Phase = .session) -> TernError {
    let (text, code) = (exception.text, exception.sqlCode)
    var error = TernError(.sql, .general, text, vendorCode: vendorCode(text))
    if phase == .login { return loginError(error, code) }
    if lost.contains(code) {
      error.kind = .connection
      error.sqlState = .linkFailure
    } else if reconnected.contains(code) || isInternalFailure(exception) {
      error.sqlState = state("40003")
      error.isRetryable = code != "42000"
    } else if text.hasPrefix("constraint violation") || code == "27001" || code == "27002" {
      error.sqlState = state("23000")
    } else if code == "42000" {
      error.sqlState = syntaxState(text)
    } else if code == "42500" {
      error.sqlState = state(text.contains("privilege") ? "42501" : "42000")
    } else if !general.contains(code) {
      let own = renamed[code] ?? SQLState(code) ?? .general
      error.sqlState = own.isFailure ? own : .general
    }
    error.kind = .kind(of: error.sqlState)
    if code == "40001" { error.isRetryable = true }
    return error
  }

  private static func loginError(_ error: TernError, _ code: String) -> TernError {
    var error = error
    let isRefusal =
      error.message.lowercased().contains("authentication") || code.hasPrefix("28")
    error.kind = isRefusal ? .authentication : .connection
    error.sqlState = isRefusal ? .authenticationFailed : .connectionRefused
    if code == "08001" { error.sqlState = .cannotConnect }
    if error.message.contains("TLS") || error.message.contains("encrypted") {
      error.message += " (use the scheme exasol:// instead of exasol+ws://, or tls=on)"
    } else if error.message.contains("authentication failed") {
      error.message += " (check user and password, or the token)"
    }
    return error
  }

  private static func syntaxState(_ text: String) -> SQLState {
    // The place, "[line 1, column 15]", says nothing about what is missing.
    let what = text.prefix { $0 != "[" }
    guard what.contains("not found") else {
      return state(what.contains("already exists") ? "42S01" : "42000")
    }
    if what.hasPrefix("object ") { return state("42S02") }
    return state(what.contains("column") ? "42S22" : "42000")
  }

  private static func isInternalFailure(_ exception: Exception) -> Bool {
    exception.sqlCode == "42000" && exception.text.contains("Transaction has been rolled back")
  }

  private static func state(_ code: String) -> SQLState { SQLState(code) ?? .general }

  /// The number of a loader error (`ETL-5106: …`), else 0.
  private static func vendorCode(_ text: String) -> Int32 {
    guard text.hasPrefix("ETL-") else { return 0 }
    return Int32(text.dropFirst(4).prefix { $0.isNumber }) ?? 0
  }
}
