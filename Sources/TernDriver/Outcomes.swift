public import TernCore

/// The results of one execution, in order.
public protocol Outcomes: AnyObject, Sendable {
  /// The next result, or nil after the last. At most one round trip.
  func next(_ context: CallContext) throws(TernError) -> Outcome?
  /// Drops what was not taken. Twice is fine.
  func close(_ context: CallContext)
}

/// One result of an execution.
public enum Outcome: Sendable {
  /// A statement without rows. `rows` is nil where the server does not tell, and so is
  /// `lastInsertID`, or where the statement made no number.
  case changed(rows: Int64?, lastInsertID: UInt64? = nil, queryID: String? = nil)
  /// A result set.
  case rows(any PageSource)
}

/// Outcomes that are all there already: what most protocols answer.
public final class ReadyOutcomes: Outcomes {
  private let rest: Locked<ArraySlice<Outcome>>

  /// Hands out `outcomes` one by one.
  public init(_ outcomes: [Outcome]) { rest = Locked(outcomes[...]) }

  /// See `Outcomes`.
  public func next(_ context: CallContext) throws(TernError) -> Outcome? {
    rest.withLock { $0.popFirst() }
  }

  /// Closes the result sets that nobody took.
  public func close(_ context: CallContext) {
    let left = rest.withLock { rest in
      defer { rest = [] }
      return rest
    }
    for case .rows(let source) in left { source.close(context) }
  }
}
