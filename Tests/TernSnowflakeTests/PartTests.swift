import TernColumns
import TernCore
import TernDriver
import TernNet
import Testing

@testable import TernSnowflake

/// Results in parts, from a server on the loopback.
struct PartTests {
  private static let counts = [3, 250, 1, 0, 120, 77, 300]

  @Test(
    "trap 33: parts in JSON, in Arrow and mixed are read whole and in order",
    arguments: [1, 2, 4, 8])
  func everyFormInOrder(_ readerCount: Int) throws {
    let forms: [@Sendable (Int) -> PartedResult.Form] = [
      { _ in .json }, { _ in .arrow }, { $0 % 2 == 0 ? .json : .arrow },
    ]
    for form in forms {
      for isPacked in [true, false] {
        let parted = try PartedResult(Self.counts, form: form, isPacked: isPacked)
        let result = try parted.connection("parallel=\(readerCount)").execute("x")
        #expect(try PartedResult.numbers(result) == parted.expected)
        #expect(result.rowCount == Int64(parted.expected.count))
        #expect(parted.service.requests.count == Self.counts.count)
      }
    }
  }

  @Test func withoutOrderEveryRowComesOnce() throws {
    let parted = try PartedResult(Self.counts, form: { _ in .arrow })
    let result = try parted.connection("ordered=off&parallel=3").execute("x")
    #expect(try PartedResult.numbers(result).sorted() == parted.expected)
  }

  @Test func requestsCarryTheHeadersOfTheAnswerAndNothingElse() throws {
    let parted = try PartedResult([1], form: { _ in .json })
    _ = try PartedResult.numbers(try parted.connection().execute("x"))
    let request = try #require(parted.service.requests.first)
    #expect(request.header("x-key") == "secret-key" && request.header("Authorization") == nil)
    #expect(request.query == ["sig": "1"])
    #expect(
      Set(request.headers.map { $0.name.lowercased() })
        == ["host", "accept-encoding", "x-key"])
    let keyed = try PartedResult([1], form: { _ in .json })
    let answer = try keyed.answer(extra: #""qrmk":"QUJD","chunkHeaders":null"#)
    _ = try PartedResult.numbers(try keyed.connection("", answer).execute("x"))
    let second = try #require(keyed.service.requests.first)
    let prefix = "x-amz-server-side-encryption-customer-"
    #expect(second.header(prefix + "algorithm") == "AES256")
    #expect(second.header(prefix + "key") == "QUJD")
  }

  @Test("trap 23: packed or not is told by the bytes, not by the header")
  func packingByMagic() throws {
    let parted = try PartedResult([10, 10, 10, 10], form: { _ in .json }) { part, _, good in
      let plain = (try? PartedResult.body(2 + 10 * part..<12 + 10 * part, .json)) ?? []
      let half = plain.count / 2
      let members = [plain[..<half], plain[half...]].compactMap {
        try? Deflater.compress(Array($0).span, .gzip)
      }
      return switch part {
      case 0: .answer(200, [("Content-Encoding", "gzip")], good)
      case 1: .answer(200, [("Content-Encoding", "gzip")], plain)
      // Several members, and the zeros that some writers pad with.
      case 2: .answer(200, [], members[0] + members[1] + [0, 0, 0])
      default: nil
      }
    }
    let result = try parted.connection().execute("x")
    #expect(try PartedResult.numbers(result) == parted.expected)
  }

