import Glibc
import TernCore

extension ConnectionTarget {
  /// Checks the target and opens a session with its driver; `context` bounds the wait.
  func openSession(_ context: CallContext) throws(TernError) -> any Session {
    try validated().connect(to: self, context)
  }

  /// Readers of one result: what `parallel` says, 1 where it is off.
  func readerCountMax() throws(TernError) -> Int {
    switch try countOrWord("parallel") {
    case .word("auto"): max(1, min(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 8))
    case .word: 1
    case .count(let count): max(1, Int(clamping: min(count, 256)))
    }
  }
}
