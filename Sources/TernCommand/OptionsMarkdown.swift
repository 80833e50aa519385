public import TernDriver

/// The tables of connection options for the README, made from the rows that the parser uses.
public enum OptionsMarkdown {
  /// One table a group, each with a heading.
  public static func text(_ registry: DriverRegistry) -> String {
    var sections = [introduction]
    let keys = registry.keys
    sections.append(table("Common options", keys.filter { $0.definition.group == .common }))
    for driver in registry.drivers {
      let own = keys.filter { $0.scheme == driver.grammar.scheme }
      sections.append(table(driver.grammar.productName, own))
    }
    sections.append(table("ODBC only", keys.filter { $0.definition.group == .odbc }))
    return sections.joined(separator: "\n")
  }

  private static let introduction = """
    # Connection options

    One table for URIs, keyword strings, the C API, ODBC data sources and the command line.
    This page is written by `tern --options-markdown`, from the rows that the parser uses.

    Names are written as they stand in a URI; in keyword strings and ini files case and `_` do
    not matter (`LoginTimeout` is `login_timeout`). Other names are in parentheses. ● marks
    secrets, which are never shown again. What counts first: what a call set, then the URI or
    keyword string, then the data source, then the default.

    """

  private static func table(_ title: String, _ keys: [DriverRegistry.Key]) -> String {
    var lines = [
      "## \(title)", "", "| name | value | default | meaning |", "|---|---|---|---|",
    ]
    for row in keys.map(\.definition) {
      let aliases = row.aliases.isEmpty ? "" : " (" + row.aliases.joined(separator: ", ") + ")"
      let mark = row.isSecret ? " ●" : ""
      let cells = ["`\(row.name)`\(aliases)\(mark)", row.type.allowed, row.defaultHelp, row.help]
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
