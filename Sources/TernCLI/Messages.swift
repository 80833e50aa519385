import TernCommand
import TernCore
import TernDriver

/// What is said beside the rows, on standard error.
struct Messages: Sendable {
  /// An error, with its SQLSTATE and the server's number.
  func error(_ error: TernError) {
    let number = error.vendorCode == 0 ? "" : " (\(error.vendorCode))"
    let query = error.queryID.map { " [query \($0)]" } ?? ""
    line("error \(error.sqlState)\(number): \(error.message)\(query)")
  }

  /// Notes beside success.
  func warnings(_ warnings: [Warning], _ arguments: Arguments) {
    guard !arguments.isQuiet else { return }
    for warning in warnings { line("warning \(warning.sqlState): \(warning.message)") }
  }

  /// A line of its own, the program's name in front.
  func line(_ text: String) { System.writeError("tern: \(Messages.shown(text))\n") }

  /// A line as it is.
  func plain(_ text: String) { System.writeError(text + "\n") }

  /// Sends the library's log to standard error.
  func startLog() {
    Log.set({ level, line in System.writeError("\(level.name): \(line)\n") }, level: .debug)
  }

  /// A server's text without characters that would act on the terminal; line ends stay.
  private static func shown(_ text: String) -> String {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\n" }
      ? text
      : text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { TerminalText.escaped(String($0)) }.joined(separator: "\n")
  }
}
