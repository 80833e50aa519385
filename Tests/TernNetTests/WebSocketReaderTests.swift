import TernCore
import Testing

@testable import TernNet

@Suite struct WebSocketReaderTests {
  /// Everything the reader says about `bytes`, fed in pieces cut at `cuts`.
  private func events(
    _ bytes: [UInt8], cuts: [Int] = [], max: Int = 1_000
  ) throws(TernError) -> [String] {
    var reader = WebSocketReader(messageByteCountMax: max)
    var events: [String] = []
    var payload: [UInt8] = []
    var start = 0
    for end in cuts + [bytes.count] {
      var piece = Array(bytes[start..<end])
      start = end
      reading: while true {
        var used = 0
        let step = try reader.next(piece.span, used: &used)
        piece.removeFirst(used)
        switch step {
        case .needsBytes: break reading
        case .messageStarted(let isBinary): events.append(isBinary ? "binary" : "text")
        case .messageEnded:
          events.append("\(payload)")
          payload = []
        case .control(let opcode, let bytes): events.append("\(opcode) \(bytes)")
        case .payload(let count):
          if piece.isEmpty { break reading }
          let taken = min(count, piece.count)
          payload += piece.prefix(taken)
          piece.removeFirst(taken)
          try reader.took(taken)
        }
      }
    }
    return events
  }

  @Test func readsFragmentsWithControlFramesInside() throws {
    let bytes =
      serverFrame(0x01, [1, 2]) + serverFrame(0x8A, [9]) + serverFrame(0x00, [])
      + serverFrame(0x89, []) + serverFrame(0x80, [3]) + serverFrame(0x82, [4])
      + serverFrame(0x8A, Array("EXECUTING".utf8)) + serverFrame(0x81, [])
    let expected = try events(bytes)
    #expect(
      expected == [
        "text", "pong [9]", "ping []", "[1, 2, 3]", "binary", "[4]",
        "pong \(Array("EXECUTING".utf8))", "text", "[]",
      ])
    for cut in 0...bytes.count {
      #expect(try events(bytes, cuts: [cut]) == expected, "cut at byte \(cut)")
    }
    #expect(try events(bytes, cuts: Array(0..<bytes.count)) == expected)
  }

  @Test(arguments: [
    ([0xC1, 0x00], "reserved"), ([0x83, 0x00], "opcode"), ([0x8B, 0x00], "opcode"),
    ([0x81, 0x80], "masked"), ([0x09, 0x00], "control"), ([0x89, 0x7E, 0x00, 0x7E], "control"),
    ([0x80, 0x00], "continuation"), ([0x01, 0x00, 0x81, 0x00], "inside another"),
    ([0x82, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "longer"),
    ([0x82, 0x7F, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "longer"),
  ])
  func refusesFramesAgainstTheRules(bytes: [UInt8], why: String) {
    do throws(TernError) {
      _ = try events(bytes)
      Issue.record("accepted")
    } catch {
      #expect(error.kind == .connection)
      #expect(error.message.range(of: why) != nil, "\(error)")
    }
  }

  @Test func countsAMessageOverItsFragments() throws {
    let below = serverFrame(0x02, [1, 2]) + serverFrame(0x80, [3])
    #expect(try events(below, max: 4).count == 2)
    #expect(try events(below, max: 3).count == 2)
    #expect(throws: TernError.self) { try events(below, max: 2) }
    // The limit counts each message by itself.
    #expect(try events(below + below, max: 3).count == 4)
  }

  @Test func lengthsOfAllThreeFormsAreRead() throws {
    for count in [125, 126, 127, 65_535, 65_536] {
      let payload = [UInt8](repeating: 7, count: count)
      let found = try events(serverFrame(0x82, payload), max: 100_000)
      #expect(found == ["binary", "\(payload)"])
    }
  }
}
