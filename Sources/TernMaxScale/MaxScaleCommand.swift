internal import TernCore

/// A text with what stands for its markers.
struct MaxScaleCommand: Sendable {
  /// What the caller wrote, taken apart.
  let text: MaxScaleText
  /// One literal for each marker, in order.
  var literals: [[UInt8]] = []

  /// Whether the server puts them there: it gets the text and the literals apart.
  var isOnServer = false

  init(_ text: MaxScaleText, _ literals: [[UInt8]] = [], isOnServer: Bool = false) {
    self.text = text
    self.literals = literals
    self.isOnServer = isOnServer && text.onlyWord != nil && text.onlyWord != "SHOW"
  }

  /// The same with literals in the text.
  var onClient: MaxScaleCommand { MaxScaleCommand(text, literals) }

  /// The whole text as it is sent.
  var sql: [UInt8] { assembled([], 0..<text.bytes.count, []) }

  /// The first statement between two pieces of text; `isCut` leaves out its own LIMIT.
  ///
  /// - Parameter end: what stands behind it, on a line of its own: it may end in a comment.
  func wrapped(_ start: String, _ end: String, isCut: Bool = false) -> [UInt8] {
    let count = isCut ? text.limitOffset ?? text.bodyByteCount : text.bodyByteCount
    let tail = end.isEmpty ? [] : [0x0A] + Array(end.utf8)
    return assembled(Array(start.utf8), 0..<min(count, text.bodyByteCount), tail)
  }

  private func assembled(_ start: [UInt8], _ range: Range<Int>, _ end: [UInt8]) -> [UInt8] {
    guard isOnServer, !literals.isEmpty else { return start + part(range) + end }
    let used = zip(text.markers, literals).filter { range.contains($0.0) }.map(\.1)
    var result = Array("EXECUTE IMMEDIATE ".utf8)
    result += MaxScaleLiterals.plainText(start + text.bytes[range] + end)
    if !used.isEmpty {
      result += " USING ".utf8
      result += used.joined(separator: [UInt8(ascii: ",")])
    }
    return result
  }

  /// A range of the text's bytes, with literals for the markers in it. Blanks keep a literal from
  /// growing together with what stands beside it.
  func part(_ range: Range<Int>) -> [UInt8] {
    guard !literals.isEmpty else { return Array(text.bytes[range]) }
    var result: [UInt8] = []
    var position = range.lowerBound
    for (marker, literal) in zip(text.markers, literals) where range.contains(marker) {
      result += text.bytes[position..<marker]
      result.append(0x20)
      result += literal
      result.append(0x20)
      position = marker + 1
    }
    return result + text.bytes[position..<range.upperBound]
  }
}
