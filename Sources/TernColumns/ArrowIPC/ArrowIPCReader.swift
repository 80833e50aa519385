public import TernCore

/// Reads an Arrow stream (the IPC streaming format) batch by batch, without copying values.
///
/// Everything that the stream claims is checked before use. Dictionaries and compressed buffers
/// are refused with HYC00. A stream may end with or without its end marker. One thread at a time.
public final class ArrowIPCReader {
  /// The columns of every batch.
  public let schema: Schema
  /// Whether texts that are not UTF-8 become U+FFFD instead of an error.
  public var repairsText = false

  private let input: ArrowIPCInput
  private var hasEnded = false

  /// Reads the schema, which comes first.
  public init(_ source: any ByteSource) throws(TernError) {
    input = try ArrowIPCInput(source)
    guard let message = try input.message(), message.kind == .schema else {
      throw .badReply("an Arrow stream that does not start with a schema")
    }
    _ = try input.body(message.bodyByteCount)
    schema = try ArrowIPCFields.schema(message.header)
  }

  /// The next batch; nil at the end.
  public func next() throws(TernError) -> Batch? {
    while !hasEnded {
      guard let message = try input.message() else {
        hasEnded = true
        break
      }
      let body = try input.body(message.bodyByteCount)
      switch message.kind {
      case .recordBatch:
        var reader = try ArrowIPCBatch(message.header, body, repairsText)
        return try reader.batch(schema)
      case .schema: throw .badReply("a second schema in an Arrow stream")
      case .dictionary: throw .unsupported("an Arrow stream with dictionaries")
      }
    }
    return nil
  }

  /// Reads the source to its end: only there, what is packed is known to be whole.
  ///
  /// - Throws: `.connection` for bytes behind the stream's end; what the source throws.
  public func finish() throws(TernError) { try input.finish() }
}
