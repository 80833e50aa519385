extension TernError {
  /// The line was lost or could not be used (08S01).
  public static func lineLost(_ message: String) -> TernError {
    TernError(.connection, .linkFailure, message)
  }

  /// A reply that does not follow its protocol (08S01). `offset` counts bytes from the start of
  /// the message.
  public static func badMessage(_ what: String, at offset: Int) -> TernError {
    TernError(
      .connection, .linkFailure,
      "malformed reply from the server: \(what) at byte \(offset); the connection was closed")
  }

  /// A reply that does not follow its protocol, where no byte can be named (08S01).
  public static func badReply(_ what: String) -> TernError {
    TernError(
      .connection, .linkFailure,
      "unexpected reply from the server: \(what); the connection was closed")
  }

  /// Whether the peer answered, but not as its protocol says; a lost line is something else.
  public var isMalformedReply: Bool {
    kind == .connection
      && (message.contains("malformed reply from") || message.contains("unexpected reply from"))
  }

  /// The caller asked for something that makes no sense here.
  public static func usage(_ message: String, _ sqlState: SQLState = .general) -> TernError {
    TernError(.usage, sqlState, message)
  }

  /// A value does not fit or convert.
  public static func data(_ message: String, _ sqlState: SQLState) -> TernError {
    TernError(.data, sqlState, message)
  }

  /// This server or driver cannot do it (HYC00).
  public static func unsupported(_ message: String) -> TernError {
    TernError(.unsupported, .unsupported, message)
  }

  /// A bug of ours: a state that our own code should have ruled out.
  public static func `internal`(_ message: String) -> TernError {
    TernError(.internal, .general, "internal error: \(message)")
  }

  /// A memory budget was refused (HY001).
  public static func overBudget(_ message: String) -> TernError {
    TernError(.data, .memory, message)
  }

  /// The call was cancelled (HY008).
  public static let cancelled = TernError(.cancelled, .cancelled, "the call was cancelled")

  /// A call on a connection that the caller has closed (08003).
  public static let closedConnection = TernError(
    .usage, .notConnected, "the connection is closed")
}
