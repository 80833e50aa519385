extension OptionTable {
  /// What only connection strings and data sources of ODBC know.
  public static let odbc: [OptionDefinition] = [
    row("dsn", .text, "data source whose settings stand in for those not given"),
    row("driver", .text, "for the driver manager; has no meaning here"),
    row("filedsn", .text, "for the driver manager; has no meaning here"),
    row("savefile", .text, "for the driver manager; has no meaning here"),
    row(
      "uri", .text, isSecret: true, "a whole target; keywords beside it win over its parts"),
    row(
      "max_column_size", .count, defaultHelp: "server's, else 65535",
      "caps the reported size of text and binary columns; values arrive whole"),
    row("narrow_text", .bool, default: "off", "report text as SQL_VARCHAR"),
    row(
      "long_threshold", .count, default: "0",
      "larger declared sizes are reported as SQL_WLONGVARCHAR or SQL_LONGVARBINARY; 0 = never"),
    row("bool_as_char", .bool, default: "off", "report booleans as SQL_VARCHAR(5)"),
    row(
      "string_parameter_size", .count, defaultHelp: "protocol's maximum",
      "size that SQLDescribeParam reports when the server does not tell"),
  ]

  /// Keywords that office programs add; they mean nothing here and are no reason for a warning.
  static let swallowedByODBC: Set<String> = ["wsid", "trustedconnection", "extended properties"]

  private static func row(
    _ name: String, _ type: OptionType, default defaultText: String? = nil,
    defaultHelp: String? = nil, isSecret: Bool = false, _ help: String
  ) -> OptionDefinition {
    OptionDefinition(
      name, type, default: defaultText, defaultHelp: defaultHelp, isSecret: isSecret,
      group: .odbc, help)
  }
}
