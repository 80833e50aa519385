import CTern
import Glibc
import TernCore
import TernDriver
import TernNet

/// Ctrl-C: the first one stops what runs, the second one ends the program.
///
/// SIGINT is blocked in every thread and waited for in one, so that no code runs inside a handler.
final class Interrupts: Sendable {
  private enum Phase: Sendable {
    /// Nothing runs on a server: Ctrl-C ends the program.
    case local
    /// Ctrl-C gives up the login.
    case connecting(CancelToken)
    /// Ctrl-C cancels the statement that runs.
    case connected(Connection)
  }

  private struct State: Sendable {
    var phase = Phase.local
    var count = 0
    /// What must be put back before the program ends.
    var atExit: (@Sendable () -> Void)?
  }

  private let state = Lock(State())

  /// Whether Ctrl-C was pressed.
  var wasInterrupted: Bool { state.withLock { $0.count > 0 } }

  /// Starts waiting, unless the program was started with SIGINT ignored.
  func start() throws(TernError) {
    // A reader that goes away is an error of `write`, not the end of the program.
    _ = signal(SIGPIPE, SIG_IGN)
    guard tern_signal_is_ignored(SIGINT) == 0 else { return }
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGINT)
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    _ = try WorkerThread.start("tern-interrupt") { [self] in wait() }
  }

  /// Opens a connection that Ctrl-C can stop; from then on Ctrl-C cancels what runs on it.
  func connecting(
    _ open: (CancelToken) throws(TernError) -> Connection
  ) throws(TernError) -> Connection {
    let token = CancelToken()
    state.withLock { $0.phase = .connecting(token) }
    let connection = try open(token)
    state.withLock { $0.phase = .connected(connection) }
    return connection
  }

  /// Runs `body`; if Ctrl-C ends the program meanwhile, `cleanUp` runs first.
  func cleaningUp<Result>(_ cleanUp: @escaping @Sendable () -> Void, _ body: () -> Result) -> Result
  {
    state.withLock { $0.atExit = cleanUp }
    defer { state.withLock { $0.atExit = nil } }
    return body()
  }

  /// The life of the waiting thread.
  private func wait() {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGINT)
    while true {
      var number: Int32 = 0
      guard unsafe sigwait(&signals, &number) == 0 else { continue }
      received()
    }
  }

  /// One Ctrl-C. Never blocks: cancelling only sets a flag and wakes whoever waits.
  private func received() {
    let (phase, count, atExit) = state.withLock { state in
      state.count += 1
      return (state.phase, state.count, state.atExit)
    }
    guard count == 1 else { return end(atExit) }
    switch phase {
    case .local: return end(atExit)
    case .connecting(let token): token.cancel()
    case .connected(let connection): connection.cancel()
    }
    if System.isTerminal(STDERR_FILENO) {
      System.writeError("\ntern: stopping; Ctrl-C again ends at once\n")
    }
  }

  /// Ends the program at once, as a shell expects it of an interrupted one.
  private func end(_ cleanUp: (@Sendable () -> Void)?) {
    cleanUp?()
    System.writeError("\n")
    _exit(130)
  }
}
