import TernColumns
import TernCore
import TernNet

@testable import TernDriver
@testable import TernSnowflake

/// A result whose rows are numbered texts, some inline and the others in parts on a server.
final class PartedResult: Sendable {
  enum Form: Sendable { case json, arrow }
  typealias Fault = @Sendable (_ part: Int, _ attempt: Int, _ good: [UInt8]) -> ServiceReply?

  let service: ScriptedService
  let counts: [Int]
  let inlineCount: Int
  private let attempts: Locked<[Int: Int]>

  /// Serves parts of so many rows; `fault` may answer otherwise.
  init(
    _ counts: [Int], inline inlineCount: Int = 2, form: @escaping @Sendable (Int) -> Form,
    isPacked: Bool = true, _ fault: @escaping Fault = { _, _, _ in nil }
  ) throws {
    self.counts = counts
    self.inlineCount = inlineCount
    let attempts = Locked<[Int: Int]>([:])
    self.attempts = attempts
    var bodies: [[UInt8]] = []
    var first = inlineCount
    for (index, count) in counts.enumerated() {
      let plain = try Self.body(first..<first + count, form(index))
      bodies.append(isPacked ? try Deflater.compress(plain.span, .gzip) : plain)
      first += count
    }
    service = try ScriptedService { [bodies] request in
      guard let part = Int(request.path.dropFirst(3)), bodies.indices.contains(part) else {
        return .status(404)
      }
      let attempt = attempts.withLock { attempts in
        defer { attempts[part, default: 0] += 1 }
        return attempts[part, default: 0]
      }
      return fault(part, attempt, bodies[part]) ?? .answer(200, [], bodies[part])
    }
  }

  /// How often a part was asked for.
  func attemptCount(_ part: Int) -> Int { attempts.withLock { $0[part, default: 0] } }

  /// The rows of a range as the service writes them.
  static func body(_ rows: Range<Int>, _ form: Form) throws -> [UInt8] {
    switch form {
    case .json:
      return Array(rows.map { #"["\#($0)","row \#($0)"]"# }.joined(separator: ",\n").utf8)
    case .arrow:
      let schema = Schema([Field("N", rows.count % 2 == 0 ? .int64 : .int32), Field("T", .utf8)])
      var bytes: [UInt8] = []
      var writer = try ArrowStreamWriter(schema)
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: 100) {
        let builder = BatchBuilder(schema)
        for row in start..<min(start + 100, rows.upperBound) {
          try builder.append([.integer(Int64(row)), .text("row \(row)")])
        }
        try writer.append(try builder.finish(), to: &bytes)
      }
      writer.finish(to: &bytes)
      return bytes
    }
  }

  /// The answer, with the query of every URL as `signature`.
  func answer(
    signature: String = "1", returned: Int? = nil, byteCount: Int = 1_000,
    extra: String = #""chunkHeaders":{"x-key":"secret-key"}"#
  ) throws -> SnowflakeAnswer {
    let chunks = counts.enumerated().map { index, count in
      #"{"url":"http://127.0.0.1:\#(service.port)/p/\#(index)?sig=\#(signature)","#
        + #""rowCount":\#(count),"uncompressedSize":\#(byteCount),"compressedSize":10}"#
    }
    let total = returned ?? inlineCount + counts.reduce(0, +)
    let inline = String(decoding: try Self.body(0..<inlineCount, .json), as: UTF8.self)
    return try SnowflakeAnswer(
      body: Array(
        #"""
        {"data":{"rowtype":[{"name":"N","type":"fixed","precision":38,"scale":0},
        {"name":"T","type":"text","length":100}],"rowset":[\#(inline)],"total":\#(total),
        "returned":\#(total),"queryId":"q-7","queryResultFormat":"json",\#(extra),
        "chunks":[\#(chunks.joined(separator: ","))]}}
        """#.utf8))
  }

  /// A store with short pauses.
  static func store(networkTimeout: Int64 = 60_000_000_000) -> SnowflakeStore {
    SnowflakeStore(
      HTTPClient(ConnectSettings()), networkTimeout: networkTimeout, requiresEncryption: false,
      backoff: SnowflakeBackoff(shortest: 1_000_000, longest: 4_000_000))
  }

  /// A connection that gives this result for any statement.
  func connection(
    _ options: String = "", networkTimeout: Int64 = 60_000_000_000,
    _ answer: SnowflakeAnswer? = nil, renewal: SnowflakeFeed.Renewal? = nil
  ) throws -> Connection {
    let answer = try answer ?? self.answer()
    let store = Self.store(networkTimeout: networkTimeout)
    return try StoreSession { options throws(TernError) in
      try SnowflakePages(
        answer, SnowflakeTypeOptions(), options, store, renewal: renewal)
    }.connection(options)
  }

  /// The numbers that a result gives, in the order they come; texts must belong to them.
  static func numbers(_ result: ResultSet) throws -> [Int64] {
    var numbers: [Int64] = []
    while let batch = try result.nextBatch() {
      for row in 0..<batch.rowCount {
        let number = try batch.columns[0].int64(at: row)
        guard try batch.columns[1].text(at: row) == "row \(number)" else {
          throw TernError.internal("row \(number) has another text")
        }
        numbers.append(number)
      }
    }
    return numbers
  }

  /// All numbers in order.
  var expected: [Int64] { (0..<Int64(inlineCount + counts.reduce(0, +))).map { $0 } }
}
