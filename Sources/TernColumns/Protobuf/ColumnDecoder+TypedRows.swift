public import TernCore

// Rows of typed values: protobuf's answer to an array of arrays.
extension ColumnDecoder {
  /// Reads the row that is the value of the reader's field, and those that follow directly in the
  /// same field as far as the window holds them.
  ///
  /// A row is a message whose field 1 repeats one `ColumnValue` a column. A value that does not
  /// fit its column throws `.data` naming column and row; the document cannot be read on then.
  public func typedRows(from reader: ProtobufReader) throws(TernError) {
    do throws(TernError) {
      let byteCount = try reader.length()
      try reader.need(byteCount)
      let block = try readTypedRows(reader, byteCount)
      guard let stop = block else { return }
      reader.open(stop.byteCount)
      try readTypedRowSlowly(reader, from: stop.column)
    } catch {
      dropRows()
      throw error
    }
  }

  /// The rows read so far as a batch; nil if there are none.
  public func finishTypedRows() throws(TernError) -> Batch? {
    let count = builders.first?.count ?? 0
    return count == 0 ? nil : try finish(count)
  }

  /// A row that needs the slow way: from which column on, and how many bytes of it are left.
  private struct TypedStop {
    let column: Int
    let byteCount: Int
  }

  /// The fast loop, from behind the length of the first row on.
  private func readTypedRows(
    _ reader: ProtobufReader, _ byteCount: Int
  ) throws(TernError) -> TypedStop? {
    guard !builders.isEmpty else { return TypedStop(column: 0, byteCount: byteCount) }
    let room = Self.blockRowCount
    var sinks: [CellSink] = []
    sinks.reserveCapacity(builders.count)
    let textRoom = max(4_096, reader.available / max(1, textColumnCount) * 2)
    for builder in builders {
      sinks.append(try CellSink(builder, rowCount: room, dataByteCount: textRoom))
    }
    let window = reader.window
    let start = unsafe window.start
    // Sound: rows are read only up to here, which lies inside the window.
    let limit = unsafe start + reader.available
    var next = unsafe start
    var rowEnd = unsafe start + byteCount
    var rowCount = 0
    var stop: TypedStop?
    let tag = UInt8(truncatingIfNeeded: reader.field << 3 | 2)
    while true {
      if let column = unsafe try readTypedRow(&next, rowEnd, &sinks) {
        stop = unsafe TypedStop(column: column, byteCount: rowEnd - next)
        break
      }
      rowCount += 1
      guard rowCount < room, reader.field < 16, unsafe next < limit, unsafe byte(next) == tag,
        let (count, row) = unsafe TypedCell.length(next + 1, limit)
      else { break }
      unsafe next = row
      unsafe rowEnd = row + count
    }
    for (sink, builder) in zip(sinks, builders) { sink.finish(builder) }
    unsafe window.skip(next - start)
    return stop
  }

  /// Reads the values of one row; returns the column at whose value it stopped.
  @inline(__always)
  @unsafe private func readTypedRow(
    _ next: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ sinks: inout [CellSink]
  ) throws(TernError) -> Int? {
    for index in sinks.indices {
      var behind = unsafe next
      let kind = typedKinds[index]
      guard kind != .slow, unsafe next < end, let cell = unsafe TypedCell(next, end, &behind) else {
        return index
      }
      if cell.isNullValue {
        let sink = sinks[index]
        try builders[index].validity.setNull(at: sink.rowOffset + sink.rowCount)
        sinks[index].writeNull(sink.byteWidth, isText: builders[index].layout == .offsets32)
        if sink.byteWidth == 0 { sinks[index].clearBit() }
      } else if !cell.store(kind, &sinks[index]) {
        return index
      }
      sinks[index].commit()
      unsafe next = behind
    }
    return unsafe next == end ? nil : sinks.count
  }

  /// The columns from `first` on, the reader inside the row and behind the value before.
  private func readTypedRowSlowly(
    _ reader: ProtobufReader, from first: Int
  ) throws(TernError) {
    var index = first
    while let field = try reader.next() {
      guard field == 1 else {
        try reader.skip()
        continue
      }
      guard index < builders.count else {
        throw reader.window.malformed("a row of more than \(builders.count) values")
      }
      try reader.enter()
      let value = try TypedValue.columnValue(reader)
      do throws(TernError) {
        try value.append(to: builders[index], formats[index])
      } catch {
        let row = rowOffset + Int64(builders[index].count) + 1
        throw error.prefixed("column \(schema.fields[index].name), row \(row)")
      }
      index += 1
    }
    guard index == builders.count else {
      throw reader.window.malformed("a row of \(index) values for \(builders.count)")
    }
  }

  private var textColumnCount: Int { builders.count { $0.layout == .offsets32 } }
}
