internal import TernColumns
internal import TernCore
internal import TernNet

/// The one reader of a result that has no independent ones: takes turns on the session.
///
/// Where a source's pages can be decoded apart, a thread of its own receives the next one while the
/// caller's decodes; small ones may wait in a row, large ones alone.
final class SerialReader: PageReader {
  private struct State: Sendable {
    var pages: [ReceivedPage] = []
    var hasEnded = false
    var error: TernError?
    var isStopped = false
  }

  private let source: any PageSource
  private let receivesAhead: Bool
  private let pageCountMax: Int
  private let gate: SessionGate
  /// Ends the wait for a turn when nobody wants a page, so that a call which has its turn can wait
  /// for this reader's end. Nil where the caller's own context does.
  private let stopToken: CancelToken?
  private let row: Locked<Int64>
  private let monitor = Monitor(State())
  private let receiver = Locked<WorkerThread?>(nil)

  /// `isAhead` for a reader whose pages a queue takes, on a thread of its own.
  init(
    _ source: any PageSource, firstRow: Int64, isAhead: Bool = true,
    pageCountMax: Int = 1, gate: SessionGate
  ) {
    self.source = source
    receivesAhead = isAhead && source.decodesApart
    stopToken = isAhead ? CancelToken() : nil
    // Handing over small pages one by one would take longer than receiving them.
    self.pageCountMax = min(max(1, pageCountMax), 2)
    self.gate = gate
    row = Locked(firstRow)
  }

  var nextRow: Int64? { row.current }

  var waitingCount: Int { monitor.withLock { $0.pages.count } }

  func nextPage(_ context: CallContext) throws(TernError) -> Page? {
    let received = receivesAhead ? try takePage(context) : try receive(context)
    guard let batch = try received?.decode() else { return nil }
    let firstRow = row.withLock { row in
      defer { row += Int64(batch.rowCount) }
      return row
    }
    return Page(firstRow: firstRow, batch: batch)
  }

  let usesSession = true

  func stop() {
    monitor.withLock { state in
      state.isStopped = true
      state.pages = []
    }
    stopToken?.cancel()
  }

  func join() { receiver.withLock { $0 }?.join() }

  /// Hands out `page`, which was received before, as the first one.
  func putBack(_ page: ReceivedPage) { monitor.withLock { $0.pages.insert(page, at: 0) } }

  /// One page from the source, in its turn; nil also when it was stopped first.
  func receive(_ context: CallContext) throws(TernError) -> ReceivedPage? {
    guard source.usesSession else { return try source.receivePage(context) }
    let waiting = stopToken.map { CallContext(cancelToken: $0) } ?? context
    return try gate.run(waiting) { _ throws(TernError) in
      stopToken?.isCancelled ?? false ? nil : try source.receivePage(context)
    }
  }

  /// A page that the other thread has received, which is started with the first one.
  private func takePage(_ context: CallContext) throws(TernError) -> ReceivedPage? {
    if receiver.withLock({ $0 == nil }) {
      let thread = try WorkerThread.start("tern-receiver") { [self] in receiveAll(context) }
      receiver.withLock { $0 = thread }
    }
    let step = try monitor.wait(context, "waiting for a page") { state -> Step? in
      if !state.pages.isEmpty { return .page(state.pages.removeFirst()) }
      if let error = state.error { return .failed(error) }
      return state.hasEnded || state.isStopped ? .ended : nil
    }
    switch step {
    case .page(let page): return page
    case .failed(let error): throw error
    case .ended: return nil
    }
  }

  private enum Step {
    case page(ReceivedPage)
    case failed(TernError)
    case ended
  }

  // MARK: - On the receiving thread

  private func receiveAll(_ context: CallContext) {
    do throws(TernError) {
      while try isWanted(context), let page = try receive(context) {
        monitor.withLock { state in if !state.isStopped { state.pages.append(page) } }
      }
      monitor.withLock { $0.hasEnded = true }
    } catch {
      monitor.withLock { $0.error = error }
    }
  }

  /// Bytes that pages may hold that wait together.
  private static let byteCountMax = 4 << 20

  /// Waits until there is room for another page; false when nobody wants one.
  private func isWanted(_ context: CallContext) throws(TernError) -> Bool {
    try monitor.wait(context, "waiting for the decoder") { state -> Bool? in
      if state.isStopped { return false }
      let isFew = state.pages.count < pageCountMax
      let byteCount = state.pages.reduce(0) { $0 + $1.byteCount }
      return state.pages.isEmpty || (isFew && byteCount < Self.byteCountMax) ? true : nil
    }
  }
}
