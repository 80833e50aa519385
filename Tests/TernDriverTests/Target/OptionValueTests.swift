import Testing

@testable import TernDriver

@Suite struct OptionValueTests {
  @Test(
    arguments: [
      ("0", 0), ("10", 10_000_000_000), ("1.5", 1_500_000_000), ("0.000000001", 1),
      ("250ms", 250_000_000), ("0.5ms", 500_000), ("2s", 2_000_000_000), ("5m", 300_000_000_000),
      ("1.5h", 5_400_000_000_000), ("9223372036", 9_223_372_036_000_000_000),
      ("9223372037", nil), ("-1", nil), ("", nil), ("s", nil), ("1.", nil), (".5", nil),
      ("1.0000000001", nil), ("1e3", nil), ("99999999999999999999", nil), ("1 s", nil),
      ("9000000000000h", nil), ("٣", nil),
    ] as [(String, Int64?)])
  func readsDurations(text: String, expected: Int64?) {
    #expect(OptionValue.nanoseconds(text) == expected)
  }

  @Test(
    arguments: [
      ("0", 0), ("8M", 8 << 20), ("1k", 1024), ("3K", 3072), ("2G", 2 << 30),
      ("8796093022207m", 8_796_093_022_207 << 20), ("8796093022208m", nil),
      ("8589934591G", 8_589_934_591 << 30), ("8589934592G", nil), ("k", nil), ("1.5M", nil),
      ("-1", nil), ("", nil), ("1T", nil),
    ] as [(String, Int64?)])
  func readsSizes(text: String, expected: Int64?) {
    #expect(OptionValue.byteCount(text) == expected)
  }

  @Test(
    arguments: [
      ("on", true), ("TRUE", true), ("yes", true), ("1", true), ("off", false), ("false", false),
      ("No", false), ("0", false), ("", nil), ("2", nil), ("maybe", nil),
    ] as [(String, Bool?)])
  func readsBools(text: String, expected: Bool?) {
    #expect(OptionValue.bool(text) == expected)
  }

  @Test(
    arguments: [
      ("1", 1), ("65535", 65535), ("0", nil), ("65536", nil), ("", nil), ("80a", nil),
    ] as [(String, UInt16?)])
  func readsPorts(text: String, expected: UInt16?) {
    #expect(OptionValue.port(text) == expected)
  }

  @Test func dropsColonsFromFingerprints() {
    let plain = String(repeating: "0f", count: 32)
    let colons = Array(repeating: "0F", count: 32).joined(separator: ":")
    #expect(OptionValue.fingerprint(colons) == plain)
    #expect(OptionValue.fingerprint(String(plain.dropLast())) == nil)
    #expect(OptionValue.fingerprint(String(plain.dropLast()) + "g") == nil)
  }

  @Test func readsLists() {
    #expect(OptionValue.list(" a, b ,,c") == ["a", "b", "c"])
    #expect(OptionValue.list("") == [])
  }

  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("schema", "schema", 0), ("shcema", "schema", 1),
    ("schma", "schema", 1), ("scheema", "schema", 1), ("sxhema", "schema", 1), ("abc", "xyz", 3),
  ])
  func measuresTypingErrors(left: String, right: String, distance: Int) {
    #expect(NearestName.distance(Array(left.utf8), Array(right.utf8)) == distance)
  }

  @Test func defaultsOfAllCommonOptionsAreAllowed() {
    for row in OptionTable.common + OptionTable.odbc {
      if let text = row.defaultText { #expect(row.type.normalized(text) == text, "\(row.name)") }
      #expect(!row.help.isEmpty && !row.defaultHelp.isEmpty, "\(row.name)")
    }
  }

  @Test func namesAndAliasesOfCommonOptionsAreUnique() {
    let names = (OptionTable.common + OptionTable.odbc).flatMap { [$0.name] + $0.aliases }
      .map(OptionTable.fold)
    #expect(Set(names).count == names.count)
  }
}
