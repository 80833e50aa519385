import TernColumns
import TernCore
import TernDriver
import Testing

/// What the waist does for every protocol's session.
struct SessionHelpTests {
  private let context = CallContext()
  private let lost = TernError.lineLost("gone")

  private func state(
    of error: TernError, _ session: FakeSession, unless isKnown: Bool = false
  ) -> String? {
    do throws(TernError) {
      try session.committing(unless: { _ in isKnown }) { () throws(TernError) in throw error }
      return nil
    } catch {
      return error.sqlState.text
    }
  }

  @Test func aCommitWithoutAnAnswerIsOfUnknownOutcome() {
    let session = FakeSession(Script())
    #expect(state(of: lost, session) == "08007")
    #expect(state(of: lost, session, unless: true) == "08S01")
    #expect(state(of: TernError(.sql, .serializationFailure, "no"), session) == "40001")
    session.close(context)
    #expect(state(of: lost, session) == "08S01", "what was lost before is not unknown")
  }

  @Test func asManyParametersAsMarkers() throws {
    let script = Script()
    let preparation = FakePreparation(script)
    script.state.withLock { $0.parameterCount = 0 }
    let column = try Batch(Schema([]), [], rowCount: 3)
    try preparation.check(nil)
    try preparation.check(column)
    script.state.withLock { $0.parameterCount = 2 }
    for parameters in [nil, column] {
      let error = #expect(throws: TernError.self) { try preparation.check(parameters) }
      #expect(error?.sqlState == .wrongParameterCount)
      #expect(error?.message == "0 parameters are bound, the statement has 2")
    }
    let single = TernError.parameters(bound: 1, wanted: 2)
    #expect(single.message == "1 parameter is bound, the statement has 2")
  }

  /// Each row's results, and which rows have been run.
  private func rows(
    _ ran: Locked<[Int]>, first: (any Outcomes)? = nil
  ) -> RowOutcomes {
    RowOutcomes(rowCount: 4, first: first) { row, _ throws(TernError) in
      ran.withLock { $0.append(row) }
      if row == 3 { throw TernError(.sql, .general, "row 3") }
      return ReadyOutcomes(row == 1 ? [] : [.changed(rows: 10), .changed(rows: Int64(row))])
    }
  }

  private func count(_ outcomes: RowOutcomes) throws -> Int64? {
    guard case .changed(let rows, _, _)? = try outcomes.next(context) else { return nil }
    return rows
  }

  @Test func aRowIsRunWhenTheResultsBeforeItWereTaken() throws {
    let ran = Locked<[Int]>([])
    let outcomes = rows(ran)
    #expect(try count(outcomes) == 10 && ran.current == [0])
    #expect(try count(outcomes) == 0 && ran.current == [0])
    #expect(try count(outcomes) == 10 && ran.current == [0, 1, 2])
    #expect(try count(outcomes) == 2)
    #expect(throws: TernError.self) { try count(outcomes) }
    #expect(try count(outcomes) == nil && ran.current == [0, 1, 2, 3])
  }

  @Test func aFirstRowThatWasRunIsNotRunAgain() throws {
    let ran = Locked<[Int]>([])
    let outcomes = rows(ran, first: ReadyOutcomes([.changed(rows: 7)]))
    #expect(try count(outcomes) == 7 && ran.current.isEmpty)
    #expect(try count(outcomes) == 10 && ran.current == [1, 2])
  }

  @Test func closingRunsNoFurtherRow() throws {
    let ran = Locked<[Int]>([])
    let outcomes = rows(ran)
    _ = try count(outcomes)
    outcomes.close(context)
    #expect(try count(outcomes) == nil && ran.current == [0])
  }
}
