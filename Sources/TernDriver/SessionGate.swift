internal import TernCore
internal import TernNet

/// Lets one call at a time into a session, in the order of arrival, and keeps what outlives the
/// connection object: results still being read.
///
/// Held for one round trip, never for a result, so that a result's read-ahead and other statements
/// take turns and none starves.
final class SessionGate: Sendable {
  /// Work for the server that a free call left behind, done before the next call.
  typealias Deferred = @Sendable (CallContext) -> Void

  private struct State {
    var isBusy = false
    var isClosed = false
    var waiting: [UInt64] = []
    var nextTicket: UInt64 = 0
    var deferred: [Deferred] = []
    var queues: [ObjectIdentifier: PageQueue] = [:]
    var prefetchedByteCount = 0
  }

  let session: any Session
  private let monitor = Monitor(State())
  private let keepAlive = KeepAlive()

  /// Takes the session over and keeps it alive if it asks for that.
  init(_ session: any Session) throws(TernError) {
    self.session = session
    guard session.keepAliveNanoseconds > 0 else { return }
    try keepAlive.start(self, every: session.keepAliveNanoseconds)
  }

  /// How long a free call may talk to the server, in nanoseconds.
  static let goodbyeNanoseconds: Int64 = 2_000_000_000

  /// Whether calls can still be made. Any thread, no round trip.
  var isOpen: Bool { !monitor.withLock { $0.isClosed } && session.isAlive }

  /// Waits for its turn and runs `body` alone with the session.
  ///
  /// - Throws: `.usage` 08003 after `close`, `.cancelled` and `.timeout` while waiting, and what
  ///   `body` throws.
  func run<Result>(
    _ context: CallContext, _ body: (any Session) throws(TernError) -> Result
  ) throws(TernError) -> Result {
    try enter(context)
    defer { leave() }
    runDeferred(context)
    return try body(session)
  }

  /// Runs `work` now if nobody uses the session, else before the next call. Waits at most the
  /// goodbye time, and only for the server.
  func runSoon(_ work: @escaping Deferred) {
    let isMine = monitor.withLock { state -> Bool in
      guard !state.isClosed else { return false }
      guard !state.isBusy, state.waiting.isEmpty else {
        state.deferred.append(work)
        return false
      }
      state.isBusy = true
      return true
    }
    guard isMine else { return }
    defer { leave() }
    work(CallContext(deadline: .after(SessionGate.goodbyeNanoseconds, .network)))
  }

  /// Does `work` before the next call; never, when the session is closed first.
  func runLater(_ work: @escaping Deferred) {
    monitor.withLock { state in if !state.isClosed { state.deferred.append(work) } }
  }

  /// Ends all reading, says goodbye and refuses further calls. Twice is fine.
  ///
  /// What the server still owes is waited for as long as a goodbye takes, and given up then.
  func close() {
    let queues = monitor.withLock { state -> [PageQueue]? in
      guard !state.isClosed else { return nil }
      state.isClosed = true
      return Array(state.queues.values)
    }
    guard let queues else { return }
    keepAlive.stop()
    let goodbye = CallContext(deadline: .after(SessionGate.goodbyeNanoseconds, .network))
    for queue in queues { queue.abandon(isCancelling: true) }
    var isMine = queues.allSatisfy { $0.hasEnded(goodbye) } && isTurn(goodbye)
    if !isMine {
      session.giveUp()
      for queue in queues { queue.giveUp() }
      isMine = isTurn(CallContext(deadline: .after(SessionGate.goodbyeNanoseconds / 2, .network)))
    }
    session.close(goodbye)
    for queue in queues { queue.join() }
    monitor.withLock { $0.deferred = [] }
    if isMine { leave() }
  }

  // MARK: - Read-ahead

  /// Frees a result on the server when its reading has ended: now, if nothing of it is under way
  /// and nobody uses the session, else before the next call.
  ///
  /// - Parameter isBeside: whether pages of it are under way on other lines.
  func free(_ source: any PageSource, after queue: PageQueue?, isBeside: Bool) {
    let work: Deferred = { [self] context in finish(source, queue, context) }
    isBeside ? runLater(work) : runSoon(work)
  }

  private func finish(_ source: any PageSource, _ queue: PageQueue?, _ context: CallContext) {
    if let queue {
      guard queue.hasEnded(context) else {
        // The call that waited was cancelled: the next one waits again.
        return runLater { [self] context in finish(source, queue, context) }
      }
      queue.join()
    }
    source.close(context)
  }

  func add(_ queue: PageQueue) throws(TernError) {
    let isOpen = monitor.withLock { state -> Bool in
      if !state.isClosed { state.queues[ObjectIdentifier(queue)] = queue }
      return !state.isClosed
    }
    guard isOpen else { throw .closedConnection }
  }

  func remove(_ queue: PageQueue) {
    monitor.withLock { $0.queues[ObjectIdentifier(queue)] = nil }
  }

  /// Bytes that all results together have read ahead.
  var prefetchedByteCount: Int { monitor.withLock { $0.prefetchedByteCount } }

  func countPrefetched(_ byteCount: Int) {
    monitor.withLock { state in
      state.prefetchedByteCount = max(0, state.prefetchedByteCount + byteCount)
    }
  }

  // MARK: - Turns

  private func enter(_ context: CallContext) throws(TernError) {
    try waitForTurn(context)
    guard !monitor.withLock({ $0.isClosed }) else {
      leave()
      throw .closedConnection
    }
  }

  private func waitForTurn(_ context: CallContext) throws(TernError) {
    let ticket = monitor.withLock { state -> UInt64 in
      state.nextTicket &+= 1
      state.waiting.append(state.nextTicket)
      return state.nextTicket
    }
    do throws(TernError) {
      try monitor.wait(context, "waiting for another call on this connection") { state -> Void? in
        guard !state.isBusy, state.waiting.first == ticket else { return nil }
        state.waiting.removeFirst()
        state.isBusy = true
        return ()
      }
    } catch {
      monitor.withLock { state in state.waiting.removeAll { $0 == ticket } }
      throw error
    }
  }

  private func isTurn(_ context: CallContext) -> Bool { (try? waitForTurn(context)) != nil }

  private func leave() { monitor.withLock { $0.isBusy = false } }

  private func runDeferred(_ context: CallContext) {
    let works = monitor.withLock { state -> [Deferred] in
      defer { state.deferred = [] }
      return state.deferred
    }
    for work in works { work(context) }
  }
}
