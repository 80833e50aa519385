import TernCore

/// The name of a table as C gives it: names joined by dots.
enum TablePath {
  /// The names; one in double quotes may hold dots, and a doubled quote is one.
  ///
  /// - Throws: `.usage` for an empty name or a quote that does not end.
  static func parse(_ text: String) throws(TernError) -> [String] {
    var path: [String] = []
    var name = ""
    var isQuoted = false
    var isAfterQuote = false
    for character in text.unicodeScalars {
      if character == "\"" {
        if isAfterQuote, !isQuoted { name.unicodeScalars.append(character) }
        isQuoted.toggle()
        isAfterQuote = !isQuoted
        continue
      }
      isAfterQuote = false
      if character == ".", !isQuoted {
        path.append(name)
        name = ""
      } else {
        name.unicodeScalars.append(character)
      }
    }
    path.append(name)
    guard !isQuoted, !path.contains("") else {
      throw .usage("the table's name has an empty part or a quote that does not end")
    }
    return path
  }
}
