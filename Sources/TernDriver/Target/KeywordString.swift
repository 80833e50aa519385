import TernCore

/// `keyword=value;keyword={value;}` as ODBC writes connection strings.
///
/// ODBC reference, connection strings: blanks around keywords do not count; a value that starts
/// with `{` ends at a `}` that is not doubled.
enum KeywordString {
  /// The settings in order. An ODBC string may hold pieces without `=`; elsewhere they are errors.
  static func parse(
    _ text: Substring, isODBC: Bool
  ) throws(TernError) -> [(name: String, value: String)] {
    var settings: [(name: String, value: String)] = []
    var rest = text
    while true {
      rest = rest.drop { $0 == ";" || $0 == " " || $0 == "\t" || $0.isNewline }
      guard !rest.isEmpty else { return settings }
      let number = settings.count + 1
      guard let mark = rest.firstIndex(where: { $0 == "=" || $0 == ";" }), rest[mark] == "=" else {
        guard isODBC else { throw noKeyword(number) }
        rest = rest.drop { $0 != ";" }
        continue
      }
      let name = String(OptionValue.trim(rest[..<mark]))
      guard !name.isEmpty else { throw noKeyword(number) }
      let value: String
      (value, rest) = try takeValue(rest[mark...].dropFirst(), of: name, number)
      settings.append((name, value))
    }
  }

  /// `value` as it must stand after `=`.
  static func quote(_ value: String) -> String {
    let isPlain = value.utf8.allSatisfy { byte in
      byte > 0x20 && !";{}[](),?*!=\"'".utf8.contains(byte)
    }
    guard !isPlain else { return value }
    return "{"
      + value.split(separator: "}", omittingEmptySubsequences: false)
      .joined(separator: "}}") + "}"
  }

  /// Reads the value at the start of `text`, and the rest from the `;` on.
  private static func takeValue(
    _ text: Substring, of name: String, _ number: Int
  ) throws(TernError) -> (String, Substring) {
    let body = text.drop { $0 == " " || $0 == "\t" }
    guard body.first == "{" else {
      let end = text.firstIndex(of: ";") ?? text.endIndex
      return (String(OptionValue.trim(text[..<end])), text[end...])
    }
    var value = ""
    var rest = body.dropFirst()
    while let brace = rest.firstIndex(of: "}") {
      value += rest[..<brace]
      rest = rest[brace...].dropFirst()
      guard rest.first == "}" else {
        let after = rest.drop { $0 == " " || $0 == "\t" || $0.isNewline }
        guard after.isEmpty || after.first == ";" else {
          throw fault(name, number, "has text after its closing brace (a } inside is written }})")
        }
        return (value, after)
      }
      value += "}"
      rest = rest.dropFirst()
    }
    throw fault(name, number, "has an opening brace without a closing one")
  }

  /// The error for a piece without `=`; it is counted, not repeated.
  private static func noKeyword(_ number: Int) -> TernError {
    .usage(
      "a connection target is a URI (scheme://host) or keyword=value pairs with ';' between them;"
        + " pair number \(number) has no keyword and '='", .invalidOptionValue)
  }

  /// The error for a value with wrong braces.
  private static func fault(_ name: String, _ number: Int, _ what: String) -> TernError {
    let shown = ConnectionTarget.isQuotable(name) ? name : "number \(number)"
    return .usage("the value of keyword \(shown) \(what)", .invalidOptionValue)
  }
}
