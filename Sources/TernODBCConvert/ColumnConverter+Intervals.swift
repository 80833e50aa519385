import TernColumns

// Intervals into C types.
extension ColumnConverter {
  func intervals(_ column: Column, _ job: FetchJob) {
    switch target {
    case .char, .wchar: rendered(column, job)
    case .binary:
      native(
        column, job, as: request.sqlType > 100 ? request.sqlType : family == .months ? 107 : 110)
    case .interval: intervals(column, job) { row in Self.amount(column, row) }
    default: numbers(column, job)
    }
  }

  /// Intervals of any origin into the structure; nil comes with the error to report.
  @inline(__always)
  func intervals(
    _ column: Column, _ job: FetchJob, _ read: (Int) -> (IntervalAmount?, ConversionOutcome)
  ) {
    guard case .interval(let kind) = target else { return job.refuse(.restrictedType) }
    job.fixed(28) { row, address in
      let (amount, outcome) = read(row)
      switch amount {
      case .months(let months) where kind.isMonths:
        return IntervalFields.store(
          months: months, kind, leadingDigits: request.leadingDigits, at: address)
      case .nanoseconds(let nanoseconds) where !kind.isMonths:
        return IntervalFields.store(
          nanoseconds: nanoseconds, kind, leadingDigits: request.leadingDigits,
          secondsPrecision: request.secondsPrecision, at: address)
      case nil: return outcome == .exact ? .corrupt : outcome
      default: return .invalidCast
      }
    }
  }

  /// Intervals of one field as the number of their units.
  private func numbers(_ column: Column, _ job: FetchJob) {
    guard let kind = IntervalKind(rawValue: request.sqlType - 100) else {
      return job.refuse(.restrictedType)
    }
    exactNumber(column, job) { row in
      let (amount, outcome) = Self.amount(column, row)
      switch amount {
      case .months(let months):
        guard kind == .year else { return (DecimalValue(unscaled: Int128(months)), .exact) }
        let (years, rest) = months.quotientAndRemainder(dividingBy: 12)
        return rest == 0
          ? (DecimalValue(unscaled: Int128(years)), .exact)
          : (DecimalValue(unscaled: Int128(months * 10) / 12, scale: 1), .exact)
      case .nanoseconds(let nanoseconds):
        let unit = max(1, Int128(kind.secondsPerUnit))
        return (DecimalValue(unscaled: nanoseconds / unit, scale: 9), .exact)
      case nil: return (nil, outcome)
      }
    }
  }

  private static func amount(_ column: Column, _ row: Int) -> (IntervalAmount?, ConversionOutcome) {
    if case .duration = column.type {
      guard let value = try? column.duration(at: row) else { return (nil, .corrupt) }
      return (
        .nanoseconds(Int128(value.seconds) * 1_000_000_000 + Int128(value.nanoseconds)), .exact
      )
    }
    guard let value = try? column.interval(at: row) else { return (nil, .corrupt) }
    if column.type == .intervalMonths { return (.months(Int64(value.months)), .exact) }
    guard value.months == 0 else { return (nil, .intervalOutOfRange) }
    return (
      .nanoseconds(Int128(value.days) * 86_400_000_000_000 + Int128(value.nanoseconds)), .exact
    )
  }
}
