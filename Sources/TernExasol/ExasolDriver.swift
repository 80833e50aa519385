public import TernCore
public import TernDriver

/// Exasol over its WebSocket API, protocol versions 1 to 5.
public enum ExasolDriver: Driver {
  /// See `ExasolOptions`.
  public static let grammar = ExasolOptions.grammar
  /// See `ExasolOptions`.
  public static let options = ExasolOptions.rows

  /// Opens a session; see `Driver`.
  public static func connect(
    to target: ConnectionTarget, _ context: CallContext
  ) throws(TernError) -> any Session {
    try ExasolOpener(target).openSession(context)
  }
}
