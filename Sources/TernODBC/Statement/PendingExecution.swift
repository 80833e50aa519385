import TernODBCConvert

/// An execution that waits for the application to send its parameters' data.
struct PendingExecution {
  /// Collects the pieces.
  let encoder: ParameterEncoder
  /// Where it reports.
  let statuses: ParameterStatuses
  /// The first parameter, until SQLParamData named it.
  var firstToken: UInt?
}
