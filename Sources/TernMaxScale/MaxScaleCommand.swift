internal import TernCore

/// A text with what stands for its markers.
struct MaxScaleCommand: Sendable {
  /// What the caller wrote, taken apart.
  let text: MaxScaleText
  /// One literal for each marker, in order.
  var literals: [[UInt8]] = []

  init(_ text: MaxScaleText, _ literals: [[UInt8]] = []) {
    self.text = text
    self.literals = literals
  }

  /// The whole text as it is sent.
  var sql: [UInt8] { part(0..<text.bytes.count) }

  /// The first statement between two pieces of text; `isCut` leaves out its own LIMIT.
  ///
  /// - Parameter end: what stands behind it, on a line of its own: it may end in a comment.
  func wrapped(_ start: String, _ end: String, isCut: Bool = false) -> [UInt8] {
    let count = isCut ? text.limitOffset ?? text.bodyByteCount : text.bodyByteCount
    let body = part(0..<min(count, text.bodyByteCount))
    return end.isEmpty && start.isEmpty
      ? body : Array(start.utf8) + body + [0x0A] + Array(end.utf8)
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
