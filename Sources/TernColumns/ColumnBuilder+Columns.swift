public import TernCore

// Whole columns of foreign streams, one tight loop for each pair of types that occurs.
extension ColumnBuilder {
  /// Appends the values of `column`, converted to the builder's type exactly.
  ///
  /// Whatever the column's type is: values that have no quick way go one by one.
  /// - Throws: `.data` for a value that does not convert; the builder is then of no further use.
  public func append(_ column: Column, _ form: ArrowForm = ArrowForm()) throws(TernError) {
    guard column.count > 0 else { return }
    if let nested = form.nested, !column.type.children.isEmpty {
      return try append(textsOf: column, as: nested, form)
    }
    if try appendQuickly(column, form) { return }
    for row in 0..<column.count {
      if column.isNullUnchecked(row) {
        try appendNull()
      } else {
        try appendValue(of: column, at: row, form)
      }
    }
  }

  /// False if there is no quick way, or a value needs to be looked at; nothing was appended then.
  private func appendQuickly(_ column: Column, _ form: ArrowForm) throws(TernError) -> Bool {
    switch type {
    case .decimal128(_, let scale):
      if case .decimal128(_, scale) = column.type { return try copyFixed(column) }
      guard scale == form.digits else { return false }
      return try widen(column, to: Int128.self)
    case .int64:
      guard form.digits == 0 else { return false }
      return try widen(column, to: Int64.self)
    case .utf8, .binary: return column.type == type ? try copyBytes(column) : false
    case .bool: return column.type == .bool ? try copyBits(column) : false
    case .time32(let unit): return try scale(column, form, unit, to: Int32.self)
    case .time64(let unit), .duration(let unit):
      return try scale(column, form, unit, to: Int64.self)
    case .timestamp(let unit, _):
      if case .structure = column.type { return try appendMoments(column, form, unit) }
      return try scale(column, form, unit, to: Int64.self)
    case .wideTimestamp:
      if case .structure = column.type { return try appendMoments(column, form, nil) }
      return try appendWide(column, form)
    case .list, .map, .fixedSizeList, .structure:
      return ColumnLayout(column.type) == layout ? try appendNested(column, form) : false
    case .null, .int8, .int16, .int32, .uint8, .uint16, .uint32, .uint64, .float32, .float64,
      .decimal256, .date32, .intervalMonths, .intervalMonthDayNano, .largeUtf8, .largeBinary,
      .fixedSizeBinary:
      return column.type == type ? try copyFixed(column) : false
    }
  }

  // MARK: - Copies

  private func copyFixed(_ column: Column) throws(TernError) -> Bool {
    guard case .fixed(let width) = layout else { return false }
    let (start, byteCount) = (column.offset * width, column.count * width)
    guard let source = column.values, start + byteCount <= source.byteCount else { return false }
    // Sound: just compared with the buffer's length; copied while the column lives.
    try unsafe values.append(
      UnsafeRawBufferPointer(start: source.baseAddress + start, count: byteCount))
    try appended(column)
    return true
  }

  private func copyBits(_ column: Column) throws(TernError) -> Bool {
    guard let source = column.values, (column.offset + column.count + 7) / 8 <= source.byteCount
    else { return false }
    let missing = (count + column.count + 7) / 8 - values.count
    if missing > 0 { try values.append(repeating: 0, byteCount: missing) }
    guard let start = unsafe values.start else { return false }
    for row in 0..<column.count {
      let (from, to) = (column.offset + row, count + row)
      // Sound: both bits are inside their bytes, which were counted above. Only new bits are set,
      // and they were zero.
      guard unsafe source.bytes[from >> 3] >> UInt8(from & 7) & 1 == 1 else { continue }
      let byte = unsafe start.load(fromByteOffset: to >> 3, as: UInt8.self)
      unsafe start.storeBytes(
        of: byte | 1 << UInt8(to & 7), toByteOffset: to >> 3, as: UInt8.self)
    }
    try appended(column)
    return true
  }

  private func copyBytes(_ column: Column) throws(TernError) -> Bool {
    guard let offsets = unsafe column.offsets(as: Int32.self) else { return false }
    let (first, last) = unsafe (Int(offsets[0]), Int(offsets[column.count]))
    guard first >= 0, last >= first, last <= column.data?.byteCount ?? 0 else { return false }
    try checkData(last - first)
    if values.count == 0 { try values.append(Int32(0)) }
    let target = unsafe try values.reserve(column.count * 4)
    let shift = Int32(truncatingIfNeeded: data.count - first)
    for row in 0..<column.count {
      // Sound: `offsets` has one more than the column; `reserve` made room for as many. Offsets do
      // not fall, and their ends were checked, so no sum passes 31 bits.
      unsafe target.storeBytes(
        of: offsets[row + 1] &+ shift, toByteOffset: 4 * row, as: Int32.self)
    }
    if let source = column.data {
      try unsafe data.append(
        UnsafeRawBufferPointer(start: source.baseAddress + first, count: last - first))
    }
    values.count += column.count * 4
    try appended(column)
    return true
  }

