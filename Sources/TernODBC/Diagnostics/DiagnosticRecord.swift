import Tern

/// One thing a call has to report.
struct DiagnosticRecord {
  /// `SQL_ROW_NUMBER_UNKNOWN` and `SQL_COLUMN_NUMBER_UNKNOWN`.
  static let unknownNumber = -2

  /// Why; warnings have class 01.
  var state: SQLState
  /// The server's own number, or 0.
  var native: Int32 = 0
  /// With who speaks in front: `[Tern][ODBC] …`.
  var message: String
  /// Row of the rowset or parameter set, from 1.
  var rowNumber = unknownNumber
  /// Column or parameter, from 1.
  var columnNumber = unknownNumber

  /// Whether something failed.
  var isError: Bool { state.isFailure }
}
