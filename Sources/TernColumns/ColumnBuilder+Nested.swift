import TernCore

// Lists, maps and structures of foreign streams, and single values of any.
extension ColumnBuilder {
  /// Appends a column of the same layout, the columns inside converted in their turn.
  func appendNested(_ column: Column, _ form: ArrowForm) throws(TernError) -> Bool {
    guard column.children.count == children.count else { return false }
    switch layout {
    case .list32: return try appendLists(column, form)
    case .fixedList(let size):
      let elements = try column.children[0].slice(
        column.offset * size, count: column.count * size)
      try children[0].append(elements, form.child(0))
    case .children:
      // Fields are the same by their places; their names are those of the builder.
      for (index, child) in children.enumerated() {
        let part = try column.children[index].slice(column.offset, count: column.count)
        try child.append(part, form.child(index))
      }
    case .none, .bits, .fixed, .offsets32, .offsets64: return false
    }
    try appended(column)
    return true
  }

  private func appendLists(_ column: Column, _ form: ArrowForm) throws(TernError) -> Bool {
    guard let offsets = unsafe column.offsets(as: Int32.self) else { return false }
    let (first, last) = unsafe (Int(offsets[0]), Int(offsets[column.count]))
    guard first >= 0, last >= first, last <= column.children[0].count else { return false }
    let before = children[0].count
    guard last - first <= Int(Int32.max) - before else {
      throw .overBudget("a list column holds at most 2^31 elements")
    }
    if values.count == 0 { try values.append(Int32(0)) }
    let target = unsafe try values.reserve(column.count * 4)
    let shift = Int32(truncatingIfNeeded: before - first)
    for row in 0..<column.count {
      // Sound: `offsets` has one more than the column; `reserve` made room for as many.
      unsafe target.storeBytes(
        of: offsets[row + 1] &+ shift, toByteOffset: 4 * row, as: Int32.self)
    }
    values.count += column.count * 4
    try children[0].append(
      try column.children[0].slice(first, count: last - first), form.child(0))
    try appended(column)
    return true
  }

  /// Appends nested values as JSON: what they mean, not how the stream lays them out.
  func append(
    textsOf column: Column, as nested: DataType, _ form: ArrowForm
  ) throws(TernError) {
    let builder = ColumnBuilder(nested)
    try builder.append(column, ArrowForm(children: form.children))
    let values = try builder.finish()
    for row in 0..<values.count {
      guard try !values.isNull(at: row) else {
        try appendNull()
        continue
      }
      var text: [UInt8] = []
      try values.appendJSON(at: row, mapsAsObjects: true, to: &text)
      try append(bytes: text)
    }
  }

  /// Appends one value of a column of any type, which is not NULL.
  func appendValue(of column: Column, at row: Int, _ form: ArrowForm) throws(TernError) {
    switch column.type {
    case .utf8, .largeUtf8: try appendText(column, row, form)
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .decimal128:
      var number = try column.decimal(at: row)
      // Counts of units have no scale of their own; a decimal that becomes one has.
      if number.scale == 0, !(type.isDecimal && column.type.isDecimal), let count = number.unscaled
      {
        number = DecimalValue(unscaled: count, scale: form.digits)
      }
      try append(number: number, form)
    case .structure where isMoment:
      guard let parts = MomentParts(column, form) else { throw conversionError("a structure") }
      if parts.isNull(at: row) { return try appendNull() }
      guard let moment = parts.moment(at: row) else {
        throw .data("a timestamp has parts out of range", .datetimeOutOfRange)
      }
      try append(timestamp: moment)
    case .structure where form.text == .scientific: try appendScientific(column, row)
    default: try appendOther(column, row)
    }
  }

  private var isMoment: Bool {
    switch type {
    case .timestamp, .wideTimestamp: true
    default: false
    }
  }

  private func appendText(_ column: Column, _ row: Int, _ form: ArrowForm) throws(TernError) {
    let bytes = try column.bytes(at: row)
    if case .document(let inner) = form.text {
      return try CellReader.read(document: bytes, inner, into: self)
    }
    try CellText(bytes.span, form.text).append(to: self)
  }

