public import TernCore

// One value at a time, checked: row cursors and everything that is not a hot loop. A NULL has no
// value (22002): ask `isNull(at:)` first.
extension Column {
  /// Whether the value is NULL.
  public func isNull(at row: Int) throws(TernError) -> Bool {
    guard row >= 0, row < count else {
      throw .usage("row \(row) of a batch of \(count) rows")
    }
    return isNullUnchecked(row)
  }

  /// A Boolean; also from the numbers and texts 0, 1, true and false.
  public func bool(at row: Int) throws(TernError) -> Bool {
    if type == .bool {
      try check(row)
      return try bit(at: row)
    }
    if isText, let value = JSONWords.bool(try text(at: row)) { return value }
    switch try int64(at: row) {
    case 0: return false
    case 1: return true
    default: throw valueError("is not 0 or 1", .numberOutOfRange)
    }
  }

  /// A whole number; decimals, doubles and texts only if they are one.
  public func int64(at row: Int) throws(TernError) -> Int64 {
    if let value = try integer(at: row) { return value }
    if case .uint64 = type {
      guard let value = Int64(exactly: try load(row, UInt64.self)) else {
        throw valueError("does not fit a signed 64-bit integer", .numberOutOfRange)
      }
      return value
    }
    let whole = try wholeNumber(at: row)
    guard let value = whole.flatMap({ Int64(exactly: $0) }) else {
      throw valueError("does not fit a signed 64-bit integer", .numberOutOfRange)
    }
    return value
  }

  /// A whole number that is not negative; otherwise as `int64(at:)`.
  public func uint64(at row: Int) throws(TernError) -> UInt64 {
    if case .uint64 = type { return try load(row, UInt64.self) }
    let value: Int128?
    if let own = try integer(at: row) {
      value = Int128(own)
    } else {
      value = try wholeNumber(at: row)
    }
    guard let value = value.flatMap({ UInt64(exactly: $0) }) else {
      throw valueError("does not fit an unsigned 64-bit integer", .numberOutOfRange)
    }
    return value
  }

  /// The nearest double of any number, or of a text that is one.
  public func double(at row: Int) throws(TernError) -> Double {
    switch type {
    case .float64: return try load(row, Double.self)
    case .float32: return Double(try load(row, Float.self))
    case .uint64: return Double(try load(row, UInt64.self))
    case .utf8, .largeUtf8:
      guard let value = JSONWords.double(try text(at: row)) else {
        throw valueError("is not a number", .invalidCast)
      }
      return value
    default:
      if let value = try integer(at: row) { return Double(value) }
      return try decimal(at: row).double
    }
  }

  /// An exact decimal: from decimals, integers, Booleans, texts, and doubles by their shortest
  /// text.
  public func decimal(at row: Int) throws(TernError) -> DecimalValue {
    switch type {
    case .decimal128(_, let scale):
      return DecimalValue(unscaled: try load(row, Int128.self), scale: scale)
    case .decimal256(_, let scale):
      let halves = try load(row, (UInt128, Int128).self)
      return DecimalValue(high: halves.1, low: halves.0, scale: scale)
    case .uint64: return DecimalValue(unscaled: Int128(try load(row, UInt64.self)))
    case .float32, .float64, .utf8, .largeUtf8:
      guard let value = DecimalValue(try text(at: row)) else {
        throw valueError("is not a decimal number", .invalidCast)
      }
      return value
    default:
      guard let value = try integer(at: row) else { throw typeError("decimal") }
      return DecimalValue(unscaled: Int128(value))
    }
  }

