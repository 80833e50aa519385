import TernCore
import Testing

@testable import TernNet

/// What a message repeats of a body that nobody asked for.
struct WebPageTests {
  @Test(arguments: [
    ("", ""), (" \r\n ", ""), ("busy", "busy"), (" a\r\n\tb  c ", "a b c"),
    (#"{"message":"a<b>c &amp; d"}"#, #"{"message":"a<b>c &amp; d"}"#),
    ("<html><b>Bad Gateway</b></html>", "Bad Gateway"),
    ("\u{FEFF}\n<h1>no</h1>", "no"), ("<p>one</p><p>two</p>", "one two"),
    ("<p>a < b, 1<2 and c<d>e</p>", "a < b, 1<2 and c e"), ("<p>cut <b", "cut"), ("<", "<"),
    ("<!DOCTYPE html><!-- a > b <p>x</p> -->y<!-- open", "y"),
    ("<?xml version=\"1.0\"?><Error><Code>Slow</Code></Error>", "Slow"),
    ("<script>if (a < b) {x=\"</p>\"}</script><STYLE type=x>p{}</Style >seen", "seen"),
    ("<p>a<script>never ended </p>b", "a"), ("<scripts>b</scripts>", "b"),
    (
      "<p>a&#32;&lt;b&gt; &amp;amp; &quot;&#x3A;&apos;&nbsp;&bogus; & c",
      "a <b> &amp; \":' &bogus; & c"
    ),
    ("<p>a&#27;[31m\u{0}b\u{7F}c\u{85}d\u{2028}e", "a [31m b c d e"),
  ])
  func wordsAreInOneLine(_ body: String, _ words: String) {
    #expect(WebPage.words(Array(body.utf8)) == words)
  }

  @Test(arguments: [
    ("<html><head><title>Bad Request</title></head><body>400</body>", "Bad Request: 400"),
    ("<title>502 Bad\nGateway</title><h1>502 Bad Gateway</h1><hr>nginx", "502 Bad Gateway nginx"),
    ("<title>Not &amp; Found</title><body></body>", "Not & Found"), ("<title>x", "x"),
  ])
  func aTitleIsSaidOnce(_ page: String, _ words: String) {
    #expect(WebPage.words(Array(page.utf8)) == words)
  }

  @Test(arguments: [
    ("<p>x", true), ("\n\t <p>x", true), ("\u{FEFF}<p>", true), ("x<p>", false), ("", false),
    ("{\"a\":\"<p>\"}", false),
  ])
  func pagesAreKnown(_ body: String, _ isPage: Bool) {
    #expect(WebPage.isPage(Array(body.utf8)) == isPage)
  }

  @Test func otherEncodingsAreReadAsLatin1() {
    #expect(
      WebPage.words(Array("<p>Zugriff f".utf8) + [0xFC] + Array("r alle".utf8))
        == "Zugriff für alle")
    #expect(WebPage.words(Array("fü€".utf8)) == "fü€")
    #expect(WebPage.words([0xFF, 0xFE, 0x00]) == "ÿþ")
  }

  @Test func onlyTheStartOfALongTextIsShown() {
    let words = { (count: Int) in WebPage.words(Array(repeating: UInt8(ascii: "x"), count: count)) }
    #expect(words(500) == String(repeating: "x", count: 500))
    #expect(words(501) == String(repeating: "x", count: 500) + "…")
  }

  /// Pages may have more style than any limit on words; a cut may not make half a character.
  @Test func longPagesAreReadBehindTheirStyle() {
    let style = "<style>" + String(repeating: "p > a { }\n", count: 20_000) + "</style>"
    #expect(WebPage.words(Array((style + "<h1>sorry</h1>").utf8)) == "sorry")
    for byteCount in (1 << 18) - 4...1 << 18 {
      let page = "<p>" + String(repeating: " ", count: byteCount - 4) + "x€€€"
      let words = WebPage.words(Array(page.utf8))
      #expect("x€".hasPrefix(words) && !words.isEmpty, "\(byteCount): \(words)")
    }
  }

  @Test func hostilePagesTakeTheirTimeOnce() {
    for piece in ["<", "&", "<!--", "<script>", "</", "<title>", "&#x1F600", "<p"] {
      let page = Array(String(repeating: piece, count: (1 << 20) / piece.utf8.count).utf8)
      #expect(WebPage.words(page).count <= 501)
    }
  }

  @Test func noSecretComesBack() {
    let secret = Secret("tiger&tiger")
    let page =
      "<p>user=a&amp;pw=tiger&amp;tiger " + String(repeating: "x", count: 468) + "tiger&amp;tiger"
    let words = withExtendedLifetime(secret) { WebPage.words(Array(page.utf8)) }
    #expect(words.hasPrefix("user=a&pw=*** xxx") && !words.contains("tig"), "\(words)")
  }
}
