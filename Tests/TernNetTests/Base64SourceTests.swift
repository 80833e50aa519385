import TernCore
import TernNet
import Testing

@Suite struct Base64SourceTests {
  private static func decode(
    _ text: String, in range: Range<Int>? = nil, window: Int = 1_000
  ) throws(TernError) -> [UInt8] {
    let bytes = Array(text.utf8)
    let source = Base64Source(bytes, in: range ?? bytes.indices)
    var output: [UInt8] = []
    var failure: TernError?
    var isOpen = true
    while isOpen, failure == nil {
      output += [UInt8](capacity: window) { span in
        do throws(TernError) { isOpen = try source.read(into: &span) } catch { failure = error }
      }
    }
    if let failure { throw failure }
    return output
  }

  @Test("every length comes back, whatever the window")
  func roundTrip() throws {
    for count in 0..<40 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 200) }
      let text = Base64.encode(bytes)
      for window in [1, 2, 3, 4, 64] {
        #expect(try Self.decode(text, window: window) == bytes)
      }
      // Padding may be missing, and the text may be a part of another.
      let bare = text.filter { $0 != "=" }
      #expect(try Self.decode(bare) == bytes)
      #expect(try Self.decode("\"" + text + "\"", in: 1..<1 + text.utf8.count) == bytes)
    }
  }

  @Test(
    "what is no Base64 is an error",
    arguments: ["A", "AAAAA", "A-==", "AA=A", "====", "AAA\n", "é==="])
  func malformed(_ text: String) {
    #expect(throws: TernError.self) { try Self.decode(text) }
  }
}
