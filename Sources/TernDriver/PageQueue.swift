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
      stop()
      throw error
    }
  }

  /// The next batch, or nil after the last.
  ///
  /// - Throws: what a reader threw, once every page before it was handed out; `.cancelled`,
  ///   `.timeout` from `context`, after which the queue goes on.
  func next(_ context: CallContext) throws(TernError) -> Batch? {
    let step = try monitor.wait(context, "waiting for rows") { state -> Step? in
      if let page = self.takePage(&state) { return .page(page) }
      if let error = state.error { return .failed(error) }
      return state.readerCount == 0 || state.isStopped ? .finished : nil
    }
    switch step {
    case .page(let batch): return batch
    case .failed(let error): throw error
    case .finished: return nil
    }
  }

  /// What was read and not taken yet.
  var waiting: ReceivedAmount {
    monitor.withLock { state in
      state.pages.reduce(ReceivedAmount()) { $0 + ReceivedAmount($1.batch) }
    }
  }

  /// Ends the threads and drops what was not taken. Twice is fine; waits for the threads.
  func stop() {
    let dropped = monitor.withLock { state -> Int in
      state.isStopped = true
      state.pages = []
      defer { state.byteCount = 0 }
      return state.byteCount
    }
    gate.countPrefetched(-dropped)
    cancelToken.cancel()
    for reader in readers { reader.stop() }
    for thread in threads.current { thread.join() }
    gate.remove(self)
  }

  private enum Step {
    case page(Batch)
    case failed(TernError)
    case finished
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
      while try hasRoom(for: reader, context), let page = try reader.nextPage(context) {
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
      monitor.withLock { $0.readerCount -= 1 }
    } catch {
      monitor.withLock { state in
        state.readerCount -= 1
        if state.error == nil { state.error = error }
      }
    }
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
      return isNeeded || fits ? true : nil
    }
  }
}
