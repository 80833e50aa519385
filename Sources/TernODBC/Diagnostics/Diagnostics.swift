import Tern
import TernODBCConvert

/// What the last call on a handle reported: a header and records, errors before warnings and rows
/// in ascending order (ODBC, "Sequence of status records").
struct Diagnostics {
  /// More would only be read in vain; the last one says how many are missing.
  private static let recordCountMax = 1_000

  /// In the order in which they are read.
  private(set) var records: [DiagnosticRecord] = []
  /// `SQL_DIAG_ROW_COUNT`: rows that the last execution changed.
  var rowCount = 0
  /// `SQL_DIAG_CURSOR_ROW_COUNT`.
  var cursorRowCount = 0
  /// The statement that ran last.
  var function = DynamicFunction.unknown
  private var omittedCount = 0

  /// Whether there is anything to read.
  var hasRecords: Bool { !records.isEmpty }

  /// Empties it for the next call.
  mutating func clear() {
    guard hasRecords else { return }
    records = []
    omittedCount = 0
  }

  /// Adds an error.
  mutating func add(
    _ error: TernError, serverName: String, row: Int = DiagnosticRecord.unknownNumber,
    column: Int = DiagnosticRecord.unknownNumber
  ) {
    let isServers = error.kind == .sql || error.vendorCode != 0
    let speaker = isServers && !serverName.isEmpty ? serverName : "ODBC"
    // An application has no other way to it.
    let query = error.queryID.map { " (query \($0))" } ?? ""
    add(
      DiagnosticRecord(
        state: error.sqlState.text == "0A000" ? .unsupported : error.sqlState,
        native: error.vendorCode,
        message: "[Tern][\(speaker)] \(error.message)\(query)", rowNumber: row,
        columnNumber: column))
  }

  /// Adds a warning.
  mutating func warn(
    _ state: SQLState, _ message: String, row: Int = DiagnosticRecord.unknownNumber,
    column: Int = DiagnosticRecord.unknownNumber
  ) {
    add(
      DiagnosticRecord(
        state: state, message: "[Tern][ODBC] \(message)", rowNumber: row, columnNumber: column))
  }

  /// Adds what went wrong with one value of a column or parameter, as `what` says.
  ///
  /// Few applications show the record's numbers, so the text says them too.
  mutating func add(_ outcome: ConversionOutcome, row: Int, _ what: String, _ column: Int) {
    add(
      DiagnosticRecord(
        state: outcome.sqlState,
        message: "[Tern][ODBC] \(what) \(column), row \(row + 1): \(outcome.message)",
        rowNumber: row + 1, columnNumber: column))
  }

  /// Adds a warning from below.
  mutating func warn(_ warning: Warning) { warn(warning.sqlState, warning.message) }

  /// Adds the usual warning that a text was cut.
  mutating func warnTruncated(_ isTruncated: Bool) {
    if isTruncated { warn(.truncated, "the text was cut to fit the buffer") }
  }

  /// Puts the records in reading order.
  mutating func sort() {
    if omittedCount > 0 {
      warn(.warning, "\(omittedCount) further diagnostic records were left out")
      omittedCount = 0
    }
    guard records.count > 1 else { return }
    let ordered = records.enumerated().sorted { left, right in
      let a = (left.element.isError ? 0 : 1, left.element.rowNumber, left.offset)
      let b = (right.element.isError ? 0 : 1, right.element.rowNumber, right.offset)
      return a < b
    }
    records = ordered.map(\.element)
  }

  private mutating func add(_ record: DiagnosticRecord) {
    if records.count >= Diagnostics.recordCountMax - 1, omittedCount > 0 || !record.isError {
      omittedCount += 1
    } else if records.count >= Diagnostics.recordCountMax {
      omittedCount += 1
    } else {
      records.append(record)
    }
  }
}
