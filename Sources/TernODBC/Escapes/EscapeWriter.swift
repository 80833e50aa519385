import Tern

/// Writes one escape sequence, whose inner ones are written already, in the server's words.
struct EscapeWriter {
  private let dialect: Dialect

  /// Writes as `dialect` does.
  init(_ dialect: Dialect) { self.dialect = dialect }

  /// The sequence in the server's words; nil leaves it as it is.
  func write(_ kind: EscapeKind, _ content: String) throws(TernError) -> String? {
    let content = content.trimmed
    switch kind {
    case .date: return literal(dialect.dateLiteral, content)
    case .time: return literal(dialect.timeLiteral, content)
    case .timestamp: return literal(dialect.timestampLiteral, content)
    case .guid: return literal("$1", content)
    case .outerJoin: return content
    case .interval: return "INTERVAL " + content
    case .call:
      let (name, arguments) = ArgumentList(dialect).split(content) ?? (content, [])
      return EscapeTemplate(dialect.call).filled([name], list: arguments)
    case .callWithResult:
      throw .unsupported("procedures with a return value are not supported")
    case .function: return function(content)
    case .limit: return limit(content)
    case .likeEscape: return nil
    }
  }

  /// A literal is one quoted text; anything else is no escape sequence.
  private func literal(_ template: String, _ content: String) -> String? {
    guard !template.isEmpty, content.utf8.count >= 2, content.hasPrefix("'"),
      content.hasSuffix("'")
    else { return nil }
    return EscapeTemplate(template).filled([content])
  }

  private func limit(_ content: String) -> String? {
    let words = content.split(separator: " ").map(String.init)
    switch words.count {
    case 1: return EscapeTemplate(dialect.limit).filled([words[0], "0"])
    case 3 where words[1].uppercased() == "OFFSET":
      return EscapeTemplate(dialect.limit).filled([words[0], words[2]])
    default: return nil
    }
  }

  private func function(_ content: String) -> String {
    guard let (name, arguments) = ArgumentList(dialect).split(content) else { return content }
    let folded = name.uppercased()
    if folded == "CONVERT", arguments.count == 2,
      let type = dialect.castTypes[arguments[1].uppercased()]
    {
      return "CAST(\(arguments[0]) AS \(type))"
    }
    let template =
      dialect.functionTemplates["\(folded)/\(arguments.count)"]
      ?? dialect.functionTemplates[folded]
    guard let template else { return content }
    let unit = arguments.first.flatMap { dialect.timestampUnits[$0.uppercased()] }
    guard folded.hasPrefix("TIMESTAMP"), let unit else {
      return EscapeTemplate(template).filled(arguments)
    }
    return EscapeTemplate(template).filled(arguments, unit: unit)
  }
}
