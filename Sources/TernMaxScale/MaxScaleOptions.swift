public import TernDriver

/// What MaxScale targets may say besides the common options.
public enum MaxScaleOptions {
  /// The path of a URI is the database; MaxScale has no schemas.
  public static let grammar = TargetGrammar(
    scheme: "maxscale", plaintextScheme: "maxscale+http", productName: "MaxScale", port: 8989,
    path: .options(["catalog"]), defaults: ["network_timeout": "0"], required: ["target"])

  /// The options that only MaxScale has.
  public static let rows: [OptionDefinition] = [
    OptionDefinition(
      "target", .text, defaultHelp: "required",
      "the server, service or listener of MaxScale to connect to"),
    OptionDefinition(
      "exactness", .choice(["exact", "error", "raw"]), default: "exact",
      "values that MaxScale's JSON would change: exact rewrites queries so that they arrive whole, "
        + "error refuses their columns, raw takes what comes; where neither is possible, exact "
        + "is an error too"),
    OptionDefinition(
      "server_max_rows", .count, default: "0",
      "more rows than this are an error, not a silent end (that is max_rows); 0 = none"),
    OptionDefinition(
      "fetch", .choice(["stream", "snapshot"]), default: "stream",
      "snapshot: queries go into a temporary table, read in pages of batch_rows (10000 unless "
        + "set): MaxScale holds a page instead of the whole result"),
    OptionDefinition(
      "parameters", .choice(["client", "server"]), default: "client",
      "who puts values in the place of markers: client writes literals, server gets the text and "
        + "the literals apart (EXECUTE IMMEDIATE), for single statements"),
    OptionDefinition(
      "async", .bool, default: "off",
      "ask for results again and again instead of waiting, for proxies that cut silent requests"),
    OptionDefinition(
      "show_warnings", .bool, default: "off",
      "ask for the server's warnings behind every statement; a round trip more"),
    OptionDefinition(
      "token_transport", .choice(["cookie", "persist", "query"]), default: "cookie",
      "how the connection token travels; persist: MaxScale sets the cookie itself, which keeps the "
        + "token out of addresses before 22.08.2 too; query shows it to proxies and their logs"),
    OptionDefinition(
      "reconnect", .bool, default: "off",
      "connect a session whose database was lost again with its next call, where nothing but "
        + "autocommit work can have been lost; no statement runs twice"),
    OptionDefinition(
      "rest_auth", .choice(["basic", "bearer"]), default: "basic",
      "bearer: log in at /auth and use its token, where MaxScale allows that"),
    OptionDefinition(
      "time_zone", .text, default: "+00:00",
      "offset that the session's time zone is pinned to, or keep; only +00:00 makes TIMESTAMP "
        + "columns instants"),
    OptionDefinition(
      "zero_date", .choice(["error", "null", "text"]), default: "error",
      "dates with a zero for year, month or day: an error, NULL, or all dates as text"),
    OptionDefinition(
      "time_as", .choice(["time", "duration"]), default: "time",
      "TIME columns; a time of day beyond 24 hours or below 0 is an error, a duration holds all"),
    OptionDefinition(
      "uuid_as", .choice(["text", "uuid"]), default: "text",
      "UUID columns; uuid: sixteen bytes, Arrow's extension type arrow.uuid and ODBC's GUID"),
    OptionDefinition(
      "geometry_as", .choice(["wkb", "raw"]), default: "wkb",
      "GEOMETRY columns; wkb: well-known binary (geoarrow.wkb), extended by the SRID if there is "
        + "one; raw: MariaDB's own bytes, which a parameter takes again"),
    OptionDefinition(
      "enum_values", .bool, default: "off",
      "tell the values of ENUM and SET columns in the metadata of Arrow fields (mariadb:type), for "
        + "a temporary table and a round trip more; before 24.02 they are told anyway"),
    OptionDefinition("tinyint1_is_bool", .bool, default: "off", "TINYINT(1) columns are Booleans"),
  ]
}
