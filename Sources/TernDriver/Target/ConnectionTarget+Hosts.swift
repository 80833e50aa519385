public import TernCore

// Where to connect.
extension ConnectionTarget {
  /// The hosts to try, in the order in which they were written, ranges expanded; empty if there is
  /// none or if the host is an account.
  public var hosts: [HostAddress] {
    get throws(TernError) {
      guard let grammar = driver?.grammar, let host = setting("host") else { return [] }
      let list = try HostList(host.value.text, grammar)
      guard !isAccount(list) else { return [] }
      let port = setting("port")
      // A port that was set after the hosts, by a call for example, is meant for all of them.
      let isForAll = port.map { $0.layer < host.layer } ?? false
      let common = port.flatMap { OptionValue.port($0.value.text) } ?? defaultPort
      return list.entries.map { entry in
        HostAddress(
          host: entry.host, port: isForAll ? common : entry.port ?? common, pin: entry.pin)
      }
    }
  }

  /// The account, where the protocol has accounts and the target names one, by its option or as
  /// its host.
  public var account: String? {
    guard let grammar = driver?.grammar, let rule = grammar.accounts else { return nil }
    if let option = setting(rule.option) { return option.value.text }
    guard let host = setting("host")?.value.text, let list = try? HostList(host, grammar),
      isAccount(list)
    else { return nil }
    return host
  }

  /// Whether the connection is encrypted: unless the scheme or `tls=off` says otherwise.
  public var isEncrypted: Bool {
    if let text = setting("tls")?.value.text { return text == "on" }
    return !isPlaintextScheme
  }

  /// The protocol's port for this kind of connection.
  private var defaultPort: UInt16 {
    guard let grammar = driver?.grammar else { return 0 }
    return isEncrypted ? grammar.port : grammar.plaintextPort
  }

  /// Whether the one host that was given is an account by the rule of the grammar.
  private func isAccount(_ list: HostList) -> Bool {
    guard let rule = driver?.grammar.accounts, setting(rule.option) == nil, list.isBareName,
      setting("port") == nil
    else { return false }
    let name = list.entries.first?.host.lowercased() ?? ""
    return name != "localhost" && !HostName.isIPv4(name) && !HostName.isIPv6(name[...])
      && !rule.domains.contains { name.hasSuffix($0) }
  }
}

// Trying them.
extension ConnectionTarget {
  /// What `open` gives for the first host that it can open: they are tried in random order.
  ///
  /// Only trouble with a host (`.connection`, `.timeout`) leads to the next one, and only while the
  /// context's deadline has not passed; what else `open` throws is thrown at once.
  /// - Parameter candidates: where to try, if that is not at `hosts`.
  /// - Throws: `.usage` 08001 if there is no host; the first error with all messages, if none of
  ///   several could be opened.
  public func onAnyHost<Opened>(
    _ context: CallContext, among candidates: [HostAddress]? = nil,
    _ open: (HostAddress) throws(TernError) -> Opened
  ) throws(TernError) -> Opened {
    var failures: [TernError] = []
    let list = if let candidates { candidates } else { try hosts }
    for host in list.shuffled() {
      do throws(TernError) {
        return try open(host)
      } catch {
        let isOfHost = error.kind == .connection || error.kind == .timeout
        guard isOfHost, !context.deadline.isOver else { throw error }
        Log.write(.warning, "\(driver?.grammar.scheme ?? ""): \(host): \(error.message)")
        failures.append(error)
      }
    }
    guard var error = failures.first else {
      throw .usage("option host is missing: which server?", .cannotConnect)
    }
    if failures.count > 1 {
      error.message =
        "none of \(failures.count) hosts could be reached: "
        + failures.map(\.message).joined(separator: "; ")
    }
    throw error
  }
}

// What must be right before a connection is tried.
extension ConnectionTarget {
  /// Checks that the target is complete and does not contradict itself.
  ///
  /// - Returns: the driver to connect with.
  /// - Throws: `.usage`; what is missing is named (08001).
  @discardableResult
  public func validated() throws(TernError) -> any Driver.Type {
    guard let driver else {
      throw .usage(
        "no protocol: begin the target with scheme:// or give Protocol="
          + registry.drivers.map { $0.grammar.scheme }.joined(separator: "|"), .cannotConnect)
    }
    let hosts = try hosts
    guard !hosts.isEmpty || account != nil else {
      throw .usage("option host is missing: which server?", .cannotConnect)
    }
    for option in driver.grammar.required where setting(option)?.value.text.isEmpty ?? true {
      throw .usage("option \(option) is required by \(driver.grammar.scheme)", .cannotConnect)
    }
    try checkEncryption(hosts, driver.grammar)
    return driver
  }

  /// Refuses what only makes sense with TLS where there is none, rather than leave it out.
  private func checkEncryption(
    _ hosts: [HostAddress], _ grammar: TargetGrammar
  ) throws(TernError) {
    if isPlaintextScheme, isEncrypted {
      throw .usage(
        "scheme \(grammar.plaintextScheme) is unencrypted and contradicts tls=on; use"
          + " \(grammar.scheme)", .invalidOptionValue)
    }
    guard !isEncrypted else { return }
    let without = isPlaintextScheme ? "scheme \(grammar.plaintextScheme)" : "tls=off"
    if hosts.contains(where: { $0.pin != nil }) {
      throw .usage("a host's pin contradicts \(without)", .invalidOptionValue)
    }
    for option in ["tls_pin", "tls_ca_file", "tls_ca_dir"] where setting(option) != nil {
      throw .usage("option \(option) contradicts \(without)", .invalidOptionValue)
    }
  }
}
