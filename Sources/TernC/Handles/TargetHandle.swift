import TernCore
import TernDriver

/// A target in C's hands, and the texts that its getter gave out.
final class TargetHandle: HandleObject {
  static let kind = HandleKind.target

  private let target: Locked<ConnectionTarget>
  private let texts = Locked<[String: CText]>([:])

  init(_ target: ConnectionTarget) { self.target = Locked(target) }

  /// The target as it is now.
  var current: ConnectionTarget { target.current }

  /// Sets an option; nothing changes if that fails.
  func set(_ name: String, _ value: String) throws(TernError) {
    var next = target.current
    try next.set(name, value)
    target.withLock { $0 = next }
  }

  /// Keeps the text of an option until the next one of that name.
  func keep(_ text: String, for name: String) -> CText {
    let kept = CText(text)
    texts.withLock { $0[name] = kept }
    return kept
  }
}
