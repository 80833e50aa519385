import TernCore
import TernDriver

/// A protocol with host ranges, pins and vendor keywords.
enum ClusterDriver: Driver {
  static let grammar = TargetGrammar(
    scheme: "cluster", plaintextScheme: "cluster+ws", productName: "Cluster", port: 8563,
    path: .options(["schema"]), hasHostRanges: true, hasHostPins: true,
    defaults: ["network_timeout": "5m"],
    vendorKeywords: [
      VendorKeyword("CLUHOST", .option("host")),
      VendorKeyword("CLUPWD", .option("password")),
      VendorKeyword("FETCHSIZE", .sized("batch_bytes", unit: "k")),
      VendorKeyword(
        "FINGERPRINT", .values([VendorKeyword.Value("nocertcheck", "tls_verify", "off")])),
      VendorKeyword(
        "LOGMODE", .values([VendorKeyword.Value("ON ERROR ONLY", "log_level", "error")])),
      VendorKeyword(
        "AUTHMETHOD", .passwordIs([VendorKeyword.Value("refreshtoken", "refresh_token")])),
    ])
  static let options = [
    OptionDefinition("refresh_token", .textOrFile, isSecret: true, "token instead of a password"),
    OptionDefinition("compression", .bool, default: "off", "compress messages"),
  ]
  static func connect(
    to target: ConnectionTarget, _ context: CallContext
  ) throws(TernError) -> any Session { throw .unsupported("no server") }
}

/// A protocol with accounts instead of hosts and a family of options.
enum CloudDriver: Driver {
  static let grammar = TargetGrammar(
    scheme: "cloud", plaintextScheme: "cloud+http", productName: "Cloud", port: 443,
    plaintextPort: 80, path: .options(["catalog", "schema"]),
    accounts: AccountRule(option: "account", domains: [".cloud.example"]),
    defaults: ["parallel": "auto"])
  static let options = [
    OptionDefinition("account", .text, defaultHelp: "from the host", "account"),
    OptionDefinition("warehouse", .text, "warehouse"),
    OptionDefinition("private_key", .textOrFile, aliases: ["priv_key_file"], isSecret: true, "key"),
    OptionDefinition("session.NAME", .text, "any session parameter"),
  ]
  static func connect(
    to target: ConnectionTarget, _ context: CallContext
  ) throws(TernError) -> any Session { throw .unsupported("no server") }
}

/// A protocol whose path is that of HTTP requests, with an option that must be given.
enum WebDriver: Driver {
  static let grammar = TargetGrammar(
    scheme: "web", plaintextScheme: "web+http", productName: "Web", port: 8765,
    path: .http("path"), required: ["target"])
  static let options = [
    OptionDefinition("path", .text, default: "/", "path of HTTP requests"),
    OptionDefinition("target", .text, "server behind the gateway"),
  ]
  static func connect(
    to target: ConnectionTarget, _ context: CallContext
  ) throws(TernError) -> any Session { throw .unsupported("no server") }
}

/// The three of them, with two files.
let samples = DriverRegistry([ClusterDriver.self, CloudDriver.self, WebDriver.self]) {
  path throws(TernError) in
  switch path {
  case "/keys/token": return Array("abc123\n".utf8)
  case "/keys/binary": return [0xFF, 0xFE]
  default: throw .usage("\(path): no such file")
  }
}

/// Parses for a program.
func parse(_ text: String) throws(TernError) -> ConnectionTarget {
  try ConnectionTarget(parsing: text, registry: samples)
}

/// Parses for ODBC.
func parseODBC(_ text: String) throws(TernError) -> ConnectionTarget {
  try ConnectionTarget(parsing: text, registry: samples, audience: .odbc)
}

/// The error that `body` throws, or nil.
func failure(_ body: () throws(TernError) -> Void) -> TernError? {
  do throws(TernError) {
    try body()
    return nil
  } catch {
    return error
  }
}
