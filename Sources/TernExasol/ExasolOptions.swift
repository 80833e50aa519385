public import TernDriver

/// What Exasol targets may say: the grammar of hosts and path, the options, and the keywords of
/// the vendor's own drivers.
public enum ExasolOptions {
  /// Host ranges, certificate pins behind hosts, and the schema as path.
  public static let grammar = TargetGrammar(
    scheme: "exasol", plaintextScheme: "exasol+ws", productName: "Exasol", port: 8563,
    path: .options(["schema"]), hasHostRanges: true, hasHostPins: true,
    defaults: ["parallel": "off"], vendorKeywords: vendorKeywords)

  /// The options that only Exasol has.
  public static let rows: [OptionDefinition] = [
    OptionDefinition(
      "access_token", .textOrFile, isSecret: true,
      "OpenID access token instead of user and password; TLS required"),
    OptionDefinition(
      "refresh_token", .textOrFile, isSecret: true,
      "OpenID refresh token or personal access token instead of user and password; TLS required"),
    OptionDefinition("compression", .bool, default: "off", "compress messages with zlib"),
    OptionDefinition(
      "feedback_interval", .duration, default: "1",
      "how often the server shows a sign of life while a statement runs"),
    OptionDefinition(
      "session_formats", .choice(["server", "force"]), default: "server",
      "force: dates and timestamps as ISO text with nine digits, which TIMESTAMP(7) to (9) need; "
        + "casts between text and time in SQL follow"),
    OptionDefinition(
      "websocket_path", .text, default: "/",
      "path and query of the WebSocket, for gateways: /v1/connect?ticket=…"),
    OptionDefinition(
      "os_user", .text, defaultHelp: "the process's user",
      "who sits at the client, as the server's session tables show it"),
    OptionDefinition(
      "ltz", .choice(["naive", "instant"]), default: "naive",
      "Arrow type of TIMESTAMP WITH LOCAL TIME ZONE: without or with a zone"),
    OptionDefinition(
      "interval_as", .choice(["interval", "text"]), default: "interval",
      "text: intervals are the server's own characters, as its vendor's drivers hand them out"),
    OptionDefinition(
      "snapshot_transactions", .bool, defaultHelp: "server's",
      "read system tables without waiting for locks"),
    OptionDefinition(
      "resolve_hostnames", .bool, default: "on", "try every address that a host name has"),
    OptionDefinition(
      "local_files", .bool, default: "off", "allow statements that read or write LOCAL CSV files"),
    OptionDefinition(
      "local_files_root", .path, "the folder that LOCAL CSV statements cannot leave"),
  ]

  private typealias Value = VendorKeyword.Value

  /// Keywords of the ODBC, JDBC and Go drivers (Exasol reference, feature table).
  private static let vendorKeywords = [
    VendorKeyword("EXAHOST", .option("host")),
    VendorKeyword("EXAUID", .option("user")),
    VendorKeyword("EXAPWD", .option("password")),
    VendorKeyword("EXASCHEMA", .option("schema")),
    VendorKeyword("ENCRYPTION", .option("tls")),
    VendorKeyword("SSLCERTIFICATE", .values([Value("SSL_VERIFY_NONE", "tls_verify", "off")])),
    VendorKeyword("nocertcheck", .values(uncheckedIf(["1", "on", "yes", "true"]))),
    VendorKeyword(
      "validateservercertificate",
      .values(uncheckedIf(["0", "off", "no", "false"]) + checkedIf(["1", "on", "yes", "true"]))),
    VendorKeyword("FINGERPRINT", .values(uncheckedIf(["nocertcheck"]))),
    VendorKeyword("certificatefingerprint", .option("tls_pin")),
    VendorKeyword("FETCHSIZE", .sized("batch_bytes", unit: "k")),
    VendorKeyword("INTTYPESINRESULTSIFPOSSIBLE", .option("decimal_as_integer")),
    VendorKeyword("EXALOGFILE", .option("log_file")),
    VendorKeyword("LOGMODE", .values(logModes)),
    VendorKeyword(
      "AUTHMETHOD",
      .passwordIs([Value("refreshtoken", "refresh_token"), Value("accesstoken", "access_token")])),
  ]

  private static let logModes = [
    Value("NONE", "log_level", "off"), Value("DEFAULT", "log_level", "warning"),
    Value("ON ERROR ONLY", "log_level", "error"), Value("VERBOSE", "log_level", "debug"),
    Value("DEBUGCOMM", "log_level", "trace"),
  ]

  private static func uncheckedIf(_ texts: [String]) -> [Value] {
    texts.map { Value($0, "tls_verify", "off") }
  }

  private static func checkedIf(_ texts: [String]) -> [Value] {
    texts.map { Value($0, "tls_verify", "full") }
  }
}
