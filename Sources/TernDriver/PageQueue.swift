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
    var nextRow: Int64 = 0
    var readerCount: Int
    /// Readers that are at a page of a line of their own.
    var besideCount = 0
    var error: TernError?
    var isStopped = false
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
      if let error = state.error { return .failed(error) }
      return state.readerCount == 0 ? .finished : nil
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
      while try hasRoom(for: reader, context), let page = try nextPage(of: reader, context) {
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
      monitor.withLock { state in
        if state.error == nil { state.error = error }
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

  /// Waits until another page fits; false when nobody wants one any more.
  private func hasRoom(
    for reader: any PageReader, _ context: CallContext
  ) throws(TernError) -> Bool {
    try monitor.wait(context, "waiting for the application") { state -> Bool? in
      if state.isStopped || state.error != nil { return false }
      let isNeeded = state.pages.isEmpty || (self.isOrdered && reader.nextRow == state.nextRow)
      let fits =
        state.pages.count + reader.waitingCount < self.budget.pageCountMax
        && state.byteCount < self.budget.byteCountMax
        && self.gate.prefetchedByteCount < self.budget.totalByteCountMax
      guard isNeeded || fits else { return nil }
      // Here, so that no page is begun behind the back of `abandon`.
      if !reader.usesSession { state.besideCount += 1 }
      return true
    }
  }
}
