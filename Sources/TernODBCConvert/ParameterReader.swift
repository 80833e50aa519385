import TernColumns

/// Reads one value of a C type from the application's memory.
struct ParameterReader {
  let target: CTarget
  let numericScale: Int16?
  let secondsPrecision: Int

  /// The value, or why it is none.
  func read(at address: UInt, byteCount: Int) -> (ParameterValue?, ConversionOutcome) {
    switch target {
    case .char:
      let bytes = unsafe TargetMemory.bytes(at: address, count: byteCount)
      // Sound: read before the call returns, while the application keeps the buffer.
      guard unsafe String(validating: bytes, as: UTF8.self) != nil else {
        return (nil, .invalidCast)
      }
      return (.text(unsafe Array(bytes)), .exact)
    case .wchar: return (.text(UTF16Text.narrowed(at: address, byteCount: byteCount)), .exact)
    case .binary:
      return (.bytes(unsafe Array(TargetMemory.bytes(at: address, count: byteCount))), .exact)
    case .bit:
      guard let bit = TargetMemory.load(UInt8.self, at: address), bit < 2 else {
        return (nil, .numberOutOfRange)
      }
      return (.number(DecimalValue(unscaled: Int128(bit))), .exact)
    case .int8: return integer(Int8.self, address)
    case .uint8: return integer(UInt8.self, address)
    case .int16: return integer(Int16.self, address)
    case .uint16: return integer(UInt16.self, address)
    case .int32: return integer(Int32.self, address)
    case .uint32: return integer(UInt32.self, address)
    case .int64: return integer(Int64.self, address)
    case .uint64: return integer(UInt64.self, address)
    case .float: return (.double(Double(TargetMemory.load(Float.self, at: address) ?? 0)), .exact)
    case .double: return (.double(TargetMemory.load(Double.self, at: address) ?? 0), .exact)
    case .numeric:
      guard let value = NumericStructure.load(at: address, scale: numericScale) else {
        return (nil, .numberOutOfRange)
      }
      return (.number(value), .exact)
    case .date, .time, .timestamp: return moment(address)
    case .guid: return (GUIDStructure(at: address).map { .guid($0) }, .corrupt)
    case .interval(let kind): return interval(kind, address)
    }
  }

  private func integer<Stored: FixedWidthInteger & BitwiseCopyable>(
    _ type: Stored.Type, _ address: UInt
  ) -> (ParameterValue?, ConversionOutcome) {
    guard let value = TargetMemory.load(type, at: address) else { return (nil, .nullArgument) }
    return (.number(DecimalValue(unscaled: Int128(value))), .exact)
  }

  private func moment(_ address: UInt) -> (ParameterValue?, ConversionOutcome) {
    switch target {
    case .date:
      guard let days = Self.days(address) else { return (nil, .invalidDatetime) }
      return (.date(days: days), .exact)
    case .time:
      guard let seconds = Self.secondOfDay(address) else { return (nil, .invalidDatetime) }
      return (.time(seconds: seconds, nanoseconds: 0), .exact)
    default:
      guard let days = Self.days(address), let seconds = Self.secondOfDay(address &+ 6),
        let fraction = TargetMemory.load(UInt32.self, at: address &+ 12),
        fraction < 1_000_000_000
      else { return (nil, .invalidDatetime) }
      return (
        .timestamp(
          WideTimestamp(seconds: days * 86_400 + seconds, nanoseconds: Int32(fraction))), .exact
      )
    }
  }

  private static func days(_ address: UInt) -> Int64? {
    guard let year = TargetMemory.load(Int16.self, at: address),
      let month = TargetMemory.load(UInt16.self, at: address &+ 2),
      let day = TargetMemory.load(UInt16.self, at: address &+ 4)
    else { return nil }
    let date = CivilDate(year: Int(year), month: Int(month), day: Int(day))
    return date.isValid ? Int64(date.days) : nil
  }

  private static func secondOfDay(_ address: UInt) -> Int64? {
    guard let hour = TargetMemory.load(UInt16.self, at: address), hour < 24,
      let minute = TargetMemory.load(UInt16.self, at: address &+ 2), minute < 60,
      let second = TargetMemory.load(UInt16.self, at: address &+ 4), second < 60
    else { return nil }
    return (Int64(hour) * 60 + Int64(minute)) * 60 + Int64(second)
  }

  /// The structure's own kind counts; fields that it does not have are ignored.
  private func interval(
    _ bound: IntervalKind, _ address: UInt
  ) -> (ParameterValue?, ConversionOutcome) {
    guard let code = TargetMemory.load(Int32.self, at: address),
      let kind = Int16(exactly: code).flatMap({ IntervalKind(rawValue: $0) }),
      kind.isMonths == bound.isMonths,
      let sign = TargetMemory.load(Int16.self, at: address &+ 4)
    else { return (nil, .invalidDatetime) }
    let fields = (0..<5).map { index in
      Int128(TargetMemory.load(UInt32.self, at: address &+ 8 &+ UInt(index * 4)) ?? 0)
    }
    if kind.isMonths {
      let total = (kind == .month ? 0 : fields[0] * 12) + (kind == .year ? 0 : fields[1])
      return (.interval(.months(Int64(sign == 0 ? total : -total)), kind), .exact)
    }
    let lengths: [Int128] = [86_400, 3_600, 60, 1]
    var total: Int128 = 0
    for index in Int(kind.leading.rawValue) - 3...Int(kind.trailing.rawValue) - 3 {
      total += fields[index] * lengths[index] * 1_000_000_000
    }
    if kind.trailing == .second {
      total += fields[4] * DecimalPower.wide(9 - min(max(secondsPrecision, 0), 9))
    }
    return (.interval(.nanoseconds(sign == 0 ? total : -total), kind), .exact)
  }
}
