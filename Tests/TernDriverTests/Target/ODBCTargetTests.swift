import TernCore
import TernDriver
import Testing

@Suite struct ODBCTargetTests {
  @Test func unknownKeywordsAreWarnings() throws {
    let target = try parseODBC(
      "Protocol=cluster;Server=h;Shcema=x;Foo=1;stray;Warehouse=w;APP=prog;WSID=pc;"
        + "Trusted_Connection=yes;Extended Properties={a=b}")
    #expect(target.warnings.map(\.sqlState.text) == ["01S00", "01S00", "01S00"])
    #expect(target.warnings.first?.message.contains("did you mean schema?") ?? false)
    #expect(try target.text("application_name") == "prog")
  }

  @Test func manyUnknownKeywordsTakeLittleTimeAndRoom() throws {
    let text = (0..<100_000).map { "k\($0)=v;" }.joined()
    #expect(try parseODBC("Protocol=cluster;Server=h;" + text).warnings.count == 100)
  }

  @Test func badValuesStayErrorsAndCallsStayStrict() throws {
    #expect(
      failure { () throws(TernError) in
        _ = try parseODBC("Protocol=cluster;Server=h;tls=perhaps")
      } != nil)
    var target = try parseODBC("Protocol=cluster;Server=h")
    #expect(failure { () throws(TernError) in try target.set("foo", "1") } != nil)
  }

  @Test func odbcOptionsAreUnknownElsewhere() throws {
    #expect(try parseODBC("Protocol=web;NarrowText=1").flag("narrow_text") == true)
    #expect(failure { () throws(TernError) in _ = try parse("Protocol=web;NarrowText=1") } != nil)
    #expect(failure { () throws(TernError) in _ = try parse("Protocol=web;DSN=x") } != nil)
  }

  @Test func emptyKeywordsCountAsNotGiven() throws {
    let target = try parseODBC("Protocol=cluster;Server=h;Port=;Schema=;Tls=")
    #expect(try target.hosts.map(\.port) == [8563])
    #expect(target.isEncrypted)
  }

  @Test func readsVendorKeywords() throws {
    let target = try parseODBC(
      "Protocol=cluster;CLUHOST=a,h1..2;clupwd=tok;AuthMethod=RefreshToken;FETCHSIZE=2000;"
        + "fingerprint=NoCertCheck;LOGMODE=on error only")
    #expect(target.warnings.isEmpty)
    #expect(try target.secret("refresh_token")?.text == "tok")
    #expect(try target.secret("password") == nil)
    #expect(try target.size("batch_bytes") == 2000 << 10)
    #expect(try target.text("tls_verify") == "off")
    #expect(try target.text("tls_pin") == nil)
    #expect(try target.text("log_level") == "error")
  }

  @Test func vendorKeywordsFallBackOnTheOptionOfTheirName() throws {
    let pin = String(repeating: "AB", count: 32)
    let target = try parse("Protocol=cluster;Server=h;Fingerprint=\(pin)")
    #expect(try target.text("tls_pin") == pin.lowercased())
  }

  @Test func wrongVendorValuesAreErrors() {
    for text in ["FETCHSIZE=many", "LOGMODE=loud", "AUTHMETHOD=magic"] {
      let error = failure { () throws(TernError) in _ = try parseODBC("Protocol=cluster;\(text)") }
      #expect(error?.message.contains("keyword") ?? false, "\(text)")
    }
  }

  @Test func printsTheCompletedString() throws {
    var target = try parseODBC("DSN=My Data;PWD=a;UID=sys")
    try target.addDataSource([("Protocol", "cluster"), ("Server", "h1..2"), ("Port", "1")])
    #expect(
      target.keywordString(showingSecrets: true)
        == "DSN={My Data};Protocol=cluster;Server=h1..2;Port=1;UID=sys;PWD=a")
    #expect(
      target.keywordString()
        == "DSN={My Data};Protocol=cluster;Server=h1..2;Port=1;UID=sys;PWD={***}")
  }
}
