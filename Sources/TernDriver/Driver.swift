public import TernCore

/// One wire protocol: how its targets look and how a session is opened.
public protocol Driver: Sendable {
  /// What a URI or keyword string for this protocol may hold besides options.
  static var grammar: TargetGrammar { get }
  /// The options that only this protocol knows; the common ones are added to them.
  static var options: [OptionDefinition] { get }
  /// Opens a session: hosts tried in random order, failing over only while connecting.
  ///
  /// Blocks until the session stands; `context.deadline` is the login deadline.
  /// - Throws: `.connection` (08001), `.authentication` (28000, 08004), `.timeout`, `.cancelled`,
  ///   `.usage` for options that contradict each other.
  static func connect(
    to target: ConnectionTarget, _ context: CallContext
  ) throws(TernError) -> any Session
}
