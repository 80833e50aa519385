import TernCore

/// Writes values of one column in one form.
struct CellEncoder {
  private let column: Column
  private let form: ValueForm
  /// For messages: parameters count from 1.
  private let number: Int

  init(_ column: Column, _ form: ValueForm, number: Int) {
    self.column = column
    self.form = form
    self.number = number
  }

  /// Appends the value in `row`, with quotes where the form has them.
  func append(_ row: Int, to text: inout [UInt8]) throws(TernError) {
    if try column.isNull(at: row) {
      text += "null".utf8
      return
    }
    do throws(TernError) { try append(row, form, to: &text) } catch {
      throw error.prefixed("parameter \(number), row \(row + 1)")
    }
  }

  private func append(
    _ row: Int, _ form: ValueForm, to text: inout [UInt8]
  ) throws(TernError) {
    switch form {
    case .standard: try appendStandard(row, to: &text)
    case .text: try appendQuoted(row, to: &text)
    case .number: try appendNumber(row, to: &text)
    case .double: try appendDouble(row, to: &text)
    case .decimal(let precision, let scale):
      guard let value = try column.decimal(at: row).rescaled(to: scale),
        value.precision <= precision
      else {
        throw .data("a number does not fit DECIMAL(\(precision),\(scale))", .numberOutOfRange)
      }
      text.append(UInt8(ascii: "\""))
      value.append(to: &text)
      text.append(UInt8(ascii: "\""))
    case .pattern(let pattern):
      let moment = try column.timestamp(at: row)
      guard pattern.keeps(moment) else { throw lostDigits }
      var plain: [UInt8] = []
      pattern.append(moment, to: &plain)
      JSONText.append(quoted: plain.span, to: &text)
    case .digits(let digits):
      let moment = try column.timestamp(at: row)
      let step = Int32(PowersOfTen.word(9 - min(max(digits, 0), 9)))
      guard moment.nanoseconds % step == 0 else { throw lostDigits }
      text.append(UInt8(ascii: "\""))
      MomentText.append(moment, digits: digits, to: &text)
      text.append(UInt8(ascii: "\""))
    case .epoch(let unit): NumberText.append(try count(row, unit), to: &text)
    case .epochDays: NumberText.append(Int64(try column.date(at: row)), to: &text)
    case .base64: try appendBase64(row, to: &text)
    case .quoted(let inner):
      text.append(UInt8(ascii: "\""))
      try append(row, inner, to: &text)
      text.append(UInt8(ascii: "\""))
    }
  }

  private func appendStandard(_ row: Int, to text: inout [UInt8]) throws(TernError) {
    switch column.type {
    case .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64:
      try column.appendText(at: row, to: &text)
    case .float32, .float64: try appendDouble(row, to: &text)
    case .utf8, .largeUtf8:
      // Sound: the column lives while its bytes are read.
      guard let bytes = unsafe column.rawBytes(at: row) else { throw column.corrupt }
      JSONText.append(quoted: unsafe bytes.bindMemory(to: UInt8.self).span, to: &text)
    case .timestamp(let unit, _): try append(row, .digits(unit.fractionDigits), to: &text)
    case .wideTimestamp(let digits, _): try append(row, .digits(max(digits, 0)), to: &text)
    case .list, .fixedSizeList, .structure, .map: try column.appendJSON(at: row, to: &text)
    case .null, .decimal128, .decimal256, .date32, .time32, .time64, .duration, .intervalMonths,
      .intervalMonthDayNano, .binary, .largeBinary, .fixedSizeBinary:
      try appendQuoted(row, to: &text)
    }
  }

  private func appendQuoted(_ row: Int, to text: inout [UInt8]) throws(TernError) {
    var plain: [UInt8] = []
    try column.appendText(at: row, to: &plain)
    JSONText.append(quoted: plain.span, to: &text)
  }

  private func appendNumber(_ row: Int, to text: inout [UInt8]) throws(TernError) {
    switch column.type {
    case .float32, .float64: try appendDouble(row, to: &text)
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64:
      try column.appendText(at: row, to: &text)
    default: try column.decimal(at: row).append(to: &text)
    }
  }

  private func appendDouble(_ row: Int, to text: inout [UInt8]) throws(TernError) {
    if case .float32 = column.type, try column.double(at: row).isFinite {
      return try column.appendText(at: row, to: &text)
    }
    let value = try column.double(at: row)
    guard value.isFinite else {
      throw .data("NaN and infinity cannot be sent to this server", .numberOutOfRange)
    }
    NumberText.append(value, to: &text)
  }

  private func appendBase64(_ row: Int, to text: inout [UInt8]) throws(TernError) {
    text.append(UInt8(ascii: "\""))
    BinaryText.append(base64: try column.bytes(at: row), to: &text)
    text.append(UInt8(ascii: "\""))
  }

  private func count(_ row: Int, _ unit: TimeUnit) throws(TernError) -> Int64 {
    let moment: WideTimestamp
    switch column.type {
    case .time32, .time64: moment = WideTimestamp(try column.time(at: row), .nanosecond)
    case .duration: moment = try column.duration(at: row)
    default: moment = try column.timestamp(at: row)
    }
    guard let count = moment.count(of: unit) else { throw lostDigits }
    return count
  }

  private var lostDigits: TernError {
    .data("a moment has digits or a year that this server's form cannot hold", .datetimeOutOfRange)
  }
}

extension MomentPattern {
  /// Whether the format shows the moment's year, which has four digits and no sign there, and all
  /// digits of its fraction.
  func keeps(_ moment: WideTimestamp) -> Bool {
    guard 1...9_999 ~= CivilDate(days: moment.wallDays).year else { return false }
    let shown = elements.reduce(0) { most, element in
      if case .fraction(let count) = element { max(most, count ?? 6) } else { most }
    }
    return moment.nanoseconds % Int32(PowersOfTen.word(9 - min(shown, 9))) == 0
  }
}