  /// What may befall a part once: all of it is over with the next attempt.
  private static let faults: [(String, PartedResult.Form, @Sendable ([UInt8]) -> ServiceReply)] = [
    ("cut line", .json, { good in .raw(head(good.count) + good.prefix(good.count / 2)) }),
    ("cut file", .json, { good in .answer(200, [], Array(good.dropLast(5))) }),
    ("no file", .arrow, { _ in .answer(200, [], []) }),
    ("damaged file", .arrow, { good in .answer(200, [], good.map { $0 ^ ($0 == 0 ? 1 : 0) }) }),
    (
      "damaged checksum", .arrow,
      { good in .answer(200, [], good.dropLast(8) + [UInt8](repeating: 7, count: 8)) }
    ),
    ("no JSON", .json, { _ in .answer(200, [], Array(#"["1","a"],"#.utf8)) }),
    ("a page", .arrow, { _ in .answer(200, [], Array("<html>sorry</html>".utf8)) }),
    ("bytes behind", .json, { good in .answer(200, [], good + [1, 2, 3]) }),
    ("bytes behind a stream", .arrow, { good in .answer(200, [], good + [1, 2, 3]) }),
    ("500", .json, { _ in .status(500) }),
    ("503", .json, { _ in .status(503, "", [("Retry-After", "0")]) }),
    ("429", .json, { _ in .status(429) }), ("408", .json, { _ in .status(408) }),
    ("closed", .json, { _ in .close }),
    ("silence", .json, { good in .stall(head(good.count) + good.prefix(10)) }),
    ("silence at once", .json, { _ in .hang }),
  ]

  private static func head(_ count: Int) -> [UInt8] {
    Array("HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n".utf8)
  }

  @Test(
    "traps 4 and 5: a part that is cut, damaged or silent is fetched again",
    arguments: faults.map(\.0))
  func everyFaultIsRetried(_ name: String) throws {
    let (_, form, fault) = try #require(Self.faults.first { $0.0 == name })
    let parted = try PartedResult([50, 60, 70], form: { _ in form }) { part, attempt, good in
      part == 1 && attempt < 2 ? fault(good) : nil
    }
    // A short patience may end other parts' attempts too where the machine is busy.
    let isSilence = name.hasPrefix("silence")
    let result = try parted.connection("", networkTimeout: isSilence ? 60_000_000 : 60_000_000_000)
      .execute("x")
    #expect(try PartedResult.numbers(result) == parted.expected)
    #expect(parted.attemptCount(1) >= 3)
    #expect(isSilence || (parted.attemptCount(1) <= 4 && parted.attemptCount(0) == 1))
  }

  @Test(
    "trap 5: a fault that stays is an error that says what, where and how often",
    arguments: faults.map(\.0).filter { !$0.hasPrefix("silence") })
  func lastingFaultsAreLoud(_ name: String) throws {
    let (_, form, fault) = try #require(Self.faults.first { $0.0 == name })
    let parted = try PartedResult([50, 60, 70], form: { _ in form }) { part, _, good in
      part == 1 ? fault(good) : nil
    }
    let connection = try parted.connection()
    let error = try #require(throws: TernError.self) {
      try PartedResult.numbers(try connection.execute("x"))
    }
    #expect(error.kind == .sql && !error.endsConnection && error.queryID == "q-7", "\(error)")
    #expect(error.message.hasPrefix("rows 52 to 111: "), "\(error)")
    #expect(error.message.contains("127.0.0.1:\(parted.service.port) after 7 attempts"), "\(error)")
    #expect(!error.message.contains("sig="))
    // A kept line that was closed is not counted as an attempt.
    #expect(parted.attemptCount(1) == 7 || name == "closed")
  }

  @Test("trap 5: rows that are missing or too many are an error, not a result")
  func rowCountsAreVerified() throws {
    for (count, served) in [(60, 59), (60, 61)] {
      let parted = try PartedResult([50, count], form: { _ in .arrow }) { part, _, _ in
        guard part == 1, let body = try? PartedResult.body(52..<52 + served, .arrow) else {
          return nil
        }
        return .answer(200, [], body)
      }
      let error = try #require(throws: TernError.self) {
        try PartedResult.numbers(try parted.connection().execute("x"))
      }
      #expect(error.message.contains("\(served) rows instead of \(count)"), "\(error)")
      #expect(parted.attemptCount(1) == 2)
    }
    for returned in [51, 53, 0] {
      let parted = try PartedResult([50], form: { _ in .json })
      for readerCount in [1, 4] {
        let connection = try parted.connection(
          "parallel=\(readerCount)", try parted.answer(returned: returned))
        let error = try #require(throws: TernError.self) {
          try PartedResult.numbers(try connection.execute("x"))
        }
        #expect(error.message.contains("announced \(returned) rows"), "\(error)")
      }
    }
  }

  @Test func otherStatusesAreFinal() throws {
    let page =
      "<Error><Code>NoSuchKey</Code><Message>The key is gone.</Message>"
      + "<StringToSign>secret</StringToSign></Error>"
    let parted = try PartedResult([5], form: { _ in .json }) { _, _, _ in .status(404, page) }
    let error = try #require(throws: TernError.self) {
      try PartedResult.numbers(try parted.connection().execute("x"))
    }
    #expect(error.message.contains("HTTP status 404: NoSuchKey, The key is gone."), "\(error)")
    #expect(!error.message.contains("secret") && parted.attemptCount(0) == 1)
  }

  @Test func redirectsStayInTheirDomain() throws {
    let parted = try PartedResult([5, 6], form: { _ in .json }) { part, attempt, _ in
      attempt > 0
        ? nil
        : part == 0
          ? .status(307, "", [("Location", "/p/0?sig=2")])
          : .status(307, "", [("Location", "http://localhost.invalid/p/1")])
    }
    let error = try #require(throws: TernError.self) {
      try PartedResult.numbers(try parted.connection("parallel=1").execute("x"))
    }
    #expect(error.message.contains("redirect to localhost.invalid:80 was not followed"), "\(error)")
    #expect(parted.attemptCount(0) == 2)
  }

  @Test func partsWithoutEncryptionAreRefusedWhereTheServiceHasIt() throws {
    let parted = try PartedResult([5], form: { _ in .json })
    let store = SnowflakeStore(
      HTTPClient(ConnectSettings()), networkTimeout: 0, requiresEncryption: true)
    let answer = try parted.answer()
    let connection = try StoreSession { options throws(TernError) in
      try SnowflakePages(answer, SnowflakeTypeOptions(), options, store)
    }.connection("")
    let error = try #require(throws: TernError.self) {
      try PartedResult.numbers(try connection.execute("x"))
    }
    #expect(error.message.contains("without encryption") && parted.service.requests.isEmpty)
  }

  @Test("trap 44: the parts of all results share a few lines")
  func linesAreKept() throws {
    let parted = try PartedResult(Array(repeating: 20, count: 40), form: { _ in .arrow })
    let connection = try parted.connection("parallel=3")
    for _ in 0..<3 {
      #expect(try PartedResult.numbers(try connection.execute("x")) == parted.expected)
    }
    #expect(parted.service.requests.count == 120 && parted.service.lineCount <= 6)
  }

  @Test func batchesAreNotLargerThanAskedFor() throws {
    for form in [PartedResult.Form.json, .arrow] {
      let parted = try PartedResult([1_000, 900], form: { _ in form })
      let result = try parted.connection("batch_rows=250").execute("x")
      var counts: [Int] = []
      while let batch = try result.nextBatch() { counts.append(batch.rowCount) }
      #expect(counts.allSatisfy { $0 <= 250 } && counts.reduce(0, +) == 1_902)
      #expect(counts.count < 14, "small batches of a stream are put together: \(counts)")
    }
  }
}
