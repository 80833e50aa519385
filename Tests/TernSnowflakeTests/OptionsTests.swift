import TernCore
import TernDriver
import TernNet
import Testing

@testable import TernSnowflake

struct OptionsTests {
  private func settings(_ options: String) throws -> SnowflakeSettings {
    try SnowflakeOpener(try TargetReader.target("snowflake://u:p@acct/DB?" + options)).settings()
  }

  @Test func theDriversOwnDefaults() throws {
    let target = try TargetReader.target("snowflake://u@acct/DB/S")
    #expect(try target.duration("network_timeout") == 60_000_000_000)
    #expect(try target.countOrWord("parallel") == .word("auto"))
    #expect(try target.text("catalog") == "DB" && target.text("schema") == "S")
    let settings = try settings("")
    #expect(settings.isAutocommit && settings.keepAlive == 0 && settings.allowsTransfers)
    #expect(settings.multiStatementCount == nil && settings.bindStageThreshold == nil)
  }

  @Test(arguments: [
    ("1", 900), ("900", 900), ("1000", 1_000), ("3600", 3_600), ("24h", 3_600), ("0", 0),
  ])
  func keepAliveIsWithinWhatServersExpect(_ text: String, _ seconds: Int64) throws {
    #expect(try settings("keep_alive=\(text)").keepAlive == seconds * 1_000_000_000)
  }

  @Test func sessionsThatEndSoonAreTouchedSooner() throws {
    let service = try ScriptedService { _ in
      .json(
        #"{"data":{"token":"t","masterToken":"m","masterValidityInSeconds":300},"success":true}"#)
    }
    #expect(try service.open("keep_alive=1h").settings.keepAlive == 75_000_000_000)
    #expect(try service.open().settings.keepAlive == 0)
  }

  @Test func theVendorsKeywordsAreUnderstood() throws {
    let target = try TargetReader.target(
      "Protocol=snowflake;Server=acct.snowflakecomputing.com;Account=acct;UID=u;PWD=p;Database=D;"
        + "Warehouse=W;Role=R;CLIENT_SESSION_KEEP_ALIVE=true;CLIENT_PREFETCH_THREADS=3;"
        + "CLIENT_MEMORY_LIMIT=100;ODBC_TREAT_DECIMAL_AS_INT=true;TRACING=4;"
        + "PASSCODEINPASSWORD=1;ALLOWUNDERSCORESINHOST=true;VALIDATE_DEFAULT_PARAMETERS=true;"
        + "CLIENT_STORE_TEMPORARY_CREDENTIAL=false;SECONDARYROLES=all;PRIV_KEY_FILE=/k.p8;"
        + "PRIV_KEY_FILE_PWD=x;PUT_FASTFAIL=true;OAUTH_CLIENT_ID=c;QUERY_TAG=q")
    #expect(try target.duration("keep_alive") == 900_000_000_000)
    #expect(try target.countOrWord("parallel") == .count(3))
    #expect(try target.size("prefetch_bytes_total") == 100 << 20)
    #expect(try target.flag("decimal_as_integer") && target.flag("passcode_in_password"))
    #expect(try target.flag("allow_underscores_in_host"))
    #expect(try target.flag("validate_default_parameters") && !target.flag("token_cache"))
    #expect(try target.text("secondary_roles") == "ALL" && target.text("log_level") == "info")
    #expect(try target.secret("private_key") == Secret("/k.p8"))
    #expect(try target.secret("private_key_password") == Secret("x"))
    #expect(try target.flag("put_fastfail") && target.text("query_tag") == "q")
    let off = try TargetReader.target(
      "Protocol=snowflake;Account=a;CLIENT_SESSION_KEEP_ALIVE=false")
    #expect(try off.duration("keep_alive") == 0)
  }

  @Test func valuesOfParametersKeepTheirKind() {
    #expect(SnowflakeOpener.value("true") == .bool(true))
    #expect(SnowflakeOpener.value("False") == .bool(false))
    #expect(SnowflakeOpener.value("42") == .number(42))
    #expect(SnowflakeOpener.value("4.2") == .text("4.2") && SnowflakeOpener.value("") == .text(""))
  }

  @Test func morePatienceWhereAPersonActs() throws {
    let method = { (options: String) in
      try SnowflakeAuthentication(
        target: try TargetReader.target("snowflake://u:p@acct/?" + options), surroundings: .quick
      ).method()
    }
    #expect(try method("authenticator=ExternalBrowser").needsPerson)
    #expect(try method("authenticator=username_password_mfa").needsPerson)
    #expect(try method("authenticator=oauth_authorization_code").needsPerson)
    #expect(try !method("").needsPerson && method("private_key=x") == .keyPair)
    #expect(try method("private_key=x&authenticator=snowflake") == .password)
    #expect(try method("authenticator=https://x.okta.com") == .okta("https://x.okta.com"))
  }

  @Test("trap 22: what goes past a proxy")
  func trap22ProxyExceptions() throws {
    let proxy = try ProxyServer(parsing: "http://u:s3cret@proxy:8080")
    let environment = ["HTTPS_PROXY": "http://other:1", "NO_PROXY": "*"]
    let server = { (list: [String]?, host: String) throws -> ProxyServer? in
      try ProxySettings(.server(proxy), noProxy: list).server(
        for: Endpoint(host: host, port: 443), isEncrypted: true, variable: { environment[$0] })
    }
    let host = "acct.privatelink.snowflakecomputing.com"
    // What the target says wins, whatever the environment has.
    #expect(try server(nil, host) == proxy)
    for exempt in [
      ".snowflakecomputing.com", "*.snowflakecomputing.com", "snowflakecomputing.com", "*", host,
      "\(host):443", "SNOWFLAKECOMPUTING.COM",
    ] {
      #expect(try server([exempt], host) == nil, "\(exempt)")
    }
    for other in ["computing.com", "\(host):8443", "x.\(host)", "acct"] {
      #expect(try server([other], host) == proxy, "\(other)")
    }
    #expect(ProxySettings.list("a, .b|*.c ,|") == ["a", ".b", "*.c"])
  }

  @Test("trap 22: a proxy that wants a login is asked once, and its password is told to nobody")
  func trap22ProxyLogin() throws {
    let proxy = try ScriptedService { _ in .status(407, "login") }
    let target = try TargetReader.target(
      "snowflake://u:p@acct/?proxy=http://me:pr0xy-pw@127.0.0.1:\(proxy.port)&tls_verify=off")
    let error = try #require(throws: TernError.self) {
      try SnowflakeOpener(target, .quick).open(patience)
    }
    #expect(error.sqlState == .connectionRefused && !error.message.contains("pr0xy-pw"))
    #expect(proxy.requests.map(\.method) == ["CONNECT"])
    #expect(proxy.requests[0].header("Proxy-Authorization")?.hasPrefix("Basic ") == true)
  }

  @Test("trap 22: a plain service behind a proxy")
  func trap22PlainProxy() throws {
    let proxy = try ScriptedService { _ in Answers.login() }
    let target = try TargetReader.target(
      "snowflake+http://u:p@acct.snowflakecomputing.com/?proxy=http://127.0.0.1:\(proxy.port)")
    _ = try SnowflakeOpener(target, .quick).open(patience)
    #expect(
      proxy.requests[0].path == "http://acct.snowflakecomputing.com/session/v1/login-request")
  }
}
