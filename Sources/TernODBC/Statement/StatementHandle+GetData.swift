import Tern
import TernODBCConvert

// SQLGetData.
extension StatementHandle {
  /// Writes a value, or the next piece of it. Any column, any order, bound or not.
  func getData(
    _ number: UInt16, _ cType: Int16, _ target: Address, _ capacity: Int, _ indicator: Address
  ) throws(TernError) -> ReturnCode {
    let cursor = try opened()
    guard number >= 1, Int(number) <= cursor.columns.count else {
      throw .usage("there is no column \(number)", .invalidIndex)
    }
    guard !cursor.rowset.isEmpty else {
      throw .usage("the cursor stands on no row", .invalidCursorState)
    }
    guard capacity >= 0 else { throw .usage("a buffer of \(capacity) bytes", .invalidLength) }
    let row = cursor.rowset.lowerBound + Int64(cursor.positionInRowset)
    guard let (batch, index) = cursor.locate(row), Int(number) <= batch.columns.count else {
      throw .usage("there is no such row in the rowset", .invalidCursorPosition)
    }
    let converter = try cursor.converter(Int(number) - 1, cType, ard, settings)
    let part = reading.read(
      batch.columns[Int(number) - 1], row: index, rowNumber: row, columnNumber: Int(number),
      converter,
      to: BoundTarget(data: target.bits, bufferLength: capacity, indicator: indicator.bits))
    switch part {
    case .noData: return .noData
    case .delivered(.exact): return .success
    case .delivered(let outcome): return report(outcome, cursor.positionInRowset, Int(number))
    }
  }

  private func report(
    _ outcome: ConversionOutcome, _ row: Int, _ column: Int
  ) -> ReturnCode {
    diagnostics.add(outcome, row: row, column: column)
    return outcome.isError ? .error : .successWithInfo
  }
}

extension Cursor {
  /// The converter of one column for SQLGetData, kept until another C type is asked for.
  func converter(
    _ index: Int, _ cType: Int16, _ ard: DescriptorHandle, _ settings: StatementSettings
  ) throws(TernError) -> ColumnConverter {
    if let kept = pieces[index], kept.cType == cType, kept.version == ard.version {
      return kept.converter
    }
    let record = ard.record(index + 1)
    let resolved = cType == CType.ardType ? record?.conciseType ?? CType.default : cType
    let request = request(index, cType: resolved, record: record, settings)
    let converter = try ColumnConverter(request)
    pieces[index] = PieceConverter(cType: cType, version: ard.version, converter: converter)
    return converter
  }
}

/// A converter and what it was chosen for.
struct PieceConverter {
  let cType: Int16
  /// The row descriptor's, whose precision and scale count for numerics.
  let version: Int
  let converter: ColumnConverter
}
