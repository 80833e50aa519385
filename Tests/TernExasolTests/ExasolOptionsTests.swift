import TernCore
import TernDriver
import TernExasol
import Testing

@Suite struct ExasolOptionsTests {
  /// Only the target's side of the driver.
  private enum OptionsOnly: Driver {
    static let grammar = ExasolOptions.grammar
    static let options = ExasolOptions.rows
    static func connect(
      to target: ConnectionTarget, _ context: CallContext
    ) throws(TernError) -> any Session { throw .unsupported("no server") }
  }

  private let registry = DriverRegistry([OptionsOnly.self]) { _ throws(TernError) in [] }

  private func parse(_ text: String) throws -> ConnectionTarget {
    try ConnectionTarget(parsing: text, registry: registry)
  }

  @Test func readsTheExampleOfTheGrammar() throws {
    let text =
      "exasol://sys:p%40ss@exa1..4,exa9:8564/RETAIL?query_timeout=60&compression=on"
    let target = try parse(text)
    #expect(try target.hosts.map(\.host) == ["exa1", "exa2", "exa3", "exa4", "exa9"])
    #expect(try target.hosts.map(\.port) == [8564, 8564, 8564, 8564, 8564])
    #expect(target.uri(showingSecrets: true) == text)
    #expect(try target.duration("feedback_interval") == 1_000_000_000)
  }

  @Test(arguments: [
    ("ExaHost=a,b:1", "host", "a,b:1"), ("exauid=me", "user", "me"),
    ("EXASCHEMA=S", "schema", "S"), ("Encryption=Y", "tls", nil), ("Encryption=1", "tls", "on"),
    ("SSLCERTIFICATE=SSL_VERIFY_NONE", "tls_verify", "off"),
    ("validateservercertificate=0", "tls_verify", "off"),
    ("validateservercertificate=1", "tls_verify", "full"),
    ("nocertcheck=1", "tls_verify", "off"), ("Fingerprint=NOCERTCHECK", "tls_verify", "off"),
    ("FETCHSIZE=2000", "batch_bytes", "2000k"), ("LOGMODE=ON ERROR ONLY", "log_level", "error"),
    ("LOGMODE=DebugComm", "log_level", "trace"), ("EXALOGFILE=/tmp/x", "log_file", "/tmp/x"),
    ("INTTYPESINRESULTSIFPOSSIBLE=1", "decimal_as_integer", "on"),
    ("SnapshotTransactions=1", "snapshot_transactions", "on"), ("FETCHSIZE=x", "", nil),
    ("ClientName=app", "application_name", "app"), ("SSLCERTIFICATE=x", "", nil),
  ])
  func readsVendorKeywords(text: String, option: String, value: String?) throws {
    guard let value else {
      #expect(throws: TernError.self) { try parse("Protocol=exasol;" + text) }
      return
    }
    #expect(try parse("Protocol=exasol;" + text).text(option) == value)
  }

  @Test(arguments: [
    ("refreshtoken", "refresh_token"), ("AccessToken", "access_token"),
  ])
  func authenticationMethodNamesTheToken(method: String, option: String) throws {
    let target = try parse("Protocol=exasol;EXAPWD=t;AUTHMETHOD=\(method)")
    #expect(try target.secret(option)?.text == "t")
    #expect(try target.secret("password") == nil)
  }

  @Test func otherVendorKeywordsAreWarnings() throws {
    let target = try ConnectionTarget(
      parsing: "Protocol=exasol;EXAHOST=h;STRINGSNOTNULL=1;CONNECTIONLCCTYPE=de_DE.UTF-8",
      registry: registry, audience: .odbc)
    #expect(target.warnings.map(\.sqlState) == [.unknownKeyword, .unknownKeyword])
  }

  @Test func defaultsOfAllOptionsAreAllowed() throws {
    let target = try parse("exasol://h")
    for row in ExasolOptions.rows where !row.isSecret && row.defaultText != nil {
      var changed = target
      try changed.set(row.name, row.defaultText ?? "")
      #expect(try changed.text(row.name) == target.text(row.name))
    }
  }
}
