import Tern

// SQLCancel and SQLCancelHandle: no lock is waited for, and no diagnostics of a call that runs are
// touched.
extension StatementHandle {
  /// Ends the call that runs on this statement, or the sending of parameter data; an idle statement
  /// is left as it is.
  func cancel() -> Int16 {
    let idle = lock.holdIfFree {
      pending = nil
      return ReturnCode.success.rawValue
    }
    if idle == nil { work.cancel() }
    return ReturnCode.success.rawValue
  }
}

extension ConnectionHandle {
  /// Ends whatever call the connection is in.
  func cancel() -> Int16 {
    link?.cancel()
    return ReturnCode.success.rawValue
  }
}
