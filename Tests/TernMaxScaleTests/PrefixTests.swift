import Foundation
import TernColumns
import TernCore
import Testing

@_spi(Fuzzing) @testable import TernMaxScale

/// Every answer of the real servers, cut: an error that says so, never half an answer.
struct PrefixTests {
  /// Answers up to here are cut at every byte; longer ones at some hundred places and near both
  /// ends, as the time grows with the square. `TERN_CUT_MAX` sets another limit, for an optimised
  /// build.
  private static let everyByteCountMax =
    ProcessInfo.processInfo.environment["TERN_CUT_MAX"].flatMap { Int($0) } ?? 300

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

  /// The answer to a rewritten query, read while it comes: columns of every type, as
  /// `MaxScaleReading` has them, the longest of which comes in three pieces.
  private static let streamed: [UInt8] = {
    let values = [
      "1", "65535", "8388607", "4294967295", "-9223372036854775808", #""18446744073709551615""#,
      #""-0.10""#, #""0.000000000000000000000000000001""#, "1.5e+30", "7.6394000000000001e-5",
      #""1""#, #""1FF""#, #""2024-02-29""#, #""23:59:59.999""#, #""9999-12-31 23:59:59.999999""#,
      #""1970-01-01 00:00:01""#, #""2155""#, #""日本😀""#, #""a\u0001b""#, #""\u000161""#,
      #""00FF""#, #""01""#, #""02""#, #""""#,
      #""0101000000000000000000F03F00000000000000C0""#, #""b'c""#,
      #""01234567-89ab-1def-8123-456789abcdef""#,
    ]
    let nulls = values.map { _ in "null" }.joined(separator: ",")
    let names = values.indices.map { #""c\#($0)""# }.joined(separator: ",")
    return Array(
      (#"{"data":{"attributes":{"execution_time":0.1,"results":[{"complete":true,"data":[["#
        + values.joined(separator: ",") + "],[" + nulls + #"]],"fields":["# + names
        + #"]}],"sql":"SELECT 1"},"id":"x.1","type":"queries"},"links":{"self":"x"}}"#).utf8)
  }()

  @Test("trap 9: a streamed answer, cut at every byte")
  func everyPrefixOfAStreamIsAnError() throws {
    try MaxScaleReading.read(ArraySource(Self.streamed), as: .streamed)
    for place in Self.streamed.indices {
      for pieceMax in [Int.max, 13] {
        let source = ArraySource(Array(Self.streamed.prefix(place)), pieceMax: pieceMax)
        let error = #expect(throws: TernError.self, "cut at \(place)") {
          try MaxScaleReading.read(source, as: .streamed)
        }
        #expect(error?.sqlState == .linkFailure, "cut at \(place): \(error?.description ?? "")")
      }
    }
  }

  @Test func aValueWithoutOneOfItsPiecesIsAnError() throws {
    let whole = String(decoding: Self.streamed, as: UTF8.self)
    let cut = whole.replacingOccurrences(of: #""01","02","""#, with: #""01","02",null"#)
    #expect(cut != whole)
    let error = #expect(throws: TernError.self) {
      try MaxScaleReading.read(ArraySource(Array(cut.utf8)), as: .streamed)
    }
    #expect(error?.sqlState == .linkFailure)
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
