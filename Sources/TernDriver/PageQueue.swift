internal import TernColumns
internal import TernCore
internal import TernNet

/// Reads a result ahead on threads of its own, within budgets of pages and bytes.
///
/// Ordered queues hand out pages by row number; the page that the consumer needs next is always
/// allowed in, whatever the budgets say.
final class PageQueue: Sendable {
  /// How much may wait to be taken.
  struct Budget: Sendable {
    var pageCountMax: Int
    var byteCountMax: Int
    /// For all results of the connection.
    var totalByteCountMax: Int
  }

  private struct State {
    var pages: [Page] = []
    var byteCount = 0
    /// Bytes that pages will have for which there was made room and which are not there yet.
    var expectedByteCount = 0
    var nextRow: Int64 = 0
    var readerCount: Int
    /// Readers that are at a page of a line of their own.
    var besideCount = 0
    var failure: Failure?
    var isStopped = false
  }

  /// What a reader threw, and the row that it was to bring where it knew.
  private struct Failure {
    var error: TernError
    var row: Int64?
  }

  private let gate: SessionGate
  private let budget: Budget
  private let isOrdered: Bool
  private let cancelToken = CancelToken()
  private let monitor: Monitor<State>
  private let threads = Locked<[WorkerThread]>([])
  private let readers: [any PageReader]

  /// Starts one thread for each of `readers`. The first page asked for is `firstRow`.
  init(
    _ readers: [any PageReader], firstRow: Int64, isOrdered: Bool, budget: Budget,
    gate: SessionGate
  ) throws(TernError) {
    self.gate = gate
    self.budget = budget
    self.isOrdered = isOrdered
    self.readers = readers
    monitor = Monitor(State(nextRow: firstRow, readerCount: readers.count))
    try gate.add(self)
    do throws(TernError) {
      for reader in readers {
        let thread = try WorkerThread.start("tern-reader") { [self] in read(reader) }
        threads.withLock { $0.append(thread) }
      }
    } catch {
      abandon(isCancelling: true)
      join()
      throw error
    }
  }

  /// The next batch, or nil after the last.
  ///
  /// - Throws: what a reader threw, once every page before it was handed out; `.cancelled`,
  ///   `.timeout` from `context`, after which the queue goes on; 24000 or 08003 when it was
  ///   abandoned meanwhile.
  func next(_ context: CallContext) throws(TernError) -> Batch? {
    let step = try monitor.wait(context, "waiting for rows") { state -> Step? in
      if let page = self.takePage(&state) { return .page(page) }
      if state.isStopped { return .abandoned }
      guard let failure = state.failure else { return Self.end(state) }
      // The pages before it are on their way.
      let isDue = !self.isOrdered || failure.row.map { $0 <= state.nextRow } ?? true
      return isDue || state.readerCount == 0 ? .failed(failure.error) : nil
    }
    switch step {
    case .page(let batch): return batch
    case .failed(let error): throw error
    case .finished: return nil
    case .abandoned where !gate.isOpen: throw .closedConnection
    case .abandoned: throw .usage("the result is closed", .invalidCursorState)
    }
  }

  /// What was read and not taken yet.
  var waiting: ReceivedAmount {
    monitor.withLock { state in
      state.pages.reduce(ReceivedAmount()) { $0 + ReceivedAmount($1.batch) }
    }
  }

  /// Drops what was not taken and ends the threads, but does not wait for a page that is under way.
  /// Twice is fine; `join` must follow once `hasEnded`.
  ///
  /// - Parameter isCancelling: whether the server is told to stop at such a page, where it can.
  /// - Returns: whether such a page comes on another line than the session's.
  @discardableResult
  func abandon(isCancelling: Bool) -> Bool {
    let (dropped, isBeside) = monitor.withLock { state -> (Int, Bool) in
      state.isStopped = true
      state.pages = []
      defer { state.byteCount = 0 }
      return (state.byteCount, state.besideCount > 0)
    }
    gate.countPrefetched(-dropped)
    if isCancelling { cancelToken.cancel() }
    for reader in readers { reader.stop() }
    return isBeside
  }

  /// Waits until the threads are done; false when `context` ended the wait first.
  func hasEnded(_ context: CallContext) -> Bool {
    do throws(TernError) {
      return try monitor.wait(context, "ending a result") { $0.readerCount == 0 ? true : nil }
    } catch {
      return false
    }
  }

  /// Waits for no server any longer: the connection is being closed.
  func giveUp() {
    for reader in readers { reader.giveUp() }
  }

