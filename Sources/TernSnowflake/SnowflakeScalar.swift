internal import TernColumns
internal import TernCore

/// Values whose JSON kind differs by the server's version: a code is a string or a number, a
/// parameter any scalar, and what is absent may be null (section 9, traps 45 and 46).
///
/// An object or array where a scalar belongs is stepped over and counts as absent.
extension JSONReader {
  /// A string, number or Boolean as text.
  func textOrAbsent() throws(TernError) -> String? {
    switch try peek() {
    case .object, .array:
      try skip()
      return nil
    case .string, .number, .bool, .null: return try scalarText()
    }
  }

  /// A whole number, also in quotes; nil for anything else and beyond 64 bits.
  func wholeNumberOrAbsent() throws(TernError) -> Int64? {
    guard let text = try textOrAbsent() else { return nil }
    if let number = Int64(text) { return number }
    return DecimalValue(text)?.rescaled(to: 0)?.unscaled.flatMap { Int64(exactly: $0) }
  }

  /// A Boolean as itself, as 0 or 1, or as the text of either.
  func flagOrAbsent() throws(TernError) -> Bool? {
    switch try textOrAbsent()?.lowercased() {
    case "true", "1": true
    case "false", "0": false
    default: nil
    }
  }

  /// Steps into an array; false for null and anything else, which is stepped over.
  func beginArrayOrAbsent() throws(TernError) -> Bool {
    guard try peek() == .array else {
      try skip()
      return false
    }
    try beginArray()
    return true
  }

  /// Reads the members of an object with `body`; null and anything else is stepped over.
  func forEachKeyOrAbsent(
    _ body: (String) throws(TernError) -> Void
  ) throws(TernError) {
    guard try peek() == .object else { return try skip() }
    try forEachKey(body)
  }
}
