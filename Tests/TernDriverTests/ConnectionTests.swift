import Testing
import TernColumns
import TernCore
import TernNet

@testable import TernDriver

@Suite struct ConnectionTests {
  /// Runs `body` on a thread and hands over what it threw.
  private func background(
    _ body: @escaping @Sendable () throws -> Void
  ) throws -> (WorkerThread, Locked<TernError?>) {
    let failure = Locked<TernError?>(nil)
    let thread = try WorkerThread.start("test") {
      do { try body() } catch { failure.withLock { $0 = error as? TernError } }
    }
    return (thread, failure)
  }

  /// Waits until a call has reached the session.
  private func waitFor(_ call: String, in script: Script) {
    while !script.calls.contains(call) { script.door.withLock { _ in } }
  }

  @Test func aCancelEndsTheCallThatRuns() throws {
    let script = Script()
    let connection = try script.connection()
    let (thread, failure) = try background { _ = try connection.execute("block") }
    waitFor("execute block", in: script)
    #expect(connection.cancel())
    thread.join()
    #expect(failure.current?.kind == .cancelled)
    _ = try connection.execute("select")
  }

  @Test func aCancelThatFindsNothingSparesTheNextCall() throws {
    let script = Script()
    let connection = try script.connection()
    let statement = connection.makeStatement()
    #expect(!statement.cancel())
    #expect(!connection.cancel())
    _ = try statement.execute("select")
  }

  /// Calls of one scope may overlap, as a fetch and the next execution do: whichever ends, the
  /// other can still be cancelled.
  @Test func whatRunsCanAlwaysBeCancelled() throws {
    let registry = CancelRegistry()
    let scope = CancelScope(registry)
    let missed = Locked(0)
    let threads = try (0..<2).map { _ in
      try WorkerThread.start("test") {
        for _ in 0..<20_000 {
          let wasSeen: Bool? = try? scope.run { _ in registry.cancelAll() }
          if wasSeen != true { missed.withLock { $0 += 1 } }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(missed.current == 0)
  }

  @Test func aStatementsCancelLeavesOthersAlone() throws {
    let script = Script()
    let connection = try script.connection()
    let (thread, failure) = try background { _ = try connection.execute("block") }
    waitFor("execute block", in: script)
    #expect(!connection.makeStatement().cancel())
    script.door.withLock { $0 = true }
    thread.join()
    #expect(failure.current == nil)
  }

  @Test func aWaitingCallCanBeCancelledToo() throws {
    let script = Script()
    let connection = try script.connection()
    let (first, _) = try background { _ = try connection.execute("block") }
    waitFor("execute block", in: script)
    let statement = connection.makeStatement()
    let (second, failure) = try background { _ = try statement.execute("select") }
    while !statement.cancel() {}
    second.join()
    #expect(failure.current?.kind == .cancelled)
    script.door.withLock { $0 = true }
    first.join()
    #expect(!script.calls.contains("execute select"))
  }

  @Test func queryTimeoutEndsTheCall() throws {
    let script = Script()
    let connection = try script.connection("query_timeout=20ms")
    let error = #expect(throws: TernError.self) { try connection.execute("block") }
    #expect(error?.sqlState == .timeout)
    _ = try connection.execute("select")
  }

  @Test func closingTwiceSaysGoodbyeOnce() throws {
    let script = Script()
    let connection = try script.connection()
    connection.close()
    connection.close()
    #expect(script.calls == ["goodbye"])
    #expect(!connection.isAlive)
    let error = #expect(throws: TernError.self) { try connection.ping() }
    #expect(error?.sqlState == .notConnected)
  }

  @Test func transactionsNeedAutocommitOff() throws {
    let script = Script()
    let connection = try script.connection()
    let error = #expect(throws: TernError.self) { try connection.commit() }
    #expect(error?.sqlState == .invalidTransactionState)
    try connection.setAutocommit(false)
    try connection.setAutocommit(false)
    try connection.rollback()
    try connection.setAutocommit(true)
    #expect(script.calls == ["autocommit false", "rollback", "commit", "autocommit true"])
  }

  @Test func parametersPrepareOnTheWay() throws {
    let script = Script()
    let statement = try script.connection().makeStatement()
    statement.bind(Script.batch(0..<3))
    #expect(try statement.execute("insert").rowsChanged == 3)
    #expect(script.calls == ["prepare insert", "run 3"])
  }

  @Test func missingParametersAreAUsageError() throws {
    let script = Script()
    let statement = try script.connection().makeStatement()
    try statement.prepare("insert")
    let error = #expect(throws: TernError.self) { try statement.execute() }
    #expect(error?.sqlState == .wrongParameterCount)
  }

  @Test func streamsAreRunBatchByBatch() throws {
    final class Stream: BatchStream {
      let rest = Locked<[Batch]>([Script.batch(0..<2), Script.batch(2..<2), Script.batch(2..<7)])
      func nextBatch() throws(TernError) -> Batch? {
        rest.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      }
    }
    let script = Script()
    let statement = try script.connection().makeStatement()
    try statement.prepare("insert")
    statement.bind(Stream())
    #expect(try statement.execute().rowsChanged == 7)
    #expect(script.calls == ["prepare insert", "run 2", "run 5"])
  }

  @Test func noRowsOfParametersRunNothing() throws {
    let script = Script()
    let statement = try script.connection().makeStatement()
    statement.bind(Script.batch(0..<0))
    #expect(try statement.execute("insert").rowsChanged == 0)
    #expect(script.calls == ["prepare insert"])
  }

  @Test func catalogAnswersAreSortedAndShaped() throws {
    let script = Script { state in
      state.catalog.append([.null, .text("B"), .text("T"), .text("VIEW")])
      state.catalog.append([.null, .text("B"), .text("S"), .text("TABLE"), .text("note")])
      state.catalog.append([.null, .text("A"), .text("T"), .text("TABLE")])
    }
    let result = try script.connection().catalog(.tables(TableFilter(), types: nil))
    #expect(
      result.columns.map(\.name)
        == ["TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "TABLE_TYPE", "REMARKS"])
    let batch = try #require(try result.nextBatch())
    #expect(try batch.row(0) == [.null, "A", "T", "TABLE", .null])
    #expect(try batch.row(1) == [.null, "B", "S", "TABLE", "note"])
    #expect(try batch.row(2) == [.null, "B", "T", "VIEW", .null])
  }
}
