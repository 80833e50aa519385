internal import TernColumns
internal import TernCore

/// Which columns of the document make one column of the result: long bytes come in pieces.
struct MaxScalePieces: Sendable {
  /// How many columns of the document each column of the result has, 1 or more.
  let counts: [Int]

  /// Whether the two are the same.
  var isPlain: Bool { counts.allSatisfy { $0 == 1 } }

  /// The columns of the document.
  func fields(_ fields: [Field]) -> [Field] {
    zip(fields, counts).flatMap { Array(repeating: $0, count: $1) }
  }

  /// The rows with the pieces put together, without the first `front` columns.
  func joined(
    _ batch: Batch, _ schema: Schema, behind front: Int = 0
  ) throws(TernError) -> Batch {
    guard !isPlain || front > 0 else { return batch }
    var columns: [Column] = []
    var start = front
    for count in counts {
      guard start + count <= batch.columns.count else { throw .badReply("a piece is missing") }
      columns.append(try Self.join(Array(batch.columns[start..<start + count])))
      start += count
    }
    return try Batch(schema, columns, rowCount: batch.rowCount)
  }

  /// Most values are short, so that only the first piece has bytes.
  private static func join(_ pieces: [Column]) throws(TernError) -> Column {
    let first = pieces[0]
    guard pieces.dropFirst().contains(where: { ($0.data?.byteCount ?? 0) > 0 }) else {
      return first
    }
    let builder = ColumnBuilder(first.type)
    for row in 0..<first.count {
      if try first.isNull(at: row) {
        try builder.appendNull()
        continue
      }
      var bytes: [UInt8] = []
      for piece in pieces {
        guard try !piece.isNull(at: row) else { throw .badReply("a piece of a value is NULL") }
        bytes += try piece.bytes(at: row)
      }
      try builder.append(bytes: bytes)
    }
    return try builder.finish()
  }
}
