internal import TernCore

/// The calls of one statement or result, as what another thread can cancel together.
///
/// The token is sticky for one call: a cancel is seen by every wait of the call that runs and gone
/// when it has returned. A cancel that finds nothing running does nothing.
final class CancelScope: Sendable {
  private let token = CancelToken()
  private let callCount = Locked(0)
  private let registry: CancelRegistry

  init(_ registry: CancelRegistry) { self.registry = registry }

  /// Runs `body` as a call that `cancel` ends.
  func run<Result>(
    _ body: (CancelToken) throws(TernError) -> Result
  ) throws(TernError) -> Result {
    // Under the lock, so that a call that ends now cannot take back what the next has put there.
    callCount.withLock { count in
      count += 1
      if count == 1 { registry.add(self) }
    }
    defer {
      callCount.withLock { count in
        count -= 1
        guard count == 0 else { return }
        token.reset()
        registry.remove(self)
      }
    }
    return try body(token)
  }

  /// Ends what runs. Any thread; never blocks. Tells whether anything ran.
  func cancel() -> Bool {
    // Under the lock, so that the call that ends now cannot leave the token set for the next.
    callCount.withLock { count in
      guard count > 0 else { return false }
      token.cancel()
      return true
    }
  }
}

/// The scopes of a connection in which something runs.
final class CancelRegistry: Sendable {
  private let scopes = Locked<[ObjectIdentifier: CancelScope]>([:])

  func add(_ scope: CancelScope) {
    scopes.withLock { $0[ObjectIdentifier(scope)] = scope }
  }

  func remove(_ scope: CancelScope) {
    scopes.withLock { $0[ObjectIdentifier(scope)] = nil }
  }

  /// Ends everything that runs and tells whether anything did.
  func cancelAll() -> Bool {
    let running = scopes.withLock { Array($0.values) }
    return running.reduce(false) { $1.cancel() || $0 }
  }
}
