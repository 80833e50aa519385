import TernColumns
import TernCore
import Testing

@testable import TernAvatica

@Suite struct ReceivedFrameTests {
  /// A fetch of `count` rows with one integer each, in its envelope.
  private static func answer(
    rows count: Int, isHeadFirst: Bool = true
  ) throws(TernError) -> [UInt8] {
    var response = ProtobufWriter()
    try response.field(1) { frame throws(TernError) in
      if isHeadFirst {
        frame.field(1, Int64(100))
        frame.field(2, true)
      }
      defer {
        if !isHeadFirst {
          frame.field(1, Int64(100))
          frame.field(2, true)
        }
      }
      for number in 0..<count {
        try frame.field(3) { row throws(TernError) in
          try row.field(1) { cell throws(TernError) in
            try cell.field(4) { value throws(TernError) in
              value.field(1, TypedValue.Code.integer)
              value.field(4, zigzag: Int64(number))
            }
          }
        }
      }
    }
    var envelope = ProtobufWriter()
    envelope.field(1, AvaticaEncoding.responsePrefix + "FetchResponse")
    envelope.field(2, response.bytes)
    return envelope.bytes
  }

  private static func frame(_ bytes: [UInt8]) throws(TernError) -> AvaticaReceivedFrame {
    let reader = try ProtobufReader(bytes)
    _ = try reader.receiveAll(.max / 2)
    let schema = Schema([Field("N", .int32)])
    return try AvaticaReceivedFrame(reading: reader, try ColumnDecoder(schema))
  }

  @Test func rowsAreCountedBeforeTheyAreDecoded() throws {
    var frame = try Self.frame(try Self.answer(rows: 3))
    #expect(frame.rowCount == 3 && frame.offset == 100 && frame.isLast)
    let batch = try #require(try frame.decoded())
    #expect(try (0..<3).map { try batch.columns[0].int64(at: $0) } == [0, 1, 2])
    var empty = try Self.frame(try Self.answer(rows: 0))
    #expect(try empty.decoded() == nil)
  }

  /// Protobuf allows fields in any order: an end that is told behind the rows is an end.
  @Test func whatStandsBehindTheRowsIsRead() throws {
    var frame = try Self.frame(try Self.answer(rows: 3, isHeadFirst: false))
    #expect(frame.rowCount == 3 && !frame.hasWholeHead)
    #expect(try frame.decoded()?.rowCount == 3)
    #expect(frame.offset == 100 && frame.isLast)
    #expect(try Self.frame(try Self.answer(rows: 3)).hasWholeHead)
  }

  /// A frame that is cut, in its first row too, is an error and never an empty or shorter one.
  @Test func aCutFrameIsNeverAShorterOne() throws {
    let bytes = try Self.answer(rows: 3)
    // What ends with the envelope's name is an empty message, which is whole.
    let name = 2 + AvaticaEncoding.responsePrefix.utf8.count + "FetchResponse".utf8.count
    for count in 0..<bytes.count where count != name {
      #expect(throws: TernError.self, "cut at byte \(count)") {
        var frame = try Self.frame(Array(bytes.prefix(count)))
        guard let rows = try frame.decoded(), rows.rowCount == frame.rowCount else {
          throw TernError.badReply("another number of rows")
        }
      }
    }
  }
}
