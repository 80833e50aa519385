internal import TernCore

/// What the options say about a session, apart from how it is opened.
struct SnowflakeSettings: Sendable {
  /// How statements are waited for.
  enum Waiting: Hashable, Sendable {
    /// The server holds the request until the statement has ended.
    case held
    /// The server runs it apart, and is asked again and again.
    case polled
    /// Nobody waits: the statement's id is all that an execution gives.
    case detached
  }

  /// Whether statements commit by themselves; sent with the login.
  var isAutocommit = true
  var isReadOnly = false
  /// Statements to run after the login.
  var initialization = ""
  /// Statements that one text must hold; nil is what the session says, 0 is any number.
  var multiStatementCount: Int64?
  var waiting = Waiting.held
  /// Whether moments without a zone are sent as texts, which the server reads in the session's zone
  /// where their column has one.
  var sendsMomentsAsText = false
  /// How long a stopped statement's answer is waited for, in nanoseconds.
  var grace: Int64 = 10_000_000_000
  /// How columns are shown.
  var types = SnowflakeTypeOptions()
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
