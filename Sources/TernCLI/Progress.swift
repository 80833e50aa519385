import TernCommand
import TernCore

/// The line that shows how far a long fetch is, on a terminal that shows nothing else.
struct Progress {
  private let isOn: Bool
  private let start = Deadline.now
  private var last: Int64 = 0
  private var isShown = false

  /// Fetches shorter than this show nothing.
  private static let delayNanoseconds: Int64 = 1_000_000_000
  /// Between two updates.
  private static let pauseNanoseconds: Int64 = 200_000_000

  init(isOn: Bool) { self.isOn = isOn }

  /// Shows rows and bytes so far, not too often.
  mutating func show(_ rowCount: Int64, _ byteCount: Int64) {
    let now = Deadline.now
    guard isOn, now - start >= Progress.delayNanoseconds, now - last >= Progress.pauseNanoseconds
    else { return }
    last = now
    isShown = true
    let seconds = Double(now - start) / 1e9
    let rate = Amounts.count(Int64(Double(rowCount) / seconds))
    System.writeError(
      "\r\u{1B}[K\(Amounts.count(rowCount)) rows, \(Amounts.size(byteCount)), \(rate) rows/s")
  }

  /// Takes the line away.
  mutating func clear() {
    if isShown { System.writeError("\r\u{1B}[K") }
    isShown = false
  }
}
