import Tern

/// What the connection string says about how columns are reported (driver-level keywords).
struct ReportOptions {
  /// Reported for text and bytes whose size the server does not tell.
  static let unknownSize = 65_535

  /// Caps the reported size of text and bytes; values arrive whole.
  var columnSizeMax: Int?
  /// Report text with narrow types.
  var isTextNarrow = false
  /// Larger declared sizes are reported as long types; 0 = never.
  var longThreshold = 0
  /// Report Booleans as text.
  var isBooleanText = false
  /// What SQLDescribeParam says of a text whose size the server does not tell.
  var stringParameterSize: Int?

  /// Whether instants are shown in UTC and not in the zone of the session.
  var showsUTC = false

  /// The defaults.
  init() {}

  /// What `target` says.
  init(_ target: ConnectionTarget) throws(TernError) {
    if target.isSet("max_column_size") {
      columnSizeMax = Int(clamping: try target.count("max_column_size"))
    }
    isTextNarrow = try target.flag("narrow_text")
    longThreshold = Int(clamping: try target.count("long_threshold"))
    showsUTC = try target.text("zoned_timestamp") == "utc"
    isBooleanText = try target.flag("bool_as_char")
    if target.isSet("string_parameter_size") {
      stringParameterSize = Int(clamping: try target.count("string_parameter_size"))
    }
  }
}
