internal import TernColumns
internal import TernCore
internal import TernNet

/// Writes parameter rows as lists of typed values.
///
/// Each value is sent with the type that holds it, as the server wraps what is out of range
/// without a word; the database converts. Source: Avatica reference, section 8.4.
struct AvaticaParameters: Sendable {
  let types: [AvaticaType]

  /// Rows and bytes of one batch, unless a single row needs more.
  static let rowCountMax = 1_000
  static let byteCountMax = 4 << 20

  private static let millisecond: Int64 = 1_000_000

  /// The list of one row.
  func row(_ batch: Batch, _ row: Int) throws(TernError) -> [UInt8] {
    var writer = JSONWriter()
    try write(batch, row, to: &writer)
    return writer.finish()
  }

  /// Lists of rows from `start` on, and the row behind them.
  func rows(_ batch: Batch, from start: Int) throws(TernError) -> (bytes: [UInt8], end: Int) {
    var writer = JSONWriter()
    writer.beginArray()
    var row = start
    while row < batch.rowCount, row - start < Self.rowCountMax,
      row == start || writer.bytes.count < Self.byteCountMax
    {
      try write(batch, row, to: &writer)
      row += 1
    }
    writer.endArray()
    return (writer.finish(), row)
  }

  /// One row as `[{"type": …, "value": …}, …]`; an error names the parameter and its row.
  private func write(
    _ batch: Batch, _ row: Int, to writer: inout JSONWriter
  ) throws(TernError) {
    writer.beginArray()
    for (index, column) in batch.columns.enumerated() {
      writer.beginObject()
      do throws(TernError) {
        if try column.isNull(at: row) {
          // A bare null in the list would mean that the parameter is not bound.
          writer.member("type", "OBJECT")
          writer.key("value")
          writer.null()
        } else {
          let target = types.indices.contains(index) ? types[index] : AvaticaType()
          try value(column, row, target, to: &writer)
        }
      } catch {
        throw error.prefixed("parameter \(index + 1), row \(row + 1)")
      }
      writer.endObject()
    }
    writer.endArray()
  }

  /// Type and value of one parameter that is not NULL. `uint64` beyond 63 bits goes as a number
  /// of any length; a list goes as a bare JSON array, which some databases take.
  private func value(
    _ column: Column, _ row: Int, _ target: AvaticaType, to writer: inout JSONWriter
  ) throws(TernError) {
    switch column.type {
    case .bool:
      writer.member("type", "BOOLEAN")
      writer.member("value", try column.bool(at: row))
    case .int8: number("BYTE", try column.int64(at: row), to: &writer)
    case .int16, .uint8: number("SHORT", try column.int64(at: row), to: &writer)
    case .int32, .uint16: number("INTEGER", try column.int64(at: row), to: &writer)
    case .int64, .uint32: number("LONG", try column.int64(at: row), to: &writer)
    case .uint64:
      let value = try column.uint64(at: row)
      writer.member("type", value <= UInt64(Int64.max) ? "LONG" : "NUMBER")
      writer.key("value")
      writer.value(value)
    case .float32, .float64: try float(column, row, target, to: &writer)
    case .decimal128, .decimal256:
      writer.member("type", "NUMBER")
      writer.key("value")
      writer.raw(try column.decimal(at: row).description)
    case .utf8, .largeUtf8: text(try column.text(at: row), to: &writer)
    case .binary, .largeBinary, .fixedSizeBinary:
      writer.member("type", "BYTE_STRING")
      writer.member("value", Base64.encode(try column.bytes(at: row)))
    case .date32: number("JAVA_SQL_DATE", Int64(try column.date(at: row)), to: &writer)
    case .time32, .time64: try time(try column.time(at: row), to: &writer)
    case .timestamp(_, let zone), .wideTimestamp(_, let zone):
      guard zone == nil else {
        throw .data(
          "a timestamp with a zone cannot be bound: the protocol has only wall clocks",
          .invalidDatetime)
      }
      try timestamp(try column.timestamp(at: row), to: &writer)
    case .list:
      writer.member("type", "OBJECT")
      writer.key("value")
      var json: [UInt8] = []
      try column.appendJSON(at: row, to: &json)
      writer.raw(json)
    default: text(try canonical(column, row), to: &writer)
    }
  }

  private func number(_ type: String, _ value: Int64, to writer: inout JSONWriter) {
    writer.member("type", type)
    writer.member("value", value)
  }

  private func text(_ value: String, to writer: inout JSONWriter) {
    writer.member("type", "STRING")
    writer.member("value", value)
  }

  /// NaN and infinities go as text; a float that meets a double keeps its shortest digits.
  private func float(
    _ column: Column, _ row: Int, _ target: AvaticaType, to writer: inout JSONWriter
  ) throws(TernError) {
    let value = try column.double(at: row)
    guard value.isFinite else {
      return text(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity", to: &writer)
    }
    let isFloat = column.type == .float32
    writer.member("type", isFloat && target.id == 7 ? "FLOAT" : "DOUBLE")
    writer.key("value")
    if isFloat { writer.raw("\(Float(value))") } else { writer.value(value) }
  }

  /// The wire has milliseconds; finer values go as text, which the database reads.
  private func time(_ nanoseconds: Int64, to writer: inout JSONWriter) throws(TernError) {
    guard nanoseconds % Self.millisecond != 0 else {
      return number("JAVA_SQL_TIME", nanoseconds / Self.millisecond, to: &writer)
    }
    var bytes: [UInt8] = []
    MomentText.append(timeOfDay: nanoseconds, digits: 9, to: &bytes)
    text(String(decoding: bytes, as: UTF8.self), to: &writer)
  }

  /// The wall clock as if it were UTC, which is how the server reads it.
  private func timestamp(
    _ value: WideTimestamp, to writer: inout JSONWriter
  ) throws(TernError) {
    let nanoseconds = Int64(value.nanoseconds)
    let (whole, overflow) = value.seconds.multipliedReportingOverflow(by: 1_000)
    guard nanoseconds % Self.millisecond == 0, !overflow else {
      var bytes: [UInt8] = []
      MomentText.append(value, digits: 9, to: &bytes)
      return text(String(decoding: bytes, as: UTF8.self), to: &writer)
    }
    let (sum, isTooLarge) = whole.addingReportingOverflow(nanoseconds / Self.millisecond)
    guard !isTooLarge else {
      throw .data("the timestamp is beyond the protocol's range", .datetimeOutOfRange)
    }
    number("JAVA_SQL_TIMESTAMP", sum, to: &writer)
  }

  /// What has no type of its own on the wire: the database reads the text.
  private func canonical(_ column: Column, _ row: Int) throws(TernError) -> String {
    var bytes: [UInt8] = []
    try column.appendText(at: row, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
