import TernCore

/// The format strings of the Arrow C data interface.
///
/// Source: Arrow specification, "The Arrow C data interface", "Data type description".
enum ArrowFormat {
  /// The string of a type that Arrow has; nil for wide timestamps, which export narrows first.
  static func string(_ type: DataType) -> String? {
    switch type {
    case .null: "n"
    case .bool: "b"
    case .int8: "c"
    case .uint8: "C"
    case .int16: "s"
    case .uint16: "S"
    case .int32: "i"
    case .uint32: "I"
    case .int64: "l"
    case .uint64: "L"
    case .float32: "f"
    case .float64: "g"
    case .decimal128(let precision, let scale): "d:\(precision),\(scale)"
    case .decimal256(let precision, let scale): "d:\(precision),\(scale),256"
    case .utf8: "u"
    case .largeUtf8: "U"
    case .binary: "z"
    case .largeBinary: "Z"
    case .fixedSizeBinary(let byteCount): "w:\(byteCount)"
    case .date32: "tdD"
    case .time32(let unit), .time64(let unit): "tt\(letter(unit))"
    case .timestamp(let unit, let zone): "ts\(letter(unit)):\(zone ?? "")"
    case .duration(let unit): "tD\(letter(unit))"
    case .intervalMonths: "tiM"
    case .intervalMonthDayNano: "tin"
    case .list: "+l"
    case .fixedSizeList(_, let count): "+w:\(count)"
    case .structure: "+s"
    case .map: "+m"
    case .wideTimestamp: nil
    }
  }

  /// The type that a string names, given the fields inside; throws `.unsupported` for one that
  /// Tern does not hold, even by conversion.
  static func type(_ format: String, _ children: [Field]) throws(TernError) -> DataType {
    if let plain = plainType(format) { return plain }
    if format.hasPrefix("+") { return try nested(format, children) }
    let parts = format.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let detail = parts.count > 1 ? String(parts[1]) : ""
    switch parts[0] {
    case "d": if let decimal = decimal(detail) { return decimal }
    case "w":
      if let count = Int(detail), 0...(1 << 20) ~= count {
        return .fixedSizeBinary(count)
      }
    case "tss", "tsm", "tsu", "tsn":
      if let unit = unit(format, at: 2) {
        return .timestamp(unit, zone: detail.isEmpty ? nil : detail)
      }
    default: break
    }
    throw unsupported(format)
  }

  /// `precision,scale` and maybe `,bits`. The scale is bounded, since it is a count of digits to
  /// write.
  private static func decimal(_ detail: String) -> DataType? {
    let numbers = detail.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard 2...3 ~= numbers.count, let precision = numbers[0], let scale = numbers[1],
      -76...76 ~= scale
    else { return nil }
    switch numbers.count == 3 ? numbers[2] : 128 {
    case 128 where 1...38 ~= precision: return .decimal128(precision: precision, scale: scale)
    case 256 where 1...76 ~= precision: return .decimal256(precision: precision, scale: scale)
    default: return nil
    }
  }

  private static func nested(
    _ format: String, _ children: [Field]
  ) throws(TernError) -> DataType {
    if format == "+s" { return .structure(children) }
    guard children.count == 1 else {
      throw .usage("an Arrow list or map has \(children.count) children")
    }
    if format == "+l" { return .list(children[0]) }
    if format == "+m" { return .map(children[0]) }
    if format.hasPrefix("+w:"), let count = Int(format.dropFirst(3)), 0...(1 << 20) ~= count {
      return .fixedSizeList(children[0], count: count)
    }
    throw unsupported(format)
  }

  private static func unsupported(_ format: String) -> TernError {
    .unsupported("Arrow data of format \"\(format.prefix(40))\" is not supported")
  }

  /// The types whose string has no details.
  private static func plainType(_ format: String) -> DataType? {
    switch format {
    case "n": .null
    case "b": .bool
    case "c": .int8
    case "C": .uint8
    case "s": .int16
    case "S": .uint16
    case "i": .int32
    case "I": .uint32
    case "l": .int64
    case "L": .uint64
    case "f": .float32
    case "g": .float64
    case "u": .utf8
    case "U": .largeUtf8
    case "z": .binary
    case "Z": .largeBinary
    case "tdD": .date32
    // Milliseconds since 1970 as a date: the same bits as a timestamp.
    case "tdm": .timestamp(.millisecond, zone: nil)
    case "tts": .time32(.second)
    case "ttm": .time32(.millisecond)
    case "ttu": .time64(.microsecond)
    case "ttn": .time64(.nanosecond)
    case "tDs": .duration(.second)
    case "tDm": .duration(.millisecond)
    case "tDu": .duration(.microsecond)
    case "tDn": .duration(.nanosecond)
    case "tiM": .intervalMonths
    case "tin": .intervalMonthDayNano
    default: nil
    }
  }

  private static func letter(_ unit: TimeUnit) -> String {
    switch unit {
    case .second: "s"
    case .millisecond: "m"
    case .microsecond: "u"
    case .nanosecond: "n"
    }
  }

  private static func unit(_ format: String, at index: Int) -> TimeUnit? {
    switch format.dropFirst(index).first {
    case "s": .second
    case "m": .millisecond
    case "u": .microsecond
    case "n": .nanosecond
    default: nil
    }
  }
}
