/// The options that a target knows, in the order in which they are printed and documented.
public struct OptionTable: Sendable {
  /// One row, and the full name where the row stands for many.
  struct Match {
    let definition: OptionDefinition
    let name: String
  }

  /// The rows.
  public let rows: [OptionDefinition]
  private let exact: [String: Int]
  private let folded: [String: Int]

  /// A table of `rows`; a name that comes twice belongs to the first row that has it.
  public init(_ rows: [OptionDefinition]) {
    self.rows = rows
    var exact: [String: Int] = [:]
    var folded: [String: Int] = [:]
    for (index, row) in rows.enumerated() {
      for name in [row.name] + row.aliases {
        exact[name] = exact[name] ?? index
        folded[OptionTable.fold(name)] = folded[OptionTable.fold(name)] ?? index
      }
    }
    self.exact = exact
    self.folded = folded
  }

  /// The row with exactly this name or alias, as a URI wants it.
  func find(exactly name: String) -> Match? {
    if let index = exact[name], index < rows.count {
      return Match(definition: rows[index], name: rows[index].name)
    }
    return family(of: name) { $0 == $1 }
  }

  /// The row with this name or alias, compared without regard to case and `_`.
  func find(_ name: String) -> Match? {
    if let index = folded[OptionTable.fold(name)], index < rows.count {
      return Match(definition: rows[index], name: rows[index].name)
    }
    return family(of: name) { OptionTable.fold($0) == OptionTable.fold($1) }
  }

  /// The row whose name is `beginning.NAME`, for a name with the same beginning.
  private func family(of name: String, _ isSame: (String, String) -> Bool) -> Match? {
    guard let dot = name.firstIndex(of: "."), name.index(after: dot) < name.endIndex,
      name.utf8.allSatisfy(OptionTable.isNameByte)
    else { return nil }
    let beginning = String(name[...dot])
    for row in rows where row.isFamily && isSame(row.familyPrefix, beginning) {
      return Match(
        definition: row, name: row.familyPrefix + String(name[name.index(after: dot)...]))
    }
    return nil
  }

  /// Names of families go into keyword strings and URIs, so they hold no delimiters.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "._-$".utf8.contains(byte)
    }
  }

  /// The known name nearest to a wrong one, if any is near enough to be what was meant.
  func nearest(to name: String) -> String? {
    NearestName.find(name, among: rows.flatMap { [$0.name] + $0.aliases })
  }

  /// `text` in lower case without `_`: keywords that are equal so are the same.
  static func fold(_ text: String) -> String {
    String(text.lowercased().filter { $0 != "_" })
  }
}

extension OptionDefinition {
  /// Whether the row stands for every name with the same beginning.
  public var isFamily: Bool { name.utf8.contains(UInt8(ascii: ".")) }

  /// What all names of a family begin with, the dot included.
  var familyPrefix: String {
    guard let dot = name.firstIndex(of: ".") else { return name }
    return String(name[...dot])
  }
}
