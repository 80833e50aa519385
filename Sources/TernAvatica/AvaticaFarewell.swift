internal import TernCore
internal import TernDriver
internal import TernNet

/// Says goodbyes that nobody waits for: a cancelled caller is woken at once, while the server is
/// told from another thread. The thread ends with its work, and at the latest with the connection.
final class AvaticaFarewell: Sendable {
  /// What is to be said, and when.
  private struct Entry: Sendable {
    let due: Deadline
    let say: @Sendable () -> Void
  }

  private struct State: Sendable {
    var entries: [Entry] = []
    var isRunning = false
    var isFinishing = false
  }

  private let monitor = Monitor(State())
  private let thread = Locked<WorkerThread?>(nil)

  /// Says a goodbye in so many nanoseconds, or when the connection is closed.
  func say(after nanoseconds: Int64, _ say: @escaping @Sendable () -> Void) {
    // A deadline after 0 is one that never comes: at once is after one nanosecond.
    let entry = Entry(due: .after(max(1, nanoseconds), .network), say: say)
    let mustStart = monitor.withLock { state -> Bool in
      state.entries.append(entry)
      defer { state.isRunning = true }
      return !state.isRunning
    }
    guard mustStart else { return }
    // The one before has ended, or is about to.
    thread.withLock { $0 }?.join()
    do throws(TernError) {
      let started = try WorkerThread.start("tern-goodbye") { [monitor] in Self.run(monitor) }
      thread.withLock { $0 = started }
    } catch {
      Log.write(.info, "avatica: a statement is left to expire: \(error)")
      monitor.withLock { state in
        state.entries = []
        state.isRunning = false
      }
    }
  }

  /// Says at once what is left, and ends the thread.
  func finish() {
    monitor.withLock { $0.isFinishing = true }
    thread.withLock { $0 }?.join()
  }

  /// The thread's whole life. It holds the state and not the object: it keeps nothing alive.
  private static func run(_ monitor: Monitor<State>) {
    while let entry = next(monitor) { entry.say() }
  }

  /// The next goodbye when it is due; nil when there is none, with the thread about to end.
  private static func next(_ monitor: Monitor<State>) -> Entry? {
    while true {
      let first = monitor.withLock { state -> Entry? in
        state.entries.sort { $0.due.nanoseconds < $1.due.nanoseconds }
        if state.entries.isEmpty { state.isRunning = false }
        return state.entries.first
      }
      guard let first else { return nil }
      // Ends by the deadline, or when the connection is closed.
      try? monitor.wait(CallContext(deadline: first.due), "a goodbye is due") { state -> Void? in
        state.isFinishing || first.due.isOver ? () : nil
      }
      return monitor.withLock { state -> Entry? in
        state.entries.isEmpty ? nil : state.entries.removeFirst()
      }
    }
  }
}
