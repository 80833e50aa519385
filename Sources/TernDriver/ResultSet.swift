public import TernColumns
public import TernCore

/// One result of an execution: a count of changed rows, or rows to fetch.
///
/// Columns first: rows come as batches. Reads ahead on a thread of its own once a second page is
/// known to exist. Thread-safe; meant for one reader.
public final class ResultSet: Sendable {
  private enum Progress: Sendable {
    /// Nothing was fetched yet, or pages come one by one without read-ahead.
    case direct
    case ahead(PageQueue)
    case finished
    case closed
  }

  private struct State: Sendable {
    var progress: Progress
    var current: Batch?
    var rowOffset = 0
    var rowsLeft: Int64
    var rowsTaken: Int64 = 0
    /// Of the pages that were taken from the source or the queue.
    var received = ReceivedAmount()
  }

  private let source: (any PageSource)?
  private let outcomes: (any Outcomes)?
  private let options: StatementOptions
  /// Held, so that a connection whose last name is gone stays open while results are read.
  private let connection: Connection
  private var gate: SessionGate { connection.gate }
  private let scope: CancelScope
  private let state: Locked<State>
  /// Rows that a statement without rows changed; nil: the server does not tell, or there are rows.
  public let rowsChanged: Int64?
  /// What a statement without rows put into a column that numbers its rows by itself: the first
  /// number that was made, else one that was given; nil: none, or the protocol does not tell.
  public let lastInsertID: UInt64?
  /// The server's id of the statement.
  public let queryID: String?

  init(
    _ outcome: Outcome, _ outcomes: (any Outcomes)?, _ options: StatementOptions,
    _ connection: Connection, _ scope: CancelScope
  ) {
    self.outcomes = outcomes
    self.options = options
    self.connection = connection
    self.scope = scope
    let rowsLeft = options.rowCountMax > 0 ? options.rowCountMax : Int64.max
    switch outcome {
    case .changed(let rows, let lastInsertID, let queryID):
      source = nil
      rowsChanged = rows
      self.lastInsertID = lastInsertID
      self.queryID = queryID
      state = Locked(State(progress: .finished, rowsLeft: 0))
    case .rows(let source):
      self.source = source
      rowsChanged = nil
      lastInsertID = nil
      queryID = source.queryID
      state = Locked(State(progress: .direct, rowsLeft: rowsLeft))
    }
  }

  deinit { close() }

  /// Whether this is a result set; false for a count.
  public var hasRows: Bool { source != nil }

  /// The columns; empty for a count. They never change.
  public var columns: [ColumnDescription] { source?.columns ?? [] }

  /// The Arrow schema of every batch.
  public var schema: Schema { Schema(columns.map(\.field)) }

  /// Rows of the whole result where the server told beforehand; `max_rows` may end it earlier.
  public var rowCount: Int64? { source?.rowCount }

  /// Rows handed out so far. Any thread.
  public var rowsTaken: Int64 { state.withLock { $0.rowsTaken } }

  /// What has arrived so far, read-ahead included. Any thread, for progress displays.
  public var received: ReceivedAmount {
    state.withLock { state in
      guard case .ahead(let queue) = state.progress else { return state.received }
      return state.received + queue.waiting
    }
  }

  /// The parts that other processes can read.
  public var partitions: [Partition] { source?.partitions ?? [] }

  /// Fetches the next batch, or nil after the last row. At most `batch_rows` rows.
  ///
  /// Blocks while the server is slower than the caller.
  /// - Throws: `.usage` 24000 after `close` or for a count; `.sql` and `.data` (this result is at
  ///   its end), `.connection`, `.cancelled` and `.timeout`: the result is closed then, the
  ///   connection usable unless the error says otherwise.
  public func nextBatch() throws(TernError) -> Batch? {
    guard let source else {
      throw .usage("the statement gave no rows", .invalidCursorState)
    }
    if let rest = try takeSlice() { return rest }
    do throws(TernError) {
      let page = try scope.run { token throws(TernError) in
        try nextPage(source, CallContext(cancelToken: token))
      }
      guard let page else {
        finish()
        return nil
      }
      state.withLock { state in
        state.current = page
        state.rowOffset = 0
        state.received = state.received + ReceivedAmount(page)
      }
      return try takeSlice()
    } catch {
      close(isCancelling: true)
      throw error
    }
  }

  /// The next result of the same execution, or nil after the last; closes this one.
  ///
  /// - Throws: the server's error if that result is one; later results may follow it.
  public func nextResult() throws(TernError) -> ResultSet? {
    close()
    guard let outcomes else { return nil }
    let next = try scope.run { token throws(TernError) in
      let context = CallContext(cancelToken: token)
      return try gate.run(context) { _ throws(TernError) in try outcomes.next(context) }
    }
    guard let next else { return nil }
    return ResultSet(next, outcomes, options, connection, scope)
  }

  /// Frees what the server holds for this result, now if the connection is idle and otherwise
  /// before its next call. Any thread; twice is fine.
  ///
  /// Does not wait for a page that is under way: the connection's next call does, where the
  /// protocol cannot drop it.
  public func close() { close(isCancelling: isDroppable) }

