public import TernDriver

/// What Snowflake targets may say: accounts instead of hosts, the database and schema as path, the
/// options, and the keywords of the vendor's own drivers.
public enum SnowflakeOptions {
  /// A host is an account unless it can only be a host.
  public static let grammar = TargetGrammar(
    scheme: "snowflake", plaintextScheme: "snowflake+http", productName: "Snowflake", port: 443,
    plaintextPort: 80, path: .options(["catalog", "schema"]),
    accounts: AccountRule(option: "account", domains: SnowflakeRedirect.domains),
    defaults: ["network_timeout": "60", "parallel": "auto"], vendorKeywords: vendorKeywords)

  /// The options that only Snowflake has.
  public static let rows: [OptionDefinition] =
    [place, login, oauth, session, transfers].flatMap { $0 }

  // Where to, and what is current there.
  private static let place = [
    OptionDefinition(
      "account", .text, defaultHelp: "from the host",
      "account identifier (org-account, or locator.region), or its whole URL; with it, host is "
        + "used as it is"),
    OptionDefinition(
      "region", .text, "region of an account locator, unless the account has it already"),
    OptionDefinition(
      "allow_underscores_in_host", .bool, default: "off",
      "keep underscores of an account in its host name; dashes are what certificates allow"),
    OptionDefinition(
      "warehouse", .text, defaultHelp: "user's", "current warehouse after the login"),
    OptionDefinition("role", .text, defaultHelp: "user's", "current role after the login"),
    OptionDefinition(
      "secondary_roles", .choice(["ALL", "NONE"]), defaultHelp: "user's",
      "whether the user's other roles count too"),
    OptionDefinition(
      "validate_default_parameters", .bool, default: "off",
      "a database, schema, warehouse or role that does not exist fails the login, not the first "
        + "statement"),
  ]

  // Who logs in, and how that is proved.
  private static let login = [
    OptionDefinition(
      "authenticator", .text, default: "snowflake",
      defaultHelp: "snowflake; snowflake_jwt with a private_key",
      "snowflake, username_password_mfa, snowflake_jwt, oauth, oauth_authorization_code, "
        + "oauth_client_credentials, programmatic_access_token, externalbrowser, "
        + "workload_identity, or the https:// address of an Okta domain"),
    OptionDefinition(
      "token", .textOrFile, isSecret: true,
      "OAuth access token, programmatic access token, or OpenID token of a workload"),
    OptionDefinition("passcode", .text, isSecret: true, "code of the second factor"),
    OptionDefinition(
      "passcode_in_password", .bool, default: "off",
      "the code of the second factor stands behind the password"),
    OptionDefinition(
      "session_token", .textOrFile, isSecret: true,
      "token of a session to take over instead of logging in"),
    OptionDefinition(
      "master_token", .textOrFile, isSecret: true,
      "master token of that session, to renew it with"),
    OptionDefinition(
      "private_key", .textOrFile, aliases: ["priv_key_file", "priv_key_base64"], isSecret: true,
      "RSA or elliptic key for snowflake_jwt: PKCS#8 as PEM, as Base64 of PEM or DER, or the path "
        + "of such a file"),
    OptionDefinition(
      "private_key_password", .text, aliases: ["priv_key_file_pwd", "priv_key_pwd"],
      isSecret: true, "password of an encrypted private_key"),
    OptionDefinition(
      "jwt_lifetime", .duration, default: "60", "how long a token signed with private_key is good"),
    OptionDefinition(
      "workload_identity_provider", .choice(["AWS", "AZURE", "GCP", "OIDC"]),
      "who says what this machine is, for workload_identity"),
    OptionDefinition(
      "workload_identity_entra_resource", .text,
      defaultHelp: "api://fd3f753b-eed3-462c-b6a7-a4b5bb650aad",
      "what an Azure workload's token is asked for"),
    OptionDefinition(
      "workload_identity_impersonation_path", .text,
      "roles of AWS (ARNs with commas between them) that are taken one after the other; the last "
        + "one logs in"),
    OptionDefinition(
      "browser", .text, defaultHelp: "xdg-open",
      "command that opens a web page for logins in a browser; the address is its last argument"),
    OptionDefinition(
      "console_login", .bool, default: "off",
      "log in at Snowflake's own page in the browser instead of the identity provider's"),
    OptionDefinition(
      "disable_saml_url_check", .bool, default: "off",
      "take Okta's answer for another host than this account's"),
    OptionDefinition(
      "token_cache", .bool, aliases: ["client_store_temporary_credential"], default: "on",
      "keep tokens of browsers, second factors and OAuth in a file of the user's, so that a person "
        + "need not act at each login"),
    OptionDefinition(
      "token_cache_dir", .path,
      defaultHelp: "SF_TEMPORARY_CREDENTIAL_CACHE_DIR, or snowflake in the user's cache folder",
      "folder of that file"),
  ]

