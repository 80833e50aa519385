import CTern
import TernColumns
import TernCore
import Testing

@Suite struct ArrowTests {
  private static let rows: [(Field, [Value])] = [
    (Field("n", .null), [nil, nil, nil]), (Field("b", .bool), [true, nil, false]),
    (Field("i8", .int8), [1, nil, -1]), (Field("u64", .uint64), [.unsigned(.max), nil, 0]),
    (Field("i64", .int64, isNullable: false), [1, 2, 3]),
    (Field("f", .float32), [1.5, nil, .double(.infinity)]),
    (
      Field("d", .decimal128(precision: 38, scale: 3)),
      [
        .decimal(DecimalValue(unscaled: -1, scale: 3)), nil,
        .decimal(DecimalValue(unscaled: 0, scale: 3)),
      ]
    ),
    (
      Field("d2", .decimal256(precision: 76, scale: 0)),
      [.decimal(DecimalValue(unscaled: .min)), nil, .decimal(DecimalValue(unscaled: 7))]
    ),
    (
      Field("t", .utf8, metadata: [MetadataEntry("k", "v\u{1F680}"), MetadataEntry("", "")]),
      ["", nil, "Grüße"]
    ),
    (Field("lt", .largeUtf8), ["a", nil, "b"]),
    (Field("x", .binary), [.bytes([0]), nil, .bytes([])]),
    (Field("fx", .fixedSizeBinary(3)), [.bytes([1, 2, 3]), nil, .bytes([4, 5, 6])]),
    (Field("day", .date32), [.date(1), nil, .date(-1)]),
    (Field("ti", .time64(.nanosecond)), [.time(1), nil, .time(2)]),
    (
      Field("ts", .timestamp(.microsecond, zone: "Europe/Berlin")),
      [
        .timestamp(WideTimestamp(seconds: 1, nanoseconds: 1_000)), nil,
        .timestamp(WideTimestamp(seconds: -1, nanoseconds: 0)),
      ]
    ),
    (
      Field("du", .duration(.second)),
      [.duration(seconds: 5, nanoseconds: 0), nil, .duration(seconds: -5, nanoseconds: 0)]
    ),
    (
      Field("im", .intervalMonths),
      [
        .interval(MonthDayNano(months: 3, days: 0, nanoseconds: 0)), nil,
        .interval(MonthDayNano(months: -3, days: 0, nanoseconds: 0)),
      ]
    ),
    (
      Field("in", .intervalMonthDayNano),
      [
        .interval(MonthDayNano(months: 3, days: 2, nanoseconds: 1)), nil,
        .interval(MonthDayNano(months: 0, days: 0, nanoseconds: -1)),
      ]
    ),
    (Field("l", .list(Field("item", .utf8))), [["a", nil], nil, []]),
    (Field("fl", .fixedSizeList(Field("item", .int16), count: 2)), [[1, 2], nil, [3, nil]]),
    (
      Field("s", .structure([Field("a", .int32), Field("b", .list(Field("item", .bool)))])),
      [.structure([1, [true]]), nil, .structure([nil, []])]
    ),
  ]

  private static func batch() throws -> Batch {
    let schema = Schema(rows.map(\.0), metadata: [MetadataEntry("source", "test")])
    let builder = BatchBuilder(schema)
    for index in 0..<3 { try builder.append(rows.map { $0.1[index] }) }
    return try builder.finish()
  }

  /// Out to C and back.
  private static func roundTrip(_ batch: Batch) throws -> Batch {
    var array = unsafe ArrowArray()
    var schema = unsafe ArrowSchema()
    try unsafe ArrowExport.schema(batch.schema, to: &schema)
    try unsafe ArrowExport.batch(batch, to: &array)
    let back = try unsafe ArrowImport.batch(&array, &schema)
    unsafe #expect(array.release == nil)
    unsafe #expect(schema.release == nil)
    return back
  }

  @Test("every type comes back from C as it went, sliced or whole")
  func allTypes() throws {
    let batch = try Self.batch()
    #expect(try Self.roundTrip(batch) == batch)
    for start in 0..<3 {
      for count in 0...3 - start {
        let slice = try batch.slice(start, count: count)
        #expect(try Self.roundTrip(slice) == slice)
        #expect(try Self.roundTrip(Self.roundTrip(slice)) == slice)
      }
    }
  }

