import Testing

@testable import TernCore

@Suite struct SQLStateTests {
  @Test(arguments: ["HY000", "00000", "42S02", "ZZZZZ"])
  func fiveCapitalsOrDigitsAreAState(text: String) {
    #expect(SQLState(text)?.text == text)
    #expect(SQLState(text).map { "\($0)" } == text)
    #expect(SQLState(text)?.classCode == String(text.prefix(2)))
  }

  @Test(arguments: ["", "HY00", "HY0000", "hy000", "HY 00", "HY00Ä", "HY0Ä", "HY00\0", "HY-00"])
  func nothingElseIs(text: String) {
    #expect(SQLState(text) == nil)
  }

  @Test(arguments: [
    ("00000", false), ("01004", false), ("02000", false), ("03000", true), ("HY000", true),
  ])
  func classesOfSuccessAreNoFailures(text: String, isFailure: Bool) {
    #expect(SQLState(text)?.isFailure == isFailure)
  }

  @Test(arguments: [
    ("HYT00", .timeout), ("HY008", .cancelled), ("HYC00", .unsupported), ("08S01", .connection),
    ("28000", .authentication), ("22012", .data), ("42S02", .sql), ("HY000", .sql),
  ] as [(String, TernError.Kind)])
  func whatAServerSaysHasAKind(text: String, kind: TernError.Kind) throws {
    #expect(TernError.Kind.kind(of: try #require(SQLState(text))) == kind)
  }

  @Test func statesOfOurOwnAreWellFormed() {
    for state in [
      SQLState.warning, .truncated, .unknownKeyword, .optionChanged, .wrongParameterCount,
      .restrictedType, .invalidIndex, .cannotConnect, .notConnected, .connectionRefused,
      .transactionUnknown, .linkFailure, .columnCountMismatch, .textTruncated, .indicatorNeeded, .numberOutOfRange,
      .invalidDatetime, .datetimeOutOfRange, .intervalOutOfRange, .invalidCast,
      .invalidCursorState, .invalidTransactionState, .authenticationFailed,
      .serializationFailure, .tableExists, .noSuchTable, .general, .memory, .cancelled,
      .nullArgument, .sequence, .invalidOptionValue, .invalidLength, .unknownOption,
      .unsupported, .timeout, .connectionTimeout,
    ] { #expect(SQLState(state.text) == state) }
  }
}

@Suite struct TernErrorTests {
  @Test(arguments: ["00000", "01004", "02000"])
  func errorsCarryNoStateOfSuccess(text: String) throws {
    let error = TernError(.sql, try #require(SQLState(text)), "x")
    #expect(error.sqlState == .general)
  }

  @Test(arguments: [
    (TernError.lineLost("x"), TernError.Kind.connection, "08S01", true),
    (.badMessage("length", at: 7), .connection, "08S01", true),
    (.badReply("x"), .connection, "08S01", true),
    (.usage("x"), .usage, "HY000", false), (.usage("x", .sequence), .usage, "HY010", false),
    (.data("x", .invalidCast), .data, "22018", false),
    (.unsupported("x"), .unsupported, "HYC00", false),
    (.internal("x"), .internal, "HY000", false), (.overBudget("x"), .data, "HY001", false),
    (.cancelled, .cancelled, "HY008", false), (.closedConnection, .usage, "08003", false),
    (TernError(.timeout, .timeout, "x"), .timeout, "HYT00", false),
    (TernError(.timeout, .connectionTimeout, "x"), .timeout, "HYT01", true),
  ])
  func kindsHaveTheirStates(error: TernError, kind: TernError.Kind, state: String, ends: Bool) {
    #expect(error.kind == kind && error.sqlState.text == state)
    #expect(error.endsConnection == ends)
    #expect(!error.isRetryable && error.vendorCode == 0 && error.queryID == nil)
  }

  @Test func malformedRepliesAreToldFromLostLines() {
    #expect(TernError.badMessage("x", at: 0).isMalformedReply)
    #expect(TernError.badReply("x").prefixed("fetch").isMalformedReply)
    #expect(!TernError.lineLost("x").isMalformedReply)
    #expect(!TernError.usage("malformed reply from").isMalformedReply)
  }

  @Test func descriptionsSayStateMessageAndQuery() {
    var error = TernError(.sql, .general, "no such column", vendorCode: 7)
    #expect("\(error)" == "[HY000] no such column")
    error.queryID = "q-1"
    #expect("\(error.prefixed("fetch"))" == "[HY000] fetch: no such column (query q-1)")
    #expect(error.prefixed("fetch").vendorCode == 7)
    #expect(TernError.badMessage("length", at: 7).message.contains("length at byte 7"))
  }
}
