import Tern
import TernODBCConvert

// SQLGetData.
extension StatementHandle {
  /// Writes a value, or the next piece of it. Any column, any order, bound or not.
  func getData(
    _ number: UInt16, _ cType: Int16, _ target: Address, _ capacity: Int, _ indicator: Address
  ) throws(TernError) -> ReturnCode {
    let target = BoundTarget(
      data: target.bits, bufferLength: capacity, indicator: indicator.bits)
    if capacity >= 0, let cursor, let cell = cursor.readyCell(number, cType, ard.version) {
      return answer(cell.read(cursor.currentRow, reading, to: target), cursor, number)
    }
    let cursor = try opened()
    guard number >= 1, Int(number) <= cursor.columns.count else {
      throw .usage("there is no column \(number)", .invalidIndex)
    }
    guard !cursor.rowset.isEmpty else {
      throw .usage("the cursor stands on no row", .invalidCursorState)
    }
    guard capacity >= 0 else { throw .usage("a buffer of \(capacity) bytes", .invalidLength) }
    let cell = try cursor.cell(Int(number) - 1, cursor.currentRow, cType, ard, settings)
    return answer(cell.read(cursor.currentRow, reading, to: target), cursor, number)
  }

  @inline(__always)
  private func answer(
    _ part: PartReader.Part, _ cursor: Cursor, _ number: UInt16
  ) -> ReturnCode {
    switch part {
    case .noData: return .noData
    case .delivered(.exact): return .success
    case .delivered(let outcome): return report(outcome, cursor.positionInRowset, Int(number))
    }
  }

  private func report(
    _ outcome: ConversionOutcome, _ row: Int, _ column: Int
  ) -> ReturnCode {
    diagnostics.add(outcome, row: row, "column", column)
    return outcome.isError ? .error : .successWithInfo
  }
}

extension Cursor {
  /// The reader that the last call for this column used, if it serves this call too.
  @inline(__always)
  func readyCell(_ number: UInt16, _ cType: Int16, _ version: Int) -> CellReader? {
    let index = Int(number) &- 1
    guard currentRow >= 0, index >= 0, index < cells.count, let cell = cells[index],
      cell.serves(currentRow, cType, version)
    else { return nil }
    return cell
  }

  /// The reader of one column at a row, kept until another batch or C type is asked for.
  func cell(
    _ index: Int, _ row: Int64, _ cType: Int16, _ ard: DescriptorHandle,
    _ settings: StatementSettings
  ) throws(TernError) -> CellReader {
    if let kept = cells[index], kept.serves(row, cType, ard.version) { return kept }
    guard let segment = segment(at: row), index < segment.batch.columns.count else {
      throw .usage("there is no such row in the rowset", .invalidCursorPosition)
    }
    let record = ard.record(index + 1)
    let resolved = cType == CType.ardType ? record?.conciseType ?? CType.default : cType
    let request = try request(index, cType: resolved, record: record, settings)
    let cell = CellReader(
      cType: cType, version: ard.version, firstRow: segment.firstRow, columnNumber: index + 1,
      segment.batch.columns[index], try ColumnConverter(request))
    cells[index] = cell
    return cell
  }
}
