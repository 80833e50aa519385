import TernColumns

// Booleans, integers and doubles into C types.
extension ColumnConverter {
  func bool(_ column: Column, _ job: FetchJob) {
    guard let bits = SourceBits(values: column) else { return job.refuse(.corrupt) }
    switch target {
    case .char, .wchar:
      if request.isBooleanText {
        return ascii(job) { row, text in text.append(bits[row] ? "true" : "false") }
      }
      ascii(job) { row, text in text.append(bits[row] ? "1" : "0") }
    case .binary: native(column, job, as: CType.bit)
    default: number(column, job) { row in bits[row] ? 1 : 0 as UInt8 }
    }
  }

  func integers(_ column: Column, _ job: FetchJob) {
    switch column.type {
    case .int8: integers(column, job, Int8.self, CType.stinyint)
    case .int16: integers(column, job, Int16.self, CType.sshort)
    case .int32: integers(column, job, Int32.self, CType.slong)
    case .int64: integers(column, job, Int64.self, CType.sbigint)
    case .uint8: integers(column, job, UInt8.self, CType.utinyint)
    case .uint16: integers(column, job, UInt16.self, CType.ushort)
    case .uint32: integers(column, job, UInt32.self, CType.ulong)
    case .uint64: integers(column, job, UInt64.self, CType.ubigint)
    default: job.refuse(.corrupt)
    }
  }

  @inline(__always)
  private func integers<Source: FixedWidthInteger & BitwiseCopyable>(
    _ column: Column, _ job: FetchJob, _ type: Source.Type, _ native: Int16
  ) {
    guard let cells = SourceCells<Source>(column) else { return job.refuse(.corrupt) }
    switch target {
    case .char, .wchar:
      ascii(job) { row, text in
        let value = cells[row]
        text.prepend(UInt64(truncatingIfNeeded: value.magnitude), digitCountMin: 1)
        if value < 0 { text.prepend(UInt8(ascii: "-")) }
      }
    case .binary: self.native(column, job, as: native)
    default: number(column, job) { row in cells[row] }
    }
  }

  /// A whole number into any numeric C type; the type as which it is stored is copied.
  @inline(__always)
  private func number<Source: FixedWidthInteger & BitwiseCopyable>(
    _ column: Column, _ job: FetchJob, _ read: (Int) -> Source
  ) {
    switch target {
    case .bit:
      job.fixed(1) { row, address in
        guard let bit = UInt8(exactly: read(row)), bit < 2 else { return .numberOutOfRange }
        TargetMemory.store(bit, at: address)
        return .exact
      }
    case .int8: whole(column, job, Int8.self, read)
    case .uint8: whole(column, job, UInt8.self, read)
    case .int16: whole(column, job, Int16.self, read)
    case .uint16: whole(column, job, UInt16.self, read)
    case .int32: whole(column, job, Int32.self, read)
    case .uint32: whole(column, job, UInt32.self, read)
    case .int64: whole(column, job, Int64.self, read)
    case .uint64: whole(column, job, UInt64.self, read)
    case .float:
      job.fixed(4) { row, address in
        TargetMemory.store(Float(read(row)), at: address)
        return .exact
      }
    case .double:
      job.fixed(8) { row, address in
        TargetMemory.store(Double(read(row)), at: address)
        return .exact
      }
    default:
      decimal(column, job) { row in (DecimalValue(unscaled: Int128(read(row))), .exact) }
    }
  }

  @inline(__always)
  private func whole<
    Source: FixedWidthInteger & BitwiseCopyable, Stored: FixedWidthInteger & BitwiseCopyable
  >(
    _ column: Column, _ job: FetchJob, _ type: Stored.Type, _ read: (Int) -> Source
  ) {
    if Source.self == Stored.self, let cells = SourceCells<Stored>(column),
      family == .integer
    {
      return job.copy(cells)
    }
    job.fixed(MemoryLayout<Stored>.size) { row, address in
      guard let value = Stored(exactly: read(row)) else { return .numberOutOfRange }
      TargetMemory.store(value, at: address)
      return .exact
    }
  }

