public import TernCore

/// Writes rows of a batch as JSON parameters, as many as fit a request.
public struct ColumnEncoder: Sendable {
  private let forms: [ValueForm]

  /// One form a column.
  public init(_ forms: [ValueForm]) { self.forms = forms }

  /// The standard form for each of so many columns.
  public init(columnCount: Int) {
    forms = Array(repeating: .standard, count: max(0, columnCount))
  }

  /// Writes `[[…],[…]]`, one array a column, with the rows from `start` on; at least one, and then
  /// as long as the text stays within `byteCountMax`.
  /// - Returns: the first row that was not written.
  public func columns(
    of batch: Batch, from start: Int, byteCountMax: Int = .max, to writer: inout JSONWriter
  ) throws(TernError) -> Int {
    let encoders = try encoders(batch, start)
    var texts: [[UInt8]] = Array(repeating: [], count: encoders.count)
    var total = 0
    var row = start
    while row < batch.rowCount {
      let marks = texts.map(\.count)
      for (index, encoder) in encoders.enumerated() {
        if row > start { texts[index].append(UInt8(ascii: ",")) }
        try encoder.append(row, to: &texts[index])
        total += texts[index].count - marks[index]
      }
      if row > start, total > byteCountMax {
        for index in texts.indices { texts[index].removeSubrange(marks[index]...) }
        break
      }
      row += 1
    }
    writer.beginArray()
    for text in texts {
      writer.beginArray()
      if !text.isEmpty { writer.raw(text) }
      writer.endArray()
    }
    writer.endArray()
    return row
  }

  /// Writes `[[…],[…]]`, one array a row; otherwise as `columns`.
  public func rows(
    of batch: Batch, from start: Int, byteCountMax: Int = .max, to writer: inout JSONWriter
  ) throws(TernError) -> Int {
    let encoders = try encoders(batch, start)
    var row = start
    var total = 0
    writer.beginArray()
    while row < batch.rowCount {
      var text: [UInt8] = [UInt8(ascii: "[")]
      for (index, encoder) in encoders.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        try encoder.append(row, to: &text)
      }
      text.append(UInt8(ascii: "]"))
      total += text.count + 1
      if row > start, total > byteCountMax { break }
      writer.raw(text)
      row += 1
    }
    writer.endArray()
    return row
  }

  /// Writes one value.
  public func value(
    of batch: Batch, row: Int, column: Int, to writer: inout JSONWriter
  ) throws(TernError) {
    let encoders = try encoders(batch, row)
    guard encoders.indices.contains(column) else {
      throw .usage("parameter \(column + 1) of \(encoders.count)", .invalidIndex)
    }
    try writer.append { bytes throws(TernError) in try encoders[column].append(row, to: &bytes) }
  }

  private func encoders(_ batch: Batch, _ start: Int) throws(TernError) -> [CellEncoder] {
    guard batch.columns.count == forms.count else {
      throw .usage(
        "\(batch.columns.count) parameters for a statement of \(forms.count)",
        .wrongParameterCount)
    }
    guard start >= 0, start <= batch.rowCount else {
      throw .usage("row \(start) of a batch of \(batch.rowCount) rows")
    }
    return zip(batch.columns, forms).enumerated().map { index, pair in
      CellEncoder(pair.0, pair.1, number: index + 1)
    }
  }
}
