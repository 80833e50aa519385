public import TernCore

/// Rows as columns of equal length: what crosses the library in both directions.
///
/// Immutable and shared by reference; a front door may hold one for ever.
public struct Batch: Sendable {
  /// Names and types.
  public let schema: Schema
  /// One a field, each `rowCount` long.
  public let columns: [Column]
  /// Rows; counts also without columns.
  public let rowCount: Int

  /// Puts columns together.
  /// - Throws: `.usage` when count, types or lengths disagree.
  public init(_ schema: Schema, _ columns: [Column], rowCount: Int) throws(TernError) {
    guard columns.count == schema.fields.count else {
      throw .usage("\(columns.count) columns for a schema of \(schema.fields.count)")
    }
    for (column, field) in zip(columns, schema.fields)
    where column.count != rowCount || column.type != field.type {
      throw .usage(
        "column \(field.name) has \(column.count) values of \(column.type), wanted "
          + "\(rowCount) of \(field.type)")
    }
    self.schema = schema
    self.columns = columns
    self.rowCount = rowCount
  }
}
