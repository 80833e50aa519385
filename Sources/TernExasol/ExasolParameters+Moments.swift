internal import TernColumns
internal import TernCore

// Bound dates, timestamps and intervals, as the session writes them; what the parameter or the
// session's format would cut off is refused.
//
// Source: Exasol reference, sections 3.2 to 3.4.
extension ExasolParameters {
  func date(_ column: Column, _ row: Int) throws(TernError) -> String {
    try checkForm(formats.dates)
    var bytes: [UInt8] = []
    MomentText.append(days: Int(try column.date(at: row)), to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  func timestamp(
    _ column: Column, _ row: Int, _ type: ExasolDataType
  ) throws(TernError) -> String {
    try checkForm(formats.timestamps)
    try checkZone(column.type, type)
    let moment = try column.timestamp(at: row)
    let digits = min(formats.timestampDigits, type.precision ?? 9)
    guard Self.fits(Int64(moment.nanoseconds), digits) else {
      throw .data(
        "the parameter and the session's timestamp format hold \(digits) fraction digits, "
          + "the value has more", .datetimeOutOfRange)
    }
    var bytes: [UInt8] = []
    MomentText.append(
      WideTimestamp(seconds: moment.seconds, nanoseconds: moment.nanoseconds),
      digits: formats.timestampDigits, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  func elapsed(
    _ column: Column, _ row: Int, _ type: ExasolDataType
  ) throws(TernError) -> String {
    let digits = min(max(type.fraction ?? 9, 0), 9)
    let nanoseconds: Int64
    switch column.type {
    case .duration: nanoseconds = Int64(try column.duration(at: row).nanoseconds)
    case .intervalMonthDayNano:
      let interval = try column.interval(at: row)
      guard interval.months == 0 else {
        throw .data("an interval with months is no INTERVAL DAY TO SECOND", .intervalOutOfRange)
      }
      nanoseconds = interval.nanoseconds
    default:
      throw TernError(
        .usage, .restrictedType, "\(column.type) cannot be bound to \(type.declaration)")
    }
    guard Self.fits(nanoseconds % 1_000_000_000, digits) else {
      throw .data(
        "the value has more than the \(digits) fraction digits of \(type.declaration)",
        .intervalOutOfRange)
    }
    var bytes: [UInt8] = []
    try column.appendText(at: row, digits: digits, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func checkForm(_ form: ExasolFormats.Form) throws(TernError) {
    guard form == .standard else {
      throw .unsupported(
        "the session's date format was changed: bind dates and timestamps as text in that "
          + "format, or set NLS_DATE_FORMAT and NLS_TIMESTAMP_FORMAT back to the default")
    }
  }

  /// An instant has a wall clock only in a zone that is known: UTC.
  private func checkZone(_ bound: DataType, _ type: ExasolDataType) throws(TernError) {
    let zone: String?
    switch bound {
    case .timestamp(_, let own), .wideTimestamp(_, let own): zone = own
    default: zone = nil
    }
    guard let zone else { return }
    let isLocal = type.name == "TIMESTAMP WITH LOCAL TIME ZONE"
    guard isLocal ? formats.isZoneUTC : zone == "UTC" else {
      throw .unsupported(
        "an instant of zone \(zone) has no wall clock in this session: bind a timestamp without "
          + "zone, or set the session's TIME_ZONE to UTC (option ltz=instant)")
    }
  }

  /// Whether nanoseconds have at most so many digits of a second.
  private static func fits(_ nanoseconds: Int64, _ digits: Int) -> Bool {
    var step: Int64 = 1
    for _ in 0..<(9 - min(max(digits, 0), 9)) { step *= 10 }
    return nanoseconds % step == 0
  }
}
