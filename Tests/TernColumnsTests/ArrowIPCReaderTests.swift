import Foundation
import TernColumns
import TernCore
import Testing

@Suite struct ArrowIPCReaderTests {
  private static let fields = [
    Field("b", .bool), Field("i8", .int8), Field("u32", .uint32), Field("i64", .int64),
    Field("f", .float64), Field("d", .decimal128(precision: 38, scale: 2)), Field("t", .utf8),
    Field("x", .binary), Field("day", .date32),
    Field("ts", .timestamp(.microsecond, zone: "UTC"), metadata: [MetadataEntry("k", "v")]),
    Field("l", .list(Field("item", .utf8))),
    Field("s", .structure([Field("epoch", .int64), Field("fraction", .int32)])),
  ]

  private static func batch(_ rowCount: Int) throws -> Batch {
    let rows = BatchBuilder(Schema(fields))
    for row in 0..<rowCount {
      if row % 3 == 1 {
        try rows.append(Array(repeating: .null, count: fields.count))
        continue
      }
      let number = Int64(row)
      try rows.append([
        .bool(row % 2 == 0), .integer(number % 100), .integer(number), .integer(-number),
        .double(Double(row) / 4), .decimal(DecimalValue(unscaled: Int128(row), scale: 2)),
        .text("Grüße \(row)"), .bytes([UInt8(row % 256)]), .date(Int32(row)),
        .timestamp(WideTimestamp(seconds: number, nanoseconds: 1_000)),
        .list([.text("a"), .null]), .structure([.integer(number), .integer(7)]),
      ])
    }
    return try rows.finish()
  }

  private static func stream(_ batches: [Batch], hasEnd: Bool = true) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var writer = try ArrowStreamWriter(Schema(fields))
    for batch in batches { try writer.append(batch, to: &bytes) }
    if hasEnd { writer.finish(to: &bytes) }
    return bytes
  }

  private static func read(_ bytes: [UInt8], pieceMax: Int = .max) throws -> [Batch] {
    let reader = try ArrowIPCReader(ArraySource(bytes, pieceMax: pieceMax))
    var batches: [Batch] = []
    while let batch = try reader.next() { batches.append(batch) }
    return batches
  }

  @Test("a stream gives its batches, however it was cut, with or without its end marker")
  func roundTrip() throws {
    let batches = [try Self.batch(10), try Self.batch(0), try Self.batch(1_000)]
    let bytes = try Self.stream(batches)
    for pieceMax in [Int.max, 1_000, 7, 1] {
      #expect(try Self.read(bytes, pieceMax: pieceMax) == batches)
    }
    #expect(try Self.read(Self.stream(batches, hasEnd: false)) == batches)
  }

  @Test("batches that are kept stay as they were while megabytes are read behind them")
  func keptBatches() throws {
    // Bodies of some bytes to a megabyte: those that share a block, fill it, and have their own.
    let sizes = [3, 700, 1, 2_000, 40, 9_000, 3, 1_100, 0, 2_500, 600, 7]
    let batches = try sizes.map { try Self.batch($0) }
    let long = batches + batches + batches + batches
    let bytes = try Self.stream(long)
    #expect(bytes.count > 5 << 20)
    for pieceMax in [Int.max, 100_003, 4_099] {
      #expect(try Self.read(bytes, pieceMax: pieceMax) == long)
    }
  }

  @Test("the end of a stream is the end of its source, or an error", arguments: [Int.max, 1])
  func finishes(pieceMax: Int) throws {
    for (behind, isSound) in [
      ([], true), ([UInt8(0)], false), ([UInt8](repeating: 1, count: 300_000), false),
    ] {
      let bytes = try Self.stream([try Self.batch(3)]) + behind
      let reader = try ArrowIPCReader(ArraySource(bytes, pieceMax: pieceMax))
      while try reader.next() != nil {}
      var error: TernError?
      do throws(TernError) { try reader.finish() } catch let failure { error = failure }
      #expect(error?.kind == (isSound ? nil : .connection))
    }
  }

  @Test("a stream that was cut is an error, or ends at a message")
  func prefixes() throws {
    let batch = try Self.batch(5)
    let bytes = try Self.stream([batch, batch])
    var complete = 0
    for count in 0..<bytes.count {
      if let part = try? Self.read(Array(bytes.prefix(count))) {
        #expect(part.allSatisfy { $0 == batch })
        complete += 1
      }
    }
    #expect(complete < 20)
  }

  @Test("flipped bits never trap, and what is accepted can be read")
  func damage() throws {
    let bytes = try Self.stream([try Self.batch(4)])
    for index in bytes.indices {
      for flip in [UInt8(0x01), 0x80, 0xFF] {
        var damaged = bytes
        damaged[index] ^= flip
        for batch in (try? Self.read(damaged)) ?? [] {
          for row in 0..<min(batch.rowCount, 100) { _ = try? batch.row(row) }
        }
      }
    }
  }
}

