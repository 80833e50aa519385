public import TernCore
public import TernDriver

/// `--catalog` and its pattern as a question to the server.
public enum CatalogQuestion {
  /// What can be asked for.
  public static let names = [
    "catalogs", "schemas", "table-types", "tables", "views", "columns", "primary-keys",
    "foreign-keys", "statistics", "procedures", "types",
  ]

  /// The question `name` about what `pattern` matches.
  ///
  /// - Parameter pattern: `TABLE`, `SCHEMA.TABLE` or `CATALOG.SCHEMA.TABLE`. `%` stands for any
  ///   text; names without quotes get the case that `unquotedCase` gives them.
  public static func request(
    _ name: String, _ pattern: String?, _ unquotedCase: IdentifierCase
  ) throws(TernError) -> CatalogRequest {
    let parts = try split(pattern ?? "").map { match($0, unquotedCase) }
    guard parts.count <= 3 else {
      throw .usage("a pattern has at most three parts: CATALOG.SCHEMA.TABLE")
    }
    let last = parts.last ?? .any
    let schema = parts.count > 1 ? parts[parts.count - 2] : .any
    let catalog = parts.count > 2 ? parts[0] : .any
    let filter = TableFilter(catalog: catalog, schema: schema, name: last)
    switch name {
    case "catalogs": return .catalogs
    case "schemas": return .schemas(catalog: schema, schema: last)
    case "table-types": return .tableTypes
    case "tables": return .tables(filter, types: nil)
    case "views": return .tables(filter, types: ["VIEW"])
    case "columns": return .columns(filter, column: .any)
    case "primary-keys": return .primaryKeys(filter)
    case "foreign-keys": return .foreignKeys(primary: nil, foreign: filter)
    case "statistics": return .statistics(filter, uniqueOnly: false)
    case "procedures": return .procedures(filter)
    case "types": return .typeInfo(odbcType: 0)
    default: throw .usage("unknown catalog question \(name)")
    }
  }

  /// How a part of the pattern is compared.
  private static func match(_ part: (text: String, isQuoted: Bool), _ form: IdentifierCase)
    -> NameMatch
  {
    if part.text.isEmpty, !part.isQuoted { return .any }
    if part.isQuoted { return .exact(part.text) }
    let text =
      switch form {
      case .upper: part.text.uppercased()
      case .lower: part.text.lowercased()
      case .sensitive, .mixed: part.text
      }
    guard text.contains("%") else { return .exact(text) }
    // Only `%` is a wildcard here: `_` is too common in names.
    var pattern = ""
    for character in text {
      if character == "_" || character == "\\" { pattern += "\\" }
      pattern.append(character)
    }
    return .pattern(pattern)
  }

  /// The parts between dots; quotes keep dots and are taken off.
  private static func split(
    _ pattern: String
  ) throws(TernError) -> [(text: String, isQuoted: Bool)] {
    guard !pattern.isEmpty else { return [] }
    var parts: [(text: String, isQuoted: Bool)] = [("", false)]
    var isInside = false
    for character in pattern {
      if character == "\"" {
        isInside.toggle()
        parts[parts.count - 1].isQuoted = true
      } else if character == ".", !isInside {
        parts.append(("", false))
      } else {
        parts[parts.count - 1].text.append(character)
      }
    }
    guard !isInside else { throw .usage("a quote in the pattern is not closed") }
    return parts
  }
}
