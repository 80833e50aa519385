public import TernCore

/// Rows in JSON to columns, by a schema that is known before the first row.
///
/// Column-major results (one array a column) are read whole with `columns(from:)`; row-major ones
/// (one array or object a row) in batches with `rows(from:)`, so that one endless document needs
/// the memory of a batch. A value that does not fit its column throws `.data` naming column, row
/// and byte; the document cannot be read on then. One thread at a time.
public final class ColumnDecoder: @unchecked Sendable {
  // Sound as Sendable: not shared but handed over, with the reader that it reads from.

  /// Names and types of the columns.
  public let schema: Schema
  let formats: [ColumnFormat]
  let kinds: [CellKind]
  let typedKinds: [TypedKind]
  let builders: [ColumnBuilder]
  /// Rows of batches given out before, for error messages.
  var rowOffset: Int64 = 0
  /// Whether the end of the array of rows was met.
  public private(set) var hasEnded = false

  /// Prepares for a schema; `formats` has one entry a column, nil means all are standard.
  public init(_ schema: Schema, formats: [ColumnFormat]? = nil) throws(TernError) {
    let formats = formats ?? schema.fields.map { _ in .standard }
    guard formats.count == schema.fields.count else {
      throw .usage("\(formats.count) formats for \(schema.fields.count) columns")
    }
    self.schema = schema
    self.formats = formats
    kinds = zip(schema.fields, formats).map { CellKind($0.type, $1) }
    typedKinds = zip(schema.fields, formats).map { TypedKind($0.type, $1) }
    builders = schema.fields.map { ColumnBuilder($0.type) }
  }

  /// Reads `[[…],[…]]`, one array a column, all of `rowCount` values where that is known.
  ///
  /// `[]` stands for no rows.
  public func columns(
    from reader: JSONReader, rowCount: Int? = nil
  ) throws(TernError) -> Batch {
    do throws(TernError) { return try readColumns(reader, rowCount) } catch {
      dropRows()
      throw error
    }
  }

  private func readColumns(_ reader: JSONReader, _ rowCount: Int?) throws(TernError) -> Batch {
    try reader.beginArray()
    var index = 0
    while try reader.nextElement() {
      guard index < builders.count else {
        throw .badMessage("more than \(builders.count) columns", at: reader.offset)
      }
      try readColumn(index, reader, rowCount)
      index += 1
    }
    let count = builders.first?.count ?? rowCount ?? 0
    guard index == builders.count || (index == 0 && (rowCount ?? 0) == 0) else {
      throw .badMessage("\(index) columns instead of \(builders.count)", at: reader.offset)
    }
    guard rowCount == nil || rowCount == count, builders.allSatisfy({ $0.count == count }) else {
      throw .badMessage("columns of different lengths", at: reader.offset)
    }
    return try finish(count)
  }

  /// Enters an array of rows; `rows(from:)` then reads them.
  public func beginRows(_ reader: JSONReader) throws(TernError) {
    hasEnded = false
    rowOffset = 0
    try reader.beginArray()
  }

  /// Reads at most so many rows, or until they hold that many bytes; nil after the last one, with
  /// the array left. A row is an array with one value a column, or an object with their names.
  public func rows(
    from reader: JSONReader, rowCountMax: Int = .max, byteCountMax: Int = 8 << 20
  ) throws(TernError) -> Batch? {
    do throws(TernError) { return try readBatch(reader, rowCountMax, byteCountMax) } catch {
      dropRows()
      throw error
    }
  }

  private func readBatch(
    _ reader: JSONReader, _ rowCountMax: Int, _ byteCountMax: Int
  ) throws(TernError) -> Batch? {
    var count = 0
    while !hasEnded, count < rowCountMax {
      guard try reader.nextElement() else {
        hasEnded = true
        break
      }
      count += try readRows(reader, rowCountMax: min(rowCountMax - count, Self.blockRowCount))
      if byteCount >= byteCountMax { break }
    }
    return count == 0 ? nil : try finish(count)
  }

  /// Forgets the rows of a batch that failed, so that the decoder can serve another document.
  func dropRows() {
    for builder in builders { builder.removeAll() }
  }

  /// Values that a loop reads before it looks up.
  static let blockRowCount = 2_048

  private var byteCount: Int { builders.reduce(0) { $0 + $1.byteCount } }

  func finish(_ count: Int) throws(TernError) -> Batch {
    var columns: [Column] = []
    for builder in builders { columns.append(try builder.finish()) }
    rowOffset += Int64(count)
    return try Batch(schema, columns, rowCount: count)
  }
}

