public import TernCore

// One append a kind of value; each knows every type that holds the kind exactly.
extension ColumnBuilder {
  /// Appends to a Boolean column.
  public func append(bool value: Bool) throws(TernError) {
    guard layout == .bits else { throw typeError("Boolean") }
    try growBits()
    if let start = unsafe values.start {
      // Sound: `growBits` wrote the byte that holds this bit, and maybe a fast reader that bit.
      let byte = unsafe start.load(fromByteOffset: count / 8, as: UInt8.self)
      let mask = UInt8(1) << UInt8(count % 8)
      unsafe start.storeBytes(
        of: value ? byte | mask : byte & ~mask, toByteOffset: count / 8, as: UInt8.self)
    }
    count += 1
  }

  /// Appends an integer, in the column's own unit where it has one (days, microseconds, months);
  /// decimals take it as a whole number, doubles if they can be that number.
  public func append(integer value: Int64) throws(TernError) {
    switch type {
    case .int8: try store(Int8(exactly: value))
    case .int16: try store(Int16(exactly: value))
    case .int32, .date32, .time32, .intervalMonths: try store(Int32(exactly: value))
    case .int64, .time64, .timestamp, .duration: try store(value)
    case .uint8: try store(UInt8(exactly: value))
    case .uint16: try store(UInt16(exactly: value))
    case .uint32: try store(UInt32(exactly: value))
    case .uint64: try store(UInt64(exactly: value))
    case .decimal128, .decimal256: try append(decimal: DecimalValue(unscaled: Int128(value)))
    case .float32: try store(Float(exactly: value))
    case .float64: try store(Double(exactly: value))
    case .null, .bool, .wideTimestamp, .intervalMonthDayNano, .utf8, .binary, .largeUtf8,
      .largeBinary, .fixedSizeBinary, .list, .fixedSizeList, .structure, .map:
      throw typeError("integer")
    }
  }

  /// Appends an unsigned integer; any integer or decimal column that can hold it.
  public func append(unsigned value: UInt64) throws(TernError) {
    if let signed = Int64(exactly: value) { return try append(integer: signed) }
    switch type {
    case .uint64: try store(value)
    case .decimal128, .decimal256: try append(decimal: DecimalValue(unscaled: Int128(value)))
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32: throw rangeError()
    case .null, .bool, .float32, .float64, .date32, .time32, .time64, .timestamp, .wideTimestamp,
      .duration, .intervalMonths, .intervalMonthDayNano, .utf8, .binary, .largeUtf8, .largeBinary,
      .fixedSizeBinary, .list, .fixedSizeList, .structure, .map:
      throw typeError("integer")
    }
  }

  /// Appends a double; a float column takes the nearest float, and throws for an overflow.
  public func append(double value: Double) throws(TernError) {
    if type == .float64 { return try store(value) }
    guard type == .float32 else { throw typeError("double") }
    let narrow = Float(value)
    guard narrow.isFinite || !value.isFinite else { throw rangeError() }
    try store(narrow)
  }

  /// Appends a decimal, re-scaled to the column's scale; 22003 if a digit would be lost.
  public func append(decimal value: DecimalValue) throws(TernError) {
    switch type {
    case .decimal128(let precision, let scale):
      guard let fitting = value.rescaled(to: scale), fitting.precision <= precision,
        let unscaled = fitting.unscaled
      else { throw rangeError() }
      try store(unscaled)
    case .decimal256(let precision, let scale):
      guard let fitting = value.rescaled(to: scale), fitting.precision <= precision,
        let halves = fitting.unscaledHalves
      else { throw rangeError() }
      try values.append(halves.low)
      try values.append(halves.high)
      count += 1
    default:
      guard let whole = value.rescaled(to: 0)?.unscaled else { throw rangeError() }
      if let signed = Int64(exactly: whole) { return try append(integer: signed) }
      guard let unsigned = UInt64(exactly: whole) else { throw rangeError() }
      try append(unsigned: unsigned)
    }
  }

  /// Appends text to a text column.
  public func append(text: String) throws(TernError) {
    guard type == .utf8 || type == .largeUtf8 else { throw typeError("text") }
    var text = text
    let failure = text.withUTF8 { bytes -> TernError? in
      // Sound: read inside this closure only. A Swift string is always valid UTF-8.
      do throws(TernError) { try unsafe appendData(UnsafeRawBufferPointer(bytes)) } catch {
        return error
      }
      return nil
    }
    if let failure { throw failure }
  }

  /// Appends bytes to a binary column; a text column takes them if they are UTF-8 (else 22018).
  public func append(bytes: Span<UInt8>) throws(TernError) {
    let failure = unsafe bytes.withUnsafeBytes { bytes -> TernError? in
      // Sound: read inside this closure only.
      do throws(TernError) { try unsafe append(raw: bytes) } catch { return error }
      return nil
    }
    if let failure { throw failure }
  }

  /// Appends bytes to a binary column; a text column takes them if they are UTF-8 (else 22018).
  public func append(bytes: [UInt8]) throws(TernError) { try append(bytes: bytes.span) }

  /// Appends a moment in whatever unit the column has; throws where the value would change.
  public func append(timestamp value: WideTimestamp) throws(TernError) {
    switch type {
    case .wideTimestamp: try store(value)
    case .timestamp(let unit, _):
      guard let count = value.count(of: unit) else {
        throw .data("a timestamp does not fit a column of type \(type)", .datetimeOutOfRange)
      }
      try store(count)
    default: throw typeError("timestamp")
    }
  }

  /// Appends an interval to a column of months or of months, days and nanoseconds.
  public func append(interval value: MonthDayNano) throws(TernError) {
    switch type {
    case .intervalMonthDayNano: try store(value)
    case .intervalMonths:
      guard value.days == 0, value.nanoseconds == 0 else { throw rangeError() }
      try store(value.months)
    default: throw typeError("interval")
    }
  }
}

extension ColumnBuilder {
  /// Stores a fixed-width value whose width is the layout's; nil is one that did not fit.
  func store<Stored: BitwiseCopyable>(_ value: Stored?) throws(TernError) {
    guard let value else { throw rangeError() }
    try values.append(value)
    count += 1
  }

  /// Appends bytes, checked against the type.
  func append(raw bytes: UnsafeRawBufferPointer) throws(TernError) {
    switch type {
    case .utf8, .largeUtf8:
      guard unsafe UTF8Check.isValid(bytes) else {
        throw .data("a text is not valid UTF-8", .invalidCast)
      }
      try unsafe appendData(bytes)
    case .binary, .largeBinary: try unsafe appendData(bytes)
    case .fixedSizeBinary(let byteCount):
      guard bytes.count == byteCount else { throw rangeError() }
      try unsafe values.append(bytes)
      count += 1
    default: throw typeError("bytes")
    }
  }

  private func appendData(_ bytes: UnsafeRawBufferPointer) throws(TernError) {
    try checkData(bytes.count)
    try unsafe data.append(bytes)
    try appendOffset()
    count += 1
  }
}