  /// Whether a page under way is better dropped than awaited. Inside a transaction it is not: that
  /// may cost what was done in it before, unless the session has no part in it.
  private var isDroppable: Bool {
    guard source?.usesSession ?? true else { return true }
    return gate.session.state.isAutocommit && source?.stopsAtCancel ?? true
  }

  private func close(isCancelling: Bool) {
    let progress = state.withLock { state -> Progress in
      defer { state.progress = .closed }
      state.current = nil
      return state.progress
    }
    switch progress {
    case .closed: return
    case .ahead(let queue): release(after: queue, isCancelling: isCancelling)
    case .direct, .finished: release()
    }
  }

  // MARK: - Pages

  private func takeSlice() throws(TernError) -> Batch? {
    let slice = state.withLock { state -> (batch: Batch, start: Int, count: Int)? in
      guard let batch = state.current, state.rowsLeft > 0 else { return nil }
      let start = state.rowOffset
      let count = min(
        batch.rowCount - start, max(1, options.batchRowCountMax), Int(clamping: state.rowsLeft))
      state.rowOffset += count
      state.rowsLeft -= Int64(count)
      state.rowsTaken += Int64(count)
      if state.rowOffset == batch.rowCount { state.current = nil }
      return (batch, start, count)
    }
    guard let slice else { return nil }
    return slice.count == slice.batch.rowCount
      ? slice.batch : try slice.batch.slice(slice.start, count: slice.count)
  }

  private func nextPage(
    _ source: any PageSource, _ context: CallContext
  ) throws(TernError) -> Batch? {
    let (progress, rowsLeft, rowsTaken) = state.withLock {
      ($0.progress, $0.rowsLeft, $0.rowsTaken)
    }
    switch progress {
    case .closed: throw .usage("the result is closed", .invalidCursorState)
    case .finished: return nil
    case .direct where rowsLeft == 0: return nil
    case .ahead where rowsLeft == 0: return nil
    case .ahead(let queue): return try queue.next(context)
    case .direct: break
    }
    let isFirst = rowsTaken == 0
    if isFirst, options.readerCountMax > 1, let queue = try startReaders(source, context) {
      state.withLock { $0.progress = .ahead(queue) }
      return try queue.next(context)
    }
    // The first page is received here: most results have no second one and need no thread.
    if !isFirst, source.isFinished { return try fetchDirectly(source, context) }
    if options.prefetchBatchCountMax == 0 { return try fetchDirectly(source, context) }
    var first: ReceivedPage?
    if isFirst {
      guard source.decodesApart else { return try fetchDirectly(source, context) }
      guard let page = try directReader(source).receive(context) else { return nil }
      // Who waits for a page as large as that wants the next one too: it comes meanwhile.
      guard !page.isDecoded, !source.isFinished else { return try page.decode() }
      first = page
    }
    let reader = SerialReader(
      source, firstRow: rowsTaken, pageCountMax: options.prefetchBatchCountMax, gate: gate)
    if let first { reader.putBack(first) }
    let queue = try PageQueue(
      [reader], firstRow: rowsTaken, isOrdered: true, budget: options.budget, gate: gate)
    state.withLock { $0.progress = .ahead(queue) }
    return try queue.next(context)
  }

  private func fetchDirectly(
    _ source: any PageSource, _ context: CallContext
  ) throws(TernError) -> Batch? {
    let reader = directReader(source)
    while let page = try reader.nextPage(context) {
      if page.batch.rowCount > 0 { return page.batch }
    }
    return nil
  }

  /// A reader for pages that the caller takes one by one.
  private func directReader(_ source: any PageSource) -> SerialReader {
    SerialReader(source, firstRow: 0, isAhead: false, gate: gate)
  }

  /// Starts the result's independent readers; nil if it has none.
  private func startReaders(
    _ source: any PageSource, _ context: CallContext
  ) throws(TernError) -> PageQueue? {
    let readers = try gate.run(context) { [options] _ throws(TernError) in
      try source.makeReaders(options.readerCountMax, context)
    }
    guard !readers.isEmpty else { return nil }
    return try PageQueue(
      readers, firstRow: 0, isOrdered: options.isOrdered, budget: options.budget, gate: gate)
  }

  /// After the last row, or the last that is wanted: then a page may still be under way.
  private func finish() {
    let progress = state.withLock { state -> Progress in
      let progress = state.progress
      if case .closed = progress { return progress }
      state.progress = .finished
      return progress
    }
    switch progress {
    case .closed, .finished: return
    case .ahead(let queue):
      release(after: queue, isCancelling: isDroppable)
    case .direct: release()
    }
  }

  private func release(after queue: PageQueue? = nil, isCancelling: Bool = true) {
    guard let source else { return }
    let isBeside = queue?.abandon(isCancelling: isCancelling) ?? false
    if source.usesSession {
      gate.free(source, after: queue, isBeside: isBeside)
    } else {
      queue?.join()
      source.close(CallContext(deadline: .after(SessionGate.goodbyeNanoseconds, .network)))
    }
  }
}
