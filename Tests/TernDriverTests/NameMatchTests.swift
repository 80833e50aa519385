import Testing

@testable import TernDriver

@Suite struct NameMatchTests {
  @Test(arguments: [
    ("%", "", true), ("%", "abc", true), ("", "", true), ("", "a", false), ("a%", "abc", true),
    ("a%c", "abc", true), ("a%c", "abcd", false), ("_", "ä", true), ("_", "", false),
    ("__", "a", false), ("a\\_b", "a_b", true), ("a\\_b", "axb", false), ("\\%", "%", true),
    ("\\\\", "\\", true), ("a\\", "a\\", true), ("%a%a%", "banana", true),
    ("%x%", "banana", false), ("ab%", "AB", false),
  ])
  func patternsMatchAsLike(pattern: String, name: String, isMatch: Bool) {
    #expect(NameMatch.pattern(pattern).matches(name) == isMatch)
  }

  @Test func exactNamesAreNoPatterns() {
    #expect(NameMatch.exact("a_b").matches("a_b"))
    #expect(!NameMatch.exact("a_b").matches("axb"))
    #expect(NameMatch.exact("a_b%\\").likePattern == "a\\_b\\%\\\\")
  }
}
