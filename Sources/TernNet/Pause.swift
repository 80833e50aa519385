public import TernCore

extension CallContext {
  /// Waits that many nanoseconds, or not at all for 0 and less.
  ///
  /// - Parameter what: ends the sentence "deadline passed while …".
  /// - Throws: `.cancelled`, and `.timeout` when the context's own deadline comes first.
  public func pause(_ nanoseconds: Int64, _ what: String) throws(TernError) {
    try check(what)
    guard nanoseconds > 0 else { return }
    let end = Deadline.after(nanoseconds, .query).earlier(deadline)
    // A state without a size has its object's address, which the thread sanitizer takes for a race.
    let idle = Monitor(false)
    let wait = CallContext(deadline: end, cancelToken: cancelToken)
    do throws(TernError) {
      try idle.wait(wait, what) { _ -> Void? in nil }
    } catch {
      guard error.kind == .timeout, !deadline.isOver else { throw error }
    }
  }
}
