import Glibc
import TernCore
import TernNet

extension ConnectionTarget {
  /// Checks the target and opens a session with its driver; `context` bounds the wait.
  func openSession(_ context: CallContext) throws(TernError) -> any Session {
    try startLog()
    return try validated().connect(to: self, context)
  }

  /// Switches the log on by `TERN_LOG`, then by the options, which count for the whole process.
  private func startLog() throws(TernError) {
    LogFile.installFromEnvironment()
    guard isSet("log_level") || isSet("log_file") else { return }
    let wanted = [try text("log_level") ?? "info", try text("log_file") ?? ""]
    // Opened once: a thousand connections with the same options share the file.
    guard Self.startedLog.current != wanted else { return }
    try LogFile.install(
      Log.Level(name: wanted[0]) ?? .info, path: wanted[1].isEmpty ? nil : wanted[1])
    Self.startedLog.withLock { $0 = wanted }
  }

  private static let startedLog = Locked<[String]>([])

  /// Readers of one result: what `parallel` says, 1 where it is off.
  func readerCountMax() throws(TernError) -> Int {
    StatementOptions.readerCountMax(try text("parallel") ?? "off")
  }
}

extension StatementOptions {
  /// What the text of the option `parallel` stands for.
  static func readerCountMax(_ text: String) -> Int {
    if text == "auto" { return max(1, min(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 8)) }
    return max(1, Int(clamping: min(OptionValue.count(text) ?? 1, 256)))
  }
}
