import TernCore

extension ColumnDecoder {
  /// Reads rows from the first one, before which the reader stands, and returns how many.
  ///
  /// Usual rows go from the window into the columns directly; the first that is not, or that the
  /// window ends in, is finished by the slow way, and the call returns.
  func readRows(_ reader: JSONReader, rowCountMax: Int) throws(TernError) -> Int {
    let usual = try readUsualRows(reader, rowCountMax: rowCountMax)
    if usual.nextColumn == nil { return usual.rowCount }
    if usual.nextColumn == -1 {
      try readRowSlowly(reader)
    } else if let first = usual.nextColumn {
      // Inside a row, its comma or bracket behind us.
      try reader.enteredArray()
      try readSlowly(first, reader)
      try readRest(of: first + 1, reader)
    }
    return usual.rowCount + 1
  }

  /// A row in any form.
  private func readRowSlowly(_ reader: JSONReader) throws(TernError) {
    if try reader.peek() == .object { return try readObject(reader) }
    try reader.beginArray()
    try readRest(of: 0, reader)
  }

  /// The columns from `first` on, the reader behind the value before.
  private func readRest(of first: Int, _ reader: JSONReader) throws(TernError) {
    for index in first..<max(first, builders.count) {
      guard try reader.nextElement() else {
        throw .badMessage("a row of \(index) values for \(builders.count)", at: reader.offset)
      }
      try readSlowly(index, reader)
    }
    guard try !reader.nextElement() else {
      throw .badMessage("a row of more than \(builders.count) values", at: reader.offset)
    }
  }

  /// A row with names; a column without a member is NULL, a member without a column is skipped.
  private func readObject(_ reader: JSONReader) throws(TernError) {
    let count = (builders.first?.count ?? 0) + 1
    try reader.beginObject()
    while let key = try reader.nextKey() {
      let index = schema.fields.indices.first { index in
        builders[index].count < count && schema.fields[index].name == key
      }
      if let index { try readSlowly(index, reader) } else { try reader.skip() }
    }
    for builder in builders where builder.count < count { try builder.appendNull() }
  }
}

extension ColumnDecoder {
  /// How far the fast loop came: whole rows, and the column that it could not read (-1: not even
  /// the bracket of the row); nil if the next thing is the comma or bracket behind a row.
  private struct UsualRows {
    var rowCount = 0
    var nextColumn: Int?
  }

  private func readUsualRows(
    _ reader: JSONReader, rowCountMax: Int
  ) throws(TernError) -> UsualRows {
    guard !builders.isEmpty else { return UsualRows(nextColumn: -1) }
    var sinks: [CellSink] = []
    sinks.reserveCapacity(builders.count)
    let room = min(rowCountMax, Self.blockRowCount)
    for builder in builders {
      sinks.append(try CellSink(builder, rowCount: room, dataByteCount: 1 << 10))
    }
    let window = reader.window
    // White space, such as the end of a line that each row is on.
    _ = try window.nextByte()
    let start = unsafe window.start
    var next = unsafe start
    var rows = UsualRows()
    while true {
      guard unsafe byte(next) == UInt8(ascii: "[") else {
        rows.nextColumn = -1
        break
      }
      unsafe next += 1
      if let column = unsafe try readUsualRow(&next, &sinks) {
        rows.nextColumn = column
        break
      }
      rows.rowCount += 1
      // Sound: as in `BlockLoop`; a comma was seen before it is stepped over.
      guard rows.rowCount < room, unsafe byte(next) == UInt8(ascii: ",") else { break }
      // What follows the comma must be known to be a row before the comma is taken.
      let ahead = unsafe byte(next + 1) == 0x20 || byte(next + 1) == 0x0A ? 2 : 1
      guard unsafe byte(next + ahead) == UInt8(ascii: "[") else { break }
      unsafe next += ahead
    }
    for (sink, builder) in zip(sinks, builders) { sink.finish(builder) }
    unsafe window.skip(next - start)
    return rows
  }

  /// Reads the values of one row and its bracket; returns the column at whose value it stopped.
  @inline(__always)
  @unsafe private func readUsualRow(
    _ next: inout UnsafeRawPointer, _ sinks: inout [CellSink]
  ) throws(TernError) -> Int? {
    let last = sinks.count - 1
    for index in 0...last {
      if unsafe byte(next) == 0x20 { unsafe next += 1 }
      var behind = unsafe kinds[index].read(next, &sinks[index])
      if unsafe behind == nil, kinds[index] != .slow, unsafe NullWord.isNext(next) {
        unsafe behind = next + 4
      }
      let wanted = index == last ? UInt8(ascii: "]") : UInt8(ascii: ",")
      guard let behind = unsafe behind, unsafe byte(behind) == wanted else { return index }
      if unsafe byte(next) == UInt8(ascii: "n") {
        let sink = sinks[index]
        try builders[index].validity.setNull(at: sink.rowOffset + sink.rowCount)
        sinks[index].writeNull(sink.byteWidth, isText: builders[index].layout == .offsets32)
      }
      sinks[index].commit()
      unsafe next = behind + 1
    }
    return nil
  }
}
