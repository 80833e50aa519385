internal import TernColumns
internal import TernCore

/// The answer to a fetch in protobuf that has arrived and is decoded later, maybe elsewhere.
///
/// What stands before the rows is read at once; how many rows there are is counted by stepping over
/// them, so that the next frame can be asked for by its offset. A frame that says more behind its
/// rows, as protobuf allows, must be decoded before anything is made of it.
struct AvaticaReceivedFrame: Sendable {
  private(set) var offset: Int64 = 0
  private(set) var isLast = false
  /// Whether the server knew the statement and its result.
  private(set) var isMissing = false
  /// Whether the answer had a frame at all.
  private(set) var hasFrame = false
  /// Rows of the frame.
  private(set) var rowCount = 0
  /// Whether all but the rows is known before they are decoded.
  private(set) var hasWholeHead = true
  /// Bytes that are left to decode.
  let byteCount: Int

  /// Whether there are rows: the first may be too long for its bytes to be here already, and is
  /// not counted then.
  private var hasRows = false
  private let reader: ProtobufReader
  private let decoder: ColumnDecoder

  /// Reads up to the first row; an answer without rows, or with an error, to its end.
  init(reading reader: ProtobufReader, _ decoder: ColumnDecoder) throws(TernError) {
    self.reader = reader
    self.decoder = decoder
    byteCount = reader.availableByteCount
    let kind = try AvaticaReply.enter(reader)
    if kind == "ErrorResponse" {
      throw AvaticaErrors.error(try AvaticaReply.faultFields(reader))
    }
    guard kind == "FetchResponse" else {
      throw .badReply("\(kind) was answered where FetchResponse was expected")
    }
    while let field = try reader.next() {
      switch field {
      case 1:
        try reader.enter()
        hasFrame = true
        if try readHead() { return }
      case 2, 3: if try reader.bool() { isMissing = true }
      default: break
      }
    }
    try AvaticaReply.finish(reader)
  }

  /// Whether a row was met.
  private mutating func readHead() throws(TernError) -> Bool {
    while let field = try reader.next() {
      switch field {
      case 1: offset = try reader.int64()
      case 2: isLast = try reader.bool()
      case 3:
        hasRows = true
        (rowCount, hasWholeHead) = reader.repetition
        return true
      default: break
      }
    }
    return false
  }

  /// The rows as columns, nil for none. Once only.
  mutating func decoded() throws(TernError) -> Batch? {
    guard hasRows else { return nil }
    try decoder.typedRows(from: reader)
    while let field = try reader.next() {
      switch field {
      case 1: offset = try reader.int64()
      case 2: isLast = try reader.bool()
      case 3: try decoder.typedRows(from: reader)
      default: break
      }
    }
    let batch = try decoder.finishTypedRows()
    // Behind the frame: what is left of the answer.
    while try reader.next() != nil { try reader.skip() }
    try AvaticaReply.finish(reader)
    return batch
  }
}
