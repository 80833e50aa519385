import TernCore

// The way back to text; what is printed with secrets reads back as the same target.
extension ConnectionTarget: CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// The URI with `***` in place of secrets.
  public var description: String { uri() }
  /// The same.
  public var debugDescription: String { uri() }
  /// Shows the redacted URI only.
  public var customMirror: Mirror { Mirror(self, children: ["uri": uri()]) }

  /// The target as a URI, options in the order of the tables; empty while there is no protocol.
  ///
  /// - Parameter showingSecrets: true for a text that connects again; it must not be shown.
  public func uri(showingSecrets: Bool = false) -> String {
    guard let grammar = driver?.grammar, let scheme else { return "" }
    let value = { (name: String) -> String? in
      self.setting(name).map { Percent.encode($0.value.text) }
    }
    var login = value("user") ?? ""
    if let password = value("password") {
      login += ":" + (showingSecrets ? password : Redaction.mark)
    }
    if !login.isEmpty { login += "@" }
    let host = setting("host").map { Percent.encode($0.value.text, also: ":,[]") } ?? ""
    let (path, inPath) = pathText(grammar)
    var items: [String] = []
    let apart: Set<String> = ["protocol", "user", "password", "host"]
    for name in setNames where !apart.contains(name) && !inPath.contains(name) {
      let isHidden = isSecret(name) && !showingSecrets
      let text = isHidden ? Redaction.mark : valueInQuery(name)
      items.append(Percent.encode(name) + "=" + text)
    }
    let query = items.isEmpty ? "" : "?" + items.joined(separator: "&")
    return "\(scheme)://\(login)\(host)\(path)\(query)"
  }

  /// The target as a keyword string: ODBC's names for host and login, Tern's for the rest.
  ///
  /// - Parameter showingSecrets: true for a text that connects again; it must not be shown.
  public func keywordString(showingSecrets: Bool = false) -> String {
    let renamed = ["host": "Server", "port": "Port", "user": "UID", "password": "PWD"]
    var pairs: [(String, String)] = []
    for name in ["dsn", "driver"] {
      if let found = setting(name) { pairs.append((name.uppercased(), found.value.text)) }
    }
    if let scheme { pairs.append(("Protocol", scheme)) }
    for name in setNames where !ConnectionTarget.notPrinted.contains(name) {
      let isHidden = isSecret(name) && !showingSecrets
      let text = isHidden ? Redaction.mark : setting(name)?.value.text ?? ""
      pairs.append((renamed[name] ?? name, text))
    }
    return pairs.map { "\($0)=\(KeywordString.quote($1))" }.joined(separator: ";")
  }

  /// What `keywordString` prints elsewhere or not at all.
  private static let notPrinted: Set<String> = ["dsn", "driver", "filedsn", "savefile", "protocol"]

  /// Whether a value must not be shown; names that are not known count as secret.
  private func isSecret(_ name: String) -> Bool {
    table.find(name)?.definition.isSecret ?? true
  }

  /// The value as it stands behind the `?`.
  private func valueInQuery(_ name: String) -> String {
    // What people write unencoded stays readable: paths, lists, times.
    Percent.encode(setting(name)?.value.text ?? "", also: "/@:,+")
  }

  /// The path, and the options that it holds. A part can only stand behind those before it.
  private func pathText(_ grammar: TargetGrammar) -> (String, Set<String>) {
    switch grammar.path {
    case .http(let option):
      guard let path = setting(option)?.value.text else { return ("", []) }
      return (path, [option])
    case .options(let options):
      var path = ""
      var held: Set<String> = []
      for option in options {
        guard let text = setting(option)?.value.text, !text.isEmpty else { break }
        path += "/" + Percent.encode(text)
        held.insert(option)
      }
      return (path, held)
    }
  }
}
