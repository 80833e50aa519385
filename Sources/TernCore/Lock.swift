public import Synchronization

/// A value that threads share under a lock. Every lock is one of these, or a `Monitor`.
///
/// It is the standard library's `Mutex`. What a contended one does is compiled without the thread
/// sanitizer, which then takes a lock that was handed over for a race. A build for that sanitizer
/// (`TERN_TSAN`) therefore says with an atomic of its own what the lock guarantees: whoever comes
/// in sees all that was done before the last one went out.
public struct Lock<Value: ~Copyable>: ~Copyable, Sendable {
  @usableFromInline let mutex: Mutex<Value>
  #if TERN_TSAN
    @usableFromInline let handedOver = Atomic<Bool>(false)
  #endif

  /// Starts with `value`.
  @inlinable
  public init(_ value: consuming sending Value) { mutex = Mutex(value) }

  /// Waits for the turn and runs `body` alone with the value. `body` must not take this lock.
  @inlinable
  public borrowing func withLock<Result: ~Copyable>(
    _ body: (inout sending Value) -> sending Result
  ) -> sending Result {
    mutex.withLock { value in
      enter()
      defer { leave() }
      return body(&value)
    }
  }

  /// Runs `body` if nobody has the lock, else returns nil at once.
  @inlinable
  public borrowing func withLockIfAvailable<Result: ~Copyable>(
    _ body: (inout sending Value) -> sending Result
  ) -> sending Result? {
    mutex.withLockIfAvailable { value in
      enter()
      defer { leave() }
      return body(&value)
    }
  }

  @inlinable
  borrowing func enter() {
    #if TERN_TSAN
      _ = handedOver.load(ordering: .acquiring)
    #endif
  }

  @inlinable
  borrowing func leave() {
    #if TERN_TSAN
      handedOver.store(true, ordering: .releasing)
    #endif
  }
}
