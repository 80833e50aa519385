import Tern
import TernCommand
import TernCore
import TernDriver

/// The command line: reads what is asked for, connects, runs, prints.
struct Program {
  /// The exit codes that `--help` lists.
  private enum Status {
    static let success: Int32 = 0
    static let failedStatement: Int32 = 1
    static let wrongUsage: Int32 = 2
    static let noConnection: Int32 = 3
    static let interrupted: Int32 = 130
  }

  private let words: [String]
  private let messages = Messages()

  init(words: [String]) { self.words = words }

  /// Does everything; returns the exit code.
  func run() -> Int32 {
    do throws(TernError) {
      let arguments = try Arguments(
        words, hasDefaultTarget: System.environment("TERN_TARGET") != nil)
      switch arguments.action {
      case .help: try print(Arguments.help + "\n")
      case .version: try print("tern \(Version.text)\n")
      case .listOptions: try print(OptionsMarkdown.text(DriverRegistry.standard))
      case .run: return run(arguments)
      }
      return Status.success
    } catch {
      messages.error(error)
      return Status.wrongUsage
    }
  }

  /// Connects and runs what is asked for; every failure ends here as a message and a code.
  private func run(_ arguments: Arguments) -> Int32 {
    let interrupts = Interrupts()
    var isConnected = false
    do throws(TernError) {
      try interrupts.start()
      if arguments.isVerbose { messages.startLog() }
      let target = try TargetSource(arguments, messages, interrupts).read()
      let output = try Output(path: arguments.output)
      guard arguments.format != .arrow || !output.isTerminal else {
        throw Arguments.usage("Arrow is not for terminals: redirect the output or use --output")
      }
      let script = try Script(arguments, messages, interrupts)
      let connection = try interrupts.connecting { token throws(TernError) in
        try Connection(target, cancelToken: token)
      }
      isConnected = true
      defer { connection.close() }
      messages.warnings(target.warnings + connection.takeWarnings(), arguments)
      try Runner(arguments, connection, output, messages, interrupts).run(script)
      try output.close()
      return interrupts.wasInterrupted ? Status.interrupted : Status.success
    } catch {
      if interrupts.wasInterrupted, error.kind == .cancelled {
        messages.line("interrupted")
      } else {
        messages.error(error)
      }
      if interrupts.wasInterrupted { return Status.interrupted }
      return Program.status(of: error, isConnected: isConnected)
    }
  }

  /// What an error means to the shell: without a connection, a timeout is one of connecting.
  private static func status(of error: TernError, isConnected: Bool) -> Int32 {
    switch error.kind {
    case .usage: return Status.wrongUsage
    case .connection, .authentication: return Status.noConnection
    case .timeout where error.endsConnection || !isConnected: return Status.noConnection
    case .sql, .data, .timeout, .cancelled, .unsupported, .internal: return Status.failedStatement
    }
  }

  /// Writes a text of our own to standard output.
  private func print(_ text: String) throws(TernError) {
    let output = try Output(path: nil)
    try output.write(Array(text.utf8))
    try output.close()
  }
}
