import TernColumns
import TernCore

/// Types and how their values are written. Made for each input: the leak detector does not
/// understand how a global would refer to them.
private func kinds() -> [(DataType, ColumnFormat)] {
  [
    (.int64, .standard), (.int8, .standard), (.uint64, .standard), (.bool, .standard),
    (.float64, .standard), (.float32, .standard), (.utf8, .standard), (.largeUtf8, .json),
    (.decimal128(precision: 18, scale: 2), .standard),
    (.decimal128(precision: 38, scale: 10), .standard),
    (.decimal256(precision: 76, scale: 5), .standard), (.date32, .standard), (.date32, .epochDays),
    (.timestamp(.second, zone: nil), .standard), (.timestamp(.nanosecond, zone: nil), .standard),
    (.timestamp(.microsecond, zone: "UTC"), .standard),
    (.timestamp(.millisecond, zone: nil), .epoch(.millisecond)),
    (.wideTimestamp(digits: 9, zone: nil), .standard),
    (.wideTimestamp(digits: 9, zone: nil), .epochSeconds),
    (.wideTimestamp(digits: 9, zone: "UTC"), .epochSecondsAndOffset),
    (.time64(.nanosecond), .standard), (.time32(.second), .epochSeconds),
    (.duration(.millisecond), .standard), (.intervalMonths, .standard),
    (.intervalMonthDayNano, .standard), (.intervalMonthDayNano, .epochNanoseconds),
    (.binary, .standard), (.binary, .base64), (.fixedSizeBinary(16), .uuid),
    (.list(Field("item", .list(Field("item", .int32)))), .standard),
    (.structure([Field("a", .utf8), Field("b", .bool)]), .standard),
    (.fixedSizeList(Field("item", .float64), count: 2), .standard), (.null, .standard),
  ]
}

/// Feeds any bytes to the column decoder: the first byte says which type, the second where the
/// document is cut, the rest is the document. Pieces must not change the answer, and what was
/// decoded must print and slice.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzColumns(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard input.count > 2 else { return 0 }
  let kinds = kinds()
  let (type, format) = kinds[Int(input[0]) % kinds.count]
  let pieceMax = Int(input[1] & 0x3F) + 1
  let schema = Schema([Field("a", type), Field("b", .utf8)])
  let formats = [format, .standard]
  let document = Array(input.dropFirst(2))
  for isRows in [false, true] {
    let whole = decode(document, schema, formats, isRows, .max)
    let cut = decode(document, schema, formats, isRows, pieceMax)
    guard whole == cut else { fatalError("pieces change the answer") }
    if case .success(let batch)? = whole { check(batch) }
  }
  return 0
}

private func decode(
  _ document: [UInt8], _ schema: Schema, _ formats: [ColumnFormat], _ isRows: Bool, _ pieceMax: Int
) -> Result<Batch, SQLStateError>? {
  do throws(TernError) {
    let reader = try JSONReader(
      ArraySource(document, pieceMax: pieceMax), windowByteCount: pieceMax == .max ? 8_192 : 64)
    let decoder = try ColumnDecoder(schema, formats: formats)
    guard isRows else {
      let batch = try decoder.columns(from: reader)
      try reader.finish()
      return .success(batch)
    }
    try decoder.beginRows(reader)
    let batch = try decoder.rows(from: reader, byteCountMax: .max)
    guard try decoder.rows(from: reader) == nil else { fatalError("rows behind the last") }
    try reader.finish()
    return batch.map { .success($0) }
  } catch {
    return .failure(SQLStateError(state: error.sqlState))
  }
}

/// What two failures are compared by.
private struct SQLStateError: Error, Equatable { let state: SQLState }

private func check(_ batch: Batch) {
  for column in batch.columns {
    for row in 0..<column.count {
      do throws(TernError) {
        if try !column.isNull(at: row) { _ = try column.text(at: row) }
        _ = try column.value(at: row)
        _ = try column.slice(row, count: 1)
      } catch {
        fatalError("a decoded value cannot be read: \(error)")
      }
    }
  }
  var writer = JSONWriter()
  _ = try? ColumnEncoder(columnCount: 2).columns(of: batch, from: 0, to: &writer)
}
