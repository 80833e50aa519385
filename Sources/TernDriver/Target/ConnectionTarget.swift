public import TernCore

/// Where to connect, as whom, and how: what a URI or keyword string says, what a data source adds
/// and what was set by calls, checked against the options of its protocol.
///
/// An option set by a call wins over the URI or keyword string, that over the data source, that
/// over the default. The protocol may come last: until it is known, settings wait.
public struct ConnectionTarget: Sendable {
  /// Who reads the target, which decides what becomes of unknown names.
  public enum Audience: Sendable {
    /// Unknown names are usage errors.
    case program
    /// ODBC: unknown names in connection strings and data sources are warnings (01S00), and the
    /// options of ODBC's own are known.
    case odbc
  }

  /// The protocols to choose from.
  public let registry: DriverRegistry
  /// Who reads the target.
  public let audience: Audience
  /// The protocol; nil until something named it.
  public private(set) var driver: (any Driver.Type)?
  /// Whether the scheme is the one without TLS.
  public private(set) var isPlaintextScheme = false
  /// What was ignored or changed so far.
  public private(set) var warnings: [Warning] = []

  /// More would tell nobody anything.
  private static let warningCountMax = 100

  /// The options that this target knows.
  private(set) var table: OptionTable
  /// Where the protocol was named.
  private var protocolLayer = TargetLayer.dataSourceURI
  /// What was set, by layer and option name.
  private var layers: [TargetLayer: [String: TargetValue]] = [:]
  /// Settings that came before the protocol, in order.
  private var waiting: [TargetAssignment] = []
  /// What the vendor's keyword says the password really is, by layer.
  private var passwordOptions: [TargetLayer: String] = [:]

  /// A target that says nothing yet.
  public init(registry: DriverRegistry, audience: Audience = .program) {
    self.registry = registry
    self.audience = audience
    table = registry.union
  }

  /// Reads a URI (`scheme://…`) or a keyword string (`Protocol=…;Server=…`).
  ///
  /// - Throws: `.usage` that names what is wrong and what is allowed; it never shows a secret.
  public init(
    parsing text: String, registry: DriverRegistry, audience: Audience = .program
  ) throws(TernError) {
    self.init(registry: registry, audience: audience)
    guard text.utf8.count <= Limits.targetByteCountMax else {
      throw .usage(
        "a connection target has at most \(Limits.targetByteCountMax) bytes", .invalidLength)
    }
    let trimmed = OptionValue.trim(text[...])
    if TargetURI.isURI(trimmed) {
      try assignURI(String(trimmed), to: .text)
    } else {
      try assignKeywords(try KeywordString.parse(trimmed, isODBC: audience == .odbc), to: .text)
    }
  }

  /// Sets an option, or sets it again. Names are compared without regard to case and `_`; `uri`
  /// stands for a whole URI and replaces the one before.
  ///
  /// - Throws: `.usage` for an unknown name (HY092) or a value that is not allowed (HY024).
  public mutating func set(_ name: String, _ value: String) throws(TernError) {
    if OptionTable.fold(name) == "uri" {
      layers[.text] = nil
      return try assignURI(value, to: .text)
    }
    try assign(
      TargetAssignment(
        name: name, value: TargetValue(value, isSecret: registry.isSecretName(name)),
        layer: .call, style: .call))
  }

  /// Takes an option back to its default.
  public mutating func unset(_ name: String) throws(TernError) {
    guard let match = table.find(name) else { throw unknown(name, isNameSafe: true) }
    for layer in TargetLayer.allCases { layers[layer]?[match.name] = nil }
    waiting.removeAll { table.find($0.name)?.name == match.name }
  }

  /// Adds what a data source says, as from an ini file: it counts where nothing else was set.
  public mutating func addDataSource(
    _ settings: [(name: String, value: String)]
  ) throws(TernError) {
    try assignKeywords(settings, to: .dataSource)
  }