  /// Frees the threads. Waits for them.
  func join() {
    for thread in threads.current { thread.join() }
    gate.remove(self)
  }

  private enum Step {
    case page(Batch)
    case failed(TernError)
    case finished
    case abandoned
  }

  /// What follows when no page can be taken and nothing has failed; nil while readers are at work.
  private static func end(_ state: State) -> Step? {
    guard state.readerCount == 0 else { return nil }
    guard let later = state.pages.first else { return .finished }
    // Whatever readers brought instead, rows that are not there are no end.
    return .failed(
      .data(
        "row \(state.nextRow) of the result did not come, but row \(later.firstRow) did: run the "
          + "statement again, with parallel=off if that does not help", .general))
  }

  private func takePage(_ state: inout State) -> Batch? {
    let found =
      isOrdered
      ? state.pages.firstIndex { $0.firstRow == state.nextRow } : state.pages.indices.first
    guard let index = found else { return nil }
    let batch = state.pages.remove(at: index).batch
    state.nextRow += Int64(batch.rowCount)
    state.byteCount -= batch.byteCount
    gate.countPrefetched(-batch.byteCount)
    return batch
  }

  // MARK: - On the reader's thread

  private func read(_ reader: any PageReader) {
    let context = CallContext(cancelToken: cancelToken)
    do throws(TernError) {
      while let expected = try room(for: reader, context) {
        defer { release(expected) }
        guard let page = try nextPage(of: reader, context) else { break }
        guard page.batch.rowCount > 0 else { continue }
        gate.countPrefetched(page.batch.byteCount)
        let isKept = monitor.withLock { state -> Bool in
          guard !state.isStopped else { return false }
          state.pages.append(page)
          state.byteCount += page.batch.byteCount
          return true
        }
        if !isKept { gate.countPrefetched(-page.batch.byteCount) }
      }
    } catch {
      let failure = Failure(error: error, row: reader.nextRow)
      monitor.withLock { state in
        // The one that comes first in the result counts.
        let isFirst = state.failure.map { ($0.row ?? -1) > (failure.row ?? -1) } ?? true
        if isFirst { state.failure = failure }
      }
    }
    reader.stop()
    reader.join()
    monitor.withLock { $0.readerCount -= 1 }
  }

  private func nextPage(
    of reader: any PageReader, _ context: CallContext
  ) throws(TernError) -> Page? {
    defer { if !reader.usesSession { monitor.withLock { $0.besideCount -= 1 } } }
    return try reader.nextPage(context)
  }

  /// Waits until another page fits; the bytes that were set aside for it, or nil when nobody wants
  /// one any more.
  private func room(
    for reader: any PageReader, _ context: CallContext
  ) throws(TernError) -> Int? {
    reader.prepare()
    return try monitor.wait(context, "waiting for the application") { state -> Int?? in
      let row = reader.nextRow
      // Pages before one that failed are still wanted.
      let isMoot = state.failure.map { failure in
        failure.row.flatMap { end in row.map { $0 >= end } } ?? true
      }
      if state.isStopped || isMoot ?? false { return .some(nil) }
      let expected = reader.nextByteCount
      let isReady = reader.hasPageReady
      guard isReady || self.isAdmitted(reader, row, expected, state) else { return nil }
      // Here, so that no page is begun behind the back of `abandon`.
      if !reader.usesSession { state.besideCount += 1 }
      guard !isReady, expected > 0 else { return 0 }
      state.expectedByteCount += expected
      self.gate.countPrefetched(expected)
      return expected
    }
  }

  /// Whether the budgets allow another page, or it is the one that is needed.
  private func isAdmitted(
    _ reader: any PageReader, _ row: Int64?, _ expected: Int, _ state: State
  ) -> Bool {
    let isIdle = state.pages.isEmpty && (expected == 0 || state.expectedByteCount == 0)
    if isIdle || (isOrdered && row == state.nextRow) { return true }
    guard state.byteCount < budget.byteCountMax else { return false }
    let total = gate.prefetchedByteCount
    guard expected > 0 else {
      return state.pages.count + reader.waitingCount < budget.pageCountMax
        && total < budget.totalByteCountMax
    }
    return expected <= budget.totalByteCountMax - total
  }

  private func release(_ expected: Int) {
    guard expected > 0 else { return }
    gate.countPrefetched(-expected)
    monitor.withLock { $0.expectedByteCount -= expected }
  }
}
