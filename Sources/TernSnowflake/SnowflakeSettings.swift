internal import TernCore

/// What the options say about a session, apart from how it is opened.
struct SnowflakeSettings: Sendable {
  /// Whether statements commit by themselves; sent with the login.
  var isAutocommit = true
  var isReadOnly = false
  /// Statements to run after the login.
  var initialization = ""
  /// Statements that one text must hold; 0 is any number.
  var multiStatementCount: Int64 = 1
  /// Values from which parameters go through a stage; nil is what the service says, 0 is never.
  var bindStageThreshold: Int64?
  /// How often an idle session is touched, in nanoseconds; 0 is never.
  var keepAlive: Int64 = 0
  /// Whether closing leaves the session alone.
  var keepsSession = false
  /// How long a part of a result may be silent, in nanoseconds.
  var networkTimeout: Int64 = 60_000_000_000
  var allowsTransfers = true
  /// The folder that transfers cannot leave; empty for none.
  var localFilesRoot = ""
  var putEndsAtFailure = false
  var getEndsAtFailure = false
}
