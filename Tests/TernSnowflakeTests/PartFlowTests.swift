import TernColumns
import TernCore
import TernDriver
import TernNet
import Testing

@testable import TernSnowflake

/// When parts are fetched: budgets, order of errors, expiry, cancel and close.
struct PartFlowTests {
  @Test("trap 3: a budget smaller than any part never stops the result")
  func aTinyBudgetIsNoDeadlock() throws {
    let parted = try PartedResult(Array(repeating: 40, count: 12), form: { _ in .arrow })
    let answer = try parted.answer(byteCount: 1 << 30)
    for options in [
      "prefetch_bytes_total=1", "prefetch_bytes_total=1&prefetch_bytes=1&parallel=8",
      "prefetch_bytes_total=1&ordered=off", "prefetch_bytes_total=0", "parallel=1",
    ] {
      let connection = try parted.connection(options, answer)
      let results = [try connection.execute("x"), try connection.execute("x")]
      // Two results of one connection share the budget.
      for result in results {
        #expect(try PartedResult.numbers(result).sorted() == parted.expected, "\(options)")
      }
    }
  }

  @Test("trap 1: what is under way at once stays within the budget of the connection")
  func theBudgetBoundsWhatIsUnderWay() throws {
    // Parts that are being answered now, and the most that ever were.
    let counts = Monitor((now: 0, most: 0))
    let parted = try PartedResult(Array(repeating: 10, count: 40), inline: 1, form: { _ in .json })
    {
      part, _, _ in
      counts.withLock { counts in
        counts.now += 1
        counts.most = max(counts.most, counts.now)
      }
      // The first ones are held for a second, in which no more may come than there is room for.
      let context = CallContext(deadline: .after(1_000_000_000, .query))
      if part < 8 { try? counts.wait(context, "others") { $0.most > 4 ? () : nil } }
      counts.withLock { $0.now -= 1 }
      return nil
    }
    // A megabyte a part and what ten rows take here: three fit into four million.
    let answer = try parted.answer(byteCount: 1_000_000)
    let connection = try parted.connection("prefetch_bytes_total=4000000&parallel=8", answer)
    #expect(try PartedResult.numbers(try connection.execute("x")) == parted.expected)
    #expect((3...4).contains(counts.withLock { $0.most }))
  }

  @Test("trap 1: a slow reader's parts stay within the budget")
  func aSlowReaderIsNotOverrun() throws {
    let size = 20_000
    let ahead = Monitor((requested: 0, taken: 0, most: 0))
    let parted = try PartedResult(
      Array(repeating: size, count: 30), inline: 1, form: { _ in .arrow }
    ) {
      _, _, _ in
      ahead.withLock { ahead in
        ahead.requested += 1
        ahead.most = max(ahead.most, ahead.requested - ahead.taken)
      }
      return nil
    }
    // Here, a part takes about 630 kB.
    let connection = try parted.connection(
      "prefetch_bytes_total=3000000&parallel=3", try parted.answer(byteCount: 300_000))
    let result = try connection.execute("x")
    var rowCount = 0
    var mostBytes: Int64 = 0
    while let batch = try result.nextBatch() {
      rowCount += batch.rowCount
      // Whoever reads is slower than whoever fetches.
      let wanted = min(30, rowCount / size + 3)
      if rowCount < size {
        // For a second nobody takes anything: no more may come than there is room for.
        let second = CallContext(deadline: .after(1_000_000_000, .query))
        try? ahead.wait(second, "too many parts") { $0.most > 7 ? () : nil }
      }
      try ahead.wait(CallContext(deadline: .after(60_000_000_000, .query)), "parts") { ahead in
        ahead.taken = rowCount / size
        return ahead.requested >= wanted ? () : nil
      }
      mostBytes = max(mostBytes, result.received.byteCount - Int64(rowCount * 31))
    }
    #expect(rowCount == size * 30 + 1)
    #expect((3...7).contains(ahead.withLock { $0.most }))
    #expect(mostBytes < 4_500_000)
  }

