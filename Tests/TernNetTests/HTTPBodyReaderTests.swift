import TernCore
import Testing

@testable import TernNet

@Suite struct HTTPBodyReaderTests {
  /// The body that `bytes` carry, and what is left behind it.
  private func body(
    _ text: String, _ framing: HTTPBodyReader.Framing, cuts: [Int] = []
  ) throws(TernError) -> (body: String, rest: Int, trailers: HTTPHeaders, isEnded: Bool) {
    let bytes = Array(text.utf8)
    var reader = HTTPBodyReader(framing)
    var body: [UInt8] = []
    var start = 0
    var pending: [UInt8] = []
    for end in cuts + [bytes.count] {
      pending += bytes[start..<end]
      start = end
      reading: while true {
        var used = 0
        let step = try reader.next(pending.span, used: &used)
        pending.removeFirst(used)
        guard case .payload(let count) = step, !pending.isEmpty else { break reading }
        let taken = min(count, pending.count)
        body += pending.prefix(taken)
        pending.removeFirst(taken)
        reader.took(taken)
      }
    }
    return (String(decoding: body, as: UTF8.self), pending.count, reader.trailers, reader.isEnded)
  }

  @Test func readsChunksWhereverTheyAreCut() throws {
    let text = "5\r\nhello\r\n1;x=y\r\n \r\n005 \r\nworld\r\n0\r\nX-Sum: 7\r\n\r\nnext"
    for cut in 0...text.utf8.count {
      let found = try body(text, .chunked, cuts: [cut])
      #expect(found.body == "hello world", "cut at byte \(cut)")
      #expect(found.rest == 4 && found.isEnded)
      #expect(found.trailers["x-sum"] == "7")
    }
    #expect(try body(text, .chunked, cuts: Array(0..<text.utf8.count)).body == "hello world")
  }

  @Test(arguments: [
    "x\r\n", "\r\n", "-1\r\n", "+5\r\n", "10000000000000000\r\n", "2\r\nabc\r\n",
    "0\r\nno colon\r\n\r\n", String(repeating: "0", count: 5_000),
  ])
  func refusesChunksAgainstTheRules(text: String) {
    #expect(throws: TernError.self) { try body(text, .chunked) }
  }

  @Test func everyTruncationIsAnError() throws {
    let text = "5\r\nhello\r\n0\r\n\r\n"
    for cut in 0..<text.utf8.count {
      let found = try body(String(text.utf8.prefix(cut)) ?? "", .chunked)
      #expect(!found.isEnded, "cut at byte \(cut)")
    }
    var reader = HTTPBodyReader(.length(3))
    #expect(throws: TernError.self) { try reader.streamEnded() }
    var open = HTTPBodyReader(.untilClose)
    try open.streamEnded()
    #expect(open.isEnded)
  }

  @Test(arguments: [
    ("GET", 200, [("Content-Length", "5")], HTTPBodyReader.Framing.length(5)),
    ("GET", 200, [("Content-Length", "5"), ("content-length", "5")], .length(5)),
    ("GET", 200, [("Transfer-Encoding", "Chunked"), ("Content-Length", "5")], .chunked),
    ("GET", 200, [], .untilClose), ("HEAD", 200, [("Content-Length", "5")], .length(0)),
    ("GET", 204, [], .length(0)), ("GET", 304, [("Content-Length", "5")], .length(0)),
  ])
  func knowsTheFraming(
    method: String, status: Int, headers: [(String, String)], framing: HTTPBodyReader.Framing
  ) throws {
    let lines = ["HTTP/1.1 \(status) X"] + headers.map { "\($0.0): \($0.1)" }
    let head = try HTTPResponseHead(lines: lines.map { Array($0.utf8) })
    #expect(try HTTPBodyReader.framing(of: head, method: method) == framing)
  }

  @Test(arguments: [
    [("Content-Length", "-1")], [("Content-Length", "5, 6")], [("Content-Length", "0x5")],
    [("Content-Length", "99999999999999999999")], [("Transfer-Encoding", "gzip, chunked")],
  ])
  func refusesFramingsThatAreNone(headers: [(String, String)]) throws {
    let lines = ["HTTP/1.1 200 X"] + headers.map { "\($0.0): \($0.1)" }
    let head = try HTTPResponseHead(lines: lines.map { Array($0.utf8) })
    #expect(throws: TernError.self) { try HTTPBodyReader.framing(of: head, method: "GET") }
  }

  @Test func headersAreLimitedInNumber() throws {
    func lines(_ count: Int) -> [[UInt8]] {
      [Array("HTTP/1.1 200 OK".utf8)] + (0..<count).map { Array("X-\($0): 1".utf8) }
    }
    for count in [Limits.httpHeaderCountMax - 1, Limits.httpHeaderCountMax] {
      #expect(try HTTPResponseHead(lines: lines(count)).headers.fields.count == count)
    }
    #expect(throws: TernError.self) {
      try HTTPResponseHead(lines: lines(Limits.httpHeaderCountMax + 1))
    }
  }

  @Test func headersAreLimitedInBytes() throws {
    let start = Array("HTTP/1.1 200 OK\r\nX: ".utf8)
    for (difference, isAccepted) in [(-1, true), (0, true), (1, false)] {
      let count = Limits.httpHeaderByteCountMax + difference - start.count - 4
      let bytes = start + [UInt8](repeating: 0x61, count: count) + Array("\r\n\r\n".utf8)
      var reader = HTTPHeadReader()
      var used = 0
      if isAccepted {
        #expect(try reader.feed(bytes.span, used: &used)?.count == 2)
      } else {
        do throws(TernError) {
          _ = try reader.feed(bytes.span, used: &used)
          Issue.record("accepted")
        } catch {
          #expect(error.kind == .connection)
        }
      }
    }
  }
}
