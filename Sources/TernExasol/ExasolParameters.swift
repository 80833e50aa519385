internal import TernColumns
internal import TernCore
internal import TernDriver

/// Writes parameter rows as the column-major `data` of executePreparedStatement, in requests of
/// limited size.
///
/// Each value is written as its parameter's type wants it, whatever type the caller bound; what
/// would change a value is refused here. Source: Exasol reference, sections 2.9 and 3.4.
struct ExasolParameters {
  let handle: Int64
  let types: [ExasolDataType]
  let formats: ExasolFormats
  /// Bytes as hex text where the server has no binary type.
  let writesBinaryAsHex: Bool

  /// Bytes of one request, unless a single row needs more.
  static let requestByteCountMax = 4 << 20

  /// Throws 07002 unless there is a column for each marker.
  func check(_ batch: Batch) throws(TernError) {
    guard batch.columns.count == types.count else {
      throw .parameters(bound: batch.columns.count, wanted: types.count)
    }
  }

  /// The request that runs rows from `start` on, and the row after its last one.
  func request(
    _ batch: Batch, from start: Int, byteCountMax: Int
  ) throws(TernError) -> (bytes: [UInt8], end: Int) {
    try check(batch)
    var cells = types.map { _ in JSONWriter() }
    for index in cells.indices { cells[index].beginArray() }
    var row = start
    var byteCount = 0
    while row < batch.rowCount, row == start || byteCount < byteCountMax {
      byteCount = 0
      for (index, column) in batch.columns.enumerated() {
        try append(column, row, index, to: &cells[index])
        byteCount += cells[index].bytes.count
      }
      row += 1
    }
    for index in cells.indices { cells[index].endArray() }
    return (envelope(rowCount: row - start, cells.map(\.bytes)), row)
  }

  /// The request of a statement without parameters.
  var emptyRequest: [UInt8] { envelope(rowCount: 0, []) }

  private func envelope(rowCount: Int, _ data: [[UInt8]]) -> [UInt8] {
    ExasolRequest.command("executePreparedStatement") { writer in
      writer.member("statementHandle", handle)
      writer.member("numColumns", Int64(types.count))
      writer.member("numRows", Int64(rowCount))
      writer.key("columns")
      writer.beginArray()
      for type in types {
        writer.beginObject()
        writer.member("name", "")
        writer.key("dataType")
        writer.raw(type.json)
        writer.endObject()
      }
      writer.endArray()
      writer.key("data")
      writer.beginArray()
      for column in data { writer.raw(column) }
      writer.endArray()
    }
  }

  private func append(
    _ column: Column, _ row: Int, _ index: Int, to writer: inout JSONWriter
  ) throws(TernError) {
    do throws(TernError) {
      if try column.isNull(at: row) { return writer.null() }
      try append(column, row, as: types[index], to: &writer)
    } catch {
      throw error.prefixed("parameter \(index + 1), row \(row + 1)")
    }
  }

  private func append(
    _ column: Column, _ row: Int, as type: ExasolDataType, to writer: inout JSONWriter
  ) throws(TernError) {
    switch type.name {
    case "BOOLEAN": writer.value(try column.bool(at: row))
    case "DECIMAL": writer.value(try decimal(column, row, type))
    case "DOUBLE": writer.value(try double(column, row))
    case _ where column.type == .utf8 || column.type == .largeUtf8:
      // What the caller wrote himself goes to the server as it is.
      writer.value(try column.text(at: row))
    case "DATE": writer.value(try date(column, row))
    case "TIMESTAMP", "TIMESTAMP WITH LOCAL TIME ZONE":
      writer.value(try timestamp(column, row, type))
    case "INTERVAL DAY TO SECOND": writer.value(try elapsed(column, row, type))
    case "HASHTYPE": writer.value(try text(column, row, bytesAsHex: true))
    default: writer.value(try text(column, row, bytesAsHex: writesBinaryAsHex))
    }
  }

  /// The digits with the parameter's scale; strings are safe for every decimal.
  private func decimal(
    _ column: Column, _ row: Int, _ type: ExasolDataType
  ) throws(TernError) -> String {
    let value = try column.decimal(at: row)
    let scale = type.scale ?? 0
    guard let scaled = value.rescaled(to: scale) else {
      throw .data(
        "the number has more than \(scale) digits after the point; \(type.declaration) "
          + "cannot hold it exactly", .numberOutOfRange)
    }
    guard scaled.precision <= type.precision ?? 36 else {
      throw .data("the number is too large for \(type.declaration)", .numberOutOfRange)
    }
    return scaled.description
  }

  private func double(_ column: Column, _ row: Int) throws(TernError) -> Double {
    let value = try column.double(at: row)
    guard value.isFinite else {
      throw .data("the server has neither NaN nor infinities", .numberOutOfRange)
    }
    return value
  }

  private func text(
    _ column: Column, _ row: Int, bytesAsHex: Bool
  ) throws(TernError) -> String {
    switch column.type {
    case .binary, .largeBinary, .fixedSizeBinary:
      guard bytesAsHex else {
        throw .unsupported(
          "the server has no binary type: bind text, or set binary_as=hex to send digits")
      }
      return Self.hex(try column.bytes(at: row))
    default: return try column.text(at: row)
    }
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
