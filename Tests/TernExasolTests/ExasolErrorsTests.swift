import TernCore
import TernDriver
import Testing

@testable import TernExasol

/// The tables of the Exasol reference, section 4.
@Suite struct ExasolErrorsTests {
  private func error(
    _ code: String, _ text: String = "text", _ phase: ExasolErrors.Phase = .session
  ) -> TernError {
    ExasolErrors.error(.init(text: text, sqlCode: code), phase)
  }

  @Test(arguments: [
    ("00000", "x", "HY000"), ("04000", "x", "HY000"), ("0A000", "x", "HYC00"),
    ("22001", "x", "22001"), ("22002", "VM error: x", "HY000"), ("22003", "x", "22003"),
    ("22007", "x", "22007"), ("22104", "x", "22008"), ("22012", "x", "22012"),
    ("22018", "x", "22018"), ("27001", "x", "23000"), ("27002", "x", "23000"),
    ("42X91", "constraint violation - foreign key (A on table B)", "23000"),
    ("42X92", "constraint violation - not null (column A in table B)", "23000"),
    ("42000", "object NOPE not found [line 1, column 15]", "42S02"),
    ("42000", "object MISSING_TABLE not found", "42S02"),
    ("42000", "schema NOPE not found [line 1, column 13]", "42000"),
    ("42000", "function or script F not found [line 1, column 8]", "42000"),
    ("42000", "column C not found in table T", "42S22"),
    ("42000", "object T already exists [line 1, column 14]", "42S01"),
    ("42000", "syntax error, unexpected REGEXP_LIKE_ [line 1, column 18]", "42000"),
    ("42500", "insufficient privileges for creating schema", "42501"),
    ("42500", "user name MY_USER conflicts with another user or role name", "42000"),
    ("42636", "ETL-3003: x", "HY000"), ("43000", "x", "HY000"), ("43100", "x", "HY000"),
    (
      "42000", "Internal server error. Please report this. Transaction has been rolled back.",
      "40003"
    ),
    ("40001", "GlobalTransactionRollback msg: x", "40001"),
    ("R0001", "x", "HYT00"), ("R0003", "x", "HY008"), ("R0010", "x", "HY000"),
    ("bogus", "x", "HY000"), ("", "x", "HY000"), ("02000", "x", "HY000"),
  ])
  func statesOfSection42(code: String, text: String, state: String) {
    let error = error(code, text)
    #expect(error.sqlState.text == state)
    #expect(error.message == text, "the server's words stay as they are")
    #expect(!error.endsConnection)
  }

  @Test(arguments: [
    "40002", "40003", "40005", "40007", "40008", "40010", "40011", "40017", "40019",
  ])
  func reconnectedSessionsLostTheirTransaction(code: String) {
    #expect(error(code).sqlState.text == "40003")
    #expect(error(code).isRetryable)
    #expect(!error(code).endsConnection)
  }

  @Test(arguments: ["40004", "40009", "40018", "40020", "08001"])
  func lostSessionsEndTheConnection(code: String) {
    #expect(error(code).sqlState == .linkFailure)
    #expect(error(code).endsConnection)
  }

  @Test(arguments: [
    ("R0001", TernError.Kind.timeout), ("R0003", .cancelled), ("0A000", .unsupported),
    ("22018", .data), ("42000", .sql), ("40001", .sql), ("40004", .connection),
  ])
  func kindsFollowTheState(code: String, kind: TernError.Kind) {
    #expect(error(code).kind == kind)
  }

  @Test(arguments: [
    ("08004", "Connection exception - authentication failed.", "28000"),
    ("28900", "x", "28000"), ("08001", "x", "08001"), ("00000", "x", "08004"),
    ("08004", "Connection exception - Only TLS connections are allowed.", "08004"),
    (
      "08004",
      "Connection exception - Authentication using OpenID Connect tokens is not supported "
        + "(requires driver with version 7.1.0 or greater).", "28000"
    ),
  ])
  func loginErrorsHaveTheirOwnStates(code: String, text: String, state: String) {
    let error = error(code, text, .login)
    #expect(error.sqlState.text == state)
    #expect(error.message.hasPrefix(text))
    // Trap 3: what to do about it.
    if text.contains("Only TLS") { #expect(error.message.contains("tls=on")) }
  }

  @Test(arguments: [("ETL-5106: x", 5106), ("ETL-: x", 0), ("ETL-99999999999: x", 0), ("x", 0)])
  func loaderNumbersAreVendorCodes(text: String, code: Int32) {
    #expect(error("42636", text).vendorCode == code)
  }

  @Test func onlyCollisionsAndReconnectsAreRetryable() {
    #expect(error("40001").isRetryable)
    #expect(!error("42000").isRetryable)
    #expect(!error("R0001").isRetryable)
  }

  /// Fatal replies end the session for good (section 4.3); others leave it as it is.
  @Test(arguments: ["40004", "40009", "40018", "40020", "08001", "40001", "R0001", "R0003"])
  func fatalRepliesKillTheSession(code: String) throws {
    let script = try ScriptedSession(
      Transcript.afterLogin([
        .client(#"{"command":"execute","sqlText":"SELECT 1"}"#),
        .server(#"{"status":"error","exception":{"text":"gone","sqlCode":"\#(code)"}}"#),
      ]))
    #expect(throws: TernError.self) {
      try script.session.execute("SELECT 1", .init(), CallContext())
    }
    #expect(script.session.isAlive == !error(code).endsConnection)
  }
}
