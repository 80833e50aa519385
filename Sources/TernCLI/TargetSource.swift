import Tern
import TernCommand
import TernCore
import TernDriver

/// Puts the connection target together: command line, environment, password file, prompt.
struct TargetSource {
  private let arguments: Arguments
  private let messages: Messages
  private let interrupts: Interrupts

  init(_ arguments: Arguments, _ messages: Messages, _ interrupts: Interrupts) {
    self.arguments = arguments
    self.messages = messages
    self.interrupts = interrupts
  }

  /// The target, complete with its password.
  func read() throws(TernError) -> ConnectionTarget {
    guard let text = arguments.target ?? System.environment("TERN_TARGET") else {
      throw Arguments.usage("no target: give one as the first argument or in TERN_TARGET")
    }
    var target = try ConnectionTarget(parsing: text, registry: .standard)
    if arguments.target != nil { warnOfSecrets(in: target) }
    for setting in arguments.settings { try target.set(setting.name, setting.value) }
    try addHTTPPassword(to: &target)
    try addPassword(to: &target)
    try target.validated()
    return target
  }

  /// Arguments of a running program are public on most systems.
  private func warnOfSecrets(in target: ConnectionTarget) {
    guard !arguments.isQuiet, target.secretNames.contains(where: { !target.isInFile($0) }) else {
      return
    }
    messages.line(
      "warning: other users can see the password or token in the list of processes; use "
        + "TERN_PASSWORD, TERN_HTTP_PASSWORD, --password-file, the prompt, or @/path for a token")
  }

  /// From the environment, for a login of the HTTP layer that has none.
  private func addHTTPPassword(to target: inout ConnectionTarget) throws(TernError) {
    guard let password = System.environment("TERN_HTTP_PASSWORD"),
      let user = try? target.text("http_user"), !user.isEmpty,
      !target.secretNames.contains("http_password")
    else { return }
    try target.set("http_password", password)
  }

  /// From the file, the environment or a question, in this order; not if the target has a secret of
  /// its own to log in with; one for the HTTP layer is none.
  private func addPassword(to target: inout ConnectionTarget) throws(TernError) {
    if let path = arguments.passwordFile {
      let text = try Script.contents(of: path)
      let line = text.split(separator: "\n", omittingEmptySubsequences: false).first ?? ""
      return try target.set("password", String(line.last == "\r" ? line.dropLast() : line))
    }
    if arguments.asksPassword != true {
      guard target.secretNames.allSatisfy({ $0 == "http_password" }) else { return }
      if let password = System.environment("TERN_PASSWORD") {
        return try target.set("password", password)
      }
      guard arguments.asksPassword == nil, let user = try target.text("user"), !user.isEmpty,
        System.isTerminal(2)
      else { return }
    }
    guard let terminal = Terminal() else {
      guard arguments.asksPassword == true else { return }
      throw Arguments.usage("there is no terminal to ask for the password")
    }
    guard let password = terminal.ask("Password: ", interrupts) else {
      throw Arguments.usage("no password was given")
    }
    try target.set("password", password)
  }
}
