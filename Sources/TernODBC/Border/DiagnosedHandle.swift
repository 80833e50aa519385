import Tern

/// A handle on which functions run: one call at a time, each with diagnostics of its own.
protocol DiagnosedHandle: AnyObject {
  /// Held during every call; shared by all handles of one connection.
  var lock: CallLock { get }
  /// What the last call reported. Touched with `lock` held.
  var diagnostics: Diagnostics { get set }
  /// Whether `diagnostics` has records; kept beside them, because every call asks.
  var hasRecords: Bool { get }
  /// The words in brackets before an error of the server's.
  var serverName: String { get }
  /// The connection's name, for the diagnostic field of that name.
  var connectionName: String { get }
  /// The data source, or else the host.
  var dataSourceName: String { get }
}

extension DiagnosedHandle {
  /// Runs one function: empties the diagnostics, turns what is thrown into a record, and answers
  /// "with info" whenever a record was left beside success.
  func call(_ body: () throws(TernError) -> ReturnCode) -> Int16 {
    lock.hold {
      if hasRecords { diagnostics.clear() }
      do throws(TernError) {
        let code = try body()
        guard hasRecords else { return code.rawValue }
        diagnostics.sort()
        return (code == .success ? .successWithInfo : code).rawValue
      } catch {
        diagnostics.add(error, serverName: serverName)
        diagnostics.sort()
        return ReturnCode.error.rawValue
      }
    }
  }
}
