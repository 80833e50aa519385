extension OptionTable {
  /// The options that every protocol has.
  public static let common: [OptionDefinition] =
    [identity, session, timeouts, results, tls, network].flatMap { $0 }

  /// A row of the common group.
  private static func row(
    _ name: String, _ type: OptionType, aliases: [String] = [],
    default defaultText: String? = nil, defaultHelp: String? = nil, isSecret: Bool = false,
    _ help: String
  ) -> OptionDefinition {
    OptionDefinition(
      name, type, aliases: aliases, default: defaultText, defaultHelp: defaultHelp,
      isSecret: isSecret,
      group: .common, help)
  }

  // Where to, and as whom.
  private static let identity = [
    row(
      "protocol", .scheme, defaultHelp: "from the URI",
      "which protocol to speak; required in keyword strings"),
    row(
      "host", .hosts, aliases: ["server", "servername"], defaultHelp: "required",
      "several hosts are tried in random order, failing over only while connecting"),
    row("port", .port, defaultHelp: "by scheme", "for hosts that bring no port of their own"),
    row(
      "user", .text, aliases: ["uid", "username"], defaultHelp: "empty",
      "name of the database login"),
    row(
      "password", .text, aliases: ["pwd"], defaultHelp: "empty", isSecret: true,
      "password of the database login"),
    row(
      "catalog", .text, aliases: ["database", "db"], defaultHelp: "server's",
      "current catalog after the login"),
    row("schema", .text, defaultHelp: "server's", "current schema after the login"),
  ]

  // What a new session is like.
  private static let session = [
    row("autocommit", .bool, default: "on", "each statement is its own transaction"),
    row("read_only", .bool, default: "off", "a hint where the server has no such mode"),
    row(
      "isolation",
      .choice(["read_uncommitted", "read_committed", "repeatable_read", "serializable"]),
      defaultHelp: "server's", "isolation of transactions"),
    row("session_init", .text, defaultHelp: "empty", "SQL statements to run after each login"),
    row(
      "application_name", .text, aliases: ["application", "clientname", "app"],
      defaultHelp: "program's name", "shown by the server where it can"),
  ]

  // How long to wait.
  private static let timeouts = [
    row(
      "connect_timeout", .duration, default: "10", "DNS, TCP, proxy and TLS to one address"),
    row(
      "login_timeout", .duration, default: "30",
      "everything until the session stands, all hosts; 120 when a person must act"),
    row(
      "query_timeout", .duration, default: "0",
      "one execution until its first rows; the server is told to stop, the connection stays"),
    row(
      "network_timeout", .duration, aliases: ["connection_timeout", "read_timeout"],
      defaultHelp: "by protocol",
      "silence while an answer is due; after it the connection is dead"),
    row(
      "tcp_keepalive", .duration, default: "60",
      "idle time and interval of TCP keep-alive, 5 probes; finds a dead peer"),
  ]

  // How rows arrive, and in what form.
  private static let results = [
    row("max_rows", .count, default: "0", "end every result after so many rows; 0 = none"),
    row(
      "batch_rows", .count, aliases: ["fetch_size", "page_rows"], default: "65536",
      "rows in a batch at most, and what is asked of the server"),
    row(
      "batch_bytes", .size, aliases: ["fetch_bytes"], default: "8M",
      "bytes in a batch or page at most, and what is asked of the server"),
    row(
      "prefetch_batches", .count, default: "2", "batches read ahead by each reader; 0 = none"),
    row("prefetch_bytes", .size, default: "64M", "bytes read ahead for each result"),
    row(
      "prefetch_bytes_total", .size, aliases: ["memory_limit"], default: "256M",
      "bytes read ahead for all results of a connection; one batch is always allowed"),
    row(
      "parallel", .countOr(["off", "auto"]), default: "off", defaultHelp: "by protocol",
      "readers of one result: off, auto or a number"),
    row("ordered", .bool, default: "on", "parallel readers keep the server's order of rows"),
    row(
      "decimal_as_integer", .bool, default: "off", defaultHelp: "off (ADBC: on)",
      "decimals with scale 0 and up to 18 digits are 64-bit integers"),
    row(
      "timestamp_unit", .choice(["us", "ns", "text"]), default: "us",
      "Arrow form of timestamps with 7 to 9 fraction digits; what does not fit is an error"),
    row(
      "zoned_timestamp", .choice(["session", "utc"]), default: "session",
      "wall clock of zoned timestamps in ODBC structs and text: the session's, or UTC, to which "
        + "Exasol sessions are set then"),
    row(
      "binary_as", .choice(["refuse", "hex"]), default: "refuse",
      "binary parameters where the server has no such type"),
  ]

  // Encryption and who the server is.
  private static let tls = [
    row("tls", .bool, aliases: ["ssl", "encryption"], default: "on", "encrypt the connection"),
    row(
      "tls_verify", .choice(["full", "chain", "off"]), default: "full",
      "check of the server's certificate; chain: without the host name"),
    row(
      "tls_ca_file", .path, defaultHelp: "system's", "PEM file of the certificates to trust"),
    row(
      "tls_ca_dir", .path, defaultHelp: "system's", "hashed folder of certificates to trust"),
    row("tls_cert_file", .path, "PEM file of the client certificate and its chain"),
    row("tls_key_file", .path, "PEM file of the client certificate's key"),
    row("tls_key_password", .text, isSecret: true, "password of the client certificate's key"),
    row(
      "tls_pin", .fingerprint, aliases: ["fingerprint"],
      "SHA-256 of the server's certificate; replaces chain, expiry and host checks"),
    row(
      "tls_server_name", .text, defaultHelp: "host",
      "name for SNI, and the name that the certificate must have"),
  ]

  // The way to the server, and what is written down about it.
  private static let network = [
    row(
      "proxy", .text, aliases: ["http_proxy"], defaultHelp: "environment", isSecret: true,
      "http://[user:password@]host:port, or off; wins over HTTPS_PROXY and HTTP_PROXY"),
    row(
      "no_proxy", .list, defaultHelp: "environment",
      "hosts that are reached without the proxy; wins over NO_PROXY"),
    row(
      "log_level", .choice(["off", "error", "warning", "info", "debug", "trace"]),
      defaultHelp: "TERN_LOG", "how much the whole process logs, redacted"),
    row("log_file", .path, defaultHelp: "TERN_LOG_FILE", "where the log goes"),
    row(
      "http_user", .text, aliases: ["rest_user", "avatica_user"],
      "login of the HTTP layer, where that is not the database's"),
    row(
      "http_password", .text, aliases: ["rest_password", "avatica_password"], isSecret: true,
      "password of the HTTP layer"),
    row(
      "http_token", .textOrFile, aliases: ["bearer_token"], isSecret: true,
      "bearer token of the HTTP layer"),
    row("http_same_user", .bool, default: "off", "use user and password for the HTTP layer too"),
  ]
}
