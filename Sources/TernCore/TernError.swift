/// The one error of the library: what happened, where, and what the person can do.
///
/// Code switches on `kind`; people read `message`. It never holds a password, token, key or bound
/// value.
public struct TernError: Error, Hashable, Sendable {
  /// What a caller may want to tell apart.
  public enum Kind: Hashable, Sendable, CaseIterable {
    /// The line was lost, or the reply malformed: the connection is dead.
    case connection
    /// The login was refused.
    case authentication
    /// The server refused the statement.
    case sql
    /// A value does not fit or convert.
    case data
    /// The caller did something that makes no sense.
    case usage
    /// A deadline passed.
    case timeout
    /// Somebody cancelled the call.
    case cancelled
    /// This server or driver cannot do it.
    case unsupported
    /// A bug of ours.
    case `internal`

    /// The kind of what a server says with this code.
    public static func kind(of state: SQLState) -> Kind {
      switch state {
      case .timeout: .timeout
      case .cancelled: .cancelled
      case .unsupported: .unsupported
      case .linkFailure: .connection
      case .authenticationFailed: .authentication
      default: state.classCode == "22" ? .data : .sql
      }
    }
  }

  /// What a program switches on.
  public var kind: Kind
  /// Five characters, never of class 00, 01 or 02.
  public var sqlState: SQLState
  /// The server's own number; 0 when there is none.
  public var vendorCode: Int32
  /// What happened, where, what to do. No vendor prefix (shells add theirs), never a secret.
  public var message: String
  /// The server's id of the statement, where it gave one.
  public var queryID: String?
  /// True only if the work had no effect for certain: no byte of the request had left this process,
  /// or the server rolled the whole transaction back (40001).
  public var isRetryable: Bool

  /// Makes an error; a state that means success becomes HY000.
  public init(
    _ kind: Kind, _ sqlState: SQLState, _ message: String, vendorCode: Int32 = 0,
    queryID: String? = nil, isRetryable: Bool = false
  ) {
    self.kind = kind
    self.sqlState = sqlState.isFailure ? sqlState : .general
    self.message = message
    self.vendorCode = vendorCode
    self.queryID = queryID
    self.isRetryable = isRetryable
  }

  /// Whether the connection cannot be used after this error.
  public var endsConnection: Bool {
    kind == .connection || (kind == .timeout && sqlState == .connectionTimeout)
  }

  /// The same error with where it happened in front: "fetch from row 4096: connection reset".
  public func prefixed(_ attempt: String) -> TernError {
    var error = self
    error.message = "\(attempt): \(message)"
    return error
  }
}

extension TernError: CustomStringConvertible {
  /// `[HY000] message`, with the query id where one is known.
  public var description: String {
    "[\(sqlState)] \(message)" + (queryID.map { " (query \($0))" } ?? "")
  }
}
