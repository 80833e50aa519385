import Tern

/// How the name arguments of catalog functions are read (ODBC, "Arguments in catalog functions").
struct CatalogArguments {
  /// An argument and what ODBC calls it.
  enum Argument {
    case pattern(InputText)
    case ordinary(InputText)

    var text: InputText {
      switch self {
      case .pattern(let text), .ordinary(let text): text
      }
    }
  }

  /// `SQL_ATTR_METADATA_ID`: every name is an identifier.
  let isIdentifier: Bool
  /// The server, for the case of names and the catalogs it has.
  let server: Capabilities

  /// A filter of three names.
  func filter(
    _ catalog: Argument, _ schema: Argument, _ name: Argument
  ) throws(TernError) -> TableFilter {
    TableFilter(
      catalog: try match(catalog, isThere: !server.catalogTerm.isEmpty),
      schema: try match(schema, isThere: !server.schemaTerm.isEmpty),
      name: try match(name))
  }

  /// A filter for one table, which must be named.
  func table(
    _ catalog: InputText, _ schema: InputText, _ table: InputText
  ) throws(TernError) -> TableFilter {
    guard !table.isNull else { throw .usage("the table's name is null", .nullArgument) }
    return try filter(.ordinary(catalog), .ordinary(schema), .ordinary(table))
  }

  /// One name. Where the server has no such qualifier, all that means "none" or "any" matches.
  func match(_ argument: Argument, isThere: Bool = true) throws(TernError) -> NameMatch {
    guard let text = try argument.text.read() else {
      guard !isIdentifier || !isThere else {
        throw .usage("a name is null although names are identifiers", .nullArgument)
      }
      return .any
    }
    if !isThere, text.isEmpty || text == "%" || text == server.pseudoCatalog { return .any }
    if isIdentifier { return .exact(identifier(text)) }
    switch argument {
    case .ordinary: return .exact(text)
    case .pattern: return text == "%" ? .any : .pattern(text)
    }
  }

  /// A quoted name is literal, another is folded as the server folds; trailing blanks are dropped.
  private func identifier(_ text: String) -> String {
    let quote = server.dialect.identifierQuote
    var text = text
    while text.last == " " { text.removeLast() }
    if text.count >= 2, text.first == quote, text.last == quote {
      let inner = String(text.dropFirst().dropLast())
      return inner.split(separator: quote, omittingEmptySubsequences: true)
        .joined(separator: String(quote))
    }
    switch server.unquotedCase {
    case .upper: return text.uppercased()
    case .lower: return text.lowercased()
    case .sensitive, .mixed: return text
    }
  }

  /// The list of table types; nil for all.
  static func types(_ text: String?) -> [String]? {
    guard let text, !text.isEmpty, text != "%" else { return nil }
    return text.split(separator: ",").map { part in
      var type = String(part).trimmed
      if type.count >= 2, type.hasPrefix("'"), type.hasSuffix("'") {
        type = String(type.dropFirst().dropLast())
      }
      return type.uppercased()
    }
  }
}
