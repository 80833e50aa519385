internal import TernColumns
internal import TernCore

/// Rows of parameters as a CSV file for the bind stage.
///
/// Dates and times are ISO texts here: of bare numbers the server would guess the unit, and a date
/// from the year 2969 on would be taken for microseconds.
///
/// Source: Snowflake reference, section 3.4 "CSV rules".
struct SnowflakeStageFile {
  private let bindings: [SnowflakeBinding]

  /// Bytes of one file, before it is compressed.
  static let byteCountMax = 10 << 20

  init(_ bindings: [SnowflakeBinding]) { self.bindings = bindings }

  /// Whether every column has a text that the server reads the same from a file.
  var isPossible: Bool {
    bindings.allSatisfy { $0.form != .months && $0.form != .elapsed }
  }

  /// Parameters of the statement under which the server reads the file as it was written, whatever
  /// formats the session has set: `YYYY-DD-MM` would change dates. Only for what is in it, because
  /// they count for the statement's own literals too; the vendor's JDBC driver does the same.
  var parameters: [(name: String, value: SnowflakeQuery.Parameter)] {
    let formats: [(name: String, value: String, forms: Set<SnowflakeBinding.Form>)] = [
      ("DATE_INPUT_FORMAT", "AUTO", [.date]), ("TIME_INPUT_FORMAT", "AUTO", [.time]),
      ("TIMESTAMP_INPUT_FORMAT", "AUTO", [.wallClock, .instant, .momentText]),
      ("BINARY_INPUT_FORMAT", "HEX", [.bytes]),
    ]
    let forms = Set(bindings.map(\.form))
    return formats.filter { !$0.forms.isDisjoint(with: forms) }.map { ($0.name, .text($0.value)) }
  }

  /// A file of the rows from `start` on, at least one; and the first row that is not in it.
  func bytes(
    from start: Int, rowCount: Int, byteCountMax: Int = byteCountMax
  ) throws(TernError) -> (file: [UInt8], next: Int) {
    var file: [UInt8] = []
    var row = start
    while row < rowCount {
      let mark = file.count
      for (index, binding) in bindings.enumerated() {
        if index > 0 { file.append(UInt8(ascii: ",")) }
        try append(binding, row, to: &file)
      }
      file.append(UInt8(ascii: "\n"))
      if row > start, file.count > byteCountMax {
        file.removeSubrange(mark...)
        break
      }
      row += 1
    }
    return (file, row)
  }

  /// NULL is an empty field; an empty text, or one of no bytes, is in quotes.
  private func append(
    _ binding: SnowflakeBinding, _ row: Int, to file: inout [UInt8]
  ) throws(TernError) {
    if try binding.isNull(row) { return }
    switch binding.form {
    case .null, .bool, .whole, .double, .decimal, .months, .elapsed:
      try binding.append(row, to: &file)
    case .text, .bytes:
      var text: [UInt8] = []
      try binding.append(row, to: &text)
      Self.append(text, to: &file)
    case .date: MomentText.append(days: try binding.date(row), to: &file)
    case .time: MomentText.append(timeOfDay: try binding.time(row), digits: 9, to: &file)
    case .wallClock, .momentText: MomentText.append(try binding.moment(row), digits: 9, to: &file)
    case .instant:
      MomentText.append(try binding.moment(row), digits: 9, showsOffset: true, to: &file)
    }
  }

  /// In quotes where anything in it could mean something else.
  static func append(_ text: [UInt8], to file: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let blanks: [UInt8?] = [0x20, 0x09]
    let needsQuotes =
      text.isEmpty || blanks.contains(text.first) || blanks.contains(text.last)
      || text.contains { [quote, 0x2C, 0x0A, 0x0D, UInt8(ascii: "\\")].contains($0) }
    guard needsQuotes else {
      file += text
      return
    }
    file.append(quote)
    for byte in text {
      if byte == quote { file.append(quote) }
      file.append(byte)
    }
    file.append(quote)
  }
}
