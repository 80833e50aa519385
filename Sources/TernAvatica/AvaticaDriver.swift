public import TernCore
public import TernDriver

/// Apache Avatica over HTTP: the generic server, Phoenix Query Server and Druid.
public enum AvaticaDriver: Driver {
  /// See `AvaticaOptions`.
  public static let grammar = AvaticaOptions.grammar
  /// See `AvaticaOptions`.
  public static let options = AvaticaOptions.rows

  /// Opens a session; see `Driver`.
  public static func connect(
    to target: ConnectionTarget, _ context: CallContext
  ) throws(TernError) -> any Session {
    try AvaticaOpener(target).openSession(context)
  }
}
