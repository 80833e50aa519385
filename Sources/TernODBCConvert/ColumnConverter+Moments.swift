import TernColumns

// Dates, times and timestamps into C types.
extension ColumnConverter {
  func moments(_ job: FetchJob) {
    switch target {
    case .char, .wchar: return rendered(job)
    case .binary: return native(job, as: CType.standard(for: standardType))
    default: break
    }
    switch job.column.type {
    case .date32:
      guard let cells = SourceCells<Int32>(job.column) else { return job.refuse(.corrupt) }
      moments(job) { row in (WallClock(days: Int64(cells[row])), .exact) }
    case .time32(let unit):
      guard let cells = SourceCells<Int32>(job.column) else { return job.refuse(.corrupt) }
      moments(job) { row in (Self.time(Int64(cells[row]), unit), .exact) }
    case .time64(let unit):
      guard let cells = SourceCells<Int64>(job.column) else { return job.refuse(.corrupt) }
      moments(job) { row in (Self.time(cells[row], unit), .exact) }
    case .timestamp(let unit, let zone):
      guard let cells = SourceCells<Int64>(job.column) else { return job.refuse(.corrupt) }
      if zone != nil, request.zone != .utc { return instants(job, cells, unit) }
      // A constant divisor in each branch: the loop then multiplies instead of dividing.
      switch unit {
      case .second: timestamps(job, cells, 1)
      case .millisecond: timestamps(job, cells, 1_000)
      case .microsecond: timestamps(job, cells, 1_000_000)
      case .nanosecond: timestamps(job, cells, 1_000_000_000)
      }
    case .wideTimestamp(_, let zone):
      guard let cells = SourceCells<WideTimestamp>(job.column) else {
        return job.refuse(.corrupt)
      }
      let table = request.zone
      moments(job) { row in
        let value = cells[row]
        let shift = zone == nil ? 0 : table.offset(at: value.seconds)
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

  @inline(__always)
  private func timestamps(
    _ job: FetchJob, _ cells: SourceCells<Int64>, _ perSecond: Int64
  ) {
    moments(job) { row in (WallClock(units: cells[row], perSecond: perSecond), .exact) }
  }

  private func instants(_ job: FetchJob, _ cells: SourceCells<Int64>, _ unit: TimeUnit) {
    let table = request.zone
    moments(job) { row in
      let value = WideTimestamp(cells[row], unit)
      let wall = value.seconds &+ table.offset(at: value.seconds)
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
  func moments(_ job: FetchJob, _ read: (Int) -> (WallClock?, ConversionOutcome)) {
    switch target {
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
