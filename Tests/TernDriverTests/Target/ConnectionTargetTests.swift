import TernCore
import TernDriver
import Testing

@Suite struct ConnectionTargetTests {
  @Test func readsEveryPartOfAURI() throws {
    let target = try parse(
      "cluster://sys:p%40s%2Fs:w+@exa1..2,exa9:8564/RETAIL?compression=yes&query_timeout=1.5m")
    #expect(try target.text("user") == "sys")
    #expect(try target.secret("password")?.text == "p@s/s:w+")
    #expect(try target.hosts.map(\.description) == ["exa1:8564", "exa2:8564", "exa9:8564"])
    #expect(try target.text("schema") == "RETAIL")
    #expect(try target.flag("compression") == true)
    #expect(try target.duration("query_timeout") == 90_000_000_000)
    #expect(try target.validated() == ClusterDriver.self)
    #expect(target.isEncrypted)
  }

  @Test func readsEveryPartOfAKeywordString() throws {
    let target = try parse(
      " Protocol = Cluster; SERVER=exa1..2 ;Port=8564;UID=sys;PWD={a;b}}c} ;Compression=1;"
        + "LoginTimeout=5;Fetch_Bytes=1M;")
    #expect(try target.hosts.map(\.description) == ["exa1:8564", "exa2:8564"])
    #expect(try target.secret("password")?.text == "a;b}c")
    #expect(try target.flag("compression") == true)
    #expect(try target.duration("login_timeout") == 5_000_000_000)
    #expect(try target.size("batch_bytes") == 1 << 20)
  }

  @Test func firstKeywordWinsAndTwiceInAURIIsRefused() throws {
    let target = try parse("UID=a;user=b;Protocol=web;Host=h;UserName=c")
    #expect(try target.text("user") == "a")
    for uri in ["cluster://h?tls=on&ssl=on", "cluster://h/S?schema=T", "cluster://u@h?uid=v"] {
      let error = failure { () throws(TernError) in _ = try parse(uri) }
      #expect(error?.message.contains("twice") ?? false, "\(uri)")
    }
  }

  @Test func callWinsOverTextOverDataSourceOverDefault() throws {
    var target = try parseODBC("DSN=x;Schema=TEXT")
    try target.addDataSource([
      ("Protocol", "cluster"), ("Schema", "SOURCE"), ("UID", "source"), ("Server", "h"),
    ])
    #expect(try target.text("schema") == "TEXT")
    #expect(try target.text("user") == "source")
    try target.set("Schema", "CALL")
    #expect(try target.text("schema") == "CALL")
    #expect(try target.text("network_timeout") == "5m")
    #expect(try target.count("batch_rows") == 65536)
    try target.unset("schema")
    #expect(try target.text("schema") == nil)
  }

  @Test func settingsMayComeBeforeTheProtocol() throws {
    var target = ConnectionTarget(registry: samples)
    try target.set("warehouse", "WH")
    try target.set("password", "p")
    try target.set("host", "acct")
    try target.set("protocol", "cloud")
    #expect(try target.text("warehouse") == "WH")
    #expect(target.account == "acct")
    var other = ConnectionTarget(registry: samples)
    try other.set("warehouse", "WH")
    let error = failure { () throws(TernError) in try other.set("protocol", "web") }
    #expect(error?.message.contains("warehouse belongs to cloud") ?? false)
  }

  @Test func keywordsBesideAURIWin() throws {
    let target = try parse("URI={cluster://a:b@h1/S};UID=c;Server=h2")
    #expect(try target.text("user") == "c")
    #expect(try target.secret("password")?.text == "b")
    #expect(try target.hosts.map(\.host) == ["h2"])
  }

  @Test(arguments: [
    ("exsol://h", "unknown protocol exsol"), ("clusterr://h", "did you mean cluster?"),
    ("cluster://h?quary_timeout=1", "did you mean query_timeout?"),
    ("cluster://h?LOGIN_TIMEOUT=1", "did you mean login_timeout?"),
    ("cluster://h?nothing_like_it=1", "unknown option nothing_like_it"),
    ("cluster://h?warehouse=1", "belongs to cloud"),
    ("Protocol=cluster;Server=h;Shcema=x", "did you mean schema?"),
    ("cluster://h?query_timeout=soon", "query_timeout: 'soon' is not allowed; allowed: seconds"),
    ("cluster://h?isolation=none", "allowed: read_uncommitted, read_committed"),
    ("cluster://h?tls_pin=12", "tls_pin: the value is not allowed; allowed: the 64"),
    ("cluster://h?port=0", "1 to 65535"), ("cluster://h/a/b", "the path has 2 parts"),
    ("cluster://u:p@q@h", "more than one '@'"), ("cluster://u:p/q@h", "%2F"),
    ("cluster://u:1/q@h", "'@' in the path"), ("cluster://u:a?b@h", "not name=value"),
    ("cluster://h?schema=a%2", "'%' at byte 20"), ("cluster://h?schema=%zz", "hexadecimal"),
    ("cluster://h?schema=%FF", "UTF-8"), ("cluster://h?schema=%00", "%00"),
    ("cluster://h?schema=a b", "byte 20"), ("cluster://h#x", "'#' at byte 11"),
    ("cluster://h?=1", "item 1"), ("cluster://h?a", "item 1"), ("nonsense", "scheme://"),
    ("Protocol=cluster;Server", "pair number 2"), ("PWD={a", "closing"),
    ("PWD={a}b;UID=x", "after its closing brace"), ("=x", "pair number 1"),
    ("Protocol=cluster;refresh_token=@x", "@/path"),
  ])
  func saysWhatIsWrong(text: String, part: String) {
    let error = failure { () throws(TernError) in _ = try parse(text) }
    #expect(error?.message.contains(part) ?? false, "\(error?.message ?? "no error")")
    #expect(error?.kind == .usage)
  }

