import CTern
import Tern
import TernODBCConvert

/// The converters of the bound columns, chosen once for a cursor and a version of the bindings.
struct BoundTransfers {
  struct Choice {
    let index: Int
    let record: DescriptorRecord
    let converter: ColumnConverter
  }

  private var choices: [Choice] = []
  private var descriptor: DescriptorHandle?
  private var version = -1
  private let events = ConversionEvents()

  /// Writes the rowset into the bound buffers.
  ///
  /// - Returns: the values that were cut or refused.
  /// - Throws: 07006 when a column does not convert to what it is bound to.
  mutating func write(
    _ cursor: Cursor, to ard: DescriptorHandle, _ settings: StatementSettings
  ) throws(TernError) -> [ConversionEvents.Event] {
    if descriptor !== ard || version != ard.version { try choose(cursor, ard, settings) }
    events.removeAll()
    let offset = ard.header.offset
    let rowByteCount = ard.header.bindType
    cursor.forEachPart { batch, rows, firstRow in
      for choice in choices where choice.index < batch.columns.count {
        let target = choice.target(offset: offset, rowByteCount: rowByteCount)
        events.column = choice.index + 1
        choice.converter.write(
          batch.columns[choice.index], rows, to: target.advanced(by: firstRow),
          firstRow: firstRow, events)
      }
    }
    return events.all
  }

  private mutating func choose(
    _ cursor: Cursor, _ ard: DescriptorHandle, _ settings: StatementSettings
  ) throws(TernError) {
    choices = []
    for (index, record) in ard.records.enumerated()
    where record.isBound && index < cursor.columns.count {
      do throws(TernError) {
        let request = try cursor.request(
          index, cType: record.conciseType, record: record, settings)
        choices.append(
          Choice(index: index, record: record, converter: try ColumnConverter(request)))
      } catch {
        throw error.prefixed("column \(index + 1)")
      }
    }
    (descriptor, version) = (ard, ard.version)
  }
}

extension BoundTransfers.Choice {
  /// Where the first row of a rowset goes.
  func target(offset: Int, rowByteCount: Int) -> BoundTarget {
    let valueByteCount = converter.target.byteCount ?? record.octetLength
    return BoundTarget(
      data: record.data.advanced(by: offset).bits,
      dataStride: rowByteCount == 0 ? valueByteCount : rowByteCount,
      bufferLength: record.octetLength,
      indicator: record.indicator.advanced(by: offset).bits,
      lengthCell: record.lengthCell.advanced(by: offset).bits,
      cellStride: rowByteCount == 0 ? 8 : rowByteCount)
  }
}

extension Cursor {
  /// What decides how a column becomes a C type; `record` where the application described one.
  func request(
    _ index: Int, cType: Int16, record: DescriptorRecord?, _ settings: StatementSettings
  ) throws(TernError) -> ConversionRequest {
    let column = columns[index]
    let shown = reported[index].type
    let resolved =
      cType == CType.default
      ? CType.standard(for: shown.concise, isUnsigned: column.sql.isUnsigned) : cType
    var request = ConversionRequest(
      dataType: column.dataType, sqlType: column.sql.odbcType,
      decimalDigits: column.sql.decimalDigits, cType: resolved)
    request.byteCountMax = Int(clamping: settings.byteCountMax)
    request.isBooleanText =
      column.sql.odbcType == ODBCType.bit && shown.concise != ODBCType.bit
    request.zone = try zone(of: column)
    request.showsUTC = reporting.showsUTC
    request.today = Int32(clamping: tern_wall_nanoseconds() / 86_400_000_000_000)
    if let record, record.hasOwnScale {
      request.numericPrecision = record.precision
      request.numericScale = record.scale
    }
    if let record, record.intervalPrecision > 0, record.hasOwnScale {
      request.leadingDigits = Int(record.intervalPrecision)
      request.secondsPrecision = Int(record.precision)
    }
    return request
  }
}
