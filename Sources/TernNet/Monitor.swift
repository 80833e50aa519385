internal import Glibc
public import TernCore

/// State that threads share and wait on.
///
/// Every change wakes all waiters, which look for themselves: the states are small and the waiters
/// few. Waits end by cancel token and deadline.
@safe public final class Monitor<State>: @unchecked Sendable {
  // Sound as Sendable: `state` is only touched with `mutex` held.

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var state: State

  /// Starts with `state`.
  public init(_ state: sending State) {
    self.state = state
    unsafe mutex = .allocate(capacity: 1)
    unsafe condition = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(condition, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Reads or changes the state, then wakes whoever waits. `body` must not block.
  public func withLock<Result>(_ body: (inout State) -> sending Result) -> sending Result {
    unsafe pthread_mutex_lock(mutex)
    defer {
      unsafe pthread_cond_broadcast(condition)
      unsafe pthread_mutex_unlock(mutex)
    }
    return body(&state)
  }

  /// Waits until `body` gives something, and returns it. `body` must not block.
  ///
  /// - Parameter what: ends the sentence "deadline passed while …".
  /// - Throws: `.cancelled`, `.timeout`; the state is then as `body` left it.
  public func wait<Result>(
    _ context: CallContext, _ what: String, _ body: (inout State) -> sending Result?
  ) throws(TernError) -> sending Result {
    // Observing comes before locking: a cancel locks in the other order.
    let observer = context.cancelToken.observe { [weak self] in self?.wake() }
    defer { context.cancelToken.forget(observer) }
    unsafe pthread_mutex_lock(mutex)
    defer {
      unsafe pthread_cond_broadcast(condition)
      unsafe pthread_mutex_unlock(mutex)
    }
    while true {
      if let result = body(&state) { return result }
      try context.check(what)
      waitOnce(until: context.deadline)
    }
  }

  private func wake() { withLock { _ in } }

  private func waitOnce(until deadline: Deadline) {
    guard !deadline.isNever else {
      unsafe pthread_cond_wait(condition, mutex)
      return
    }
    var moment = timespec(
      tv_sec: Int(deadline.nanoseconds / 1_000_000_000),
      tv_nsec: Int(deadline.nanoseconds % 1_000_000_000))
    _ = unsafe pthread_cond_timedwait(condition, mutex, &moment)
  }
}
