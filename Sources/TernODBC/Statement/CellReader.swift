import Tern
import TernODBCConvert

/// One column of one batch as SQLGetData reads it: everything that does not change from call to
/// call, in one object, so that a call copies nothing.
final class CellReader {
  /// The C type that the application asked for.
  let cType: Int16
  /// The row descriptor's, whose precision and scale count for numerics.
  let version: Int
  /// The batch's first row in the whole result.
  let firstRow: Int64
  /// Rows of the batch.
  let rowCount: Int
  private let columnNumber: Int
  private let column: Column
  private let converter: ColumnConverter

  /// Prepares the reading of one column.
  init(
    cType: Int16, version: Int, firstRow: Int64, columnNumber: Int, _ column: Column,
    _ converter: ColumnConverter
  ) {
    self.cType = cType
    self.version = version
    self.firstRow = firstRow
    self.columnNumber = columnNumber
    self.column = column
    self.converter = converter
    rowCount = column.count
  }

  /// Whether it serves a call.
  @inline(__always)
  func serves(_ row: Int64, _ cType: Int16, _ version: Int) -> Bool {
    self.cType == cType && self.version == version && row >= firstRow
      && row < firstRow &+ Int64(rowCount)
  }

  /// Writes the value in a row of the result, or its next piece.
  @inline(__always)
  func read(_ row: Int64, _ reader: PartReader, to target: BoundTarget) -> PartReader.Part {
    reader.read(
      column, row: Int(row &- firstRow), rowNumber: row, columnNumber: columnNumber, converter,
      to: target)
  }
}
