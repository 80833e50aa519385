import TernColumns

/// A column of the current batch as raw addresses, checked once for the whole batch.
@safe struct CellSource {
  /// Which of `tern_type` the column is; the same for every batch.
  let typeNumber: Int32
  /// How to read; `other` where the buffers are not what the type promises.
  var kind = CellKind.other
  /// Bits of validity, nil when nothing is NULL.
  private var validity: UnsafePointer<UInt8>?
  private var values: UnsafeRawPointer?
  private var data: UnsafeRawPointer?
  private var dataByteCount = 0
  private var offset = 0
  /// Digits after the point of decimals.
  private(set) var scale = 0
  /// Units in a second of timestamps.
  private var unitsPerSecond: Int64 = 1
  /// Digits of a second's fraction that timestamps have.
  private var fractionDigits = 0
  /// Whether timestamps have a zone.
  private var hasZone = false
  /// Memory for the text of one cell, kept from row to row.
  private var scratch: UnsafeMutablePointer<CChar>?
  private var scratchByteCount = 0

  init(typeNumber: Int32) { self.typeNumber = typeNumber }

  /// Points at the buffers of `column`, which the caller keeps alive.
  mutating func point(at column: Column) {
    let wanted = CellKind(column.type)
    let count = wanted.valueCount(column.offset + column.count)
    let values = column.values
    kind = wanted
    if wanted == .bool {
      if (count + 7) / 8 > values?.byteCount ?? 0 { kind = .other }
    } else if wanted.byteWidth * count > values?.byteCount ?? 0 {
      kind = .other
    }
    if column.type == .null { kind = .other }
    if let bits = column.validity, (column.offset + column.count + 7) / 8 > bits.byteCount {
      kind = .other
    }
    if case .decimal128(_, let digits) = column.type { scale = digits }
    if case .timestamp(let unit, let zone) = column.type {
      unitsPerSecond = unit.perSecond
      (fractionDigits, hasZone) = (unit.fractionDigits, zone != nil)
    }
    if case .wideTimestamp(let digits, let zone) = column.type {
      (fractionDigits, hasZone) = (digits, zone != nil)
    }
    // Sound: the batch that owns the buffers is held beside this struct, and lengths were checked.
    unsafe validity =
      kind == .other
      ? nil
      : column.validity.map {
        unsafe $0.baseAddress.assumingMemoryBound(to: UInt8.self)
      }
    unsafe self.values = values.map { unsafe $0.baseAddress }
    unsafe data = column.data.map { unsafe $0.baseAddress }
    dataByteCount = column.data?.byteCount ?? 0
    offset = column.offset
  }

  /// Whether the value is NULL; only when `kind` is not `other`.
  @inline(__always)
  func isNull(_ row: Int) -> Bool {
    guard let validity = unsafe validity else { return false }
    // Sound: `point` checked that the bits reach to the last row.
    return unsafe validity[(offset + row) >> 3] >> UInt8((offset + row) & 7) & 1 == 0
  }

  /// A fixed-width value; only when `kind` has this width and `row` is inside the batch.
  @inline(__always)
  func load<Stored: BitwiseCopyable>(_ row: Int, _ stored: Stored.Type) -> Stored? {
    // Sound: `point` checked that the values reach to the last row.
    unsafe values?.loadUnaligned(
      fromByteOffset: (offset + row) &* MemoryLayout<Stored>.size, as: Stored.self)
  }

  /// A bit of a Boolean column.
  @inline(__always)
  func bit(_ row: Int) -> Bool? {
    guard let byte = unsafe values?.load(fromByteOffset: (offset + row) >> 3, as: UInt8.self)
    else { return nil }
    return byte >> UInt8((offset + row) & 7) & 1 == 1
  }

  /// An integer of at most 64 bits; nil for other kinds and for what does not fit.
  @inline(__always)
  func integer(_ row: Int) -> Int64? {
    switch kind {
    case .int64: load(row, Int64.self)
    case .int32: load(row, Int32.self).map { Int64($0) }
    case .int16: load(row, Int16.self).map { Int64($0) }
    case .int8: load(row, Int8.self).map { Int64($0) }
    case .uint8: load(row, UInt8.self).map { Int64($0) }
    case .uint16: load(row, UInt16.self).map { Int64($0) }
    case .uint32: load(row, UInt32.self).map { Int64($0) }
    case .uint64: load(row, UInt64.self).flatMap { Int64(exactly: $0) }
    case .decimal128: scale == 0 ? load(row, Int128.self).flatMap { Int64(exactly: $0) } : nil
    default: nil
    }
  }

  /// An unsigned integer; nil for other kinds and for what does not fit.
  @inline(__always)
  func unsigned(_ row: Int) -> UInt64? {
    if kind == .uint64 { return load(row, UInt64.self) }
    return integer(row).flatMap { UInt64(exactly: $0) }
  }

