import TernCore

/// The text of one value, without quotes and escapes, on its way into a column.
struct CellText: ~Escapable {
  private let text: Span<UInt8>
  private let format: ColumnFormat

  @_lifetime(copy text)
  init(_ text: Span<UInt8>, _ format: ColumnFormat) {
    self.text = text
    self.format = format
  }

  /// Converts the text to the column's type, exactly or not at all.
  func append(to builder: ColumnBuilder) throws(TernError) {
    if format == .zeroIsNull, hasZeroPart { return try builder.appendNull() }
    switch builder.type {
    case .utf8, .largeUtf8: try appendText(to: builder)
    case .bool: try appendBool(to: builder)
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .decimal128,
      .decimal256:
      guard let value = DecimalValue(parsing: text) else {
        throw builder.conversionError("a text that is no number")
      }
      try builder.append(decimal: value)
    case .float32, .float64: try appendDouble(to: builder)
    case .binary, .largeBinary, .fixedSizeBinary:
      try BinaryText.append(text, format, to: builder)
    case .date32: try appendDate(to: builder)
    case .time32(let unit), .time64(let unit): try appendTime(to: builder, unit)
    case .timestamp(_, let zone), .wideTimestamp(_, let zone):
      try builder.append(timestamp: try timestamp(hasZone: zone != nil))
    case .duration(let unit): try appendDuration(to: builder, unit)
    case .intervalMonths: try appendMonths(to: builder)
    case .intervalMonthDayNano: try builder.append(interval: try interval())
    case .null, .list, .fixedSizeList, .structure, .map:
      throw builder.conversionError("a plain value")
    }
  }

  private func appendText(to builder: ColumnBuilder) throws(TernError) {
    if format == .scientific, let number = ScientificText.normalized(text) {
      return try builder.append(bytes: number)
    }
    if format == .monthCount, let months = try? wholeNumber(true) {
      var bytes: [UInt8] = []
      MomentText.append(months: months, to: &bytes)
      return try builder.append(bytes: bytes)
    }
    guard format == .textOrHex, text.count > 0, text[0] == 1 else {
      return try builder.append(bytes: text)
    }
    guard let bytes = BinaryText.hex(text.extracting(1...)), UTF8Check.isValid(bytes) else {
      throw builder.conversionError("a marked text that is not the digits of UTF-8")
    }
    try builder.append(bytes: bytes)
  }

  /// Whether `YYYY-MM-DD…` has a zero for one of the three.
  private var hasZeroPart: Bool {
    func isZero(_ range: Range<Int>) -> Bool { range.allSatisfy { text[$0] == 0x30 } }
    guard text.count >= 10 else { return false }
    return isZero(0..<4) || isZero(5..<7) || isZero(8..<10)
  }

  private func appendBool(to builder: ColumnBuilder) throws(TernError) {
    if let value = JSONWords.bool(string) { return try builder.append(bool: value) }
    switch DecimalValue(parsing: text)?.rescaled(to: 0)?.unscaled {
    case 0: try builder.append(bool: false)
    case 1: try builder.append(bool: true)
    default: throw builder.conversionError("a text that is no Boolean")
    }
  }

  private func appendDouble(to builder: ColumnBuilder) throws(TernError) {
    let string = string
    guard let value = JSONWords.double(string) else {
      throw DecimalValue(parsing: text) == nil && Double(string) == nil
        ? builder.conversionError("a text that is no number") : builder.rangeError()
    }
    if builder.type == .float32, value.isFinite {
      // Rounded once, from the digits.
      guard let narrow = Float(string), narrow.isFinite else { throw builder.rangeError() }
      return try builder.store(narrow)
    }
    try builder.append(double: value)
  }

