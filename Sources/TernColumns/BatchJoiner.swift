public import TernCore

/// Batches of a foreign stream as batches of one schema, the small ones put together.
///
/// Streams have batches of some hundred rows or of a million, and types that change from one stream
/// to the next. What leaves here always has the types of `schema`; large batches pass with the
/// buffers that they came with wherever those are what the schema wants. One thread at a time.
public final class BatchJoiner {
  /// The types of every batch that leaves.
  public let schema: Schema
  private let forms: [ArrowForm]
  private let builders: [ColumnBuilder]
  private let rowCountMax: Int
  private let byteCountMax: Int
  private var rowCount = 0
  /// Rows that are still to come, where that was told.
  private var expectedRowCount: Int

  /// From here on a batch is not worth a copy.
  private static let wholeByteCountMin = 1 << 20

  /// Makes batches of at most so many rows and, about, bytes; larger ones are cut without a copy.
  ///
  /// - Parameter expectedRowCount: rows of the whole stream, as far as memory that is not touched
  ///   costs nothing; 0 when not known.
  public init(
    _ schema: Schema, _ forms: [ArrowForm], rowCountMax: Int, byteCountMax: Int,
    expectedRowCount: Int = 0
  ) throws(TernError) {
    guard forms.count == schema.fields.count else {
      throw .usage("\(forms.count) forms for \(schema.fields.count) columns")
    }
    self.schema = schema
    self.forms = forms
    self.rowCountMax = max(1, rowCountMax)
    self.byteCountMax = max(1, byteCountMax)
    self.expectedRowCount = max(0, expectedRowCount)
    builders = schema.fields.map { ColumnBuilder($0.type) }
  }

  /// Takes a batch and gives those that are complete to `output`.
  ///
  /// - Throws: `.data` for a value that does not convert, naming the column; `.connection` for a
  ///   batch of another number of columns. The joiner is then of no further use.
  public func append(_ batch: Batch, to output: inout [Batch]) throws(TernError) {
    guard batch.columns.count == builders.count else {
      throw .badReply("\(batch.columns.count) columns instead of \(builders.count)")
    }
    guard batch.rowCount > 0 else { return }
    if batch.byteCount >= Self.wholeByteCountMin || batch.rowCount >= rowCountMax {
      try flush(to: &output)
      return try cut(try converted(batch), to: &output)
    }
    if rowCount + batch.rowCount > rowCountMax { try flush(to: &output) }
    if rowCount == 0 { try reserve() }
    expectedRowCount -= min(expectedRowCount, batch.rowCount)
    for (index, column) in batch.columns.enumerated() {
      try named(index) { () throws(TernError) in
        try builders[index].append(column, forms[index])
      }
    }
    rowCount += batch.rowCount
    if builders.reduce(0, { $0 + $1.byteCount }) >= byteCountMax { try flush(to: &output) }
  }

  /// Gives the rest to `output`.
  public func flush(to output: inout [Batch]) throws(TernError) {
    guard rowCount > 0 else { return }
    var columns: [Column] = []
    for builder in builders { columns.append(try builder.finish()) }
    output.append(try Batch(schema, columns, rowCount: rowCount))
    rowCount = 0
  }

  /// Makes room for a whole batch, so that growing copies nothing.
  private func reserve() throws(TernError) {
    let count = min(expectedRowCount, rowCountMax, 1 << 16)
    for builder in builders { try builder.reserve(rowCount: count) }
  }

  private func converted(_ batch: Batch) throws(TernError) -> Batch {
    var columns: [Column] = []
    for (index, column) in batch.columns.enumerated() {
      let type = schema.fields[index].type
      if let same = column.same(as: type, forms[index]) {
        columns.append(same)
        continue
      }
      try named(index) { () throws(TernError) in
        let builder = ColumnBuilder(type)
        try builder.reserve(rowCount: column.count)
        try builder.append(column, forms[index])
        columns.append(try builder.finish())
      }
    }
    return try Batch(schema, columns, rowCount: batch.rowCount)
  }

  /// Slices that are not larger than they may be.
  private func cut(_ batch: Batch, to output: inout [Batch]) throws(TernError) {
    // Rounded up, without a sum that may pass 63 bits: the limit is whatever the user says.
    let parts = (max(1, batch.byteCount) - 1) / byteCountMax + 1
    let count = max(1, min(rowCountMax, (batch.rowCount + parts - 1) / parts))
    guard count < batch.rowCount else { return output.append(batch) }
    for start in stride(from: 0, to: batch.rowCount, by: count) {
      output.append(try batch.slice(start, count: min(count, batch.rowCount - start)))
    }
  }

  private func named(
    _ index: Int, _ body: () throws(TernError) -> Void
  ) throws(TernError) {
    do throws(TernError) { try body() } catch {
      throw error.kind == .data
        ? error.prefixed("column \(schema.fields[index].name)") : error
    }
  }
}

extension Batch {
  /// The same buffers under the types of `schema`, whose values must lie in memory alike and
  /// mean the same.
  /// - Throws: `.usage` for others.
  public func retyped(_ schema: Schema) throws(TernError) -> Batch {
    guard schema != self.schema else { return self }
    var columns: [Column] = []
    for (column, field) in zip(self.columns, schema.fields) {
      columns.append(column.same(as: field.type, ArrowForm()) ?? column)
    }
    return try Batch(schema, columns, rowCount: rowCount)
  }
}

extension Column {
  /// The same buffers under another type whose values lie in memory alike and mean the same; nil
  /// if there is something to convert.
  func same(as type: DataType, _ form: ArrowForm) -> Column? {
    if self.type == type { return self }
    let isSame =
      switch (self.type, type) {
      case (.decimal128(_, let own), .decimal128(_, let wanted)): own == wanted
      case (.int64, .time64(let unit)), (.int64, .timestamp(let unit, _)),
        (.int64, .duration(let unit)), (.int32, .time32(let unit)):
        form.digits == unit.fractionDigits
      case (.timestamp(let own, _), .timestamp(let wanted, _)): own == wanted
      case (.fixedSizeList(let own, let count), .fixedSizeList(let wanted, let wantedCount)):
        count == wantedCount && own.type == wanted.type
      default: false
      }
    guard isSame else { return nil }
    return Column(
      trusted: type, count: count, nullCount: nullCount, offset: offset, validity: validity,
      values: values, data: data, children: children)
  }
}
