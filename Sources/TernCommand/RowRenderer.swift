public import TernColumns
public import TernCore

/// Turns the batches of one result into the bytes of an output format.
///
/// Memory is bounded by a batch: nothing of the result is kept but what alignment needs.
public protocol RowRenderer {
  /// Appends what can be written once `batch` is known.
  mutating func append(_ batch: Batch, to output: inout [UInt8]) throws(TernError)
  /// Appends what is left after the last batch.
  mutating func finish(to output: inout [UInt8]) throws(TernError)
}

/// The formats of `--format`.
public enum OutputFormat: String, CaseIterable, Sendable {
  case table, csv, json, arrow

  /// A renderer for one result.
  ///
  /// - Parameter nullText: what stands for NULL in tables (by default `NULL`) and CSV (nothing).
  /// - Parameter timestamps: what Arrow makes of timestamps that it cannot hold exactly.
  public func renderer(
    _ schema: Schema, nullText: String?, timestamps: TimestampExport = .microseconds
  ) throws(TernError) -> any RowRenderer {
    switch self {
    case .table: TableRenderer(schema, nullText: nullText ?? "NULL")
    case .csv: CSVRenderer(schema, nullText: nullText ?? "")
    case .json: JSONLinesRenderer(schema)
    case .arrow: try ArrowRenderer(schema, timestamps)
    }
  }
}
