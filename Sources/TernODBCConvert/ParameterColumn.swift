import TernColumns
import TernCore

/// One parameter's values on their way into a column.
///
/// Texts, integers and doubles go straight into their builder; the rest is collected, because
/// decimals and moments only know their scale and unit when all values are there.
struct ParameterColumn {
  private let parameter: BoundParameter
  private let target: CTarget
  private let kind: ParameterKind
  private let conversion: ParameterConversion
  private let reader: ParameterReader
  private let builder: ColumnBuilder?
  private var values: [Value] = []
  private var scratch: [UInt8] = []

  init(
    _ parameter: BoundParameter, _ target: CTarget, _ kind: ParameterKind, today: Int32
  ) {
    self.parameter = parameter
    self.target = target
    self.kind = kind
    conversion = ParameterConversion(kind: kind, today: today)
    reader = ParameterReader(
      target: target, numericScale: parameter.numericScale,
      secondsPrecision: parameter.secondsPrecision)
    builder =
      switch kind {
      case .text, .guid: ColumnBuilder(.utf8)
      case .integer(let type): ColumnBuilder(type)
      case .real: ColumnBuilder(.float32)
      case .double: ColumnBuilder(.float64)
      case .bit: ColumnBuilder(.bool)
      case .binary: ColumnBuilder(.binary)
      case .date: ColumnBuilder(.date32)
      case .interval(let kind):
        ColumnBuilder(kind.isMonths ? .intervalMonths : .intervalMonthDayNano)
      case .decimal, .time, .timestamp: nil
      }
  }

  /// Appends NULL, also in place of a value that was refused.
  mutating func appendNull() throws(TernError) {
    if let builder { try builder.appendNull() } else { values.append(.null) }
  }

  /// Appends what a set has bound; nothing after an error.
  mutating func append(_ set: Int) throws(TernError) -> ConversionOutcome {
    let length = parameter.length(set)
    if length == .null {
      try appendNull()
      return .exact
    }
    let address = parameter.address(set)
    let (byteCount, outcome) = byteCount(length, at: address)
    guard outcome == .exact else { return outcome }
    return try append(at: address, byteCount)
  }

