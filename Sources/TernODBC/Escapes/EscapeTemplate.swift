/// A piece of SQL with places for arguments: `$1`, `$2`, …, `$*` for the whole list, `$u` for a
/// unit.
struct EscapeTemplate {
  private let text: String

  /// Reads a template of a `Dialect`.
  init(_ text: String) { self.text = text }

  /// The text with the arguments in their places; a place without an argument is empty.
  /// `list` stands for `$*` where that is not all arguments.
  func filled(_ arguments: [String], list: [String]? = nil, unit: String = "") -> String {
    var output = ""
    var isAfterDollar = false
    for character in text {
      guard isAfterDollar else {
        if character == "$" { isAfterDollar = true } else { output.append(character) }
        continue
      }
      isAfterDollar = false
      if character == "*" {
        output += (list ?? arguments).joined(separator: ", ")
      } else if character == "u" {
        output += unit
      } else if let number = character.wholeNumberValue, number >= 1 {
        output += number <= arguments.count ? arguments[number - 1] : ""
      } else {
        output += "$" + String(character)
      }
    }
    return isAfterDollar ? output + "$" : output
  }
}
