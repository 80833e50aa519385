import Tern

/// A text that was prepared: what the server will see, and what is known of it before it runs.
struct PreparedText {
  /// After the translation of escape sequences.
  let sql: String
  /// What kind of statement it is.
  let function: DynamicFunction
  /// Markers in it.
  let parameterCount: Int
  /// What the server says of the markers, where it tells.
  let parameters: [ParameterDescription]?
  /// The columns of its result; nil when not known before execution.
  let columns: [ColumnDescription]?
}
