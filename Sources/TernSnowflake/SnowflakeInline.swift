internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// The rows that are in an answer itself. One thread at a time.
final class SnowflakeInline: @unchecked Sendable {
  // Sound as Sendable: not shared but handed over, with the result that it belongs to.

  private var source: (any ByteSource)?
  private var part: SnowflakePart?
  /// Rows that were read.
  var rowCount: Int64 { part?.rowCount ?? 0 }
  /// Whether there are no more.
  var isAtEnd: Bool { source == nil && (part?.isAtEnd ?? true) }

  /// Takes the rows of `answer`, Arrow before JSON; there may be none.
  ///
  /// - Throws: `.connection` for a text with escapes that are none.
  init(_ answer: SnowflakeAnswer) throws(TernError) {
    if let range = answer.rowsetBase64, !range.isEmpty {
      if answer.isRowsetEscaped {
        let quoted = ArraySource(answer.body, in: range.lowerBound - 1..<range.upperBound + 1)
        let text = Array(try JSONReader(quoted).string().utf8)
        source = Base64Source(text, in: 0..<text.count)
      } else {
        let (text, place) = Self.own(answer, range)
        source = Base64Source(text, in: place)
      }
    } else if let range = answer.rowset {
      let (text, place) = Self.own(answer, range)
      source = ArraySource(text, in: place)
    }
  }

  /// The bytes in `range`, without holding a document of which they are the smaller part.
  private static func own(
    _ answer: SnowflakeAnswer, _ range: Range<Int>
  ) -> (text: [UInt8], place: Range<Int>) {
    let range = range.clamped(to: 0..<answer.body.count)
    guard range.count < answer.body.count / 2 else { return (answer.body, range) }
    return (Array(answer.body[range]), 0..<range.count)
  }

  /// The next batch; nil after the last.
  func next(
    _ layout: SnowflakeLayout, _ options: ExecutionOptions
  ) throws(TernError) -> Batch? {
    if let source {
      self.source = nil
      part = try SnowflakePart(source, layout, options)
    }
    return try part?.next()
  }
}
