public import TernCore
public import TernDriver

/// MariaDB behind the SQL resource of MaxScale's REST interface.
public enum MaxScaleDriver: Driver {
  /// See `MaxScaleOptions`.
  public static let grammar = MaxScaleOptions.grammar
  /// See `MaxScaleOptions`.
  public static let options = MaxScaleOptions.rows

  /// Opens a session; see `Driver`.
  public static func connect(
    to target: ConnectionTarget, _ context: CallContext
  ) throws(TernError) -> any Session {
    try MaxScaleOpener(target).openSession(context)
  }
}
