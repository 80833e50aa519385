public import TernDriver

/// What Avatica targets may say: the path of the HTTP requests, and the protocol's own options.
public enum AvaticaOptions {
  /// The path of a URI is the path that is posted to.
  public static let grammar = TargetGrammar(
    scheme: "avatica", plaintextScheme: "avatica+http", productName: "Avatica", port: 8765,
    path: .http("path"), defaults: ["network_timeout": "0", "batch_rows": "10000"])

  /// The options that only Avatica has.
  public static let rows: [OptionDefinition] = [
    OptionDefinition(
      "path", .text, default: "/", "the path that requests are posted to, as in a URI"),
    OptionDefinition(
      "encoding", .choice(["auto", "json", "protobuf"]), aliases: ["serialization"],
      default: "auto", "how messages are written; auto takes what the server answers in"),
    OptionDefinition(
      "authentication", .choice(["none", "basic", "digest", "bearer", "spnego"]),
      default: "none",
      "login of the HTTP layer: with http_user and http_password, with http_token, or (spnego) "
        + "with the Kerberos ticket of the user"),
    OptionDefinition(
      "spnego_canonicalize", .bool, default: "off",
      "ask DNS for the host's own name, where services are registered under that"),
    OptionDefinition(
      "flavour", .choice(["auto", "generic", "phoenix", "druid"]), default: "auto",
      "what kind of server it is; auto goes by what it says of itself"),
    OptionDefinition(
      "keep_alive", .duration, default: "240",
      "how often the connection and its open results are kept from expiring on the server"),
    OptionDefinition(
      "reconnect", .bool, default: "off",
      "open a connection that the server has forgotten again, where nothing but autocommit work "
        + "can have been lost"),
    OptionDefinition(
      "resume", .choice(["off", "unsafe"]), default: "off",
      "unsafe: run a query again when its statement was lost, and skip the rows that were read; "
        + "rows can be wrong unless the query has a total order and the data do not change"),
    OptionDefinition(
      "cancel", .choice(["close_statement", "later"]), default: "close_statement",
      "later: the statement of a cancelled call is closed after half a minute, for databases that "
        + "a close during a query harms"),
    OptionDefinition(
      "temporal_frames", .choice(["auto", "single"]), default: "auto",
      "single: results come in one frame, in which a server outside UTC shifts no times"),
    OptionDefinition(
      "server_time_zone", .text, aliases: ["serverTimeZone"],
      "IANA name of the zone of the server's machine: times that it shifts in later frames are "
        + "put right"),
    OptionDefinition(
      "julian", .bool, default: "off",
      "read dates before 1582-10-15 as the database shows them: servers count them by the Julian "
        + "calendar"),
    OptionDefinition(
      "timestamp_text", .choice(["off", "cast"]), default: "off",
      "cast: queries without ORDER BY are wrapped so that times come as text, with the digits "
        + "below a millisecond that the protocol cuts off; one more request a query"),
    OptionDefinition(
      "utc_params", .bool, default: "off",
      "bind timestamps with a zone as their wall clock in UTC instead of refusing them"),
    OptionDefinition(
      "do_as", .text, "the user that the server acts for, where it allows impersonation"),
    OptionDefinition(
      "info.KEY", .text, isSecret: true,
      "any property of the server's own database connection, sent when it is opened"),
  ]
}
