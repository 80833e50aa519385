import Tern

// SQLDriverConnect, SQLConnect and SQLBrowseConnect.
extension ConnectionHandle {
  /// SQLDriverConnect. Nobody is asked anything: every completion but a prompt connects with what
  /// is there.
  func connect(
    _ input: InputText, _ output: OutputText, completion: UInt16
  ) throws(TernError) -> ReturnCode {
    try checkClosed()
    guard completion <= 3 else {
      throw .usage("there is no completion \(completion)", .invalidCompletion)
    }
    guard completion != 2 else { throw .unsupported("this driver has no dialog") }
    let text = try input.required("connection string")
    let target = try target(parsing: text)
    try open(target)
    try diagnostics.write(completed(text, target), to: output)
    return .success
  }

  /// SQLConnect: a data source by name, with a login that wins over the one it has.
  func connect(
    dataSource name: InputText, user: InputText, password: InputText
  ) throws(TernError) -> ReturnCode {
    try checkClosed()
    let given = try name.read() ?? ""
    let section = given.isEmpty ? "DEFAULT" : given
    var target = ConnectionTarget(registry: .standard, audience: .odbc)
    try addDataSource(section, to: &target)
    if let user = try user.read(), !user.isEmpty { try target.set("user", user) }
    if let password = try password.read(), !password.isEmpty {
      try target.set("password", password)
    }
    try open(target)
    return .success
  }

  /// SQLBrowseConnect: says what is missing until nothing is.
  func browse(_ input: InputText, _ output: OutputText) throws(TernError) -> ReturnCode {
    try checkClosed()
    let text = try input.required("connection string")
    // What came first wins, as within one string.
    let whole = [browsed?.text, text].compactMap { $0 }.joined(separator: ";")
    let target = try target(parsing: whole)
    let asksLogin = browsed?.asksLogin ?? true
    let missing = try BrowseQuestion.missing(in: target, asksLogin: asksLogin)
    guard missing.isEmpty else {
      browsed = (whole, asksLogin && !missing.contains(where: \.isLogin))
      try diagnostics.write(missing.map(\.text).joined(separator: ";"), to: output)
      return .needData
    }
    browsed = nil
    try open(target)
    try diagnostics.write(completed(whole, target), to: output)
    return .success
  }

  private func checkClosed() throws(TernError) {
    guard link == nil else { throw .usage("the connection is open", .alreadyConnected) }
  }

  private func target(parsing text: String) throws(TernError) -> ConnectionTarget {
    var target = try ConnectionTarget(parsing: text, registry: .standard, audience: .odbc)
    dataSource = target.dataSourceName ?? ""
    if !dataSource.isEmpty { try addDataSource(dataSource, to: &target) }
    return target
  }

  /// Adds what the ini file says of a data source, without the keys that are the driver manager's.
  private func addDataSource(_ name: String, to target: inout ConnectionTarget) throws(TernError) {
    dataSource = name
    try target.addDataSource(try DataSourceFile.settings(of: name))
  }

  /// The text that connects again. With a data source the file completes what the caller gave, so
  /// that its secrets do not leave it.
  private func completed(_ text: String, _ target: ConnectionTarget) -> String {
    dataSource.isEmpty ? target.keywordString(showingSecrets: true) : text
  }

  private func open(_ described: ConnectionTarget) throws(TernError) {
    var target = described
    try applyAttributes(to: &target)
    reporting = try ReportOptions(target)
    let link = try Connection(target)
    self.link = link
    first = link.state
    for warning in target.warnings { diagnostics.warn(warning) }
    takeWarnings(to: &diagnostics)
  }

  /// What was set before connecting counts now, and what is wrong with it is an error now.
  private func applyAttributes(to target: inout ConnectionTarget) throws(TernError) {
    let numbers = attributes.numbers
    for (id, option) in ConnectionHandle.optionsByAttribute {
      if let value = numbers[id] { try target.set(option, String(value)) }
    }
    if let bits = numbers[ConnectionAttribute.isolation] {
      guard let level = IsolationLevel(rawValue: Int32(truncatingIfNeeded: bits)) else {
        throw .usage("\(bits) is no isolation level", .invalidOptionValue)
      }
      try target.set("isolation", level.name)
    }
    if let catalog = attributes.catalog, !catalog.isEmpty { try target.set("catalog", catalog) }
  }

  private static let optionsByAttribute: [(Int32, String)] = [
    (ConnectionAttribute.loginTimeout, "login_timeout"),
    (ConnectionAttribute.connectionTimeout, "network_timeout"),
    (ConnectionAttribute.packetSize, "batch_bytes"),
    (ConnectionAttribute.accessMode, "read_only"),
    (ConnectionAttribute.autocommit, "autocommit"),
  ]
}