  /// Any value as canonical text; see `appendText(at:to:)`.
  public func text(at row: Int) throws(TernError) -> String {
    var bytes: [UInt8] = []
    try appendText(at: row, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The bytes of a binary or text value.
  public func bytes(at row: Int) throws(TernError) -> [UInt8] {
    try check(row)
    switch type {
    case .utf8, .largeUtf8, .binary, .largeBinary, .fixedSizeBinary: break
    default: throw typeError("bytes")
    }
    // Sound: copied before the column can go away.
    guard let bytes = unsafe rawBytes(at: row) else { throw corrupt }
    return unsafe Array(bytes)
  }

  /// The elements of a list or map value as a column of their own.
  public func list(at row: Int) throws(TernError) -> Column {
    try check(row)
    guard let child = children.first else { throw typeError("list") }
    if case .fixedSizeList(_, let size) = type {
      return try child.slice((offset + row) * size, count: size)
    }
    guard let offsets = unsafe offsets(as: Int32.self) else { throw typeError("list") }
    // Sound: `check` proved that row and row + 1 are inside.
    let (start, end) = unsafe (Int(offsets[row]), Int(offsets[row + 1]))
    return try child.slice(start, count: end - start)
  }
}

extension Column {
  var isText: Bool { type == .utf8 || type == .largeUtf8 }

  /// The buffers are shorter than the column claims; builders and imports rule that out.
  var corrupt: TernError { .internal("a \(type) column has short buffers") }

  /// Throws unless `row` is inside and not NULL.
  func check(_ row: Int) throws(TernError) {
    guard try !isNull(at: row) else {
      throw .data("the value is NULL", .indicatorNeeded)
    }
  }

  /// A fixed-width value that is not NULL.
  func load<Stored: BitwiseCopyable>(
    _ row: Int, _ stored: Stored.Type
  ) throws(TernError) -> Stored {
    try check(row)
    let byteWidth = MemoryLayout<Stored>.size
    guard let values, (offset + row + 1) * byteWidth <= values.byteCount else { throw corrupt }
    // Sound: just checked against the buffer's length.
    return unsafe values.bytes.loadUnaligned(
      fromByteOffset: (offset + row) * byteWidth, as: Stored.self)
  }

  /// The bit of a Boolean value.
  func bit(at row: Int) throws(TernError) -> Bool {
    guard let values, (offset + row) / 8 < values.byteCount else { throw corrupt }
    // Sound: just checked against the buffer's length.
    return unsafe values.bytes[(offset + row) >> 3] >> UInt8((offset + row) & 7) & 1 == 1
  }

  /// What a getter says when the column holds another kind of value.
  func typeError(_ what: String) -> TernError {
    .data("a column of type \(type) has no \(what)", .restrictedType)
  }

  /// What a getter says when the value is of the right kind but does not convert.
  /// Where it stands is known to the caller.
  func valueError(_ what: String, _ state: SQLState) -> TernError {
    .data("the \(type) value \(what)", state)
  }

  /// The stored integer of integer-like types, nil for all others.
  func integer(at row: Int) throws(TernError) -> Int64? {
    switch type {
    case .int8: return Int64(try load(row, Int8.self))
    case .int16: return Int64(try load(row, Int16.self))
    case .int32, .date32, .time32, .intervalMonths: return Int64(try load(row, Int32.self))
    case .int64, .time64, .timestamp, .duration: return try load(row, Int64.self)
    case .uint8: return Int64(try load(row, UInt8.self))
    case .uint16: return Int64(try load(row, UInt16.self))
    case .uint32: return Int64(try load(row, UInt32.self))
    case .bool:
      try check(row)
      return try bit(at: row) ? 1 : 0
    case .null, .uint64, .float32, .float64, .decimal128, .decimal256, .wideTimestamp,
      .intervalMonthDayNano, .utf8, .binary, .largeUtf8, .largeBinary, .fixedSizeBinary, .list,
      .fixedSizeList, .structure, .map:
      try check(row)
      return nil
    }
  }

  private func wholeNumber(at row: Int) throws(TernError) -> Int128? {
    switch type {
    case .float32, .float64: return Int128(exactly: try double(at: row))
    case .decimal128, .decimal256, .utf8, .largeUtf8:
      let (whole, isExact) = try decimal(at: row).truncated(to: 0)
      return isExact ? whole.unscaled : nil
    default: throw typeError("whole number")
    }
  }
}
