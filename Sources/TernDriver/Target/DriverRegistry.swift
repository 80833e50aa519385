public import TernCore

/// The protocols that a program can use.
public struct DriverRegistry: Sendable {
  /// An option and the protocol that has it.
  public struct Key: Hashable, Sendable {
    /// The row.
    public let definition: OptionDefinition
    /// The scheme of the one protocol that knows it; nil for the others.
    public let scheme: String?
  }

  /// Reads a file that holds a key or token.
  public typealias FileReader = @Sendable (_ path: String) throws(TernError) -> [UInt8]

  /// The drivers, in the order in which they are listed.
  public let drivers: [any Driver.Type]
  let readFile: FileReader
  /// Every option of every driver, for targets whose protocol is not known yet.
  let union: OptionTable
  private let tables: [String: (program: OptionTable, odbc: OptionTable)]

  /// A registry of `drivers`. `readFile` serves values of the form `@/path`.
  public init(_ drivers: [any Driver.Type], readFile: @escaping FileReader) {
    self.drivers = drivers
    self.readFile = readFile
    union = OptionTable(OptionTable.common + drivers.flatMap { $0.options } + OptionTable.odbc)
    var tables: [String: (program: OptionTable, odbc: OptionTable)] = [:]
    for driver in drivers {
      let rows = OptionTable.common + driver.options
      tables[driver.grammar.scheme] = (OptionTable(rows), OptionTable(rows + OptionTable.odbc))
    }
    self.tables = tables
  }

  /// The options that a target for `driver` knows.
  func table(of driver: any Driver.Type, isODBC: Bool) -> OptionTable {
    guard let tables = tables[driver.grammar.scheme] else { return union }
    return isODBC ? tables.odbc : tables.program
  }

  /// Every option, common ones first: the list behind `tern_target_key` and the documentation.
  public var keys: [Key] {
    OptionTable.common.map { Key(definition: $0, scheme: nil) }
      + drivers.flatMap { driver in
        driver.options.map { Key(definition: $0, scheme: driver.grammar.scheme) }
      } + OptionTable.odbc.map { Key(definition: $0, scheme: nil) }
  }

  /// The schemes of all drivers with TLS, then those without.
  var schemes: [String] {
    drivers.map { $0.grammar.scheme } + drivers.map { $0.grammar.plaintextScheme }
  }

  /// The driver whose scheme or plaintext scheme this is, without regard to case.
  func driver(scheme: String) -> (driver: any Driver.Type, isPlaintext: Bool)? {
    let wanted = scheme.lowercased()
    for driver in drivers {
      if driver.grammar.scheme == wanted { return (driver, false) }
      if driver.grammar.plaintextScheme == wanted { return (driver, true) }
    }
    return nil
  }

  /// Whether what follows a setting of this name could be the rest of a secret that was not
  /// quoted: any driver's secret option, or a vendor's keyword for one.
  func isSecretName(_ name: String) -> Bool {
    if union.find(name)?.definition.isSecret ?? false { return true }
    let folded = OptionTable.fold(name)
    return ["pwd", "pass", "token", "secret", "key"].contains { folded.contains($0) }
  }

  /// Whether a vendor's keyword has this name in any driver.
  func hasVendorKeyword(_ name: String) -> Bool {
    drivers.contains { $0.grammar.vendorKeyword(name) != nil }
  }

  /// The driver that has an option of this name, for a hint to people who mixed two up.
  func owner(of name: String) -> String? {
    drivers.first { OptionTable($0.options).find(name) != nil }?.grammar.scheme
  }
}

extension TargetGrammar {
  /// The vendor's keyword of this name, compared without regard to case and `_`.
  func vendorKeyword(_ name: String) -> VendorKeyword? {
    let folded = OptionTable.fold(name)
    return vendorKeywords.first { OptionTable.fold($0.keyword) == folded }
  }
}
