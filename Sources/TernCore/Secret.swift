/// A password, token or key: it can be used, but not printed by accident.
///
/// Its text is registered with the log while it lives, so that no log line shows it.
public final class Secret: Sendable {
  /// The secret itself; whoever reads it must not let it into a log, an error or a URL.
  public let text: String

  /// Keeps `text` and hides it from the log.
  public init(_ text: String) {
    self.text = text
    Log.hide(text)
  }

  deinit { Log.unhide(text) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `***`.
  public var description: String { "***" }
  /// Always `***`.
  public var debugDescription: String { "***" }
  /// Shows nothing inside.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Secret: Hashable {
  /// Whether both hold the same text.
  public static func == (left: Secret, right: Secret) -> Bool { left.text == right.text }
  /// Hashes the text.
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