  /// A number in the column's own meaning: of a second's parts, of months, or itself.
  private func append(number: DecimalValue, _ form: ArrowForm) throws(TernError) {
    switch type {
    case .decimal128, .decimal256, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32,
      .uint64:
      try append(decimal: number)
    case .float32, .float64: try append(double: number.double)
    case .utf8, .largeUtf8:
      var text: [UInt8] = []
      number.append(to: &text)
      try CellText(text.span, form.text).append(to: self)
    case .date32, .intervalMonths:
      guard let whole = number.rescaled(to: 0)?.unscaled.flatMap({ Int64(exactly: $0) }) else {
        throw rangeError()
      }
      try append(integer: whole)
    case .intervalMonthDayNano: try append(interval: try Self.interval(number))
    case .time32(let unit), .time64(let unit), .timestamp(let unit, _), .duration(let unit):
      let count = number.rescaled(to: unit.fractionDigits)?.unscaled
      guard let count = count.flatMap({ Int64(exactly: $0) }) else {
        throw .data("a value does not fit a column of type \(type)", .datetimeOutOfRange)
      }
      try append(integer: count)
    case .wideTimestamp:
      guard let moment = WideTimestamp(secondsOf: number) else {
        throw .data("a timestamp does not fit a column of type \(type)", .datetimeOutOfRange)
      }
      try append(timestamp: moment)
    case .null, .bool, .binary, .largeBinary, .fixedSizeBinary, .list, .fixedSizeList,
      .structure, .map:
      throw conversionError("a number")
    }
  }

  private static func interval(_ number: DecimalValue) throws(TernError) -> MonthDayNano {
    let perDay: Int128 = 86_400_000_000_000
    guard let total = number.rescaled(to: 9)?.unscaled,
      let days = Int32(exactly: total / perDay)
    else { throw .data("an interval does not fit", .intervalOutOfRange) }
    return MonthDayNano(months: 0, days: days, nanoseconds: Int64(total % perDay))
  }

  /// A structure of an exponent and a big-endian significand.
  private func appendScientific(_ column: Column, _ row: Int) throws(TernError) {
    guard column.children.count == 2 else { throw conversionError("a structure") }
    let index = column.offset + row
    let (exponents, significands) = (column.children[0], column.children[1])
    let isPartNull = try (exponents.isNull(at: index), significands.isNull(at: index))
    if isPartNull.0 || isPartNull.1 { return try appendNull() }
    let bytes = try significands.bytes(at: index)
    guard bytes.count <= 16 else { throw conversionError("a number of more than 128 bits") }
    var significand: Int128 = bytes.first.map { $0 >= 0x80 } ?? false ? -1 : 0
    for byte in bytes { significand = significand << 8 | Int128(byte) }
    let exponent = try exponents.int64(at: index)
    guard ScientificText.exponents ~= exponent else {
      throw conversionError("a number with an exponent of more than nine digits")
    }
    try append(bytes: ScientificText.text(significand, Int(exponent)))
  }

  /// What converts only where the types are of a kind; text columns take the text of anything.
  private func appendOther(_ column: Column, _ row: Int) throws(TernError) {
    guard type == .utf8 || type == .largeUtf8 else {
      return try append(try column.value(at: row))
    }
    var text: [UInt8] = []
    try column.appendText(at: row, to: &text)
    try append(bytes: text)
  }
}

extension DataType {
  fileprivate var isDecimal: Bool {
    switch self {
    case .decimal128, .decimal256: true
    default: false
    }
  }
}

extension WideTimestamp {
  /// A moment of so many seconds since 1970-01-01, with at most nine digits behind the point.
  init?(secondsOf number: DecimalValue) {
    guard let nanoseconds = number.rescaled(to: 9)?.unscaled else { return nil }
    let (quotient, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    guard let seconds = Int64(exactly: rest < 0 ? quotient - 1 : quotient) else { return nil }
    self.init(seconds: seconds, nanoseconds: Int32(rest < 0 ? rest + 1_000_000_000 : rest))
  }
}