extension ColumnDecoder {
  /// Reads one column of a column-major result, the reader before its array.
  private func readColumn(
    _ index: Int, _ reader: JSONReader, _ rowCount: Int?
  ) throws(TernError) {
    let builder = builders[index]
    // The server's count is only believed as far as memory that is not touched costs nothing.
    // A block more than that, as each loop asks for room for a whole one.
    let expected = min(max(rowCount ?? 0, 0), 1 << 16)
    if expected > Self.blockRowCount {
      try builder.reserve(rowCount: expected + Self.blockRowCount)
      try builder.reserveText(byteCount: min(16 * expected, reader.window.available))
    }
    try reader.beginArray()
    var hasMore = try reader.nextElement()
    while hasMore {
      switch try readBlock(kinds[index], builder, reader.window) {
      case .full: continue
      case .endOfArray: break
      case .unusual: try readSlowly(index, reader)
      }
      hasMore = try reader.nextElement()
    }
  }

  /// Reads one value of any form, and says where it was if it does not fit.
  func readSlowly(_ index: Int, _ reader: JSONReader) throws(TernError) {
    let start = reader.offset
    let builder = builders[index]
    let row = rowOffset + Int64(builder.count) + 1
    do throws(TernError) {
      try CellReader(reader, formats[index]).read(into: builder)
    } catch {
      guard error.kind == .data else { throw error }
      throw error.prefixed("column \(schema.fields[index].name), row \(row), byte \(start)")
    }
  }

  private func readBlock(
    _ kind: CellKind, _ builder: ColumnBuilder, _ window: JSONWindow
  ) throws(TernError) -> BlockEnd {
    switch kind {
    case .slow: .unusual
    case .bool: try BlockLoop<BoolCell>.run(builder, window)
    case .int8: try BlockLoop<IntegerCell<Int8>>.run(builder, window)
    case .int16: try BlockLoop<IntegerCell<Int16>>.run(builder, window)
    case .int32: try BlockLoop<IntegerCell<Int32>>.run(builder, window)
    case .int64: try BlockLoop<IntegerCell<Int64>>.run(builder, window)
    case .uint8: try BlockLoop<IntegerCell<UInt8>>.run(builder, window)
    case .uint16: try BlockLoop<IntegerCell<UInt16>>.run(builder, window)
    case .uint32: try BlockLoop<IntegerCell<UInt32>>.run(builder, window)
    case .uint64: try BlockLoop<IntegerCell<UInt64>>.run(builder, window)
    case .float64: try BlockLoop<DoubleCell>.run(builder, window)
    case .decimal128: try BlockLoop<DecimalCell>.run(builder, window)
    case .text: try BlockLoop<TextCell>.run(builder, window)
    case .date: try BlockLoop<DateCell>.run(builder, window)
    case .timestampSecond: try BlockLoop<TimestampCell<SecondUnit>>.run(builder, window)
    case .timestampMillisecond: try BlockLoop<TimestampCell<MillisecondUnit>>.run(builder, window)
    case .timestampMicrosecond: try BlockLoop<TimestampCell<MicrosecondUnit>>.run(builder, window)
    case .timestampNanosecond: try BlockLoop<TimestampCell<NanosecondUnit>>.run(builder, window)
    case .wideTimestamp: try BlockLoop<WideTimestampCell>.run(builder, window)
    case .hex: try BlockLoop<HexCell>.run(builder, window)
    case .epochSecond: try BlockLoop<EpochCell<SecondUnit, Int64>>.run(builder, window)
    case .epochMillisecond: try BlockLoop<EpochCell<MillisecondUnit, Int64>>.run(builder, window)
    case .epochMicrosecond: try BlockLoop<EpochCell<MicrosecondUnit, Int64>>.run(builder, window)
    case .epochNanosecond: try BlockLoop<EpochCell<NanosecondUnit, Int64>>.run(builder, window)
    case .wideEpoch: try BlockLoop<WideEpochCell>.run(builder, window)
    case .offsetEpoch: try BlockLoop<OffsetEpochCell>.run(builder, window)
    case .timeSecond: try BlockLoop<EpochCell<SecondUnit, Int32>>.run(builder, window)
    case .timeMillisecond: try BlockLoop<EpochCell<MillisecondUnit, Int32>>.run(builder, window)
    case .timeMicrosecond: try BlockLoop<EpochCell<MicrosecondUnit, Int64>>.run(builder, window)
    case .timeNanosecond: try BlockLoop<EpochCell<NanosecondUnit, Int64>>.run(builder, window)
    }
  }
}
