public import TernCore

/// Rows that become a batch: catalog results, parameter sets, tests.
public final class BatchBuilder {
  /// Names and types.
  public let schema: Schema
  /// One builder a field, for typed appends; then `endRow()`.
  public let columns: [ColumnBuilder]
  /// Complete rows so far.
  public private(set) var rowCount = 0

  /// Starts without rows.
  public init(_ schema: Schema) {
    self.schema = schema
    columns = schema.fields.map { ColumnBuilder($0.type) }
  }

  /// Bytes held so far.
  public var byteCount: Int { columns.reduce(0) { $0 + $1.byteCount } }

  /// Appends one value to each column.
  public func append(_ row: [Value]) throws(TernError) {
    guard row.count == columns.count else {
      throw .usage("a row of \(row.count) values for \(columns.count) columns")
    }
    for (column, value) in zip(columns, row) { try column.append(value) }
    rowCount += 1
  }

  /// Ends a row whose values were appended to `columns` one by one.
  public func endRow() throws(TernError) {
    rowCount += 1
    guard columns.allSatisfy({ $0.count == rowCount }) else {
      throw .usage("row \(rowCount) does not have one value a column")
    }
  }

  /// The rows as a batch, and an empty builder again.
  public func finish() throws(TernError) -> Batch {
    var finished: [Column] = []
    for column in columns { finished.append(try column.finish()) }
    defer { rowCount = 0 }
    return try Batch(schema, finished, rowCount: rowCount)
  }
}
