import TernColumns
import TernCore
import Testing

/// What pyarrow reads from such streams is tested with the command line.
@Suite struct ArrowStreamWriterTests {
  @Test func emptyStreamsHaveASchemaAndAnEnd() throws {
    var writer = try ArrowStreamWriter(Schema([Field("a", .int32)]))
    var bytes: [UInt8] = []
    writer.finish(to: &bytes)
    #expect(bytes.prefix(4) == [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(bytes.suffix(8) == [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])
    let metadataByteCount = Int(bytes[4]) | Int(bytes[5]) << 8
    #expect(metadataByteCount % 8 == 0)
    #expect(bytes.count == 8 + metadataByteCount + 8)
  }

  @Test func slicesAreWrittenLikeTheSameRowsOfTheirOwn() throws {
    let fields = [
      Field("n", .int32), Field("b", .bool), Field("t", .utf8),
      Field("l", .list(Field("e", .int8))),
      Field("s", .structure([Field("x", .int64)])),
      Field("f", .fixedSizeList(Field("e", .int16), count: 2)), Field("z", .largeUtf8),
    ]
    let builder = BatchBuilder(Schema(fields))
    for row in 0..<40 {
      let number = Value.integer(Int64(row))
      try builder.append(
        row % 3 == 0
          ? Array(repeating: nil, count: fields.count)
          : [
            number, .bool(row % 2 == 0), .text("text \(row)"), .list([number, nil]),
            .structure([number]), .list([number, number]), .text("z\(row)"),
          ])
    }
    let whole = try builder.finish()
    for (start, count) in [(0, 40), (1, 20), (8, 17), (13, 27), (39, 1), (5, 0)] {
      let slice = try whole.slice(start, count: count)
      for row in start..<start + count { try builder.append(try whole.row(row)) }
      let own = try builder.finish()
      #expect(try bytes(slice) == bytes(own), "rows \(start) to \(start + count)")
    }
  }

  @Test func batchesOfOtherTypesAreRefused() throws {
    var writer = try ArrowStreamWriter(Schema([Field("a", .int32)]))
    let other = try BatchBuilder(Schema([Field("a", .int64)])).finish()
    var bytes: [UInt8] = []
    #expect(throws: TernError.self) { try writer.append(other, to: &bytes) }
    #expect(throws: TernError.self) {
      try ArrowStreamWriter(Schema([Field("w", .wideTimestamp(digits: 9, zone: nil))]))
    }
  }

  private func bytes(_ batch: Batch) throws -> [UInt8] {
    var writer = try ArrowStreamWriter(batch.schema)
    var bytes: [UInt8] = []
    try writer.append(batch, to: &bytes)
    writer.finish(to: &bytes)
    return bytes
  }
}