  /// The value of an option and where it came from; nil if it has only its default.
  func setting(_ name: String) -> (value: TargetValue, layer: TargetLayer)? {
    let passwordOption = TargetLayer.allCases.lazy.compactMap { passwordOptions[$0] }.first
    if name == "password", passwordOption != nil { return nil }
    if let found = stored(name) { return found }
    return name == passwordOption ? stored("password") : nil
  }

  /// The data source that a keyword string names, also while the protocol is not known yet: it may
  /// stand in the data source.
  public var dataSourceName: String? {
    let early = waiting.first { OptionTable.fold($0.name) == "dsn" }
    return early?.value.text ?? setting("dsn")?.value.text
  }

  /// The names of all options that were set; families in the order of their names.
  var setNames: [String] {
    let stored = layers.values.flatMap { $0.keys } + passwordOptions.values
    let names = Set(stored.filter { setting($0) != nil })
    return table.rows.flatMap { row in
      row.isFamily
        ? names.filter { $0.hasPrefix(row.familyPrefix) }.sorted()
        : names.contains(row.name) ? [row.name] : []
    }
  }

  /// The value in the first layer that has one.
  private func stored(_ name: String) -> (value: TargetValue, layer: TargetLayer)? {
    for layer in TargetLayer.allCases {
      if let value = layers[layer]?[name] { return (value, layer) }
    }
    return nil
  }
}

// How settings get in.
extension ConnectionTarget {
  /// Takes in every part of a URI.
  private mutating func assignURI(_ text: String, to layer: TargetLayer) throws(TernError) {
    let uri = try TargetURI(text, registry)
    try choose(uri.scheme, in: layer, isURI: true)
    guard let grammar = driver?.grammar else { return }
    for part in try uri.assignments(grammar, layer) {
      do throws(TernError) {
        try assign(part)
      } catch {
        throw uri.hinting(error)
      }
    }
  }

  /// Takes in the pairs of a keyword string or ini section, and then what a `URI=` among them says.
  ///
  /// The name behind a secret is not repeated in errors: with a `;` in a password that nobody put
  /// in braces, it is the rest of the password.
  private mutating func assignKeywords(
    _ settings: [(name: String, value: String)], to layer: TargetLayer
  ) throws(TernError) {
    var isAfterSecret = false
    var uri: String?
    for (name, value) in settings {
      let isSecret = registry.isSecretName(name)
      if OptionTable.fold(name) == "uri" {
        uri = uri ?? value
      } else {
        try assign(
          TargetAssignment(
            name: name, value: TargetValue(value, isSecret: isSecret), layer: layer,
            style: .keyword, isNameSafe: !isAfterSecret))
      }
      isAfterSecret = isSecret || OptionTable.fold(name) == "uri"
    }
    if let uri, !uri.isEmpty { try assignURI(uri, to: layer.forURI) }
  }

  /// Takes in one setting: finds the option it means, or refuses it.
  private mutating func assign(_ assignment: TargetAssignment) throws(TernError) {
    if OptionTable.fold(assignment.name) == "protocol" {
      return try choose(assignment.value.text, in: assignment.layer, isURI: false)
    }
    guard let driver else { return try wait(assignment) }
    if assignment.style == .keyword,
      let keyword = driver.grammar.vendorKeyword(assignment.name),
      try assign(vendor: keyword, assignment)
    {
      return
    }
    let match =
      assignment.style == .exact
      ? table.find(exactly: assignment.name) : table.find(assignment.name)
    guard let match, match.name != "uri" else { return try refuse(assignment) }
    try store(assignment.value.text, as: match, assignment)
  }

  /// Keeps a setting until the protocol is known, if any protocol has such an option.
  private mutating func wait(_ assignment: TargetAssignment) throws(TernError) {
    let isKnown =
      table.find(assignment.name) != nil
      || (assignment.style == .keyword && registry.hasVendorKeyword(assignment.name))
    guard isKnown else { return try refuse(assignment) }
    waiting.append(assignment)
  }