  func doubles(_ column: Column, _ job: FetchJob) {
    if column.type == .float32 {
      guard let cells = SourceCells<Float>(column) else { return job.refuse(.corrupt) }
      if target == .float { return job.copy(cells) }
      if target == .char || target == .wchar { return rendered(column, job) }
      if target == .binary { return native(column, job, as: CType.float) }
      return approximate(column, job) { row in Double(cells[row]) }
    }
    guard let cells = SourceCells<Double>(column) else { return job.refuse(.corrupt) }
    if target == .double { return job.copy(cells) }
    if target == .char || target == .wchar { return rendered(column, job) }
    if target == .binary { return native(column, job, as: CType.double) }
    approximate(column, job) { row in cells[row] }
  }

  @inline(__always)
  private func approximate(_ column: Column, _ job: FetchJob, _ read: (Int) -> Double) {
    switch target {
    case .float, .double: real(column, job) { row in (read(row), .exact) }
    case .numeric:
      decimal(column, job) { row in
        var text: [UInt8] = []
        NumberText.append(read(row), to: &text)
        guard let value = DecimalValue(parsing: text.span) else { return (nil, .numberOutOfRange) }
        return (value, .exact)
      }
    default:
      truncating(column, job) { row in
        let value = read(row)
        let whole = value.rounded(.towardZero)
        // Every integer type of C fits; NaN and the infinities do not convert.
        guard let exact = Int128(exactly: whole) else { return (0, .numberOutOfRange) }
        return (exact, whole == value ? .exact : .fractionTruncated)
      }
    }
  }

  /// A double into `SQL_C_DOUBLE` or `SQL_C_FLOAT`: only a float can overflow.
  @inline(__always)
  func real(_ column: Column, _ job: FetchJob, _ read: (Int) -> (Double, ConversionOutcome)) {
    if target == .double {
      return job.fixed(8) { row, address in
        let (value, outcome) = read(row)
        if !outcome.isError { TargetMemory.store(value, at: address) }
        return outcome
      }
    }
    job.fixed(4) { row, address in
      let (value, outcome) = read(row)
      let narrow = Float(value)
      if outcome.isError { return outcome }
      guard narrow.isFinite || !value.isFinite else { return .numberOutOfRange }
      TargetMemory.store(narrow, at: address)
      return outcome
    }
  }

  /// A number already cut to a whole one, into an integer C type or a bit.
  @inline(__always)
  func truncating(_ column: Column, _ job: FetchJob, _ read: (Int) -> (Int128, ConversionOutcome)) {
    switch target {
    case .bit:
      job.fixed(1) { row, address in
        let (value, outcome) = read(row)
        if outcome.isError { return outcome }
        guard value == 0 || value == 1 else { return .numberOutOfRange }
        TargetMemory.store(UInt8(truncatingIfNeeded: value), at: address)
        return outcome
      }
    case .int8: store(column, job, Int8.self, read)
    case .uint8: store(column, job, UInt8.self, read)
    case .int16: store(column, job, Int16.self, read)
    case .uint16: store(column, job, UInt16.self, read)
    case .int32: store(column, job, Int32.self, read)
    case .uint32: store(column, job, UInt32.self, read)
    case .int64: store(column, job, Int64.self, read)
    case .uint64: store(column, job, UInt64.self, read)
    default: job.refuse(.restrictedType)
    }
  }

  @inline(__always)
  private func store<Stored: FixedWidthInteger & BitwiseCopyable>(
    _ column: Column, _ job: FetchJob, _ type: Stored.Type,
    _ read: (Int) -> (Int128, ConversionOutcome)
  ) {
    job.fixed(MemoryLayout<Stored>.size) { row, address in
      let (value, outcome) = read(row)
      if outcome.isError { return outcome }
      guard let exact = Stored(exactly: value) else { return .numberOutOfRange }
      TargetMemory.store(exact, at: address)
      return outcome
    }
  }
}
