import TernCore

/// Lets one call at a time onto a connection and its statements and descriptors.
final class CallLock: Sendable {
  private let mutex = Lock(())

  /// Waits for the turn and runs `body`.
  @inline(__always)
  func hold<Answer: Sendable>(_ body: () -> Answer) -> Answer {
    mutex.withLock { _ in body() }
  }

  /// Runs `body` if no call is on, else returns nil at once.
  func holdIfFree(_ body: () -> Int16) -> Int16? {
    mutex.withLockIfAvailable { _ in body() }
  }
}
