/// What every blocking call gets: when to give up, and who may interrupt it.
public struct CallContext: Sendable {
  /// When the call must have answered.
  public var deadline: Deadline
  /// Who may end it early.
  public var cancelToken: CancelToken

  /// A context with a deadline and a token, by default neither limit nor interruption.
  public init(deadline: Deadline = .never, cancelToken: CancelToken = CancelToken()) {
    self.deadline = deadline
    self.cancelToken = cancelToken
  }

  /// The same call with a limit of its own, whichever passes first.
  public func limited(to deadline: Deadline) -> CallContext {
    CallContext(deadline: self.deadline.earlier(deadline), cancelToken: cancelToken)
  }

  /// Throws `.cancelled` or `.timeout` if the call should not go on.
  public func check(_ what: String) throws(TernError) {
    if cancelToken.isCancelled { throw .cancelled }
    if deadline.isOver { throw deadline.error(waitingFor: what) }
  }
}