  /// Appends what came in pieces.
  mutating func append(_ data: PutData) throws(TernError) -> ConversionOutcome {
    if data.isNull {
      try appendNull()
      return .exact
    }
    var result = ConversionOutcome.exact
    var failure: TernError?
    // Sound: the bytes are read before the closure returns.
    unsafe data.bytes.withUnsafeBytes { bytes in
      let address = UInt(bitPattern: bytes.baseAddress)
      do throws(TernError) { result = try append(at: address, bytes.count) } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return result
  }

  /// The column of all values.
  mutating func finish() throws(TernError) -> Column {
    if let builder { return try builder.finish() }
    let builder = ColumnBuilder(collectedType)
    for value in values { try builder.append(value) }
    return try builder.finish()
  }

  private func byteCount(
    _ length: ParameterLength, at address: UInt
  ) -> (Int, ConversionOutcome) {
    if case .defaultParameter = length { return (0, .invalidDefaultParameter) }
    if case .invalid = length { return (0, .invalidLength) }
    if let byteCount = target.byteCount {
      return address == 0 ? (0, .nullArgument) : (byteCount, .exact)
    }
    if case .bytes(let count) = length {
      guard target != .wchar || count % 2 == 0 else { return (0, .invalidLength) }
      return address == 0 && count > 0 ? (0, .nullArgument) : (count, .exact)
    }
    guard address != 0 else { return (0, .nullArgument) }
    if target == .binary {
      return length == .unknown ? (max(0, parameter.bufferLength), .exact) : (0, .invalidLength)
    }
    return (ParameterEncoder.terminatedByteCount(at: address, target), .exact)
  }

  private mutating func append(
    at address: UInt, _ byteCount: Int
  ) throws(TernError) -> ConversionOutcome {
    if let outcome = try appendDirectly(at: address, byteCount) { return outcome }
    let (value, outcome) = read(at: address, byteCount)
    guard let value else { return outcome == .exact ? .corrupt : outcome }
    let (converted, result) = conversion.convert(value)
    guard !result.isError else { return result }
    guard let builder else {
      values.append(converted)
      return result
    }
    do throws(TernError) { try builder.append(converted) } catch {
      if error.kind != .data || error.sqlState == .memory { throw error }
      return ConversionOutcome(error)
    }
    return result
  }

  /// The pairs of types that arrays are made of.
  private mutating func appendDirectly(
    at address: UInt, _ byteCount: Int
  ) throws(TernError) -> ConversionOutcome? {
    guard let builder else { return nil }
    switch (kind, target) {
    case (.integer(.int64), .int64):
      try builder.append(integer: TargetMemory.load(Int64.self, at: address) ?? 0)
    case (.integer(.int32), .int32):
      try builder.append(integer: Int64(TargetMemory.load(Int32.self, at: address) ?? 0))
    case (.integer(.int64), .int32):
      try builder.append(integer: Int64(TargetMemory.load(Int32.self, at: address) ?? 0))
    case (.double, .double):
      try builder.append(double: TargetMemory.load(Double.self, at: address) ?? 0)
    case (.text, .wchar):
      scratch.removeAll(keepingCapacity: true)
      UTF16Text.append(at: address, byteCount: byteCount, to: &scratch)
      try builder.append(bytes: scratch.span)
    case (.text, .char):
      // Sound: the application keeps the buffer during the call, and the builder copies it.
      let bytes = unsafe TargetMemory.bytes(at: address, count: byteCount)
      do throws(TernError) { try builder.append(bytes: unsafe Span(_unsafeBytes: bytes)) } catch {
        if error.sqlState == .invalidCast { return .invalidCast }
        throw error
      }
    default: return nil
    }
    return .exact
  }

  /// Bytes that stand for another type are that type's structure, and the reverse.
  private func read(at address: UInt, _ byteCount: Int) -> (ParameterValue?, ConversionOutcome) {
    if target != .binary {
      guard kind == .binary, target.isNumber else {
        return reader.read(at: address, byteCount: byteCount)
      }
      // Sound: the application keeps a value of the type there.
      return (
        .bytes(unsafe Array(TargetMemory.bytes(at: address, count: byteCount))), .exact
      )
    }
    guard let native = nativeTarget else {
      return reader.read(at: address, byteCount: byteCount)
    }
    guard native.byteCount == byteCount else { return (nil, .numberOutOfRange) }
    return ParameterReader(
      target: native, numericScale: parameter.numericScale,
      secondsPrecision: parameter.secondsPrecision
    ).read(at: address, byteCount: byteCount)
  }

  private var nativeTarget: CTarget? {
    switch kind {
    case .text, .binary, .guid, .interval: nil
    case .integer: CTarget(code: CType.standard(for: parameter.sqlType))
    case .bit: .bit
    case .decimal: .numeric
    case .real: .float
    case .double: .double
    case .date: .date
    case .time: .time
    case .timestamp: .timestamp
    }
  }

  /// The narrowest type that holds all collected values exactly.
  private var collectedType: DataType {
    var scale = 0
    var digits = 1
    var needsNanoseconds = false
    var fitsNanoseconds = true
    for value in values {
      switch value {
      case .decimal(let number):
        scale = max(scale, number.scale)
        digits = max(digits, number.precision - number.scale)
      case .time(let nanoseconds): needsNanoseconds = needsNanoseconds || nanoseconds % 1_000 != 0
      case .timestamp(let moment):
        needsNanoseconds = needsNanoseconds || moment.nanoseconds % 1_000 != 0
        fitsNanoseconds = fitsNanoseconds && moment.count(of: .nanosecond) != nil
      default: break
      }
    }
    switch kind {
    case .decimal:
      return scale + digits <= 38
        ? .decimal128(precision: 38, scale: scale)
        : .decimal256(precision: 76, scale: min(scale, 76))
    case .time: return .time64(needsNanoseconds ? .nanosecond : .microsecond)
    default:
      if needsNanoseconds, !fitsNanoseconds { return .wideTimestamp(digits: 9, zone: nil) }
      return .timestamp(needsNanoseconds ? .nanosecond : .microsecond, zone: nil)
    }
  }
}
