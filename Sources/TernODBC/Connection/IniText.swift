/// The text of an ini file: `[section]`, `key = value`, comments with `;` or `#`.
struct IniText {
  private let text: String

  /// Takes the text of a file.
  init(_ text: String) { self.text = text }

  /// The settings of a section, compared without regard to case, in their order.
  func settings(of section: String) -> [(name: String, value: String)] {
    let wanted = section.lowercased()
    var settings: [(name: String, value: String)] = []
    var isInside = false
    for part in text.split(whereSeparator: \.isNewline) {
      let line = String(part).trimmed
      if line.isEmpty || line.hasPrefix(";") || line.hasPrefix("#") { continue }
      if line.hasPrefix("["), line.hasSuffix("]") {
        isInside = String(line.dropFirst().dropLast()).trimmed.lowercased() == wanted
        continue
      }
      guard isInside, let mark = line.firstIndex(of: "=") else { continue }
      let name = String(line[..<mark]).trimmed
      let value = String(line[line.index(after: mark)...]).trimmed
      settings.append((name, value))
    }
    return settings
  }
}