  /// A double, or a number that becomes the nearest one without rounding twice.
  @inline(__always)
  func double(_ row: Int) -> Double? {
    if kind == .float64 { return load(row, Double.self) }
    guard kind == .decimal128, let unscaled = load(row, Int128.self),
      let whole = Int64(exactly: unscaled), whole.magnitude < 1 << 53
    else { return nil }
    // Both are exact, so that one division rounds once.
    return PowerOfTen.double(scale).map { Double(whole) / $0 }
  }

  /// A moment of a timestamp column.
  @inline(__always)
  func moment(_ row: Int) -> WideTimestamp? {
    if kind == .wideTimestamp { return load(row, WideTimestamp.self) }
    guard kind == .timestamp, let count = load(row, Int64.self) else { return nil }
    var (seconds, rest) = count.quotientAndRemainder(dividingBy: unitsPerSecond)
    if rest < 0 {
      seconds -= 1
      rest += unitsPerSecond
    }
    return WideTimestamp(
      seconds: seconds, nanoseconds: Int32(rest * (1_000_000_000 / unitsPerSecond)))
  }

  /// The bytes of a text or binary value, in place; nil for other kinds.
  @inline(__always)
  func bytes(_ row: Int) -> UnsafeRawBufferPointer? {
    let start: Int
    let end: Int
    switch kind {
    case .text32, .binary32:
      guard let first = load(row, Int32.self), let last = load(row + 1, Int32.self) else {
        return nil
      }
      (start, end) = (Int(first), Int(last))
    case .text64, .binary64:
      guard let first = load(row, Int64.self), let last = load(row + 1, Int64.self) else {
        return nil
      }
      (start, end) = (Int(first), Int(last))
    default: return nil
    }
    guard start >= 0, start <= end, end <= dataByteCount else { return nil }
    // Sound: just checked against the buffer's length.
    return unsafe UnsafeRawBufferPointer(start: data.map { unsafe $0 + start }, count: end - start)
  }

  /// The text of a value of the usual kinds with a NUL behind it, valid until the next one; nil
  /// where the column itself must write it. `row` is not NULL.
  mutating func text(_ row: Int) -> UnsafeBufferPointer<CChar>? {
    if kind == .text32 || kind == .text64 {
      guard let bytes = unsafe bytes(row) else { return nil }
      return unsafe UnsafeBufferPointer(start: terminated(bytes), count: bytes.count)
    }
    let start = unsafe room(ValueText.byteCountMax + 1)
    guard let count = unsafe write(row, UnsafeMutableRawPointer(start)) else { return nil }
    // Sound: there is room for the longest text and the NUL.
    unsafe start[count] = 0
    return unsafe UnsafeBufferPointer(start: start, count: count)
  }

  @inline(__always)
  private func write(_ row: Int, _ target: UnsafeMutableRawPointer) -> Int? {
    switch kind {
    case .decimal128:
      guard let value = load(row, Int128.self).flatMap({ Int64(exactly: $0) }) else { return nil }
      return unsafe ValueText.write(value, scale: scale, at: target)
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64:
      guard let value = integer(row) else { return nil }
      return unsafe ValueText.write(value, scale: 0, at: target)
    case .date32:
      guard let days = load(row, Int32.self) else { return nil }
      return unsafe ValueText.write(days: Int(days), at: target)
    case .timestamp, .wideTimestamp:
      guard let value = moment(row) else { return nil }
      return unsafe ValueText.write(
        value, digits: fractionDigits, showsOffset: hasZone, at: target)
    default: return nil
    }
  }

  /// A copy of `bytes` with a NUL behind it, valid until the next copy.
  mutating func terminated(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<CChar> {
    unsafe copy(bytes, room(bytes.count + 1))
  }

  /// Memory for so many bytes.
  @inline(__always)
  private mutating func room(_ byteCount: Int) -> UnsafeMutablePointer<CChar> {
    if let scratch = unsafe scratch, byteCount <= scratchByteCount { return unsafe scratch }
    unsafe scratch?.deallocate()
    scratchByteCount = max(80, byteCount + byteCount / 2)
    let next = UnsafeMutablePointer<CChar>.allocate(capacity: scratchByteCount)
    unsafe scratch = next
    return unsafe next
  }

  /// Gives the memory back.
  mutating func free() {
    unsafe scratch?.deallocate()
    unsafe scratch = nil
    scratchByteCount = 0
  }

  @inline(__always)
  private func copy(
    _ bytes: UnsafeRawBufferPointer, _ scratch: UnsafeMutablePointer<CChar>
  ) -> UnsafePointer<CChar> {
    // Sound: the memory is at least one byte longer than `bytes`.
    if let source = bytes.baseAddress {
      unsafe UnsafeMutableRawPointer(scratch).copyMemory(from: source, byteCount: bytes.count)
    }
    unsafe scratch[bytes.count] = 0
    return unsafe UnsafePointer(scratch)
  }
}
