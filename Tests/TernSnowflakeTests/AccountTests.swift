import TernCore
import TernDriver
import Testing

@testable import TernSnowflake

struct AccountTests {
  @Test(arguments: [
    ("acct", "", "acct", "acct.snowflakecomputing.com"),
    ("org-acct", "", "org-acct", "org-acct.snowflakecomputing.com"),
    ("acct.eu-central-1", "", "acct", "acct.eu-central-1.snowflakecomputing.com"),
    ("acct", "eu-central-1", "acct", "acct.eu-central-1.snowflakecomputing.com"),
    ("acct", "west-europe.azure", "acct", "acct.west-europe.azure.snowflakecomputing.com"),
    ("acct.west-europe.azure", "", "acct", "acct.west-europe.azure.snowflakecomputing.com"),
    ("acct.us-west-2", "", "acct", "acct.snowflakecomputing.com"),
    ("acct", "us-west-2", "acct", "acct.snowflakecomputing.com"),
    ("acct.cn-northwest-1", "", "acct", "acct.cn-northwest-1.snowflakecomputing.cn"),
    ("acct", "CN-NORTH-1", "acct", "acct.CN-NORTH-1.snowflakecomputing.cn"),
    (
      "acct.us-east-1.privatelink", "", "acct",
      "acct.us-east-1.privatelink.snowflakecomputing.com"
    ),
    ("org-acct.privatelink", "", "org-acct", "org-acct.privatelink.snowflakecomputing.com"),
    ("acct-EXTERNALID.global", "", "acct", "acct-EXTERNALID.global.snowflakecomputing.com"),
    ("my-acct-77.global", "", "my-acct", "my-acct-77.global.snowflakecomputing.com"),
  ])
  func anAccountIsServedWhereTheTableSays(
    _ account: String, _ region: String, _ name: String, _ host: String
  ) throws {
    let found = try SnowflakeAccount(account: account, region: region)
    #expect(found.name == name && found.host == host)
  }

  @Test(
    "trap 42: whatever people call an account finds its host",
    arguments: [
      ("https://acct.eu-west-1.snowflakecomputing.com/console/login", "acct.eu-west-1"),
      ("HTTPS://org-acct.snowflakecomputing.com", "org-acct"),
      ("http://acct.snowflakecomputing.com:443/", "acct"),
      ("acct.eu-west-1.snowflakecomputing.com", "acct.eu-west-1"),
      ("https://app.snowflake.com/org/acct/#/homepage", "org-acct"),
      ("https://app.snowflake.com/us-east-1/abc123/", "abc123.us-east-1"),
      ("org-my_acct", "org-my-acct"),
    ])
  func trap42SpellingsOfAccounts(_ text: String, _ host: String) throws {
    #expect(try SnowflakeAccount(account: text).host == host + ".snowflakecomputing.com")
  }

  @Test("trap 42: underscores stay in the account's name, and in the host if that is asked for")
  func trap42Underscores() throws {
    let plain = try SnowflakeAccount(account: "org-my_acct.some_region")
    #expect(plain.name == "org-my_acct")
    #expect(plain.host == "org-my-acct.some_region.snowflakecomputing.com")
    let kept = try SnowflakeAccount(account: "org-my_acct", keepsUnderscores: true)
    #expect(kept.host == "org-my_acct.snowflakecomputing.com")
    #expect(plain.tokenName == "ORG-MY_ACCT")
  }

  @Test(
    "trap 42: what is no account is refused with words",
    arguments: [
      ("evil.com/", ""), ("a b", ""), ("acct..region", ""), ("", ""), ("acct@evil", ""),
      ("acct:443", ""), ("acct.eu", "us"), ("https://evil.example/", ""), ("ac\u{E9}ct", ""),
      ("acct", "eu/../x"), (".acct", ""), (String(repeating: "a", count: 64), ""),
    ])
  func trap42NoAccounts(_ account: String, _ region: String) {
    do throws(TernError) {
      let found = try SnowflakeAccount(account: account, region: region)
      Issue.record("taken: \(found)")
    } catch {
      #expect(error.kind == .usage && error.message.contains("account"))
    }
  }

  @Test("trap 42: a region that both say is no contradiction")
  func trap42SameRegionTwice() throws {
    #expect(
      try SnowflakeAccount(account: "acct.EU-west-1", region: "eu-west-1").host
        == "acct.eu-west-1.snowflakecomputing.com")
  }

  @Test func aHostIsUsedAsItIs() throws {
    let named = try SnowflakeAccount(account: "org-acct", host: "proxy.corp_net.example")
    #expect(named.host == "proxy.corp_net.example" && named.name == "org-acct")
    let bare = try SnowflakeAccount(account: "", host: "acct.eu.snowflakecomputing.com")
    #expect(bare.name == "acct" && bare.host == "acct.eu.snowflakecomputing.com")
    #expect(throws: TernError.self) {
      try SnowflakeAccount(account: "acct", host: "https://acct.snowflakecomputing.com")
    }
  }

  /// What a target's text comes to: host and port.
  private func place(_ text: String) throws -> String {
    let places = try SnowflakeOpener(try TargetReader.target(text)).places()
    return places.map { "\($0.account.name)@\($0.address)" }.joined(separator: " ")
  }

  @Test func targetsNameAccountsOrHosts() throws {
    #expect(
      try place("snowflake://u@org-acct/DB") == "org-acct@org-acct.snowflakecomputing.com:443")
    #expect(
      try place("snowflake://u@acct.eu-west-1/DB/S")
        == "acct@acct.eu-west-1.snowflakecomputing.com:443")
    #expect(
      try place("snowflake://u@acct.snowflakecomputing.com/DB")
        == "acct@acct.snowflakecomputing.com:443")
    #expect(try place("snowflake+http://u@localhost/DB?account=a_b") == "a_b@localhost:80")
    #expect(try place("snowflake://u@127.0.0.1:8443/?account=acct") == "acct@127.0.0.1:8443")
    #expect(
      try place("Protocol=snowflake;Account=acct;Region=eu-west-1;UID=u")
        == "acct@acct.eu-west-1.snowflakecomputing.com:443")
    #expect(
      try place("Protocol=snowflake;Server=acct.snowflakecomputing.com;Account=acct;UID=u")
        == "acct@acct.snowflakecomputing.com:443")
  }
}
