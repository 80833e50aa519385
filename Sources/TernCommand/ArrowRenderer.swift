public import TernColumns
public import TernCore

/// An Arrow IPC stream, for programs.
public struct ArrowRenderer: RowRenderer {
  private var writer: ArrowStreamWriter

  /// A stream with the columns of `schema`.
  public init(_ schema: Schema) throws(TernError) {
    writer = try ArrowStreamWriter(schema)
  }

  /// See `RowRenderer`.
  public mutating func append(_ batch: Batch, to output: inout [UInt8]) throws(TernError) {
    try writer.append(batch, to: &output)
  }

  /// See `RowRenderer`.
  public mutating func finish(to output: inout [UInt8]) {
    writer.finish(to: &output)
  }
}
