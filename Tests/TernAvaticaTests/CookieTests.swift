import Testing

@testable import TernAvatica

@Suite struct CookieTests {
  /// What the server set on an answer to a request for `/a/b`, and what a request then carries.
  @Test(arguments: [
    (["A=1"], "/a/b", true, "A=1"), (["A=1; Path=/"], "/x", true, "A=1"),
    (["A=1"], "/x", true, nil), (["A=1; path=/a"], "/ab", true, nil),
    (["A=1; Path=/a"], "/a/b?doAs=x", true, "A=1"),
    (["A=1; Path=/; Secure"], "/", false, nil), (["A=1; Path=/; secure"], "/", true, "A=1"),
    (["A=1; Path=/", "B=x=y; Path=/; HttpOnly"], "/", true, "A=1; B=x=y"),
    (["A=1; Path=/", "A=2; Path=/"], "/", true, "A=2"),
    (["A=1; Path=/", "A=; Path=/; Max-Age=0"], "/", true, nil),
    (["A=1; Path=/", "A=gone; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], "/", true, nil),
    (["A=1; Path=/; Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], "/", true, "A=1"),
    (["A=1; Path=/; Expires=Tue, 19 Jan 2100 00:00:00 GMT"], "/", true, "A=1"),
    ([""], "/", true, nil), (["nonsense"], "/", true, nil), (["=x"], "/", true, nil),
    ([" A = 1 ; Path=/"], "/", true, "A=1"),
  ] as [([String], String, Bool, String?)])
  func cookiesFollowTheirRules(
    fields: [String], path: String, isEncrypted: Bool, expected: String?
  ) {
    var cookies = AvaticaCookies()
    cookies.take(fields, path: "/a/b")
    #expect(cookies.header(path: path, isEncrypted) == expected)
  }

  @Test func theirNumberIsLimited() {
    var cookies = AvaticaCookies()
    cookies.take((0..<1_000).map { "C\($0)=1; Path=/" }, path: "/")
    #expect(cookies.header(path: "/", true)?.split(separator: ";").count == 64)
  }
}
