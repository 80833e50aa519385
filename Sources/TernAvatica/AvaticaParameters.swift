internal import TernColumns
internal import TernCore

/// Turns parameter rows into values.
///
/// Source: Avatica reference, sections 8.4 and 9.2.
struct AvaticaParameters: Sendable {
  let types: [AvaticaType]
  /// Whether dates before 1582-10-15 are counted by the Julian calendar.
  var isJulian = false
  /// Whether timestamps with a zone go as their wall clock in UTC.
  var bindsUTC = false

  /// Rows and bytes of one batch, unless a single row needs more.
  static let rowCountMax = 1_000
  static let byteCountMax = 4 << 20

  private static let millisecond: Int64 = 1_000_000

  /// The values of one row; an error names the parameter and its row.
  func row(_ batch: Batch, _ row: Int) throws(TernError) -> [AvaticaValue] {
    var values: [AvaticaValue] = []
    values.reserveCapacity(batch.columns.count)
    for (index, column) in batch.columns.enumerated() {
      let target = types.indices.contains(index) ? types[index] : AvaticaType()
      do throws(TernError) {
        values.append(try column.isNull(at: row) ? .null : value(column, row, target))
      } catch {
        throw error.prefixed("parameter \(index + 1), row \(row + 1)")
      }
    }
    return values
  }

  /// The rows from `start` on that one request takes.
  func rows(_ batch: Batch, from start: Int) throws(TernError) -> [[AvaticaValue]] {
    var rows: [[AvaticaValue]] = []
    var byteCount = 0
    while start + rows.count < batch.rowCount, rows.count < Self.rowCountMax,
      rows.isEmpty || byteCount < Self.byteCountMax
    {
      let values = try row(batch, start + rows.count)
      byteCount += values.reduce(0) { $0 + $1.byteCount }
      rows.append(values)
    }
    return rows
  }

  /// A value that is not NULL. `uint64` beyond 63 bits goes as a number of any length.
  private func value(
    _ column: Column, _ row: Int, _ target: AvaticaType
  ) throws(TernError) -> AvaticaValue {
    switch column.type {
    case .bool: return .bool(try column.bool(at: row))
    case .int8: return .integer(.byte, try column.int64(at: row))
    case .int16, .uint8: return .integer(.short, try column.int64(at: row))
    case .int32, .uint16: return .integer(.integer, try column.int64(at: row))
    case .int64, .uint32: return .integer(.long, try column.int64(at: row))
    case .uint64:
      let value = try column.uint64(at: row)
      return Int64(exactly: value).map { .integer(.long, $0) } ?? .decimal("\(value)")
    case .float32: return float(Float(try column.double(at: row)), target)
    case .float64: return .double(try column.double(at: row), text: nil)
    case .decimal128, .decimal256: return .decimal(try column.decimal(at: row).description)
    case .utf8, .largeUtf8: return .text(try column.text(at: row))
    case .binary, .largeBinary, .fixedSizeBinary: return .bytes(try column.bytes(at: row))
    case .date32:
      let day = Int64(try column.date(at: row))
      return .integer(.date, isJulian ? AvaticaCalendar.julianDay(ofProleptic: day) : day)
    case .time32, .time64: return time(try column.time(at: row))
    case .timestamp(_, let zone), .wideTimestamp(_, let zone):
      guard zone == nil || bindsUTC else {
        throw .data(
          "a timestamp with a zone cannot be bound: the protocol has only wall clocks; option "
            + "utc_params binds the one of UTC",
          .invalidDatetime)
      }
      return try timestamp(try column.timestamp(at: row))
    case .list: return .list(try elements(column, row, target))
    default: return .text(try canonical(column, row))
    }
  }

  private func elements(
    _ column: Column, _ row: Int, _ target: AvaticaType
  ) throws(TernError) -> [AvaticaValue] {
    let list = try column.list(at: row)
    var type = AvaticaType()
    type.id = target.component ?? 1111
    var values: [AvaticaValue] = []
    for index in 0..<list.count {
      values.append(try list.isNull(at: index) ? .null : value(list, index, type))
    }
    return values
  }

  /// A float that meets a double keeps its shortest digits.
  private func float(_ value: Float, _ target: AvaticaType) -> AvaticaValue {
    if target.id == 7 { return .float(value) }
    return .double(Double(value), text: value.isFinite ? "\(value)" : nil)
  }

  /// The wire has milliseconds; finer values go as text, which the database reads.
  private func time(_ nanoseconds: Int64) -> AvaticaValue {
    guard nanoseconds % Self.millisecond != 0 else {
      return .integer(.time, nanoseconds / Self.millisecond)
    }
    var bytes: [UInt8] = []
    MomentText.append(timeOfDay: nanoseconds, digits: 9, to: &bytes)
    return .text(String(decoding: bytes, as: UTF8.self))
  }

  /// The wall clock as if it were UTC, which is how the server reads it.
  private func timestamp(_ value: WideTimestamp) throws(TernError) -> AvaticaValue {
    let nanoseconds = Int64(value.nanoseconds)
    let (whole, overflow) = value.seconds.multipliedReportingOverflow(by: 1_000)
    guard nanoseconds % Self.millisecond == 0, !overflow else {
      var bytes: [UInt8] = []
      MomentText.append(value, digits: 9, to: &bytes)
      return .text(String(decoding: bytes, as: UTF8.self))
    }
    let (sum, isTooLarge) = whole.addingReportingOverflow(nanoseconds / Self.millisecond)
    guard !isTooLarge else {
      throw .data("the timestamp is beyond the protocol's range", .datetimeOutOfRange)
    }
    guard isJulian else { return .integer(.timestamp, sum) }
    let day = sum / 86_400_000 - (sum % 86_400_000 < 0 ? 1 : 0)
    let shift = AvaticaCalendar.julianDay(ofProleptic: day) - day
    return .integer(.timestamp, sum &+ shift &* 86_400_000)
  }

  /// What has no type of its own on the wire: the database reads the text.
  private func canonical(_ column: Column, _ row: Int) throws(TernError) -> String {
    var bytes: [UInt8] = []
    try column.appendText(at: row, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
