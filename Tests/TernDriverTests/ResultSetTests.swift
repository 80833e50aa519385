import Testing
import TernColumns
import TernCore

@testable import TernDriver

@Suite struct ResultSetTests {
  private func values(_ result: ResultSet) throws -> [Int64] {
    var values: [Int64] = []
    while let batch = try result.nextBatch() {
      for row in 0..<batch.rowCount { values.append(try batch.columns[0].int64(at: row)) }
    }
    return values
  }

  private func script(_ ranges: [Range<Int64>], decodesApart: Bool = false) -> Script {
    Script { state in
      state.pages = ranges.map { .success(Script.batch($0)) }
      state.decodesApart = decodesApart
    }
  }

  @Test(
    arguments: [
      "", "prefetch_batches=0", "prefetch_batches=1", "prefetch_bytes=1", "batch_rows=3",
      "prefetch_batches=9223372036854775807&parallel=2",
    ], [false, true])
  func everyRowComesOnceInOrder(options: String, decodesApart: Bool) throws {
    let script = script([0..<10, 10..<11, 11..<11, 11..<40], decodesApart: decodesApart)
    let result = try script.connection(options).execute("select")
    #expect(try values(result) == Array(0..<40))
  }

  @Test func batchesHaveAtMostSoManyRows() throws {
    let result = try script([0..<10]).connection("batch_rows=4").execute("select")
    var counts: [Int] = []
    while let batch = try result.nextBatch() { counts.append(batch.rowCount) }
    #expect(counts == [4, 4, 2])
  }

  /// Swift programs may set any number.
  @Test(arguments: [0, -3, .min])
  func aBatchHasARowAtLeast(limit: Int) throws {
    let statement = try script([0..<3]).connection().makeStatement()
    statement.options.batchRowCountMax = limit
    let result = try statement.execute("select")
    let counts = try (0..<4).map { _ in try result.nextBatch()?.rowCount }
    #expect(counts == [1, 1, 1, nil])
  }

  @Test(arguments: [(0, 12), (1, 1), (5, 5), (6, 6), (12, 12), (13, 12)] as [(Int, Int)])
  func maxRowsEndsTheResult(limit: Int, expected: Int) throws {
    let script = script([0..<5, 5..<10, 10..<12])
    let result = try script.connection("max_rows=\(limit)").execute("select")
    #expect(try values(result).count == expected)
    #expect(script.calls.last == "close result")
  }

  /// Nobody but the test takes pages: what was received and what was decoded count together, and one
  /// is being decoded while another comes.
  @Test func receivingAheadIsBounded() throws {
    let ranges = (0..<50).map { Int64($0)..<Int64($0 + 1) }
    let script = script(ranges, decodesApart: true)
    let connection = try script.connection("prefetch_batches=2")
    let result = try connection.execute("select")
    for _ in 0..<10 { #expect(try result.nextBatch()?.rowCount == 1) }
    result.close()
    // The threads of the result are gone when the session serves another call, and the server's side
    // is freed at the latest then: closing waits for no page that is under way.
    try connection.ping()
    #expect(script.calls.filter { $0 == "receive" }.count <= 10 + 2 + 2)
    #expect(script.calls.suffix(2) == ["close result", "ping"])
  }

  @Test func oneSmallResultNeedsNoThread() throws {
    let script = script([0..<5], decodesApart: true)
    #expect(try values(try script.connection().execute("select")) == Array(0..<5))
  }

  @Test(arguments: ["", "prefetch_batches=0"], [false, true])
  func aFailingPageComesAfterThePagesBeforeIt(options: String, decodesApart: Bool) throws {
    let failure = TernError(.sql, .general, "page lost")
    let script = Script { state in
      state.decodesApart = decodesApart
      state.pages = [.success(Script.batch(0..<2)), .success(Script.batch(2..<4)), .failure(failure)]
    }
    let result = try script.connection(options).execute("select")
    #expect(try result.nextBatch()?.rowCount == 2)
    #expect(try result.nextBatch()?.rowCount == 2)
    #expect(throws: failure) { try result.nextBatch() }
    #expect(throws: TernError.self) { try result.nextBatch() }
  }

  @Test func closingEarlyFreesTheServersSide() throws {
    let script = script([0..<1, 1..<2, 2..<3, 3..<4])
    let connection = try script.connection()
    let result = try connection.execute("select")
    _ = try result.nextBatch()
    result.close()
    result.close()
    #expect(script.calls == ["execute select", "close result"])
    #expect(throws: TernError.self) { try result.nextBatch() }
  }

  @Test func aResultOutlivesItsConnectionButCannotFetch() throws {
    let script = script([0..<2, 2..<4])
    var connection: Connection? = try script.connection("prefetch_batches=0")
    let result = try #require(try connection?.execute("select"))
    _ = try result.nextBatch()
    connection?.close()
    connection = nil
    #expect(result.columns.map(\.name) == ["N"])
    let error = #expect(throws: TernError.self) { try result.nextBatch() }
    #expect(error?.sqlState == .notConnected)
  }

  @Test func severalResultsFollowEachOther() throws {
    let script = Script { state in
      state.results = [
        .changed(rows: 3, lastInsertID: .max), .changed(rows: nil, queryID: "q-2"),
      ]
    }
    let first = try script.connection().execute("two")
    #expect(first.rowsChanged == 3 && first.lastInsertID == .max)
    #expect(!first.hasRows)
    let second = try #require(try first.nextResult())
    #expect(second.rowsChanged == nil && second.lastInsertID == nil)
    #expect(second.queryID == "q-2")
    #expect(try second.nextResult() == nil)
  }

  @Test(arguments: [true, false])
  func parallelReadersDeliverEveryRow(isOrdered: Bool) throws {
    let script = Script { state in
      state.pages = [.success(Script.batch(0..<1))]
      state.readerPages = [
        [page(0..<5), page(5..<6)], [page(6..<20)], [], [page(20..<21), page(21..<50)],
      ]
    }
    let options = "parallel=4&prefetch_bytes=1&ordered=" + (isOrdered ? "on" : "off")
    let values = try values(try script.connection(options).execute("select"))
    #expect((isOrdered ? values : values.sorted()) == Array(0..<50))
  }

  /// A part that brought other rows than it was to bring is no end of the result.
  @Test(arguments: [[0..<5, 6..<9], [0..<5, 4..<9]] as [[Range<Int64>]])
  func missingRowsAreAnErrorAndNoEnd(ranges: [Range<Int64>]) throws {
    let script = Script { state in
      state.pages = [.success(Script.batch(0..<1))]
      state.readerPages = [ranges.map { page($0) }]
    }
    let result = try script.connection("parallel=2").execute("select")
    #expect(try result.nextBatch()?.rowCount == 5)
    let error = #expect(throws: TernError.self) { try result.nextBatch() }
    #expect(error?.kind == .data && error?.message.contains("row 5") == true)
  }

  private func page(_ rows: Range<Int64>) -> Page {
    Page(firstRow: rows.lowerBound, batch: Script.batch(rows))
  }
}
