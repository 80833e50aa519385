import TernColumns

/// C values to SQL values, exactly or not at all.
///
/// Source: ODBC Programmer's Reference, appendix D "Converting Data from C to SQL Data Types".
struct ParameterConversion {
  let kind: ParameterKind
  /// Days since 1970 of the date that a time gets as a timestamp.
  let today: Int32

  typealias Result = (value: Value, outcome: ConversionOutcome)

  /// The value as the kind's.
  func convert(_ value: ParameterValue) -> Result {
    switch kind {
    case .text: text(value)
    case .integer(let type): integer(value, type)
    case .bit: bit(value)
    case .decimal:
      number(value) { number in (.decimal(number), .exact) }
    case .real, .double: double(value)
    case .binary: binary(value)
    case .date, .time, .timestamp: moment(value)
    case .interval(let kind): interval(value, kind)
    case .guid: guid(value)
    }
  }

  private func text(_ value: ParameterValue) -> Result {
    var text: [UInt8] = []
    switch value {
    case .text(let bytes): text = bytes
    case .bytes(let bytes):
      guard String(validating: bytes, as: UTF8.self) != nil else { return (.null, .invalidCast) }
      text = bytes
    case .number(let number): number.append(to: &text)
    case .double(let number): NumberText.append(number, to: &text)
    case .date(let days): MomentText.append(days: Int(days), to: &text)
    case .time(let seconds, let nanoseconds):
      MomentText.append(
        timeOfDay: seconds * 1_000_000_000 + Int64(nanoseconds), digits: digits(nanoseconds),
        to: &text)
    case .timestamp(let moment):
      MomentText.append(moment, digits: digits(moment.nanoseconds), to: &text)
    case .interval(.months(let months), _):
      guard let months = Int32(exactly: months) else { return (.null, .intervalOutOfRange) }
      MomentText.append(months: months, to: &text)
    case .interval(.nanoseconds(let nanoseconds), _):
      guard let interval = Self.interval(nanoseconds) else { return (.null, .intervalOutOfRange) }
      let rest = Int32(truncatingIfNeeded: nanoseconds.magnitude % 1_000_000_000)
      MomentText.append(interval, digits: digits(rest), to: &text)
    case .guid(let guid): text = guid.text
    }
    return (.text(String(decoding: text, as: UTF8.self)), .exact)
  }

  /// The fraction digits that a value needs.
  private func digits(_ nanoseconds: Int32) -> Int {
    var digits = 9
    var rest = nanoseconds
    while digits > 0, rest % 10 == 0 {
      rest /= 10
      digits -= 1
    }
    return digits
  }

  /// Whatever is an exact number.
  private func number(
    _ value: ParameterValue, _ body: (DecimalValue) -> Result
  ) -> Result {
    switch value {
    case .number(let number): return body(number)
    case .double(let double):
      var text: [UInt8] = []
      NumberText.append(double, to: &text)
      guard let number = DecimalValue(parsing: text.span) else {
        return (.null, .numberOutOfRange)
      }
      return body(number)
    case .text(let bytes):
      // Sound: read inside the closure only.
      let (number, outcome) = unsafe bytes.withUnsafeBytes { bytes in
        unsafe TextValue.decimal(bytes, isBit: kind == .bit)
      }
      guard let number else { return (.null, outcome) }
      return body(number)
    case .interval(let amount, let own) where own.isSingle:
      switch amount {
      case .months(let months):
        return body(DecimalValue(unscaled: Int128(own == .year ? months / 12 : months)))
      case .nanoseconds(let nanoseconds):
        return body(
          DecimalValue(unscaled: nanoseconds / Int128(max(1, own.secondsPerUnit)), scale: 9))
      }
    case .bytes, .date, .time, .timestamp, .interval, .guid: return (.null, .restrictedType)
    }
  }

  private func integer(_ value: ParameterValue, _ type: DataType) -> Result {
    number(value) { number in
      let (whole, isExact) = number.truncated(to: 0)
      guard let unscaled = whole.unscaled, Self.range(type).contains(unscaled) else {
        return (.null, .numberOutOfRange)
      }
      guard isExact else { return (.null, .textTruncated) }
      if let signed = Int64(exactly: unscaled) { return (.integer(signed), .exact) }
      return (.unsigned(UInt64(truncatingIfNeeded: unscaled)), .exact)
    }
  }

  private static func range(_ type: DataType) -> ClosedRange<Int128> {
    switch type {
    case .int8: -128...127
    case .uint8: 0...255
    case .int16: -32_768...32_767
    case .uint16: 0...65_535
    case .int32: Int128(Int32.min)...Int128(Int32.max)
    case .uint32: 0...Int128(UInt32.max)
    case .uint64: 0...Int128(UInt64.max)
    default: Int128(Int64.min)...Int128(Int64.max)
    }
  }

  private func bit(_ value: ParameterValue) -> Result {
    number(value) { number in
      let (whole, isExact) = number.truncated(to: 0)
      guard let unscaled = whole.unscaled, 0...1 ~= unscaled, !number.isNegative else {
        return (.null, .numberOutOfRange)
      }
      return isExact ? (.bool(unscaled == 1), .exact) : (.null, .textTruncated)
    }
  }

  private func double(_ value: ParameterValue) -> Result {
    let double: Double
    switch value {
    case .number(let number): double = number.double
    case .double(let number): double = number
    case .text(let bytes):
      // Sound: read inside the closure only.
      let parsed = unsafe bytes.withUnsafeBytes { bytes in unsafe TextValue.double(bytes) }
      guard let parsed else { return (.null, .invalidCast) }
      guard parsed.isFinite else { return (.null, .numberOutOfRange) }
      double = parsed
    case .bytes, .date, .time, .timestamp, .interval, .guid: return (.null, .restrictedType)
    }
    guard kind == .double || Float(double).isFinite || !double.isFinite else {
      return (.null, .numberOutOfRange)
    }
    return (.double(double), .exact)
  }

  private func binary(_ value: ParameterValue) -> Result {
    switch value {
    case .bytes(let bytes): return (.bytes(bytes), .exact)
    case .text(let text):
      // Sound: read inside the closure only.
      let bytes = unsafe text.withUnsafeBytes { text in unsafe HexText.parse(text) }
      return bytes.map { (.bytes($0), .exact) } ?? (.null, .invalidCast)
    case .guid(let guid): return (.bytes(guid.ordered), .exact)
    case .number, .double, .date, .time, .timestamp, .interval: return (.null, .restrictedType)
    }
  }

  private func guid(_ value: ParameterValue) -> Result {
    let found: GUIDStructure?
    switch value {
    case .guid(let guid): found = guid
    // Sound: read inside the closures only.
    case .text(let text):
      found = unsafe text.withUnsafeBytes { text in unsafe GUIDStructure(text: text) }
    case .bytes(let bytes):
      found = unsafe bytes.withUnsafeBytes { bytes in unsafe GUIDStructure(bytes) }
    case .number, .double, .date, .time, .timestamp, .interval: return (.null, .restrictedType)
    }
    guard let found else { return (.null, .invalidCast) }
    return (.text(String(decoding: found.text, as: UTF8.self)), .exact)
  }
}
