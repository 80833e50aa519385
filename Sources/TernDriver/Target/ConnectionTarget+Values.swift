public import TernCore

// Typed reading. Every getter falls back on the default; `has` tells whether there is a value.
extension ConnectionTarget {
  /// A count, or one of the words that the option allows besides.
  public enum CountOrWord: Hashable, Sendable {
    case count(Int64)
    case word(String)
  }

  /// Whether something other than the default counts.
  public func isSet(_ name: String) -> Bool {
    guard let match = table.find(name) else { return false }
    return setting(match.name) != nil
  }

  /// The text of an option, set or default; paths, choices and plain text.
  ///
  /// - Throws: `.usage` for a name that no option has, and for secrets: they are not given back.
  public func text(_ name: String) throws(TernError) -> String? {
    let match = try known(name)
    guard !match.definition.isSecret else {
      throw .usage("option \(match.name) is a secret and is not given back", .unknownOption)
    }
    guard match.name != "protocol" else { return scheme }
    return effective(match)
  }

  /// The scheme that the target is printed with; nil while there is no protocol.
  var scheme: String? {
    driver.map { isPlaintextScheme ? $0.grammar.plaintextScheme : $0.grammar.scheme }
  }

  /// Whether an option has a value, be it only a default.
  public func has(_ name: String) -> Bool {
    guard let match = table.find(name) else { return false }
    return effective(match) != nil
  }

  /// The value of an option of type bool.
  public func flag(_ name: String) throws(TernError) -> Bool {
    try read(name, OptionValue.bool)
  }

  /// The value of an option of type duration, in nanoseconds; 0 = none.
  public func duration(_ name: String) throws(TernError) -> Int64 {
    try read(name, OptionValue.nanoseconds)
  }

  /// The value of an option of type size, in bytes.
  public func size(_ name: String) throws(TernError) -> Int64 {
    try read(name, OptionValue.byteCount)
  }

  /// The value of an option of type count.
  public func count(_ name: String) throws(TernError) -> Int64 {
    try read(name, OptionValue.count)
  }

  /// The value of an option that is a count or a word.
  public func countOrWord(_ name: String) throws(TernError) -> CountOrWord {
    try read(name) { text in OptionValue.count(text).map { .count($0) } ?? .word(text) }
  }

  /// The value of an option of type list.
  public func list(_ name: String) throws(TernError) -> [String] {
    try text(name).map(OptionValue.list) ?? []
  }

  /// The value of a secret option, or of one that may be kept in a file: `@/path` is read now.
  ///
  /// - Throws: `.usage` if the file cannot be read or is no UTF-8 text.
  public func secret(_ name: String) throws(TernError) -> Secret? {
    let match = try known(name)
    guard let value = setting(match.name)?.value else {
      return match.definition.defaultText.map { Secret($0) }
    }
    guard case .textOrFile = match.definition.type else { return Secret(value.text) }
    if value.text.hasPrefix("@@") { return Secret(String(value.text.dropFirst())) }
    guard value.text.hasPrefix("@/") else { return Secret(value.text) }
    return try secret(inFile: String(value.text.dropFirst()), match.name)
  }

  /// The members of a family that were set: `session.NAME` for all names, in their order.
  public func family(_ prefix: String) -> [(name: String, value: Secret)] {
    setNames.compactMap { name in
      guard name.hasPrefix(prefix), let found = setting(name) else { return nil }
      return (String(name.dropFirst(prefix.count)), Secret(found.value.text))
    }
  }

  /// The secret options that were set, by name.
  public var secretNames: [String] {
    setNames.filter { table.find($0)?.definition.isSecret ?? false }
  }

  /// Whether the value of an option is the name of the file that holds it.
  public func isInFile(_ name: String) -> Bool {
    guard let match = table.find(name), case .textOrFile = match.definition.type else {
      return false
    }
    return setting(match.name)?.value.text.hasPrefix("@/") ?? false
  }

  /// What a file holds, without the line end that editors put behind it.
  private func secret(inFile path: String, _ name: String) throws(TernError) -> Secret {
    let bytes: [UInt8]
    do throws(TernError) {
      bytes = try registry.readFile(path)
    } catch {
      throw error.prefixed("option \(name)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .usage("option \(name): the file is not UTF-8 text", .invalidOptionValue)
    }
    return Secret(String(OptionValue.trim(text[...])))
  }

  /// The row of a name, or a usage error with the nearest one.
  private func known(_ name: String) throws(TernError) -> OptionTable.Match {
    guard let match = table.find(name) else { throw unknown(name, isNameSafe: true) }
    return match
  }

  /// What counts for an option: what was set, else the protocol's default, else the table's.
  private func effective(_ match: OptionTable.Match) -> String? {
    if let found = setting(match.name) { return found.value.text }
    return driver?.grammar.defaults[match.name] ?? match.definition.defaultText
  }

  /// The value in the form that a getter promises.
  private func read<Value>(
    _ name: String, _ convert: (String) -> Value?
  ) throws(TernError) -> Value {
    guard let text = try text(name) else {
      throw .internal("option \(name) has neither value nor default; ask has() first")
    }
    guard let value = convert(text) else {
      throw .internal("option \(name) is not of the type that was asked for")
    }
    return value
  }
}
