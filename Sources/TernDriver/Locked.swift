internal import TernCore

/// A value that threads share under a lock, for classes that need one field of that kind.
public final class Locked<Value: Sendable>: Sendable {
  private let value: Lock<Value>

  /// Starts with `value`.
  public init(_ value: Value) { self.value = Lock(value) }

  /// Runs `body` alone with the value. `body` must not block.
  public func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    value.withLock { value in body(&value) }
  }

  /// A copy of the value.
  public var current: Value { withLock { $0 } }
}
