public import TernColumns
public import TernCore

/// Comma-separated values with a header (RFC 4180): CRLF line ends, quotes doubled inside quotes.
///
/// NULL is an empty field without quotes, an empty text one with quotes; another text for NULL is
/// written without quotes, and a value that is equal to it with them.
public struct CSVRenderer: RowRenderer {
  private let nullText: [UInt8]
  private let names: [String]
  private var isHeaderWritten = false

  /// A file with the columns of `schema`.
  public init(_ schema: Schema, nullText: String) {
    self.nullText = Array(nullText.utf8)
    names = schema.fields.map(\.name)
  }

  /// See `RowRenderer`.
  public mutating func append(_ batch: Batch, to output: inout [UInt8]) throws(TernError) {
    writeHeader(to: &output)
    var text: [UInt8] = []
    for row in 0..<batch.rowCount {
      for (index, column) in batch.columns.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        if try column.isNull(at: row) {
          output += nullText
          continue
        }
        text.removeAll(keepingCapacity: true)
        try column.appendText(at: row, to: &text)
        CSVRenderer.append(text, isQuoted: text.isEmpty || text == nullText, to: &output)
      }
      output += [13, 10]
    }
  }

  /// See `RowRenderer`: a result without rows still has its header.
  public mutating func finish(to output: inout [UInt8]) {
    writeHeader(to: &output)
  }

  private mutating func writeHeader(to output: inout [UInt8]) {
    guard !isHeaderWritten else { return }
    isHeaderWritten = true
    for (index, name) in names.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      CSVRenderer.append(Array(name.utf8), isQuoted: false, to: &output)
    }
    output += [13, 10]
  }

  /// One field, in quotes where it must or should have them.
  private static func append(_ text: [UInt8], isQuoted: Bool, to output: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let needsQuotes = text.contains {
      $0 == quote || $0 == UInt8(ascii: ",") || $0 == 10 || $0 == 13
    }
    guard isQuoted || needsQuotes else {
      output += text
      return
    }
    output.append(quote)
    for byte in text {
      if byte == quote { output.append(quote) }
      output.append(byte)
    }
    output.append(quote)
  }
}
