import TernColumns
import TernCore
import Testing

@_spi(Fuzzing) @testable import TernMaxScale

/// Every answer of the real servers, cut: an error that says so, never half an answer.
struct PrefixTests {
  /// Answers up to here are cut at every byte; longer ones at some hundred places and near both
  /// ends, as the time grows with the square.
  private static let everyByteCountMax = 300

  private static func places(_ count: Int) -> [Int] {
    if count <= everyByteCountMax { return Array(0..<count) }
    return Array(0..<30) + Array(stride(from: 30, to: count, by: max(1, count / 31)))
      + Array(count - 40..<count)
  }

  private func kind(_ exchange: Exchange) -> MaxScaleReading.Kind? {
    if exchange.isQuery { return .results }
    if exchange.status == 201 { return exchange.answer?["meta"] == nil ? nil : .opened }
    return exchange.path.hasPrefix("/v1/auth") && exchange.status == 200 ? .authToken : nil
  }

  /// The document's last bracket is its last byte.
  @Test("traps 9 and 16: cut at every byte")
  func everyPrefixOfAnAnswerIsAnError() throws {
    var cutCount = 0
    var seen: Set<[UInt8]> = []
    for exchange in Recording.exchanges where !exchange.body.isEmpty && exchange.status < 300 {
      guard let kind = kind(exchange), seen.insert(exchange.body).inserted else { continue }
      let end = exchange.body.reversed().drop { $0 <= 0x20 }.count
      for place in Self.places(end) {
        cutCount += 1
        do throws(TernError) {
          try MaxScaleReading.read(ArraySource(Array(exchange.body.prefix(place))), as: kind)
          Issue.record("\(exchange.name) cut at \(place) is an answer")
        } catch {
          guard error.kind != .connection || error.sqlState != .linkFailure else { continue }
          // The error that the answer is about has come already.
          Issue.record("\(exchange.name) cut at \(place): \(error)")
        }
      }
    }
    #expect(cutCount > 20_000)
  }

  /// What is read may not depend on where the network cut it.
  @Test func piecesOfAnySizeSayTheSame() throws {
    for exchange in Recording.exchanges where exchange.body.count < 8_000 {
      for kind in MaxScaleReading.Kind.allCases {
        let outcomes = [Int.max, 1, 7].map { pieceMax -> TernError? in
          do throws(TernError) {
            try MaxScaleReading.read(ArraySource(exchange.body, pieceMax: pieceMax), as: kind)
            return nil
          } catch { return error }
        }
        #expect(
          outcomes[1] == outcomes[0] && outcomes[2] == outcomes[0], "\(exchange.name) \(kind)")
        #expect(outcomes[0]?.kind != .internal, "\(exchange.name) \(kind)")
      }
    }
  }
}
