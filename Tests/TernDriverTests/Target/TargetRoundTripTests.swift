import TernCore
import TernDriver
import Testing

/// A generator whose numbers are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite struct TargetRoundTripTests {
  @Test(arguments: [
    "cluster://sys:p%40ss@exa1..4,exa9:8564/RETAIL?query_timeout=60&compression=on",
    "cluster+ws://h%2Fnocertcheck:1", "cluster://[::1]:8563,[fe80::1%25eth0]",
    "cloud://jane@myorg-acct/SALES/PUBLIC?warehouse=WH&private_key=@/k.p8&session.TIMEZONE=UTC",
    "cloud://a?schema=S", "web+http://app:p%2A@pqs1,pqs2:8765/a/b%20c;x?target=rw-listener",
    "cluster://u:@h",
  ])
  func printsWhatWasWritten(uri: String) throws {
    #expect(try parse(uri).uri(showingSecrets: true) == uri)
  }

  @Test func randomTargetsSurviveBothForms() throws {
    var generator = SeededGenerator(seed: 20)
    for _ in 0..<400 {
      let target = try randomTarget(&generator)
      let uri = target.uri(showingSecrets: true)
      let keywords = target.keywordString(showingSecrets: true)
      #expect(try parse(uri).uri(showingSecrets: true) == uri)
      #expect(try parse(uri).keywordString(showingSecrets: true) == keywords, "\(uri)")
      #expect(try parse(keywords).uri(showingSecrets: true) == uri, "\(keywords)")
      #expect(try parse(keywords).keywordString(showingSecrets: true) == keywords)
    }
  }

  @Test func randomBytesNeverTrap() {
    var generator = SeededGenerator(seed: 7)
    let pieces = [
      "cluster", "://", "@", ":", "/", "?", "&", "=", ";", "{", "}", "}}", "..", ",", "%", "%41",
      "[", "]", "1", "999999999999999999999", "host", "PWD", "Protocol=", "URI=", "ü", "\u{1F600}",
      "\0", " ", "session.", "AUTHMETHOD=", "refreshtoken", "a/", "cloud", "web+http",
    ]
    for _ in 0..<1_500 {
      let count = Int.random(in: 0..<12, using: &generator)
      let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      for read in [parse, parseODBC] {
        _ = failure { () throws(TernError) in
          let target = try read(text)
          _ = target.uri()
          _ = target.keywordString()
          _ = try target.hosts
          try target.validated()
        }
      }
    }
  }

  private func randomTarget(_ generator: inout SeededGenerator) throws -> ConnectionTarget {
    var target = ConnectionTarget(registry: samples)
    let scheme = ["cluster", "cluster+ws", "cloud", "web"].randomElement(using: &generator)
    try target.set("protocol", scheme ?? "web")
    try target.set(
      "host", ["a", "a,b:1", "[::1]:7", "h.example"].randomElement(using: &generator) ?? "a")
    for key in samples.keys where Bool.random(using: &generator) {
      let owner = target.driver?.grammar.scheme
      guard key.definition.group != .odbc, key.scheme == nil || key.scheme == owner,
        !["protocol", "host", "path"].contains(key.definition.name)
      else { continue }
      let name =
        key.definition.name == "session.NAME" ? "session.A_B" : key.definition.name
      try target.set(name, randomValue(key.definition.type, &generator))
    }
    return target
  }

  private func randomValue(_ type: OptionType, _ generator: inout SeededGenerator) -> String {
    switch type {
    case .bool: return Bool.random(using: &generator) ? "on" : "off"
    case .duration: return ["0", "1.5", "20ms", "3m"].randomElement(using: &generator) ?? "0"
    case .size: return ["0", "8M", "17"].randomElement(using: &generator) ?? "0"
    case .count, .countOr: return String(Int.random(in: 0..<1000, using: &generator))
    case .choice(let words): return words.randomElement(using: &generator) ?? ""
    case .port: return String(Int.random(in: 1...65535, using: &generator))
    case .fingerprint: return String(repeating: "5e", count: 32)
    case .text, .textOrFile, .path, .list, .scheme, .hosts:
      let letters = Array("aZ0 ;={}[]()@:/?#&%+,.~!*'\"\\|<>ä€\u{1F600}\t\n\u{7F}")
      let count = Int.random(in: 1..<9, using: &generator)
      return "x" + String((0..<count).map { _ in letters.randomElement(using: &generator) ?? "x" })
    }
  }
}
