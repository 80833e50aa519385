internal import TernCore
internal import TernNet

/// Touches a session now and then, so that the server does not forget it while nobody calls.
///
/// One thread a connection, only for sessions that ask for it; it ends before `stop` returns. It
/// takes its turn at the gate like any call, so that it never races with one, and comes late rather
/// than never when a call takes long.
final class KeepAlive: Sendable {
  private let isStopped = Monitor(false)
  private let token = CancelToken()
  private let thread = Locked<WorkerThread?>(nil)

  /// How long the server may take to answer.
  private static let answerNanoseconds: Int64 = 10_000_000_000

  /// Starts touching `gate`'s session every so many nanoseconds.
  ///
  /// - Throws: `.internal` when the system gives no thread.
  func start(_ gate: SessionGate, every nanoseconds: Int64) throws(TernError) {
    let started = try WorkerThread.start("tern-alive") { [weak gate, isStopped, token] in
      while !Self.wait(nanoseconds, isStopped) {
        guard let gate, Self.touch(gate, token) else { return }
      }
    }
    thread.withLock { $0 = started }
  }

  /// Ends the thread and what it is doing. Twice is fine.
  func stop() {
    isStopped.withLock { $0 = true }
    token.cancel()
    thread.withLock { $0 }?.join()
  }

  /// Whether it was stopped before the time was over.
  private static func wait(_ nanoseconds: Int64, _ isStopped: Monitor<Bool>) -> Bool {
    let pause = CallContext(deadline: .after(nanoseconds, .network))
    let end: Void? = try? isStopped.wait(pause, "waiting") { $0 ? () : nil }
    return end != nil
  }

  /// Whether the session lives on.
  private static func touch(_ gate: SessionGate, _ token: CancelToken) -> Bool {
    do throws(TernError) {
      // The deadline counts from its turn on: waiting for a long call is no failure.
      try gate.run(CallContext(cancelToken: token)) { session throws(TernError) in
        try session.keepAlive(
          CallContext(deadline: .after(answerNanoseconds, .network), cancelToken: token))
      }
    } catch {
      if error.kind != .cancelled { Log.write(.warning, "keep-alive: \(error)") }
    }
    return gate.isOpen
  }
}
