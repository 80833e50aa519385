import Glibc
import TernCore

extension ConnectionTarget {
  /// Checks the target and opens a session with its driver; `context` bounds the wait.
  func openSession(_ context: CallContext) throws(TernError) -> any Session {
    try validated().connect(to: self, context)
  }

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