  @Test("a part's error comes when its rows are due, and not before")
  func errorsWaitForTheirTurn() throws {
    let gate = Monitor(false)
    let parted = try PartedResult([10, 10, 10, 10], form: { _ in .json }) { part, _, _ in
      if part == 0 {
        // Comes after the failure of the part behind it.
        try? gate.wait(CallContext(), "the failure") { $0 ? () : nil }
        return nil
      }
      guard part == 1 else { return nil }
      gate.withLock { $0 = true }
      return .status(404)
    }
    let result = try parted.connection("parallel=4").execute("x")
    var numbers: [Int64] = []
    let error = try #require(throws: TernError.self) {
      while let batch = try result.nextBatch() {
        for row in 0..<batch.rowCount { numbers.append(try batch.columns[0].int64(at: row)) }
      }
    }
    #expect(numbers == (0..<12).map { Int64($0) })
    #expect(error.message.hasPrefix("rows 12 to 21: "), "\(error)")
  }

  @Test("trap 4: a cancel ends a part of which half a body has come", arguments: [1, 4])
  func cancelEndsAStalledPart(_ readerCount: Int) throws {
    let parted = try PartedResult([50, 60], form: { _ in .json }) { _, _, good in
      .stall(
        Array("HTTP/1.1 200 OK\r\nContent-Length: \(good.count)\r\n\r\n".utf8)
          + good.prefix(good.count / 2))
    }
    let connection = try parted.connection("parallel=\(readerCount)")
    let result = try connection.execute("x")
    _ = try result.nextBatch()
    let service = parted.service
    let canceller = try WorkerThread.start("canceller") {
      try? service.waitForRequests(1)
      while !connection.cancel() {}
    }
    let start = Deadline.now
    let error = try #require(throws: TernError.self) {
      while try result.nextBatch() != nil {}
    }
    canceller.join()
    #expect(error.kind == .cancelled && Deadline.now - start < 10_000_000_000, "\(error)")
    // The session is sound: the next result is none of its business.
    #expect(connection.isAlive)
  }

  @Test("trap 47: closing a result stops its parts at once, in a transaction too")
  func closeStopsStalledParts() throws {
    let parted = try PartedResult([50, 60, 70, 80], form: { _ in .json }) { part, _, _ in
      part == 0 ? nil : .hang
    }
    for readerCount in [1, 3] {
      let connection = try parted.connection("parallel=\(readerCount)")
      let before = parted.service.requests.count
      let result = try connection.execute("x")
      // The inline rows and the first part; another is under way then.
      _ = try result.nextBatch()
      _ = try result.nextBatch()
      try parted.service.waitForRequests(before + 2)
      let start = Deadline.now
      result.close()
      #expect(Deadline.now - start < 5_000_000_000)
      #expect(throws: TernError.self) { try result.nextBatch() }
    }
  }

  @Test("trap 6: expired addresses are renewed once, and reading goes on at the same part")
  func expiredAddressesAreRenewed() throws {
    for readerCount in [1, 4] {
      let expired = Locked<Set<String>>([])
      let parted = try PartedResult(Array(repeating: 30, count: 10), form: { _ in .arrow })
      // The service's second set of addresses is served by another result.
      let fresh = try PartedResult(Array(repeating: 30, count: 10), form: { _ in .arrow })
      let stale = try PartedResult(Array(repeating: 30, count: 10), form: { _ in .arrow }) {
        part, _, _ in
        guard part >= 4 else { return nil }
        expired.withLock { _ = $0.insert("\(part)") }
        return .status(
          403, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message>")
      }
      let renewals = Locked(0)
      let answer = try fresh.answer(
        signature: "2", extra: #""chunkHeaders":{"x-key":"other-key"}"#)
      let connection = try stale.connection("parallel=\(readerCount)") { _ throws(TernError) in
        renewals.withLock { $0 += 1 }
        return answer
      }
      #expect(try PartedResult.numbers(try connection.execute("x")) == parted.expected)
      #expect(renewals.current == 1)
      #expect(fresh.service.requests.count == 6)
      #expect(fresh.service.requests.allSatisfy { $0.header("x-key") == "other-key" })
    }
  }

  @Test("trap 6: without other addresses the error names the expiry")
  func expiryThatStaysIsNamed() throws {
    let refusal = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    let stale = try PartedResult([30, 40], form: { _ in .json }) { _, _, _ in
      .status(403, refusal)
    }
    let same = try stale.answer()
    let renewals = Locked(0)
    let renewal: SnowflakeFeed.Renewal = { _ throws(TernError) in
      renewals.withLock { $0 += 1 }
      return same
    }
    for renewal in [nil, renewal] {
      let connection = try stale.connection("parallel=2", same, renewal: renewal)
      let error = try #require(throws: TernError.self) {
        try PartedResult.numbers(try connection.execute("x"))
      }
      #expect(error.message.contains("403: AccessDenied, Request has expired"), "\(error)")
      #expect(error.message.contains("has expired or was withdrawn"), "\(error)")
      #expect(error.kind == .sql && connection.isAlive)
    }
    #expect((1...2).contains(renewals.current))
  }

  @Test(
    "trap 6: another result under the same name is refused",
    arguments: [[30], [30, 41], [30, 40, 5]])
  func anotherResultIsRefused(_ counts: [Int]) throws {
    let stale = try PartedResult([30, 40], form: { _ in .json }) { part, _, _ in
      part == 1 ? .status(403) : nil
    }
    let other = try PartedResult(counts, form: { _ in .json })
    let answer = try other.answer()
    let connection = try stale.connection("parallel=1") { _ throws(TernError) in answer }
    let error = try #require(throws: TernError.self) {
      try PartedResult.numbers(try connection.execute("x"))
    }
    #expect(error.message.contains("the service gave other parts"), "\(error)")
    #expect(other.service.requests.isEmpty)
  }
}
