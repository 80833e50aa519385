import TernCore
import Testing

@testable import TernDriver

@Suite struct HostListTests {
  private static let pin = String(repeating: "ab", count: 32)

  @Test(arguments: [
    ("a", ["a:8563"]),
    ("a,b,c:8564", ["a:8564", "b:8564", "c:8564"]),
    ("a:1,b,c:2,d", ["a:1", "b:2", "c:2", "d:8563"]),
    ("exa1..4", ["exa1:8563", "exa2:8563", "exa3:8563", "exa4:8563"]),
    ("exa08..11", ["exa08:8563", "exa09:8563", "exa10:8563", "exa11:8563"]),
    ("exa9..10", ["exa9:8563", "exa10:8563"]),
    ("exa1..2.example.com:7", ["exa1.example.com:7", "exa2.example.com:7"]),
    ("192.168.6.11..13", ["192.168.6.11:8563", "192.168.6.12:8563", "192.168.6.13:8563"]),
    ("n1..1", ["n1:8563"]),
    ("[::1]:8563", ["[::1]:8563"]),
    ("[fe80::1%eth0]", ["[fe80::1%eth0]:8563"]),
    ("2001:db8::7", ["[2001:db8::7]:8563"]),
    ("a, b ,1433", ["a:1433", "b:1433"]),
    ("h.example.com.", ["h.example.com.:8563"]),
  ])
  func readsHosts(text: String, expected: [String]) throws {
    var target = ConnectionTarget(registry: samples)
    try target.set("protocol", "cluster")
    try target.set("host", text)
    #expect(try target.hosts.map(\.description) == expected)
  }

  @Test(arguments: [
    ("", "is empty"), ("a,,b", "host number 2 is empty"), ("a:0", "port"), ("a:65536", "port"),
    ("a:", "port"), ("a:1:2", "one :port"), ("exa4..1", "runs backwards"),
    ("exa1..exa3", "no range"), ("exa..3", "no range"), ("exa1..", "no range"),
    ("a1..2..3", "no range"), ("a1..99999", "more than 4096"),
    ("a1..99999999999999999999", "no range"), ("localhost:8563/1234", "SHA-256"),
    ("a/xyz", "SHA-256"), ("[::1", "without ']'"), ("[zz::1]", "no IPv6"),
    ("[::1]x", "one :port"), ("a..b", "no range"), ("a b", "no host name has"),
    ("192.168.6.250..260", "no IPv4"), ("1.2.3", "no IPv4"), ("1433", "no IPv4"),
    ("bücher.example", "xn--"), (String(repeating: "a", count: 64), "63"),
  ])
  func refusesWhatIsNoHost(text: String, part: String) {
    let error = failure { () throws(TernError) in _ = try HostList(text, ClusterDriver.grammar) }
    #expect(error?.message.contains(part) ?? false, "\(error?.message ?? "no error")")
    #expect(error?.kind == .usage)
  }

  @Test(arguments: [
    ("::", true), ("::1", true), ("1::", true), ("1:2:3:4:5:6:7:8", true),
    ("1:2:3:4:5:6:7::", true),
    ("::ffff:1.2.3.4", true), ("1:2:3:4:5:6:1.2.3.4", true), ("fe80::1%eth0", true),
    ("1:2:3:4:5:6:7", false), ("1::2::3", false), ("12345::", false), ("1:2:3:4:5:6:7:8:9", false),
    (":::", false), ("1.2.3.4::", false), ("g::", false), ("", false), ("a:1:2", false),
    ("::1%", false), ("1:2:3:4:5:6:7:8::", false), (":1", false),
  ])
  func knowsIPv6Addresses(text: String, isAddress: Bool) {
    #expect(HostName.isIPv6(text[...]) == isAddress)
  }

  @Test func bindsPinsToTheHostsBefore() throws {
    let list = try HostList("a,b/\(Self.pin):1,c/nocertcheck", ClusterDriver.grammar)
    let expected: [HostAddress.Pin?] = [
      .fingerprint(Self.pin), .fingerprint(Self.pin), .unchecked,
    ]
    #expect(list.entries.map(\.pin) == expected)
    #expect(list.entries.map(\.port) == [1, 1, nil])
  }

  @Test func takesPinAndPortInEitherOrder() throws {
    let first = try HostList("a/\(Self.pin.uppercased()):1", ClusterDriver.grammar)
    let second = try HostList("a:1/\(Self.pin)", ClusterDriver.grammar)
    #expect(first.entries == second.entries)
  }

  @Test func knowsRangesAndPinsOnlyWhereTheProtocolDoes() {
    for text in ["a1..3", "a/nocertcheck"] {
      #expect(failure { () throws(TernError) in _ = try HostList(text, WebDriver.grammar) } != nil)
    }
  }

  @Test(arguments: [(4095, true), (4096, true), (4097, false)])
  func limitsTheNumberOfHosts(count: Int, isAllowed: Bool) {
    let error = failure { () throws(TernError) in
      _ = try HostList("a1..\(count)", ClusterDriver.grammar)
    }
    #expect((error == nil) == isAllowed)
    let list = Array(repeating: "a", count: count).joined(separator: ",")
    let listError = failure { () throws(TernError) in
      _ = try HostList(list, ClusterDriver.grammar)
    }
    #expect((listError == nil) == isAllowed)
  }

  @Test func readsManyPortsInLinearTime() throws {
    let names = Array(repeating: "a", count: 4096)
    let ports = Array(repeating: "1", count: 200_000)
    let list = try HostList((names + ports).joined(separator: ","), ClusterDriver.grammar)
    #expect(list.entries.count == 4096)
  }
}
