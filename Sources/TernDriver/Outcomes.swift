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

/// The outcomes of a statement that is run once for each parameter row: the next row is run when
/// the results before it were taken.
public final class RowOutcomes: Outcomes {
  /// Runs one row.
  public typealias Run = @Sendable (Int, CallContext) throws(TernError) -> any Outcomes

  private let rowCount: Int
  private let run: Run
  private let state: Locked<(row: Int, open: (any Outcomes)?)>

  /// Calls `run` for the rows from 0 to `rowCount` - 1.
  ///
  /// - Parameter first: the results of row 0, if that was run already.
  public init(rowCount: Int, first: (any Outcomes)? = nil, _ run: @escaping Run) {
    self.rowCount = rowCount
    self.run = run
    state = Locked((first == nil ? 0 : 1, first))
  }

  /// See `Outcomes`.
  public func next(_ context: CallContext) throws(TernError) -> Outcome? {
    while true {
      let (row, open) = state.withLock { $0 }
      if let outcome = try open?.next(context) { return outcome }
      guard row < rowCount else { return nil }
      state.withLock { $0 = (row + 1, nil) }
      let outcomes = try run(row, context)
      state.withLock { $0.open = outcomes }
    }
  }

  /// Closes what is open, and runs no further row.
  public func close(_ context: CallContext) {
    let open = state.withLock { state in
      defer { state = (rowCount, nil) }
      return state.open
    }
    open?.close(context)
  }
}
