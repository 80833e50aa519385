import Synchronization
import Testing

@testable import TernCore

/// The one log of the process: these tests run one after the other, and look for lines of their own.
@Suite(.serialized) struct LogTests {
  private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var own: [String] { lines.withLock { $0 }.filter { $0.hasPrefix("core") } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
  }

  @Test(arguments: Log.Level.allCases)
  func levelsHoldThoseAboveThem(level: Log.Level) {
    let lines = Lines()
    Log.set({ _, line in lines.append(line) }, level: level)
    defer { Log.set(nil, level: .off) }
    for other in Log.Level.allCases where other != .off { Log.write(other, "core-\(other.name)") }
    let expected = Log.Level.allCases.filter { $0 != .off && $0 <= level }.map { "core-\($0.name)" }
    #expect(lines.own == expected)
    #expect(Log.Level(name: level.name.uppercased()) == level)
  }

  @Test func namesThatAreNoLevelAreNone() {
    for name in ["", "loud", "0", "trace "] { #expect(Log.Level(name: name) == nil) }
  }

  @Test func messagesAreMadeOnlyWhenWanted() {
    var isMade = false
    func make() -> String {
      isMade = true
      return "x"
    }
    Log.set({ _, _ in }, level: .error)
    defer { Log.set(nil, level: .off) }
    Log.write(.debug, make())
    #expect(!isMade && Log.isOn(.error) && !Log.isOn(.debug))
  }

  @Test(arguments: Log.Level.allCases.filter { $0 != .off })
  func secretsStayOutOfEveryLevelWhileTheyLive(level: Log.Level) {
    let lines = Lines()
    Log.set({ _, line in lines.append(line) }, level: .trace)
    defer { Log.set(nil, level: .off) }
    do {
      let (one, two) = (Secret("tiger-\(level.name)"), Secret("tiger-\(level.name)"))
      Log.write(level, "core a tiger-\(level.name) b tiger-\(level.name)tiger-\(level.name)")
      #expect(one == two)
      withExtendedLifetime((one, two)) {}
    }
    Log.write(level, "core later tiger-\(level.name)")
    #expect(lines.own == ["core a *** b ******", "core later tiger-\(level.name)"])
  }

  @Test func aCutLeavesNoHalfOfASecret() {
    let secret = Secret("tiger-cut-short")
    let shown = withExtendedLifetime(secret) {
      (0...40).map { Log.redacted("say \(secret.text) twice", characterCountMax: $0) }
    }
    #expect(shown.allSatisfy { !$0.contains("tig") })
    #expect(shown[0] == "…" && shown[6] == "say **…" && shown[12] == "say *** twic…")
    #expect(shown[13...].allSatisfy { $0 == "say *** twice" })
  }

  @Test func secretsDoNotPrint() {
    let secret = Secret("tiger-print")
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])"] {
      #expect(!text.contains("tiger-print"), "\(text)")
    }
  }
}

@Suite struct RedactionTests {
  @Test(arguments: [
    (["ab"], "xabab", "x******"), (["ab", "abc"], "abc ab", "*** ***"), ([""], "x", "x"),
    (["x"], "", ""), (["ü🚀"], "a ü🚀 b", "a *** b"), (["aaa"], "aaaa", "***a"),
  ])
  func hidesEverySecretLongestFirst(secrets: [String], text: String, expected: String) {
    #expect(Redaction.hide(secrets, in: text) == expected)
  }

  @Test(arguments: [
    (#"{"password":"a","x":1}"#, #"{"password":"***","x":1}"#),
    (#"{"PassWord" : "a\"b,}" , "x":1}"#, #"{"PassWord" : "***", "x":1}"#),
    (#"{"token":12,"x":1}"#, #"{"token":"***","x":1}"#),
    (#"{"data":[["a",1],[2]],"x":1}"#, #"{"data":"***","x":1}"#),
    (#"{"bindings":{"1":{"value":"v"}},"x":1}"#, #"{"bindings":"***","x":1}"#),
    (#"{"x":"password","y":2}"#, #"{"x":"password","y":2}"#),
    (#"{"password":"cut off"#, #"{"password":"***""#), (#"{"data":[[1,"#, #"{"data":"***""#),
    (#"{"password":"#, #"{"password":"#), (#"{"password""#, #"{"password""#), ("", ""),
    (#"{"data":["]\"}",{"a":"]"}],"x":1}"#, #"{"data":"***","x":1}"#), (#""\"#, #""\"#),
  ])
  func hidesMembersThatBearSecrets(json: String, expected: String) {
    #expect(Redaction.json(json) == expected)
  }

  @Test func everyPrefixOfAMessageKeepsItsSecret() {
    let json = Array(#"{"a":1,"accessToken":"tiger\"tiger","data":[["tiger"]],"b":"c"}"#.utf8)
    for count in 0...json.count {
      let text = Redaction.json(String(decoding: json[..<count], as: UTF8.self))
      #expect(!text.contains("tiger"), "\(text)")
    }
  }

  @Test(arguments: [
    ("abc", "", true), ("abc", "bc", true), ("abc", "abcd", false), ("", "a", false),
  ])
  func partsAreFoundByteByByte(text: String, part: String, isThere: Bool) {
    #expect(text.contains(part) == isThere)
  }
}
