import TernColumns
import TernCore
import Testing

@Suite struct BatchJoinerTests {
  private static func batch(_ type: DataType, _ values: [Value]) throws -> Batch {
    let builder = BatchBuilder(Schema([Field("x", type)]))
    for value in values { try builder.append([value]) }
    return try builder.finish()
  }

  /// All batches through a joiner for one column.
  private static func joined(
    _ batches: [Batch], as type: DataType, _ form: ArrowForm = ArrowForm(),
    rowCountMax: Int = 100, byteCountMax: Int = 1 << 20
  ) throws -> [Batch] {
    let joiner = try BatchJoiner(
      Schema([Field("x", type)]), [form], rowCountMax: rowCountMax, byteCountMax: byteCountMax,
      expectedRowCount: 1_000)
    var output: [Batch] = []
    for batch in batches { try joiner.append(batch, to: &output) }
    try joiner.flush(to: &output)
    return output
  }

  private static let numbers: [Value] = [.integer(7), .null, .integer(-128), .integer(0)]

  @Test(
    "whole numbers of any width become one type",
    arguments: [DataType.int8, .int16, .int32, .int64])
  func widths(_ width: DataType) throws {
    let wide = DataType.decimal128(precision: 38, scale: 2)
    let batches = [try Self.batch(width, Self.numbers), try Self.batch(.int64, Self.numbers)]
    let output = try Self.joined(batches, as: wide, ArrowForm(digits: 2))
    #expect(output.count == 1 && output[0].rowCount == 8)
    let texts = try (0..<8).map { row in
      try output[0].columns[0].isNull(at: row) ? nil : output[0].columns[0].text(at: row)
    }
    #expect(texts == ["0.07", nil, "-1.28", "0.00", "0.07", nil, "-1.28", "0.00"])
    #expect(output[0].columns[0].nullCount == 2)
    let plain = try Self.joined(batches, as: .int64)
    #expect(try plain[0].columns[0].allValues() == Self.numbers + Self.numbers)
  }

  @Test("small batches are put together, large ones pass or are cut, and no row is lost")
  func sizes() throws {
    for (size, most) in [(1, 100), (30, 100), (100, 100), (101, 100), (1_000, 7), (5, 1)] {
      var next: Int64 = 0
      let batches = try (0..<6).map { _ -> Batch in
        defer { next += Int64(size) }
        return try Self.batch(.int64, (next..<next + Int64(size)).map { .integer($0) })
      }
      let output = try Self.joined(batches, as: .int64, rowCountMax: most)
      #expect(output.allSatisfy { $0.rowCount <= most && $0.rowCount > 0 })
      let values = try output.flatMap { try $0.columns[0].allValues() }
      #expect(values == (0..<next).map { .integer($0) })
    }
    let whole = try Self.joined(
      [try Self.batch(.int64, Self.numbers)], as: .int64, rowCountMax: 4, byteCountMax: .max)
    #expect(whole.map(\.rowCount) == [4])
    let texts = try Self.batch(
      .utf8, (0..<64).map { _ in .text(String(repeating: "é", count: 20_000)) })
    let cut = try Self.joined([texts], as: .utf8, byteCountMax: 1 << 19)
    #expect(cut.count >= 4 && cut.reduce(0) { $0 + $1.rowCount } == 64)
    #expect(try cut[1].columns[0].text(at: 0).count == 20_000)
  }

  @Test(
    "decimal floats have any exponent that a server may send",
    arguments: [
      (Int64(2), "1.2E+3"), (.max, nil), (.max - 1, nil), (.min, nil), (99_999, "1.2E+100000"),
    ] as [(Int64, String?)])
  func exponents(_ exponent: Int64, _ text: String?) throws {
    let type = DataType.structure([Field("exponent", .int64), Field("significand", .binary)])
    let batch = try Self.batch(type, [.structure([.integer(exponent), .bytes([12])])])
    let form = ArrowForm(text: .scientific)
    guard let text else {
      #expect(throws: TernError.self) { try Self.joined([batch], as: .utf8, form) }
      return
    }
    #expect(try Self.joined([batch], as: .utf8, form)[0].columns[0].text(at: 0) == text)
  }

  @Test("columns of every layout are put together")
  func layouts() throws {
    let columns: [(DataType, [Value])] = [
      (.bool, [.bool(true), .null, .bool(false)]), (.utf8, [.text("é"), .null, .text("")]),
      (.binary, [.bytes([1]), .null, .bytes([])]), (.date32, [.date(-1), .null, .date(9)]),
      (.float64, [.double(1.5), .null, .double(-.infinity)]),
      (.list(Field("i", .int32)), [.list([.integer(1), .null]), .null, .list([])]),
      (.fixedSizeList(Field("i", .float32), count: 2), [.list([.double(1), .double(2)]), .null]),
      (
        .structure([Field("a", .utf8), Field("b", .bool)]),
        [.structure([.text("x"), .null]), .null]
      ),
      (
        .map(Field("e", .structure([Field("k", .utf8), Field("v", .int64)]))),
        [.list([.structure([.text("k"), .integer(1)])]), .null]
      ),
    ]
    for (type, values) in columns {
      // Slices begin inside of bytes.
      let whole = try Self.batch(type, values + values + values)
      let slices = try [
        whole.slice(1, count: 2), whole.slice(0, count: values.count),
        whole.slice(2, count: values.count),
      ]
      let output = try Self.joined(slices, as: type)
      let expected = try slices.flatMap { try $0.columns[0].allValues() }
      #expect(try output.flatMap { try $0.columns[0].allValues() } == expected, "\(type)")
    }
  }

  @Test("what does not convert is an error that names the column; NULLs hide anything")
  func errors() throws {
    let error = try #require(throws: TernError.self) {
      try Self.joined(
        [try Self.batch(.int64, [.integer(.max)])], as: .timestamp(.nanosecond, zone: nil))
    }
    #expect(error.kind == .data && error.message.hasPrefix("column x: "))
    let other = try Self.batch(.utf8, [.text("12"), .null])
    #expect(
      try Self.joined([other], as: .decimal128(precision: 5, scale: 1))[0].columns[0].text(at: 0)
        == "12.0")
    #expect(throws: TernError.self) {
      try Self.joined([try Self.batch(.utf8, [.text("x")])], as: .int64)
    }
  }

  @Test("columns that need no bytes cannot claim rows without end")
  func bareRows() throws {
    var bytes: [UInt8] = []
    let schema = Schema([Field("n", .null)])
    var writer = try ArrowStreamWriter(schema)
    try writer.append(
      try Batch(schema, [try Column.nulls(5)], rowCount: 5), to: &bytes)
    // The length of the batch, and of its one node.
    for place in bytes.indices.dropLast(8)
    where bytes[place..<place + 8].elementsEqual([5, 0, 0, 0, 0, 0, 0, 0]) {
      bytes[place + 5] = 0x10
    }
    let reader = try ArrowIPCReader(ArraySource(bytes))
    let error = #expect(throws: TernError.self) { try reader.next() }
    #expect(error?.kind == .connection)
  }
}

extension Column {
  /// A column of the type without values.
  fileprivate static func nulls(_ count: Int) throws -> Column {
    let builder = ColumnBuilder(.null)
    for _ in 0..<count { try builder.appendNull() }
    return try builder.finish()
  }
}
