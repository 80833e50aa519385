internal import TernColumns
internal import TernCore
internal import TernDriver

/// How dates and timestamps are written in a session right now.
///
/// Source: Exasol reference, section 3.3 "Formats": the session's formats decide, and they may
/// change with every statement.
struct ExasolFormats: Equatable, Sendable {
  /// How one kind of moment is written.
  enum Form: Equatable, Sendable {
    /// The default format; fraction digits as many as are there.
    case standard
    /// Another one that says everything.
    case pattern(MomentPattern)
    /// One that does not (a year of two digits, no fraction), or that is not understood: the text
    /// is handed on.
    case text(format: String)
  }

  var options: ExasolTypeOptions
  var dates: Form
  var timestamps: Form
  /// Fraction digits of the standard timestamp format, which bound values are written with.
  var timestampDigits = 6
  /// Whether wall clocks of the session are those of UTC.
  var isZoneUTC = false

  /// The formats that the session's attributes announce.
  init(_ attributes: ExasolAttributes, _ options: ExasolTypeOptions) {
    self.options = options
    dates = .standard
    timestamps = .standard
    isZoneUTC = ["UTC", "GMT", "ETC/UTC"].contains(attributes.timeZone.uppercased())
    let language = attributes.dateLanguage
    if attributes.dateFormat != "YYYY-MM-DD" {
      dates = Self.form(attributes.dateFormat, language) { $0.isCompleteDate }
    }
    if let digits = Self.standardDigits(attributes.datetimeFormat) {
      timestampDigits = digits
    } else {
      timestamps = Self.form(attributes.datetimeFormat, language) {
        $0.isCompleteTimestamp(digits: 0)
      }
    }
  }

  private static func form(
    _ format: String, _ language: String, _ isComplete: (MomentPattern) -> Bool
  ) -> Form {
    guard let pattern = try? MomentPattern(format, language: language), isComplete(pattern) else {
      return .text(format: format)
    }
    return .pattern(pattern)
  }

  /// The fraction digits of the default or its variants with other counts, nil for other formats;
  /// the decoder follows the digits present.
  private static func standardDigits(_ format: String) -> Int? {
    let stem = "YYYY-MM-DD HH24:MI:SS"
    guard format.hasPrefix(stem) else { return nil }
    let rest = format.dropFirst(stem.count)
    if rest.isEmpty { return 0 }
    if rest == ".FF" { return 6 }
    guard rest.hasPrefix(".FF"), rest.count == 4 else { return nil }
    return Int(rest.dropFirst(3)).flatMap { (1...9).contains($0) ? $0 : nil }
  }

  private func form(of type: ExasolDataType) -> Form {
    switch type.name {
    case "DATE": dates
    case "TIMESTAMP", "TIMESTAMP WITH LOCAL TIME ZONE": timestamps
    default: .standard
    }
  }

  /// How the values of a column are written.
  func format(of type: ExasolDataType) -> ColumnFormat {
    if case .pattern(let pattern) = form(of: type) { return .pattern(pattern) }
    return .standard
  }

  /// The column as front doors see it; text where the session's format does not say everything.
  func description(_ name: String, _ type: ExasolDataType) -> ColumnDescription {
    var column = type.description(name, options)
    guard case .text(let format) = form(of: type) else { return column }
    column.dataType = .utf8
    column.sql.odbcType = ODBCType.wvarchar
    column.sql.columnSize = Int64(max(format.utf8.count * 4, 64))
    column.sql.decimalDigits = nil
    column.metadata.append(MetadataEntry("exasol:format", format))
    return column
  }
}
