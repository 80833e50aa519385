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
      "encoding", .choice(["auto", "json"]), aliases: ["serialization"], default: "auto",
      "how messages are written; a server that speaks protobuf only is named in the error"),
    OptionDefinition(
      "authentication", .choice(["none", "basic", "digest", "bearer"]), default: "none",
      "login of the HTTP layer, with http_user and http_password or http_token"),
    OptionDefinition(
      "temporal_frames", .choice(["auto", "single"]), default: "auto",
      "single: results come in one frame, in which a server outside UTC shifts no times"),
    OptionDefinition(
      "do_as", .text, "the user that the server acts for, where it allows impersonation"),
    OptionDefinition(
      "info.KEY", .text, isSecret: true,
      "any property of the server's own database connection, sent when it is opened"),
  ]
}