  private var string: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    for index in text.indices { bytes.append(text[index]) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

// Dates and times; MomentParser knows their texts, this the counts that some servers send.
extension CellText {
  private func appendDate(to builder: ColumnBuilder) throws(TernError) {
    var parser = MomentParser(text)
    if case .pattern(let pattern) = format {
      let moment = try pattern.parse(text)
      guard moment.nanosecondsOfDay == 0, let days = Int32(exactly: moment.wallDays) else {
        throw builder.conversionError("a text with a time of day")
      }
      return try builder.store(days)
    }
    if let count = try wholeNumber(format == .epochDays) {
      guard let days = Int32(exactly: count) else { throw Self.outOfRange }
      return try builder.store(days)
    }
    try builder.store(try parser.wholeDate())
  }

  private func appendTime(to builder: ColumnBuilder, _ unit: TimeUnit) throws(TernError) {
    var moment: WideTimestamp
    var parser = MomentParser(text)
    switch format {
    case .epoch(let own):
      moment = WideTimestamp(try integer(), own)
      // Some servers count from another midnight, such as -1 for the last millisecond of a day.
      let seconds = moment.seconds % 86_400
      moment.seconds = seconds < 0 ? seconds + 86_400 : seconds
    case .epochSeconds: moment = try seconds(of: text)
    default: moment = try parser.wholeTime()
    }
    guard let count = moment.count(of: unit) else { throw Self.outOfRange }
    try builder.append(integer: count)
  }

  private func timestamp(hasZone: Bool) throws(TernError) -> WideTimestamp {
    switch format {
    case .epoch(let unit): return WideTimestamp(try integer(), unit)
    case .epochSeconds: return try seconds(of: text)
    case .epochSecondsAndOffset: return try secondsAndOffset()
    case .packedSecondsAndOffset: return try packed()
    case .pattern(let pattern): return try pattern.parse(text)
    default:
      var parser = MomentParser(text)
      return try parser.wholeTimestamp(hasZone: hasZone)
    }
  }

  /// Snowflake: "1714.5", floor of the whole signed decimal.
  private func seconds(of text: Span<UInt8>) throws(TernError) -> WideTimestamp {
    guard let number = DecimalValue(parsing: text) else { throw Self.malformed }
    guard let moment = WideTimestamp(secondsOf: number) else { throw Self.outOfRange }
    return moment
  }

  /// Snowflake, long ago: the lowest 14 bits are the offset, units of the last digit are above.
  private func packed() throws(TernError) -> WideTimestamp {
    // What has a blank is of today.
    if text.indices.contains(where: { text[$0] == 0x20 }) { return try secondsAndOffset() }
    guard let number = DecimalValue(parsing: text), let all = number.unscaled,
      0...2_880 ~= all & 0x3FFF
    else { throw Self.malformed }
    guard
      var moment = WideTimestamp(secondsOf: DecimalValue(unscaled: all >> 14, scale: number.scale))
    else { throw Self.outOfRange }
    moment.offsetMinutes = Int32(truncatingIfNeeded: all & 0x3FFF) - 1_440
    return moment
  }

  private func secondsAndOffset() throws(TernError) -> WideTimestamp {
    guard let blank = text.indices.first(where: { text[$0] == 0x20 }),
      let shifted = DecimalValue(parsing: text.extracting((blank + 1)...))?.unscaled,
      0...2_880 ~= shifted
    else { throw Self.malformed }
    var moment = try seconds(of: text.extracting(..<blank))
    moment.offsetMinutes = Int32(shifted) - 1_440
    return moment
  }

  private func appendDuration(to builder: ColumnBuilder, _ unit: TimeUnit) throws(TernError) {
    var parser = MomentParser(text)
    let value = format == .epochNanoseconds ? try interval() : try parser.wholeElapsed()
    let total = Int128(value.days) * 86_400_000_000_000 + Int128(value.nanoseconds)
    let (count, rest) = total.quotientAndRemainder(
      dividingBy: Int128(1_000_000_000 / unit.perSecond))
    guard rest == 0, let exact = Int64(exactly: count) else {
      throw .data("an interval does not fit \(builder.type)", .intervalOutOfRange)
    }
    try builder.append(integer: exact)
  }

  private func appendMonths(to builder: ColumnBuilder) throws(TernError) {
    if let count = try wholeNumber(false) { return try builder.append(integer: count) }
    var parser = MomentParser(text)
    try builder.append(integer: Int64(try parser.wholeMonths()))
  }

  private func interval() throws(TernError) -> MonthDayNano {
    guard format == .epochNanoseconds else {
      var parser = MomentParser(text)
      return try parser.wholeElapsed()
    }
    guard let total = DecimalValue(parsing: text)?.rescaled(to: 0)?.unscaled else {
      throw Self.malformed
    }
    let (days, rest) = total.quotientAndRemainder(dividingBy: 86_400_000_000_000)
    guard let days = Int32(exactly: days) else {
      throw .data("an interval does not fit", .intervalOutOfRange)
    }
    return MonthDayNano(months: 0, days: days, nanoseconds: Int64(rest))
  }

  private func integer() throws(TernError) -> Int64 {
    guard let value = try wholeNumber(true) else { throw Self.malformed }
    return value
  }

  /// The text as a whole number; nil if it is none and need not be.
  private func wholeNumber(_ isRequired: Bool) throws(TernError) -> Int64? {
    guard let value = DecimalValue(parsing: text)?.rescaled(to: 0)?.unscaled else {
      if isRequired { throw Self.malformed }
      return nil
    }
    guard let exact = Int64(exactly: value) else { throw Self.outOfRange }
    return exact
  }

  private static var malformed: TernError {
    .data("a text is no date, time or count", .invalidDatetime)
  }

  private static var outOfRange: TernError {
    .data("a date, time or timestamp does not fit its column", .datetimeOutOfRange)
  }
}