  @Test(arguments: [
    ("", "no protocol"), ("UID=x", "no protocol"), ("cluster://", "host is missing"),
    ("web://h", "option target is required"), ("cluster+ws://h?tls=on", "contradicts tls=on"),
    ("cluster+ws://h?tls_ca_file=/x", "tls_ca_file contradicts scheme cluster+ws"),
    ("cluster://h%2Fnocertcheck?tls=off", "pin contradicts tls=off"),
    ("cluster+ws://h?tls_pin=\(String(repeating: "a", count: 64))", "tls_pin contradicts"),
  ])
  func checksThatATargetIsComplete(text: String, part: String) throws {
    let target = try parse(text)
    let error = failure { () throws(TernError) in try target.validated() }
    #expect(error?.message.contains(part) ?? false, "\(error?.message ?? "no error")")
  }

  @Test func callsMayChangePortsAndSchemesOfATarget() throws {
    var target = try parse("cluster://h:1")
    try target.set("port", "2")
    #expect(try target.hosts.map(\.port) == [2])
    try target.set("protocol", "cluster+ws")
    #expect(!target.isEncrypted)
    #expect(failure { () throws(TernError) in try target.set("protocol", "web") } != nil)
    try target.set("uri", "cluster+ws://k/S")
    #expect(try target.hosts.map(\.host) == ["k"])
  }

  @Test(
    arguments: [
      ("cloud://acct", "acct"), ("cloud://org-acct.eu", "org-acct.eu"), ("cloud://acct:443", nil),
      ("cloud://localhost", nil), ("cloud://127.0.0.1", nil), ("cloud://[::1]", nil),
      ("cloud://x.cloud.example", nil), ("cloud://proxy?account=a", "a"), ("cluster://acct", nil),
    ] as [(String, String?)])
  func tellsAccountsFromHosts(text: String, account: String?) throws {
    let target = try parse(text)
    #expect(target.account == account)
    #expect(try target.hosts.isEmpty == (account != nil && !text.contains("proxy")))
  }

  @Test func plaintextSchemesHaveTheirPort() throws {
    #expect(try parse("cloud+http://localhost").hosts.map(\.port) == [80])
    #expect(try parse("cloud://localhost").hosts.map(\.port) == [443])
    #expect(try parse("cloud://localhost?tls=off").hosts.map(\.port) == [80])
  }

  @Test func secretsMayComeFromFiles() throws {
    let file = try parse("cluster://h?refresh_token=@/keys/token")
    #expect(try file.secret("refresh_token")?.text == "abc123")
    #expect(try parse("cluster://h?refresh_token=@@x").secret("refresh_token")?.text == "@x")
    for path in ["/keys/none", "/keys/binary"] {
      let target = try parse("cluster://h?refresh_token=@\(path)")
      let error = failure { () throws(TernError) in _ = try target.secret("refresh_token") }
      #expect(error?.message.hasPrefix("option refresh_token") ?? false)
    }
  }

  @Test func familiesKeepTheirNames() throws {
    let target = try parse("cloud://a?session.TIMEZONE=UTC&session.A_b=1")
    #expect(target.family("session.").map(\.name) == ["A_b", "TIMEZONE"])
    #expect(target.family("session.").map(\.value.text) == ["1", "UTC"])
    let bad = failure { () throws(TernError) in _ = try parse("cloud://a?session.a%3Db=1") }
    #expect(bad?.sqlState == .unknownOption)
  }

  @Test func valuesThatAreNeitherSetNorDefaultAreTold() throws {
    let target = try parse("web://h")
    #expect(!target.has("network_timeout") && target.has("tls") && !target.isSet("tls"))
    #expect(try parse("cluster://h").has("network_timeout"))
    let error = failure { () throws(TernError) in _ = try target.duration("network_timeout") }
    #expect(error?.kind == .internal)
  }

  @Test func listsEveryOption() {
    let keys = samples.keys
    #expect(keys.first?.definition.name == "protocol")
    #expect(keys.contains { $0.definition.name == "warehouse" && $0.scheme == "cloud" })
    #expect(keys.contains { $0.definition.name == "narrow_text" && $0.scheme == nil })
  }

  @Test func aTargetIsLimitedInSize() {
    let text = "cluster://h?schema=" + String(repeating: "a", count: Limits.targetByteCountMax)
    let error = failure { () throws(TernError) in _ = try parse(text) }
    #expect(error?.sqlState == .invalidLength)
  }
}