  // MARK: - Numbers

  private func widen<Stored: FixedWidthInteger & BitwiseCopyable>(
    _ column: Column, to stored: Stored.Type
  ) throws(TernError) -> Bool {
    switch column.type {
    case .int8:
      try convert(column, Int8.self, to: stored) { (Stored(truncatingIfNeeded: $0), true) }
    case .int16:
      try convert(column, Int16.self, to: stored) { (Stored(truncatingIfNeeded: $0), true) }
    case .int32:
      try convert(column, Int32.self, to: stored) { (Stored(truncatingIfNeeded: $0), true) }
    case .int64:
      try convert(column, Int64.self, to: stored) { (Stored(truncatingIfNeeded: $0), true) }
    default: false
    }
  }

  /// Counts of units of `form.digits`, or of a time or timestamp's own unit, as counts of `unit`.
  private func scale<Stored: FixedWidthInteger & BitwiseCopyable>(
    _ column: Column, _ form: ArrowForm, _ unit: TimeUnit, to stored: Stored.Type
  ) throws(TernError) -> Bool {
    let own: Int
    switch column.type {
    case .int8, .int16, .int32, .int64: own = form.digits
    case .time32(let unit), .time64(let unit), .timestamp(let unit, _), .duration(let unit):
      own = unit.fractionDigits
    default: return false
    }
    let digits = unit.fractionDigits - own
    guard 0...9 ~= digits else { return false }
    let factor = Int64(PowersOfTen.word(digits))
    switch ColumnLayout(column.type) {
    case .fixed(1): return try multiply(column, Int8.self, by: factor, to: stored)
    case .fixed(2): return try multiply(column, Int16.self, by: factor, to: stored)
    case .fixed(4): return try multiply(column, Int32.self, by: factor, to: stored)
    default: return try multiply(column, Int64.self, by: factor, to: stored)
    }
  }

  private func multiply<
    Given: FixedWidthInteger & BitwiseCopyable, Stored: FixedWidthInteger & BitwiseCopyable
  >(
    _ column: Column, _ given: Given.Type, by factor: Int64, to stored: Stored.Type
  ) throws(TernError) -> Bool {
    try convert(column, given, to: stored) { value in
      let (product, isOver) = Int64(value).multipliedReportingOverflow(by: factor)
      let narrow = Stored(truncatingIfNeeded: product)
      return (narrow, !isOver && Int64(narrow) == product)
    }
  }

  /// The loop over values of one width; false, with nothing appended, if one does not fit.
  @inline(__always)
  func convert<Given: BitwiseCopyable, Stored: BitwiseCopyable>(
    _ column: Column, _ given: Given.Type, to stored: Stored.Type,
    _ body: (Given) -> (value: Stored, isExact: Bool)
  ) throws(TernError) -> Bool {
    guard let source = unsafe column.values(as: Given.self) else { return false }
    let size = MemoryLayout<Stored>.size
    let target = unsafe try values.reserve(column.count * size)
    var isExact = true
    for row in 0..<column.count {
      // Sound: `values(as:)` has as many as the column, and `reserve` made room for them.
      let converted = unsafe body(source[row])
      isExact = isExact && converted.isExact
      unsafe target.storeBytes(of: converted.value, toByteOffset: row &* size, as: Stored.self)
    }
    // What lies under a NULL may be anything: the slow way looks.
    guard isExact else { return false }
    values.count += column.count * size
    try appended(column)
    return true
  }

  /// Takes note of values that were stored, and of the NULLs among them.
  func appended(_ column: Column) throws(TernError) {
    try validity.append(column, at: count)
    count += column.count
  }
}

extension ValidityBuilder {
  /// Marks the NULLs of a column whose first value gets that index.
  mutating func append(_ column: Column, at first: Int) throws(TernError) {
    guard column.nullCount > 0, let bits = column.validity else { return }
    var row = 0
    while row < column.count {
      let index = column.offset + row
      // Sound: a column has as many bits as values.
      if index & 7 == 0, row + 8 <= column.count, unsafe bits.bytes[index >> 3] == 0xFF {
        row += 8
        continue
      }
      if unsafe bits.bytes[index >> 3] >> UInt8(index & 7) & 1 == 0 {
        try setNull(at: first + row)
      }
      row += 1
    }
  }
}