/// Streams in the shapes that Snowflake sends: the name of the case, a tab, base64.
private func snowflakeStreams() throws -> [String: [UInt8]] {
  let path = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/snowflake-arrow.tsv")
  var streams: [String: [UInt8]] = [:]
  for line in try String(contentsOf: path, encoding: .utf8).split(separator: "\n") {
    let parts = line.split(separator: "\t")
    streams[String(parts[0])] = Data(base64Encoded: String(parts[1])).map { Array($0) }
  }
  return streams
}

@Suite struct SnowflakeArrowTests {
  @Test(
    "streams as Snowflake sends them have their rows",
    arguments: [
      ("fixed", 4), ("scalars", 5), ("time", 4), ("timestamp_ntz", 9), ("timestamp_ltz", 9),
      ("timestamp_tz", 9), ("decfloat", 7), ("vector", 2), ("interval", 5),
      ("semi_structured", 3), ("structured_native", 3), ("zero_rows", 0),
      ("two_batches_no_eos", 3), ("width_chunk_0", 2), ("width_chunk_1", 2), ("width_chunk_2", 2),
      ("coordinator_style", 1),
    ])
  func rows(_ name: String, _ rowCount: Int) throws {
    let stream = try #require(snowflakeStreams()[name])
    let reader = try ArrowIPCReader(ArraySource(stream, pieceMax: 100))
    var rows = 0
    while let batch = try reader.next() {
      rows += batch.rowCount
      for row in 0..<batch.rowCount { _ = try batch.row(row) }
    }
    #expect(rows == rowCount)
  }

  @Test("their values are exact")
  func values() throws {
    let streams = try snowflakeStreams()
    let fixed = try ArrowIPCReader(ArraySource(try #require(streams["fixed"])))
    let numbers = try #require(try fixed.next())
    let digits38 = String(repeating: "9", count: 38)
    #expect(try (0..<4).map { try text(numbers, $0, 0) } == ["1", "-128", nil, "127"])
    #expect(try text(numbers, 0, 4) == "999999999999999999")
    #expect(try text(numbers, 1, 6) == "-" + digits38)
    #expect(try text(numbers, 1, 7) == "-0.0000000001")
    #expect(try text(numbers, 3, 8) == "9.9999999999999999999999999999999999999")
    let scalars = try ArrowIPCReader(ArraySource(try #require(streams["scalars"])))
    let batch = try #require(try scalars.next())
    #expect(try (0..<5).map { try text(batch, $0, 1) } == ["1.5", "NaN", "Infinity", nil, "-0.0"])
    #expect(
      try (0..<5).map { try text(batch, $0, 2) } == [
        "héllo", "", nil, "a\"b\\c,\n", "\u{1F600}",
      ])
    #expect(try (0..<5).map { try text(batch, $0, 3) } == ["DEADBEEF", "", nil, "00FF", "41"])
    #expect(
      try (0..<5).map { try text(batch, $0, 4) } == [
        "2024-02-29", "0001-01-01", "9999-12-31", nil, "1969-12-31",
      ])
  }

  private func text(_ batch: Batch, _ row: Int, _ column: Int) throws -> String? {
    try batch.columns[column].isNull(at: row) ? nil : batch.columns[column].text(at: row)
  }
}
