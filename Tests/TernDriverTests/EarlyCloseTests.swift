import Testing
import TernColumns
import TernCore
import TernNet

@testable import TernDriver

/// What happens to a page that is under way when nobody wants its result any more.
@Suite struct EarlyCloseTests {
  /// The second page comes when the door opens, whatever is cancelled meanwhile.
  private func script(
    decodesApart: Bool, isAutocommit: Bool = true, stopsAtCancel: Bool = true
  ) -> Script {
    Script { state in
      state.pages = (0..<4).map { .success(Script.batch($0..<$0 + 1)) }
      state.decodesApart = decodesApart
      state.owedPage = 3
      state.isAutocommit = isAutocommit
      state.stopsAtCancel = stopsAtCancel
    }
  }

  /// A result in the middle, with the next page under way.
  private func result(_ connection: Connection, _ script: Script) throws -> ResultSet {
    let result = try connection.execute("select")
    #expect(try result.nextBatch()?.rowCount == 1)
    #expect(try result.nextBatch()?.rowCount == 1)
    try script.touches.wait(CallContext(), "the page being asked for") { $0 > 0 ? () : nil }
    return result
  }

  private func isOpen(_ script: Script) -> Bool { script.door.withLock { $0 } }

  /// Opens the door at a cancel or later, so that a close that waits for the page fails instead of
  /// hanging.
  private func openLater(_ script: Script) throws -> (WorkerThread, CancelToken) {
    let token = CancelToken()
    let thread = try WorkerThread.start("late-opener") {
      let patience = CallContext(deadline: .after(3_000_000_000, .network), cancelToken: token)
      try? Monitor(false).wait(patience, "opening the door") { $0 ? () : nil }
      script.door.withLock { $0 = true }
    }
    return (thread, token)
  }

  @Test(arguments: [false, true], [false, true])
  func closingWaitsForNoPage(decodesApart: Bool, isAutocommit: Bool) throws {
    let script = script(decodesApart: decodesApart, isAutocommit: isAutocommit)
    let connection = try script.connection()
    let result = try result(connection, script)
    let (opener, soon) = try openLater(script)
    result.close()
    #expect(!isOpen(script))
    #expect(script.calls.last != "close result")
    soon.cancel()
    // The next call waits for what the server owes, and frees the result first.
    try connection.ping()
    #expect(isOpen(script))
    #expect(script.calls.suffix(2) == ["close result", "ping"])
    opener.join()
    #expect(throws: TernError.self) { try result.nextBatch() }
  }

  /// A transaction must not suffer from it, nor a session that reads the page in any case.
  @Test(arguments: [(true, true, true), (true, false, false), (false, true, false)])
  func aPageIsDroppedWhereThatHelps(
    isAutocommit: Bool, stopsAtCancel: Bool, isCancelled: Bool
  ) throws {
    let script = script(
      decodesApart: true, isAutocommit: isAutocommit, stopsAtCancel: stopsAtCancel)
    let connection = try script.connection()
    let (opener, soon) = try openLater(script)
    defer { opener.join() }
    try result(connection, script).close()
    soon.cancel()
    try connection.ping()
    #expect(script.calls.contains("owed page was cancelled") == isCancelled)
    #expect(script.calls.suffix(2) == ["close result", "ping"])
  }

  @Test(arguments: [false, true])
  func aRowLimitWaitsForNoPage(decodesApart: Bool) throws {
    let script = script(decodesApart: decodesApart)
    let connection = try script.connection("max_rows=2")
    let result = try result(connection, script)
    let (opener, soon) = try openLater(script)
    #expect(try result.nextBatch() == nil)
    #expect(!isOpen(script))
    soon.cancel()
    opener.join()
    try connection.ping()
    #expect(script.calls.suffix(2) == ["close result", "ping"])
  }

  /// A call that waits for the owed page can be cancelled, and the one after it waits again.
  @Test func theNextCallCanBeCancelled() throws {
    let script = script(decodesApart: true)
    let connection = try script.connection()
    let (opener, soon) = try openLater(script)
    defer { opener.join() }
    try result(connection, script).close()
    #expect(!isOpen(script))
    let statement = connection.makeStatement()
    let canceller = try WorkerThread.start("cancel") { while !statement.cancel() {} }
    let error = #expect(throws: TernError.self) { try statement.execute("select") }
    canceller.join()
    #expect(error?.kind == .cancelled)
    soon.cancel()
    try connection.ping()
    #expect(script.calls.suffix(2) == ["close result", "ping"])
  }

  /// Closing the connection gives the server the time of a goodbye, and then up.
  @Test(arguments: [false, true])
  func closingTheConnectionGivesUp(decodesApart: Bool) throws {
    let script = script(decodesApart: decodesApart)
    let connection = try script.connection()
    let (opener, soon) = try openLater(script)
    defer { opener.join() }
    defer { soon.cancel() }
    try result(connection, script).close()
    let start = Deadline.now
    connection.close()
    #expect(Deadline.now - start < 2_900_000_000)
    #expect(isOpen(script))
    #expect(script.calls.last == "goodbye")
  }

  /// Rows that were not fetched must not look like the end of a result.
  @Test func aReaderOfAClosedConnectionLearnsIt() throws {
    let script = script(decodesApart: true)
    let connection = try script.connection()
    let result = try result(connection, script)
    let reader = Locked<TernError?>(nil)
    let (opener, soon) = try openLater(script)
    defer { opener.join() }
    defer { soon.cancel() }
    let thread = try WorkerThread.start("reader") {
      do throws(TernError) { _ = try result.nextBatch() } catch { reader.withLock { $0 = error } }
    }
    connection.close()
    thread.join()
    #expect(reader.current != nil)
    #expect(throws: TernError.self) { try result.nextBatch() }
  }
}