  /// Fixes the protocol and takes in the settings that waited for it.
  private mutating func choose(
    _ scheme: String, in layer: TargetLayer, isURI: Bool
  ) throws(TernError) {
    guard let found = registry.driver(scheme: scheme) else { throw unknownScheme(scheme) }
    if let driver {
      let isSame = driver.grammar.scheme == found.driver.grammar.scheme
      guard isSame || (layer > protocolLayer && !isURI) else {
        throw .usage(
          "option protocol: this target is for \(driver.grammar.scheme) already",
          .invalidOptionValue)
      }
      if isSame, layer < protocolLayer || (layer == .call) {
        (isPlaintextScheme, protocolLayer) = (found.isPlaintext, layer)
      }
      return
    }
    (driver, isPlaintextScheme, protocolLayer) = (found.driver, found.isPlaintext, layer)
    table = registry.table(of: found.driver, isODBC: audience == .odbc)
    let settings = waiting
    waiting = []
    for setting in settings { try assign(setting) }
  }

  /// Checks a value by the type of its option and keeps it in its layer.
  private mutating func store(
    _ text: String, as match: OptionTable.Match, _ assignment: TargetAssignment
  ) throws(TernError) {
    let row = match.definition
    // An empty keyword is how ODBC programs leave out what they do not know.
    if assignment.style == .keyword, text.isEmpty, !row.type.allowsEmpty { return }
    guard let normal = row.type.normalized(text) else { throw badValue(text, of: row) }
    let value = try checked(normal, match.name)
    if layers[assignment.layer]?[match.name] != nil {
      switch assignment.style {
      case .keyword: return
      case .call: break
      case .exact: throw .usage("option \(match.name) is given twice", .invalidOptionValue)
      }
    }
    layers[assignment.layer, default: [:]][match.name] = TargetValue(
      value, isSecret: row.isSecret)
  }

  /// The checks that need the grammar: hosts, and the path of HTTP requests.
  private func checked(_ text: String, _ name: String) throws(TernError) -> String {
    guard let grammar = driver?.grammar else { return text }
    if name == "host" { _ = try HostList(text, grammar) }
    if case .http(name) = grammar.path { return TargetURI.httpPath(text) }
    return text
  }

  /// Applies a vendor's keyword; false if the value is one for the option of the same name.
  private mutating func assign(
    vendor keyword: VendorKeyword, _ assignment: TargetAssignment
  ) throws(TernError) -> Bool {
    let text = assignment.value.text
    switch keyword.rule {
    case .option(let option):
      try assign(assignment, option, text)
    case .sized(let option, let unit):
      guard OptionValue.count(text) != nil else { throw badVendorValue(keyword, "a whole number") }
      try assign(assignment, option, text + unit)
    case .values(let values):
      if let value = values.first(where: { $0.text.lowercased() == text.lowercased() }) {
        try assign(assignment, value.option, value.value)
      } else if table.find(keyword.keyword) != nil {
        return false
      } else {
        throw badVendorValue(keyword, values.map(\.text).joined(separator: ", "))
      }
    case .passwordIs(let values):
      guard let value = values.first(where: { $0.text.lowercased() == text.lowercased() }) else {
        throw badVendorValue(keyword, values.map(\.text).joined(separator: ", "))
      }
      passwordOptions[assignment.layer] = passwordOptions[assignment.layer] ?? value.option
    }
    return true
  }

  /// Sets the option that a vendor's keyword stands for.
  private mutating func assign(
    _ assignment: TargetAssignment, _ option: String, _ text: String
  ) throws(TernError) {
    guard let match = table.find(option) else {
      throw .internal("vendor keyword for the unknown option \(option)")
    }
    try store(text, as: match, assignment)
  }

  /// An unknown name: an error, or a warning where ODBC wants one.
  private mutating func refuse(_ assignment: TargetAssignment) throws(TernError) {
    guard audience == .odbc, assignment.layer != .call else {
      throw unknown(assignment.name, isNameSafe: assignment.isNameSafe)
    }
    guard !OptionTable.swallowedByODBC.contains(OptionTable.fold(assignment.name)),
      warnings.count < ConnectionTarget.warningCountMax
    else { return }
    let error = unknown(assignment.name, isNameSafe: assignment.isNameSafe)
    warnings.append(Warning(.unknownKeyword, "ignored: \(error.message)"))
  }
}
