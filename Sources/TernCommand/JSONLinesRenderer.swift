public import TernColumns
public import TernCore

/// One JSON object a row and line (RFC 8259, JSON Lines).
///
/// Numbers are written digit for digit, decimals and 64-bit integers too: a reader that takes all
/// numbers for doubles loses digits, the text does not. Infinities and NaN are strings, and so are
/// dates, times, intervals and bytes (hexadecimal). A column name that comes again gets `_2`, `_3`.
public struct JSONLinesRenderer: RowRenderer {
  /// What stands before each value: brace or comma, and the name.
  private let openings: [[UInt8]]

  /// Lines with the columns of `schema` as members.
  public init(_ schema: Schema) {
    var openings: [[UInt8]] = []
    for name in JSONLinesRenderer.uniqueNames(schema.fields.map(\.name)) {
      var opening = Array((openings.isEmpty ? "{" : ",").utf8)
      var quoted = JSONWriter()
      quoted.value(name)
      opening += quoted.bytes
      opening.append(UInt8(ascii: ":"))
      openings.append(opening)
    }
    self.openings = openings
  }

  /// See `RowRenderer`.
  public mutating func append(_ batch: Batch, to output: inout [UInt8]) throws(TernError) {
    for row in 0..<batch.rowCount {
      if openings.isEmpty { output.append(UInt8(ascii: "{")) }
      for (opening, column) in zip(openings, batch.columns) {
        output += opening
        try column.appendJSON(at: row, to: &output)
      }
      output += "}\n".utf8
    }
  }

  /// See `RowRenderer`.
  public mutating func finish(to output: inout [UInt8]) {}

  /// Names in which none comes twice; those that come once stay as they are.
  static func uniqueNames(_ names: [String]) -> [String] {
    var taken = Set(names)
    var seen: Set<String> = []
    var counts: [String: Int] = [:]
    return names.map { name in
      guard !seen.insert(name).inserted else { return name }
      var number = counts[name] ?? 2
      while taken.contains("\(name)_\(number)") { number += 1 }
      counts[name] = number + 1
      taken.insert("\(name)_\(number)")
      return "\(name)_\(number)"
    }
  }
}
