public import TernColumns
public import TernCore

/// An Arrow IPC stream, for programs.
public struct ArrowRenderer: RowRenderer {
  private let schema: Schema
  private let timestamps: TimestampExport
  private var writer: ArrowStreamWriter

  /// A stream with the columns of `schema`, exact timestamps in the form of `timestamps`.
  public init(_ schema: Schema, _ timestamps: TimestampExport) throws(TernError) {
    self.timestamps = timestamps
    self.schema = timestamps.exported(schema)
    writer = try ArrowStreamWriter(self.schema)
  }

  /// See `RowRenderer`.
  public mutating func append(_ batch: Batch, to output: inout [UInt8]) throws(TernError) {
    var columns: [Column] = []
    for column in batch.columns { columns.append(try timestamps.exported(column)) }
    let exported = try Batch(schema, columns, rowCount: batch.rowCount)
    try writer.append(exported, to: &output)
  }

  /// See `RowRenderer`.
  public mutating func finish(to output: inout [UInt8]) {
    writer.finish(to: &output)
  }
}
