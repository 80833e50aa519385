import TernCore
import Testing

@Suite struct PeekedSourceTests {
  @Test("what was looked at is read all the same", arguments: [1, 2, 5, 100])
  func peeking(_ pieceMax: Int) throws {
    let bytes = (0..<50).map { UInt8($0) }
    for count in [0, 1, 7, 50, 60] {
      let source = PeekedSource(ArraySource(bytes, in: 10..<50, pieceMax: pieceMax))
      #expect(try source.peek(count) == Array(bytes[10...].prefix(count)))
      var output: [UInt8] = []
      var isOpen = true
      while isOpen {
        output += [UInt8](capacity: 9) { window in
          isOpen = (try? source.read(into: &window)) ?? false
        }
      }
      #expect(output == Array(bytes[10...]))
    }
  }
}