  @Test("values are not copied on the way")
  func zeroCopy() throws {
    let batch = try Self.batch()
    let back = try Self.roundTrip(batch)
    for (first, second) in zip(batch.columns, back.columns) {
      unsafe #expect(first.values?.baseAddress == second.values?.baseAddress)
    }
  }

  @Test("a child may be moved out and outlive its parent")
  func movedChild() throws {
    var array = unsafe ArrowArray()
    try unsafe ArrowExport.batch(try Self.batch(), to: &array)
    let source = unsafe try #require(array.children?[4])
    var child = unsafe source.pointee
    unsafe source.pointee.release = nil
    unsafe array.release?(&array)
    let values = unsafe try #require(child.buffers?[1])
    unsafe #expect(values.load(fromByteOffset: 16, as: Int64.self) == 3)
    unsafe child.release?(&child)
    unsafe #expect(child.release == nil)
  }

  @Test("wide timestamps are narrowed, or refused by the option's name")
  func wideTimestamps() throws {
    let edges = [
      WideTimestamp(seconds: 253_402_300_799, nanoseconds: 999_999_000),
      WideTimestamp(seconds: 0, nanoseconds: 1),
    ]
    for (unit, texts) in [
      (TimestampExport.microseconds, ["9999-12-31 23:59:59.999999", nil]),
      (.nanoseconds, [nil, "1970-01-01 00:00:00.000000001"]),
      (.text, ["9999-12-31 23:59:59.999999000", "1970-01-01 00:00:00.000000001"]),
    ] {
      for (edge, text) in zip(edges, texts) {
        let builder = BatchBuilder(Schema([Field("w", .wideTimestamp(digits: 9, zone: nil))]))
        try builder.append([.timestamp(edge)])
        try builder.append([nil])
        let batch = try builder.finish()
        var array = unsafe ArrowArray()
        var schema = unsafe ArrowSchema()
        guard let text else {
          let error = #expect(throws: TernError.self) {
            try unsafe ArrowExport.batch(batch, timestamps: unit, to: &array)
          }
          #expect(error?.message.contains("timestamp_unit=") == true)
          #expect(error?.sqlState == .datetimeOutOfRange)
          unsafe #expect(array.release == nil)
          continue
        }
        try unsafe ArrowExport.batch(batch, timestamps: unit, to: &array)
        try unsafe ArrowExport.schema(batch.schema, timestamps: unit, to: &schema)
        let back = try unsafe ArrowImport.batch(&array, &schema)
        #expect(try back.columns[0].text(at: 0) == text)
        #expect(try back.columns[0].isNull(at: 1))
      }
    }
  }

  @Test("a stream gives its batches, its error, and is released once")
  func streams() throws {
    let batch = try Self.batch()
    var left = 3
    var releases = 0
    var stream = unsafe ArrowArrayStream()
    unsafe ArrowExport.stream(
      batch.schema, to: &stream,
      next: { () throws(TernError) in
        left -= 1
        if left == 0 { throw .cancelled }
        return batch
      }, onRelease: { releases += 1 })
    var reader: ArrowStreamReader? = try unsafe ArrowStreamReader(&stream)
    unsafe #expect(stream.release == nil)
    #expect(reader?.schema == batch.schema)
    #expect(try reader?.next() == batch)
    #expect(try reader?.next() == batch)
    for _ in 0..<2 {
      let error = #expect(throws: TernError.self) { try reader?.next() }
      #expect(error?.message.contains("the call was cancelled") == true)
    }
    #expect(releases == 0)
    reader = nil
    #expect(releases == 1)
    #expect(left == 0)
  }

  @Test("an array that contradicts its schema or itself is refused, and still released")
  func refused() throws {
    typealias Break = (inout ArrowArray, inout ArrowSchema) -> Void
    let breaks: [Break] = unsafe [
      { array, _ in unsafe array.length = -1 }, { array, _ in unsafe array.offset = .max },
      { array, _ in unsafe array.n_children = 1 }, { array, _ in unsafe array.length = 1_000 },
      { array, _ in unsafe array.children?[8]?.pointee.length = 1 },
      { array, _ in unsafe array.children?[8]?.pointee.n_buffers = 1 },
      { array, _ in
        let offsets = unsafe UnsafeMutableRawPointer(
          mutating: array.children?[8]?.pointee.buffers?[1])
        unsafe offsets?.storeBytes(of: 100, as: Int32.self)
      },
      { array, _ in
        let text = unsafe UnsafeMutableRawPointer(
          mutating: array.children?[8]?.pointee.buffers?[2])
        unsafe text?.storeBytes(of: 0xFF, as: UInt8.self)
      },
      { _, schema in unsafe schema.n_children = -1 }, { _, schema in unsafe schema.format = nil },
      { _, schema in unsafe schema.children?[0]?.pointee.format = nil },
    ]
    for index in 0..<(unsafe breaks.count) {
      let damage = unsafe breaks[index]
      var array = unsafe ArrowArray()
      var schema = unsafe ArrowSchema()
      let batch = try Self.batch()
      try unsafe ArrowExport.schema(batch.schema, to: &schema)
      try unsafe ArrowExport.batch(batch, to: &array)
      unsafe damage(&array, &schema)
      #expect(throws: TernError.self, "damage \(index)") {
        try unsafe ArrowImport.batch(&array, &schema)
      }
      unsafe #expect(array.release == nil)
      unsafe #expect(schema.release == nil)
    }
  }

  @Test(
    "decimals have a scale that can be written out",
    arguments: [
      ("d:38,9223372036854775807", false), ("d:38,-9223372036854775808", false),
      ("d:76,9223372036854775807,256", false), ("d:38,77", false), ("d:x,38,2", false),
      ("d:38,2,x", false), ("d:38,38", true), ("d:38,-38", true), ("d:76,76,256", true),
    ])
  func decimalFormats(_ format: String, _ isAccepted: Bool) throws {
    let width = format.hasSuffix(",256") ? 76 : 38
    let type =
      width == 38
      ? DataType.decimal128(precision: 38, scale: 0) : .decimal256(precision: 76, scale: 0)
    let rows = BatchBuilder(Schema([Field("d", type)]))
    try rows.append([.integer(7)])
    var array = unsafe ArrowArray()
    var schema = unsafe ArrowSchema()
    let batch = try rows.finish()
    try unsafe ArrowExport.schema(batch.schema, to: &schema)
    try unsafe ArrowExport.batch(batch, to: &array)
    try unsafe format.withCString { text throws in
      // The exporter frees its own text by another pointer.
      unsafe schema.children?[0]?.pointee.format = text
      guard isAccepted else {
        #expect(throws: TernError.self) { try unsafe ArrowImport.batch(&array, &schema) }
        return
      }
      let imported = try unsafe ArrowImport.batch(&array, &schema)
      #expect(try imported.columns[0].text(at: 0).contains("7"))
    }
  }

  @Test("the offsets of an array without values are not looked at")
  func offsetsOfNothing() throws {
    let rows = BatchBuilder(Schema([Field("t", .utf8)]))
    var array = unsafe ArrowArray()
    var schema = unsafe ArrowSchema()
    let batch = try rows.finish()
    try unsafe ArrowExport.schema(batch.schema, to: &schema)
    try unsafe ArrowExport.batch(batch, to: &array)
    // Whatever lies behind a buffer of no bytes.
    let offsets = unsafe UnsafeMutableRawPointer(
      mutating: array.children?[0]?.pointee.buffers?[1])
    unsafe offsets?.storeBytes(of: -5, as: Int32.self)
    #expect(try unsafe ArrowImport.batch(&array, &schema).rowCount == 0)
  }

  @Test("a released struct is refused")
  func released() throws {
    var array = unsafe ArrowArray()
    var schema = unsafe ArrowSchema()
    var stream = unsafe ArrowArrayStream()
    #expect(throws: TernError.self) { try unsafe ArrowImport.batch(&array, &schema) }
    #expect(throws: TernError.self) { try unsafe ArrowStreamReader(&stream) }
  }
}
