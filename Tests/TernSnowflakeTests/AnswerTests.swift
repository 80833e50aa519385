import Foundation
import TernColumns
import TernCore
import Testing

@testable import TernSnowflake

struct AnswerTests {
  /// Section 11.5.
  private static let chunked = """
    {"data":{"rowtype":[{"name":"N","type":"fixed","precision":38,"scale":0,"nullable":true}],
    "rowset":[["1"]],"total":5,"returned":5,"queryId":"01b0","statementTypeId":4096,
    "queryResultFormat":"json","qrmk":"QUJD","chunkHeaders":{"k":"v","k-md5":"w"},
    "chunks":[{"url":"http://h/0?sig=a%2Fb","rowCount":2,"uncompressedSize":12,"compressedSize":32},
    {"url":"http://h/1?sig=c","rowCount":2,"uncompressedSize":50,"compressedSize":35}]},
    "success":true,"code":null,"message":null}
    """

  @Test func partsOfColumnsAreCountedTogether() throws {
    // Two brackets each, and a hundred times that in memory: few bytes must not become very many.
    let part = Array(("[" + Array(repeating: "{}", count: 60_000).joined(separator: ",")).utf8)
    func answer(_ columnCount: Int) throws -> SnowflakeAnswer {
      let column = Array(#"{"fields":"#.utf8) + part + Array("]}".utf8)
      let columns = Array(Array(repeating: column, count: columnCount).joined(separator: [0x2C]))
      let body = Array(#"{"rowtype":["#.utf8) + columns + Array("]}".utf8)
      return try SnowflakeAnswer(body, data: 0..<body.count)
    }
    #expect(try answer(4).columns?.count == 4)
    let error = try #require(throws: TernError.self) { try answer(5) }
    #expect(error.isMalformedReply && error.message.contains("262144"))
  }

  @Test func everyFieldOfAChunkedAnswerIsRead() throws {
    var answer = try SnowflakeAnswer(body: Array(Self.chunked.utf8))
    #expect(answer.columns?.count == 1)
    #expect(answer.text(answer.rowset) == #"[["1"]]"#)
    #expect(answer.total == 5 && answer.returned == 5 && answer.format == .json)
    #expect(answer.queryID == "01b0" && answer.statementTypeID == 4096)
    #expect(answer.chunkHeaders.map(\.name) == ["k", "k-md5"])
    #expect(answer.qrmk?.text == "QUJD" && answer.hasRows)
    #expect(answer.chunks.count == 2 && answer.chunks.rowCount == 4)
    let chunk = answer.chunks.takeFirst()
    #expect(chunk?.url == "http://h/0?sig=a%2Fb" && chunk?.rowCount == 2)
    #expect(chunk?.uncompressedByteCount == 12 && chunk?.compressedByteCount == 32)
    #expect(answer.chunks.takeFirst()?.url == "http://h/1?sig=c" && answer.chunks.isEmpty)
    #expect(answer.chunks.takeFirst() == nil)
  }

  @Test("trap 45: scalars of any JSON kind say the same")
  func scalarsOfAnyKind() throws {
    let answer = try SnowflakeAnswer(
      body: Array(
        #"""
        {"data":{"total":"7","returned":7.0,"statementTypeId":"4096","version":null,
        "arrayBindSupported":"TRUE","numberOfBinds":1,"parameters":[{"name":"A","value":true},
        {"name":"B","value":12},{"name":"C","value":"x"},{"name":"D","value":null},{"name":"E"}],
        "rowtype":[{"name":7,"type":"FIXED","precision":"38","scale":0,"nullable":"false"}],
        "queryContext":{"entries":[{"id":"0","timestamp":9223372036854775807,"priority":0}]},
        "stats":{"numRowsInserted":"3"}}}
        """#.utf8))
    #expect(answer.total == 7 && answer.returned == 7 && answer.statementTypeID == 4096)
    #expect(answer.isArrayBindSupported && answer.numberOfBinds == 1 && answer.version == nil)
    #expect(answer.parameters.map(\.value) == ["true", "12", "x", nil, nil])
    let column = try #require(answer.columns?.first)
    #expect(column.name == "7" && column.type == "fixed" && column.precision == 38)
    #expect(column.isNullable == false && answer.statistics?.inserted == 3)
    #expect(
      answer.context
        == .entries([.init(id: 0, timestamp: .max, priority: 0, context: nil)]))
  }

  @Test("trap 46: unknown fields are skipped, null arrays and missing data are absent")
  func nullIsAbsent() throws {
    for data in [
      "null", "{}",
      #"{"rowtype":null,"rowset":null,"chunks":null,"parameters":null,"zzz":[{"a":1}]}"#,
      #"{"rowset":7,"chunks":{},"rowsetBase64":null,"chunkHeaders":[],"stats":[],"total":{}}"#,
    ] {
      let answer = try SnowflakeAnswer(body: Array(#"{"success":true,"data":\#(data)}"#.utf8))
      #expect(answer.columns == nil && !answer.hasRows && answer.total == nil, "\(data)")
      #expect(answer.context == .none && answer.parameters.isEmpty, "\(data)")
    }
    #expect(try SnowflakeAnswer(body: Array("{}".utf8)).data.isEmpty)
    #expect(try SnowflakeAnswer(object: ["data": ["queryContext": NSNull()]]).context == .cleared)
  }

  @Test func arrowRowsAreFoundInEitherSpelling() throws {
    for name in ["rowsetBase64", "rowSetBase64", "ROWSETBASE64"] {
      let answer = try SnowflakeAnswer(
        body: Array(#"{"data":{"\#(name)":"QUJD\/w==","queryResultFormat":"ARROW_FORCE"}}"#.utf8))
      #expect(answer.text(answer.rowsetBase64) == #"QUJD\/w=="#)
      #expect(answer.isRowsetEscaped && answer.format == .arrow)
    }
    let empty = try SnowflakeAnswer(body: Array(#"{"data":{"rowsetBase64":""}}"#.utf8))
    #expect(empty.text(empty.rowsetBase64) == "" && !empty.isRowsetEscaped)
  }

  /// A string longer than the reader's window is stepped over without being held.
  @Test func aLongStringIsSteppedOverInPieces() throws {
    let base64 = String(repeating: "QUJDREVGR0hJSktM", count: 100_000)
    let answer = try SnowflakeAnswer(
      body: Array(#"{"data":{"rowsetBase64":"\#(base64)","total":1}}"#.utf8))
    #expect(answer.text(answer.rowsetBase64) == base64 && answer.total == 1)
  }

  @Test("trap 2: a list of 60 000 parts takes little more than its URLs, and shrinks")
  func theListOfPartsIsCompact() throws {
    let count = 60_000
    let url =
      "https://bucket.s3.amazonaws.com/results/01b0/main/data_0_0_%?X-Amz-Signature="
      + String(repeating: "0123456789abcdef", count: 4)
    var json = Array(#"{"data":{"chunks":["#.utf8)
    for index in 0..<count {
      if index > 0 { json.append(UInt8(ascii: ",")) }
      json +=
        #"{"url":"\#(url)\#(index)","rowCount":\#(index % 1_000),"uncompressedSize":100}"#.utf8
    }
    json += "]}}".utf8
    var answer = try SnowflakeAnswer(body: json)
    answer.body = []
    #expect(answer.chunks.count == count)
    #expect(answer.chunks.rowCount == Int64(count / 1_000) * 499_500)
    let perPart = answer.chunks.byteCount / count
    #expect(perPart < url.utf8.count + 64, "\(perPart) bytes a part")
    for index in 0..<count {
      let chunk = answer.chunks.takeFirst()
      guard chunk?.url == url + "\(index)", chunk?.rowCount == Int64(index % 1_000) else {
        Issue.record("part \(index): \(String(describing: chunk))")
        return
      }
      if index == count / 2 { #expect(answer.chunks.byteCount < perPart * count * 11 / 20) }
    }
    #expect(answer.chunks.byteCount == 0 && answer.chunks.rowCount == 0)
  }

  @Test func badPartsAreRefused() throws {
    for chunks in [#"[{"rowCount":1}]"#, #"[{"url":"u"}]"#, #"[{"url":"u","rowCount":-1}]"#] {
      #expect(throws: TernError.self) {
        try SnowflakeAnswer(body: Array(#"{"data":{"chunks":\#(chunks)}}"#.utf8))
      }
    }
  }
}
