public import TernCore
public import TernDriver
internal import TernNet

/// Snowflake through the REST interface of its drivers.
public enum SnowflakeDriver: Driver {
  /// See `SnowflakeOptions`.
  public static let grammar = SnowflakeOptions.grammar
  /// See `SnowflakeOptions`.
  public static let options = SnowflakeOptions.rows

  /// Opens a session; see `Driver`.
  public static func connect(
    to target: ConnectionTarget, _ context: CallContext
  ) throws(TernError) -> any Session {
    try check(target)
    let opened = try SnowflakeOpener(target).open(context)
    let endpoint = opened.line.origin.endpoint
    let client = HTTPClient(opened.connect)
    let store = SnowflakeStore(
      client, networkTimeout: opened.settings.networkTimeout,
      requiresEncryption: target.isEncrypted)
    let files = SnowflakeFileSettings(
      client, opened.settings, requiresEncryption: target.isEncrypted, host: endpoint.host)
    let session = SnowflakeSession(
      opened.line, opened.login, opened.settings, store, host: "\(endpoint)",
      user: try target.text("user") ?? "", uploader: SnowflakeFileUploader(files), files: files)
    do throws(TernError) {
      try session.initialize(context)
      return session
    } catch {
      session.close(CallContext(deadline: .after(goodbyeNanoseconds, .network)))
      throw error
    }
  }

  /// How long a session may take to say goodbye that could not be prepared.
  private static let goodbyeNanoseconds: Int64 = 1_000_000_000

  /// Refuses what no session can be.
  private static func check(_ target: ConnectionTarget) throws(TernError) {
    if try target.flag("read_only") {
      throw .usage("option read_only: Snowflake has no read-only sessions", .invalidOptionValue)
    }
    if let name = try target.text("isolation"), let level = IsolationLevel(name: name),
      level != .readCommitted
    {
      throw .usage(
        "option isolation: Snowflake has read_committed only", .invalidOptionValue)
    }
  }
}

extension SnowflakeSession {
  /// Brings a new session into the state that the options ask for.
  func initialize(_ context: CallContext) throws(TernError) {
    // Sent with the login; servers that do not echo it may not have heard it.
    if !settings.isAutocommit, state.isAutocommit { try setAutocommit(false, context) }
    let statements = SQLSplitter(capabilities.dialect).split(settings.initialization)
    do throws(TernError) {
      for statement in statements { try run(statement, context) }
    } catch {
      throw error.prefixed("session_init")
    }
  }
}
