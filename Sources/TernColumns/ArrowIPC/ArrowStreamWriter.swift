public import TernCore

/// Writes batches as an Arrow IPC stream: a schema message, one message a batch, an end mark.
///
/// Source: Arrow columnar format, "Serialization and interprocess communication". Metadata version
/// 5, little-endian, no compression, no dictionaries; buffers are padded to 64 bytes.
public struct ArrowStreamWriter {
  private let schema: Schema
  private let head: [UInt8]
  private var isHeadWritten = false

  /// A stream of batches with `schema`.
  /// - Throws: `.unsupported` for a type that Arrow does not have.
  public init(_ schema: Schema) throws(TernError) {
    self.schema = schema
    head = ArrowStreamWriter.message(1, try ArrowIPCSchema.table(schema), bodyByteCount: 0)
  }

  /// Appends `batch`, and the schema before the first one.
  /// - Throws: `.usage` if the batch has another schema.
  public mutating func append(_ batch: Batch, to output: inout [UInt8]) throws(TernError) {
    guard batch.schema.fields.map(\.type) == schema.fields.map(\.type) else {
      throw .usage("a batch has other column types than the stream")
    }
    writeHead(to: &output)
    var body = ArrowIPCBody()
    for column in batch.columns { try body.append(column) }
    let record = FlatTable([
      (0, .int64(Int64(batch.rowCount))), (1, .pairs(body.nodes)), (2, .pairs(body.buffers)),
    ])
    output += ArrowStreamWriter.message(3, record, bodyByteCount: body.bytes.count)
    output += body.bytes
  }

  /// Appends the end mark; a stream without batches still has its schema.
  public mutating func finish(to output: inout [UInt8]) {
    writeHead(to: &output)
    output += [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
  }

  private mutating func writeHead(to output: inout [UInt8]) {
    guard !isHeadWritten else { return }
    isHeadWritten = true
    output += head
  }

  /// A continuation mark, the metadata's length, and the metadata padded to 8 bytes.
  private static func message(
    _ type: UInt8, _ header: FlatTable, bodyByteCount: Int
  ) -> [UInt8] {
    let root = FlatTable([
      (0, .int16(4)), (1, .int8(type)), (2, .table(header)), (3, .int64(Int64(bodyByteCount))),
    ])
    var metadata = FlatBufferWriter(root: root).bytes
    while metadata.count % 8 != 0 { metadata.append(0) }
    let length = UInt32(clamping: metadata.count)
    let prefix: [UInt8] = (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    return [0xFF, 0xFF, 0xFF, 0xFF] + prefix + metadata
  }
}
