import Tern

/// One field of a diagnostic header or record, as `SQLGetDiagField` reads it.
struct DiagnosticField: Sendable {
  /// What a field holds, with the width that callers expect.
  enum Value {
    case text(String)
    case integer(Int32)
    case length(Int)
  }

  /// Where a field's value comes from.
  enum Source: Sendable {
    case header(@Sendable (Diagnostics) -> Value)
    case record(@Sendable (DiagnosticRecord, any DiagnosedHandle) -> Value)
  }

  let source: Source

  /// By ODBC's number (`SQL_DIAG_…`). The return code (1) is the driver manager's.
  static let all: [Int16: DiagnosticField] = [
    1: header { _ in .integer(0) },
    2: header { .integer(Int32(clamping: $0.records.count)) },
    3: header { .length($0.rowCount) },
    -1249: header { .length($0.cursorRowCount) },
    7: header { .text($0.function.name) },
    12: header { .integer($0.function.code) },
    4: record { record, _ in .text(record.state.text) },
    5: record { record, _ in .integer(record.native) },
    6: record { record, _ in .text(record.message) },
    8: record { record, _ in .text(classOrigin(record.state)) },
    9: record { record, _ in .text(subclassOrigin(record.state)) },
    10: record { _, handle in .text(handle.connectionName) },
    11: record { _, handle in .text(handle.dataSourceName) },
    -1248: record { record, _ in .length(record.rowNumber) },
    -1247: record { record, _ in .integer(Int32(clamping: record.columnNumber)) },
  ]

  private static func header(
    _ value: @escaping @Sendable (Diagnostics) -> Value
  ) -> DiagnosticField {
    DiagnosticField(source: .header(value))
  }

  private static func record(
    _ value: @escaping @Sendable (DiagnosticRecord, any DiagnosedHandle) -> Value
  ) -> DiagnosticField {
    DiagnosticField(source: .record(value))
  }

  private static func classOrigin(_ state: SQLState) -> String {
    state.classCode == "IM" ? "ODBC 3.0" : "ISO 9075"
  }

  /// ODBC defined these subclasses itself; all others are the standard's.
  private static func subclassOrigin(_ state: SQLState) -> String {
    let text = state.text
    let isODBC =
      text.hasPrefix("IM") || text.hasPrefix("HYT") || text.hasPrefix("HY09")
      || text.hasPrefix("HY1") || text.dropFirst(2).hasPrefix("S")
    return isODBC ? "ODBC 3.0" : "ISO 9075"
  }
}
