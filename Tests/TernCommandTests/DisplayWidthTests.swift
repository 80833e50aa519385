import Testing

@testable import TernCommand

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("äöü", 3), ("日本", 4), ("ｱ", 1), ("Ａ", 2), ("e\u{301}", 1),
    ("\u{1F600}", 2), ("👨‍👩‍👧", 2), ("🇩🇪", 2), ("❤\u{FE0F}", 2), ("❤", 1), ("한국", 4),
    ("\u{1112}\u{1161}\u{11AB}", 2), ("a\u{200B}b", 2), ("\u{20000}", 2), ("Ω≈ç", 3), ("　", 2),
    ("ก\u{E33}", 2), ("नि", 2), ("\u{AD}", 0), ("☕", 2), ("─", 1),
  ])
  func countsColumns(text: String, width: Int) {
    #expect(DisplayWidth.of(text) == width)
  }

  @Test(arguments: [
    ("a\nb", "a\\nb", 4), ("\t", "\\t", 2), ("\u{1B}[31m", "\\u{1B}[31m", 10), ("\0", "\\0", 2),
    ("\u{202E}x", "\\u{202E}x", 9), ("日\r", "日\\r", 4), ("plain", "plain", 5),
    ("\u{9B}", "\\u{9B}", 6),
  ])
  func showsControlCharacters(text: String, shown: String, width: Int) {
    let cell = CellText(Array(text.utf8))
    #expect(String(decoding: cell.bytes, as: UTF8.self) == shown)
    #expect(cell.width == width)
  }
}
