import TernCore
import Testing

@testable import TernDriver

@Suite struct ZoneNameTests {
  @Test(
    arguments: [
      ("UTC", 0), ("+00:00", 0), ("+05:30", 19_800), ("-03:30", -12_600), ("Europe/Berlin", 3_600),
    ] as [(String, Int64)])
  func zonesAreFoundByName(name: String, expected: Int64) throws {
    // 2024-01-11 in winter.
    #expect(try ZoneRules(named: name).offsetSeconds(at: 1_705_000_000) == expected)
  }

  @Test(arguments: ["", "+5:30", "+05:3x", "+05:300", "0530", "Mars/Olympus"])
  func whatIsNoZoneIsNamed(name: String) {
    let error = #expect(throws: TernError.self) { try ZoneRules(named: name) }
    #expect(error?.sqlState.text == "HY024")
    #expect(error?.message.contains(name) ?? false)
  }
}