  // The identity provider of OAuth.
  private static let oauth = [
    OptionDefinition(
      "oauth_client_id", .text, defaultHelp: "LOCAL_APPLICATION",
      "name of this client at the identity provider"),
    OptionDefinition(
      "oauth_client_secret", .textOrFile, isSecret: true, "secret of this client there"),
    OptionDefinition(
      "oauth_authorization_url", .text, defaultHelp: "the account's",
      "where a person is asked (https)"),
    OptionDefinition(
      "oauth_token_request_url", .text, defaultHelp: "the account's",
      "where tokens are asked for (https)"),
    OptionDefinition(
      "oauth_redirect_uri", .text, defaultHelp: "this machine, with a free port",
      "where the browser is sent back to"),
    OptionDefinition(
      "oauth_scope", .text, defaultHelp: "session:role:ROLE", "what the token is asked for"),
    OptionDefinition(
      "oauth_credentials_in_body", .bool, default: "off",
      "client id and secret go into the body of token requests instead of a header"),
    OptionDefinition(
      "oauth_single_use_refresh_tokens", .bool,
      aliases: ["oauth_enable_single_use_refresh_tokens"], default: "off",
      "ask for refresh tokens that are good for one use"),
  ]

  // What a session is like.
  private static let session = [
    OptionDefinition(
      "client_id", .text, default: "PythonConnector/2.7.8",
      "name/version by which the service chooses result formats and features; it answers unknown "
        + "ones in JSON"),
    OptionDefinition(
      "result_format", .choice(["arrow", "json"]), default: "arrow",
      "form that rows are asked for in; either is read"),
    OptionDefinition(
      "structured_types", .choice(["nested", "text"]), default: "nested",
      "columns of OBJECT, ARRAY and MAP types with known parts: nested, or the JSON text that the "
        + "service writes"),
    OptionDefinition(
      "keep_alive", .duration, aliases: ["client_session_keep_alive"], default: "0",
      "how often an idle session is kept from expiring, 900 to 3600 seconds; 0 = never"),
    OptionDefinition(
      "server_session_keep_alive", .bool, default: "off",
      "closing leaves the session and what runs in it alone"),
    OptionDefinition(
      "multi_statement_count", .count, defaultHelp: "session's",
      "statements that one text must hold, 1 unless the session says otherwise; 0 = any number"),
    OptionDefinition(
      "async", .choice(["off", "on", "submit"]), default: "off",
      "on: statements run apart on the server and are asked for again and again, for proxies that "
        + "cut silent requests; submit: they are only started, their query id is the result, and "
        + "closing leaves them running"),
    OptionDefinition(
      "timestamp_binding", .choice(["typed", "text"]), default: "typed",
      "parameters that are moments without a zone: typed sends TIMESTAMP_NTZ, text lets the server "
        + "read them in the session's zone where the column has one, as the vendor's ODBC driver"),
    OptionDefinition(
      "query_tag", .text, defaultHelp: "empty", "tag of the session's queries in the history"),
    OptionDefinition(
      "session.NAME", .text, "any session parameter, sent with the login"),
  ]

  // Data in bulk.
  private static let transfers = [
    OptionDefinition(
      "bind_stage_threshold", .count, defaultHelp: "server's",
      "values from which parameters go through a stage; 0 = never"),
    OptionDefinition("put_get", .bool, default: "on", "allow PUT and GET statements"),
    OptionDefinition(
      "local_files_root", .path, "the folder that PUT and GET statements cannot leave"),
    OptionDefinition(
      "put_fastfail", .bool, default: "off", "the first file that fails ends a PUT"),
    OptionDefinition(
      "get_fastfail", .bool, default: "off", "the first file that fails ends a GET"),
  ]

  private typealias Value = VendorKeyword.Value

  /// Keywords of the ODBC driver whose values mean something else here.
  private static let vendorKeywords = [
    VendorKeyword("CLIENT_SESSION_KEEP_ALIVE", .values(keepAlives)),
    VendorKeyword("CLIENT_PREFETCH_THREADS", .option("parallel")),
    VendorKeyword("CLIENT_MEMORY_LIMIT", .sized("prefetch_bytes_total", unit: "M")),
    VendorKeyword("ODBC_TREAT_DECIMAL_AS_INT", .option("decimal_as_integer")),
    VendorKeyword("TRACING", .values(logLevels)),
  ]

  private static let keepAlives =
    ["true", "on", "yes", "1"].map { Value($0, "keep_alive", "900") }
    + ["false", "off", "no", "0"].map { Value($0, "keep_alive", "0") }

  private static let logLevels = zip(
    0..., ["off", "error", "error", "warning", "info", "debug", "trace"]
  ).map { Value("\($0)", "log_level", $1) }
}
