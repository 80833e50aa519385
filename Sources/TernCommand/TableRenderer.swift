public import TernColumns
public import TernCore

/// An aligned table for people.
///
/// Column widths come from the header and the rows of a block; they grow with a later block and
/// never shrink, so a result of any length needs the memory of one block.
public struct TableRenderer: RowRenderer {
  /// What stands for NULL.
  private let nullCell: CellText
  private let header: [CellText]
  private let isNumeric: [Bool]
  /// Columns of the terminal that each column of the table takes so far.
  private var widths: [Int]
  /// The block that is not written yet.
  private var rows: [[CellText]] = []
  private var byteCount = 0
  private var isHeaderWritten = false

  /// Rows that are aligned together.
  static let blockRowCountMax = 1_000
  /// Bytes of text that are aligned together.
  static let blockByteCountMax = 1 << 20
  /// Padding goes no further: one long value does not widen every row.
  static let paddedWidthMax = 120

  /// A table with the columns of `schema`.
  public init(_ schema: Schema, nullText: String) {
    nullCell = CellText(Array(nullText.utf8))
    header = schema.fields.map { CellText(Array($0.name.utf8)) }
    isNumeric = schema.fields.map { $0.type.isNumeric }
    widths = header.map { min($0.width, TableRenderer.paddedWidthMax) }
  }

  /// See `RowRenderer`.
  public mutating func append(_ batch: Batch, to output: inout [UInt8]) throws(TernError) {
    var text: [UInt8] = []
    for row in 0..<batch.rowCount {
      var cells: [CellText] = []
      cells.reserveCapacity(batch.columns.count)
      for column in batch.columns {
        if try column.isNull(at: row) {
          cells.append(nullCell)
          continue
        }
        text.removeAll(keepingCapacity: true)
        try column.appendText(at: row, to: &text)
        cells.append(CellText(text))
        byteCount += text.count
      }
      rows.append(cells)
      if rows.count >= TableRenderer.blockRowCountMax
        || byteCount >= TableRenderer.blockByteCountMax
      {
        writeBlock(to: &output)
      }
    }
  }

  /// See `RowRenderer`.
  public mutating func finish(to output: inout [UInt8]) {
    writeBlock(to: &output)
  }

  /// Aligns and writes the rows so far, the header before the first of them.
  private mutating func writeBlock(to output: inout [UInt8]) {
    for cells in rows {
      for (index, cell) in cells.enumerated() where index < widths.count {
        widths[index] = max(widths[index], min(cell.width, TableRenderer.paddedWidthMax))
      }
    }
    if !isHeaderWritten {
      isHeaderWritten = true
      write(header, to: &output)
      writeRule(to: &output)
    }
    for cells in rows { write(cells, to: &output) }
    rows.removeAll(keepingCapacity: true)
    byteCount = 0
  }

  /// One line; nothing is padded behind the last column.
  private func write(_ cells: [CellText], to output: inout [UInt8]) {
    for (index, (cell, width)) in zip(cells, widths).enumerated() {
      if index > 0 { output += " | ".utf8 }
      let padding = max(0, width - cell.width)
      if isNumeric[index] { output.append(blanks: padding) }
      output += cell.bytes
      if !isNumeric[index], index < cells.count - 1 { output.append(blanks: padding) }
    }
    output.append(UInt8(ascii: "\n"))
  }

  private func writeRule(to output: inout [UInt8]) {
    output += widths.map { String(repeating: "-", count: $0) }.joined(separator: "-+-").utf8
    output.append(UInt8(ascii: "\n"))
  }
}

extension [UInt8] {
  fileprivate mutating func append(blanks count: Int) {
    append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
  }
}

extension DataType {
  /// Whether values read best with their last digits below each other.
  var isNumeric: Bool {
    switch self {
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float32, .float64,
      .decimal128, .decimal256:
      true
    case .null, .bool, .date32, .time32, .time64, .timestamp, .wideTimestamp, .duration,
      .intervalMonths, .intervalMonthDayNano, .utf8, .binary, .largeUtf8, .largeBinary,
      .fixedSizeBinary, .list, .fixedSizeList, .structure, .map:
      false
    }
  }
}
