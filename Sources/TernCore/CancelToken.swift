private import CTern
private import Synchronization

/// Ends a blocked call from another thread.
///
/// It is sticky for one call: `cancel()` sets it, every wait of the call sees it, and the owner
/// resets it when the call has returned. Waits are `poll` on a socket and on `descriptor`.
public final class CancelToken: Sendable {
  private let isSet = Atomic<Bool>(false)
  /// An eventfd that is readable while the token is set; -1 if the process has no descriptor left
  /// (waits then look at `isCancelled` every 50 ms).
  public let descriptor: Int32

  /// Makes a token that is not set.
  public init() { descriptor = tern_wakeup_create() }

  private struct Observers {
    var next = 0
    var wakes: [Int: @Sendable () -> Void] = [:]
  }

  private let observers = Lock(Observers())

  deinit { if descriptor >= 0 { tern_wakeup_close(descriptor) } }

  /// Whether somebody cancelled the call that runs. Any thread.
  public var isCancelled: Bool { isSet.load(ordering: .acquiring) }

  /// Sets the token and wakes whoever waits. Any thread; never blocks.
  public func cancel() {
    isSet.store(true, ordering: .releasing)
    if descriptor >= 0 { tern_wakeup_signal(descriptor) }
    for wake in observers.withLock({ Array($0.wakes.values) }) { wake() }
  }

  /// Has `wake` called by every `cancel()` until `forget`; for waits that are no `poll`. It may be
  /// called once more while `forget` runs.
  public func observe(_ wake: @escaping @Sendable () -> Void) -> Int {
    observers.withLock { observers in
      observers.next &+= 1
      observers.wakes[observers.next] = wake
      return observers.next
    }
  }

  /// Ends an observation.
  public func forget(_ observer: Int) {
    observers.withLock { $0.wakes[observer] = nil }
  }

  /// Makes the token ready for the next call. Only its owner, between calls.
  public func reset() {
    guard isCancelled else { return }
    if descriptor >= 0 { tern_wakeup_clear(descriptor) }
    isSet.store(false, ordering: .releasing)
  }
}
