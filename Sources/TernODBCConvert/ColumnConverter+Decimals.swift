import TernColumns

// Decimals into C types, and any exact number into the numeric structure or an interval.
extension ColumnConverter {
  func decimals(_ column: Column, _ job: FetchJob) {
    guard case .decimal128(_, let scale) = column.type, 0...38 ~= scale,
      let cells = SourceCells<Int128>(column)
    else { return wideDecimals(column, job) }
    switch target {
    case .char, .wchar:
      ascii(job) { row, text in
        let value = cells[row]
        text.prepend(value.magnitude, digitCountMin: scale &+ 1)
        text.insertPoint(scale)
        if value < 0 { text.prepend(UInt8(ascii: "-")) }
      }
    case .binary: native(column, job, as: CType.numeric)
    case .float, .double: real(column, job) { row in (Self.double(cells[row], scale), .exact) }
    case .numeric, .interval:
      decimal(column, job) { row in (DecimalValue(unscaled: cells[row], scale: scale), .exact) }
    default:
      let divisor = DecimalPower.wide(scale)
      truncating(column, job) { row in
        let value = cells[row]
        if scale == 0 { return (value, .exact) }
        // 64-bit division is several times cheaper, and most values fit.
        if let short = Int64(exactly: value), let small = Int64(exactly: divisor) {
          let (whole, rest) = short.quotientAndRemainder(dividingBy: small)
          return (Int128(whole), rest == 0 ? .exact : .fractionTruncated)
        }
        let (whole, rest) = value.quotientAndRemainder(dividingBy: divisor)
        return (whole, rest == 0 ? .exact : .fractionTruncated)
      }
    }
  }

  private func wideDecimals(_ column: Column, _ job: FetchJob) {
    switch target {
    case .char, .wchar: rendered(column, job)
    case .binary: native(column, job, as: CType.numeric)
    case .float, .double:
      real(column, job) { row in
        guard let value = try? column.decimal(at: row) else { return (0, .corrupt) }
        return (value.double, .exact)
      }
    default:
      exactNumber(column, job) { row in ((try? column.decimal(at: row)), .exact) }
    }
  }

  /// An exact number into integers, bits, the numeric structure or an interval of one field.
  @inline(__always)
  func exactNumber(
    _ column: Column, _ job: FetchJob, _ read: (Int) -> (DecimalValue?, ConversionOutcome)
  ) {
    switch target {
    case .numeric, .interval: decimal(column, job, read)
    default:
      truncating(column, job) { row in
        let (value, outcome) = read(row)
        guard let value else { return (0, outcome == .exact ? .corrupt : outcome) }
        let (whole, isExact) = value.truncated(to: 0)
        guard whole.scale == 0, let exact = whole.unscaled else { return (0, .numberOutOfRange) }
        return (exact, isExact ? .exact : .fractionTruncated)
      }
    }
  }

  /// An exact number into the numeric structure or an interval of one field; nil comes with the
  /// error to report.
  @inline(__always)
  func decimal(
    _ column: Column, _ job: FetchJob, _ read: (Int) -> (DecimalValue?, ConversionOutcome)
  ) {
    if case .interval(let kind) = target {
      return job.fixed(28) { row, address in
        let (value, outcome) = read(row)
        guard let value else { return outcome == .exact ? .corrupt : outcome }
        return IntervalFields.store(
          value, kind, leadingDigits: request.leadingDigits,
          secondsPrecision: request.secondsPrecision, at: address)
      }
    }
    job.fixed(19) { row, address in
      let (value, outcome) = read(row)
      guard let value else { return outcome == .exact ? .corrupt : outcome }
      return NumericStructure.store(
        value, precision: request.numericPrecision, scale: request.numericScale, at: address)
    }
  }

  /// The nearest double: exact operands up to 2^53 and 10^22 need one rounding only.
  @inline(__always)
  private static func double(_ unscaled: Int128, _ scale: Int) -> Double {
    if unscaled.magnitude < 1 << 53, scale <= 22 {
      return Double(Int64(truncatingIfNeeded: unscaled)) / DecimalPower.double(scale)
    }
    return DecimalValue(unscaled: unscaled, scale: scale).double
  }
}
