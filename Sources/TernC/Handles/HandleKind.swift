/// What a handle stands for; the number is part of the handle, so that a wrong type is noticed.
enum HandleKind: UInt, CaseIterable {
  case connection = 1
  case statement
  case result
  case error
  case target
  case partitions
}

/// An object that C holds by a handle.
protocol HandleObject: AnyObject, Sendable {
  /// Which handles stand for it.
  static var kind: HandleKind { get }
}
