import Foundation
import TernCore
import Testing

@testable import TernNet

@Suite struct ZoneDirectoryTests {
  private static let folder = "/usr/share/zoneinfo"

  private static func has(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(name)")
  }

  /// Against another reader of the same files, over four centuries.
  @Test(arguments: [
    "America/New_York", "Asia/Kolkata", "Europe/Berlin", "Australia/Lord_Howe",
    "America/Sao_Paulo", "Pacific/Apia", "Asia/Tehran", "Africa/Casablanca", "Europe/Dublin",
    "America/Santiago", "Antarctica/Troll", "Pacific/Chatham", "America/St_Johns",
  ])
  func offsetsEqualAnotherReaders(name: String) throws {
    guard Self.has(name), let zone = TimeZone(identifier: name) else { return }
    let rules = try ZoneDirectory.rules(named: name)
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<3_000 {
      let instant = Int64.random(in: -2_000_000_000...4_000_000_000, using: &generator)
      let expected = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
      #expect(rules.offsetSeconds(at: instant) == Int64(expected), "\(name) at \(instant)")
    }
  }

  @Test func ruleOfTheFutureGoesOnForEver() throws {
    guard Self.has("America/New_York") else { return }
    let rules = try ZoneDirectory.rules(named: "America/New_York")
    // 9999-07-01 and 9999-01-01, 12:00 UTC.
    #expect(rules.offsetSeconds(at: 253_386_532_800) == -14_400)
    #expect(rules.offsetSeconds(at: 253_370_894_400) == -18_000)
    #expect(rules.offsetSeconds(at: .max) <= -14_400 && rules.offsetSeconds(at: .min) < 0)
  }

  @Test func utcNeedsNoFile() throws {
    for name in ["UTC", "Etc/UTC", "GMT"] {
      #expect(try ZoneDirectory.rules(named: name).isUTC)
    }
  }

  @Test(arguments: ["Mars/Olympus", "../../etc/passwd", "/etc/passwd", "", "Europe/", "a b", "."])
  func anUnknownZoneIsNamed(name: String) {
    let error = #expect(throws: TernError.self) { try ZoneDirectory.rules(named: name) }
    #expect(error?.sqlState.text == "HY024")
    #expect(error?.message.contains(name) ?? false)
  }

  /// Every prefix of a file is refused, or is a whole one; none traps.
  @Test func cutFilesAreRefused() throws {
    guard Self.has("Europe/Berlin") else { return }
    let bytes = try SmallFile.read("\(Self.folder)/Europe/Berlin")
    for count in 0..<bytes.count {
      #expect(throws: TernError.self) {
        try ZoneRules(name: "Europe/Berlin", parsing: Array(bytes.prefix(count)).span)
      }
    }
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 0xFF
      guard let rules = try? ZoneRules(name: "x", parsing: damaged.span) else { continue }
      for instant in [Int64.min, -1, 0, 1_700_000_000, 99_999_999_999, .max] {
        _ = rules.offsetSeconds(at: instant)
      }
    }
  }

  /// Rules as zone files end with them.
  @Test(arguments: [
    ("EST5EDT,M3.2.0,M11.1.0", 1_720_000_000, -14_400),
    ("EST5EDT,M3.2.0,M11.1.0", 1_705_000_000, -18_000),
    ("<+03>-3", 1_705_000_000, 10_800), ("IST-1GMT0,M10.5.0,M3.5.0/1", 1_705_000_000, 0),
    ("IST-1GMT0,M10.5.0,M3.5.0/1", 1_720_000_000, 3_600),
    ("AEST-10AEDT,M10.1.0,M4.1.0/3", 1_705_000_000, 39_600),
    ("<-0330>3:30<-0230>,J80/0,J300/0", 1_720_000_000, -9_000),
    ("XXX4YYY,0/0,J365/25", 1_720_000_000, -10_800),
  ] as [(String, Int64, Int64)])
  func rulesOfTheLastLine(text: String, instant: Int64, expected: Int64) throws {
    #expect(try rules(text).offsetSeconds(at: instant) == expected)
  }

  @Test(arguments: ["E5", "EST", "EST5EDT,M13.1.0,M1.1.0", "EST5EDT,M3.2.0", "EST5,x", "<a5", "EST200"])
  func malformedRulesAreRefused(text: String) {
    #expect(throws: TernError.self) { try rules(text) }
  }

  /// A file without changes whose last line is `text`.
  private func rules(_ text: String) throws -> ZoneRules {
    func part(_ timeSize: Int) -> [UInt8] {
      var bytes = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
      for count in [0, 0, 0, 0, 1, 4] as [UInt8] { bytes += [0, 0, 0, count] }
      return bytes + [0, 0, 0, 0, 0, 0] + Array("UTC".utf8) + [0]
    }
    let bytes = part(4) + part(8) + [0x0A] + Array(text.utf8) + [0x0A]
    return try ZoneRules(name: "test", parsing: bytes.span)
  }
}
