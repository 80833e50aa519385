import TernColumns
import TernCore

// Dates, times and timestamps into C types.
extension ColumnConverter {
  func moments(_ column: Column, _ job: FetchJob) {
    if target == .binary { return native(column, job, as: standardType) }
    switch column.type {
    case .date32:
      guard let cells = SourceCells<Int32>(column) else { return job.refuse(.corrupt) }
      moments(column, job) { row in (WallClock(days: Int64(cells[row])), .exact) }
    case .time32(let unit):
      guard let cells = SourceCells<Int32>(column) else { return job.refuse(.corrupt) }
      moments(column, job) { row in (Self.time(Int64(cells[row]), unit), .exact) }
    case .time64(let unit):
      guard let cells = SourceCells<Int64>(column) else { return job.refuse(.corrupt) }
      moments(column, job) { row in (Self.time(cells[row], unit), .exact) }
    case .timestamp(let unit, let zone):
      guard let cells = SourceCells<Int64>(column) else { return job.refuse(.corrupt) }
      if zone != nil, !request.zone.isUTC { return instants(column, job, cells, unit) }
      // A constant divisor in each branch: the loop then multiplies instead of dividing.
      switch unit {
      case .second: timestamps(column, job, cells, 1)
      case .millisecond: timestamps(column, job, cells, 1_000)
      case .microsecond: timestamps(column, job, cells, 1_000_000)
      case .nanosecond: timestamps(column, job, cells, 1_000_000_000)
      }
    case .wideTimestamp(_, .some) where target == .char || target == .wchar: rendered(column, job)
    case .wideTimestamp(_, let zone):
      guard let cells = SourceCells<WideTimestamp>(column) else {
        return job.refuse(.corrupt)
      }
      let rules = request.zone
      moments(column, job) { row in
        let value = cells[row]
        let shift = zone == nil ? 0 : rules.offsetSeconds(at: value.seconds)
        return (
          WallClock(seconds: value.seconds &+ shift, nanoseconds: value.nanoseconds), .exact
        )
      }
    default: job.refuse(.corrupt)
    }
  }

  /// The SQL type whose structure holds the column, whatever the server calls it.
  private var standardType: Int16 {
    switch family {
    case .date: CType.date
    case .time: CType.time
    default: CType.timestamp
    }
  }

  /// Digits that a time's fraction shows; -1 for a date, which has no time.
  private func fractionDigits(_ type: DataType) -> Int {
    let own: Int
    switch type {
    case .time32(let unit), .time64(let unit), .timestamp(let unit, _): own = unit.fractionDigits
    case .wideTimestamp(let digits, _): own = digits
    default: return -1
    }
    return min(max(request.decimalDigits.map { Int($0) } ?? own, 0), 9)
  }

  @inline(__always)
  private func timestamps(
    _ column: Column, _ job: FetchJob, _ cells: SourceCells<Int64>, _ perSecond: Int64
  ) {
    moments(column, job) { row in (WallClock(units: cells[row], perSecond: perSecond), .exact) }
  }

  private func instants(
    _ column: Column, _ job: FetchJob, _ cells: SourceCells<Int64>, _ unit: TimeUnit
  ) {
    let rules = request.zone
    moments(column, job) { row in
      let value = WideTimestamp(cells[row], unit)
      let wall = value.seconds &+ rules.offsetSeconds(at: value.seconds)
      return (WallClock(seconds: wall, nanoseconds: value.nanoseconds), .exact)
    }
  }

  @inline(__always)
  private static func time(_ value: Int64, _ unit: TimeUnit) -> WallClock {
    var clock = WallClock(units: value, perSecond: unit.perSecond)
    clock.days = nil
    return clock
  }

  /// Moments of any origin into the three structures; nil comes with the error to report.
  @inline(__always)
  func moments(_ column: Column, _ job: FetchJob, _ read: (Int) -> (WallClock?, ConversionOutcome))
  {
    switch target {
    case .char, .wchar:
      let digits = fractionDigits(column.type)
      ascii(job) { row, text in
        let (clock, _) = read(row)
        clock?.prepend(to: &text, digits: digits)
      }
    case .date:
      job.fixed(6) { row, address in
        let (clock, outcome) = read(row)
        guard let clock else { return outcome }
        return clock.storeDate(at: address)
      }
    case .time:
      job.fixed(6) { row, address in
        let (clock, outcome) = read(row)
        guard let clock else { return outcome }
        return clock.storeTime(at: address)
      }
    default:
      let today = request.today
      job.fixed(16) { row, address in
        let (clock, outcome) = read(row)
        guard let clock else { return outcome }
        return clock.storeTimestamp(at: address, today: today)
      }
    }
  }
}
