internal import TernColumns
internal import TernCore
internal import TernDriver

/// One entry of `results`: a count, or a result set with the rows that came along.
///
/// Source: Exasol reference, section 2.8 "Results".
enum ExasolResult: Sendable {
  case rowCount(Int64)
  case resultSet(ExasolResultSet)

  /// What is open on the server, if anything.
  var handle: Int64? {
    guard case .resultSet(let set) = self else { return nil }
    return set.handle
  }

  /// Whether rows are left on the server.
  var hasHandle: Bool { handle != nil }
}

/// A result set as its header describes it.
struct ExasolResultSet: Sendable {
  /// Absent and negative handles mean that nothing is open on the server.
  var handle: Int64?
  var columns: [ColumnDescription]
  /// The types that `fetch` pages are decoded by.
  var types: [ExasolDataType]
  var rowCount: Int64
  /// The rows in the message; nil when there were none.
  var firstBatch: Batch?
}

/// Reads the `responseData` of execute, executeBatch, executePreparedStatement and the metadata
/// commands.
struct ExasolResultReader {
  let formats: ExasolFormats

  /// All results, in order. Members come in any order; rows before their columns are held as text.
  func results(_ reader: JSONReader) throws(TernError) -> [ExasolResult] {
    var results: [ExasolResult] = []
    var count: Int64?
    try reader.beginObject()
    while let name = try reader.nextKey() {
      switch name {
      case "numResults": count = try reader.int64OrNull()
      case "results":
        try reader.beginArray()
        while try reader.nextElement() { results.append(try result(reader)) }
      default: try reader.skip()
      }
    }
    if let count, count != Int64(results.count) {
      throw .badReply("numResults is \(count), but \(results.count) results came")
    }
    return results
  }

  func result(_ reader: JSONReader) throws(TernError) -> ExasolResult {
    var rowCount: Int64?
    var resultSet: ExasolResultSet?
    try reader.beginObject()
    while let name = try reader.nextKey() {
      switch name {
      case "rowCount": rowCount = try reader.int64OrNull()
      case "resultSet" where try reader.peek() == .object: resultSet = try header(reader)
      default: try reader.skip()
      }
    }
    if let resultSet { return .resultSet(resultSet) }
    guard let rowCount, rowCount >= 0 else {
      throw .badReply("a result is neither a result set nor a row count")
    }
    return .rowCount(rowCount)
  }

  private struct Header {
    var handle: Int64?
    var columnCount: Int64?
    var rowCount: Int64?
    var rowCountInMessage: Int64?
    var columns: [(name: String, type: ExasolDataType)]?
    var batch: Batch?
    var heldData: [UInt8]?
  }

  private func header(_ reader: JSONReader) throws(TernError) -> ExasolResultSet {
    var header = Header()
    try reader.beginObject()
    while let name = try reader.nextKey() {
      switch name {
      case "resultSetHandle": header.handle = try reader.int64OrNull()
      case "numColumns": header.columnCount = try reader.int64OrNull()
      case "numRows": header.rowCount = try reader.int64OrNull()
      case "numRowsInMessage": header.rowCountInMessage = try reader.int64OrNull()
      case "columns": header.columns = try Self.columns(reader)
      case "data" where try reader.peek() == .array:
        if let columns = header.columns {
          header.batch = try batch(reader, columns)
        } else {
          header.heldData = try reader.rawValue()
        }
      default: try reader.skip()
      }
    }
    return try checked(header)
  }

  private func checked(_ header: Header) throws(TernError) -> ExasolResultSet {
    guard let columns = header.columns, columns.count <= Limits.columnCountMax else {
      throw .badReply("a result set without columns")
    }
    guard header.columnCount.map({ $0 == Int64(columns.count) }) ?? true else {
      throw .badReply("numColumns does not match the columns")
    }
    var batch = header.batch
    if let held = header.heldData { batch = try self.batch(try JSONReader(held), columns) }
    let rowsHere = Int64(batch?.rowCount ?? 0)
    guard header.rowCountInMessage.map({ $0 == rowsHere }) ?? true else {
      throw .badReply("numRowsInMessage does not match the rows")
    }
    let rowCount = header.rowCount ?? rowsHere
    guard rowCount >= rowsHere else { throw .badReply("more rows than numRows") }
    let handle = header.handle.flatMap { $0 >= 0 ? $0 : nil }
    guard handle != nil || rowCount == rowsHere else {
      throw .badReply("rows are missing and there is no handle to fetch them with")
    }
    return ExasolResultSet(
      handle: handle, columns: columns.map { formats.description($0.name, $0.type) },
      types: columns.map(\.type), rowCount: rowCount, firstBatch: rowsHere > 0 ? batch : nil)
  }

  private func batch(
    _ reader: JSONReader, _ columns: [(name: String, type: ExasolDataType)]
  ) throws(TernError) -> Batch {
    let decoder = try decoder(columns)
    return try decoder.columns(from: reader)
  }

  /// A decoder for pages of these columns.
  func decoder(
    _ columns: [(name: String, type: ExasolDataType)]
  ) throws(TernError) -> ColumnDecoder {
    let fields = columns.map { formats.description($0.name, $0.type).field }
    return try ColumnDecoder(
      Schema(fields), formats: columns.map { formats.format(of: $0.type) })
  }

  /// `columns` of a result set or of `parameterData`.
  static func columns(
    _ reader: JSONReader
  ) throws(TernError) -> [(name: String, type: ExasolDataType)] {
    var columns: [(name: String, type: ExasolDataType)] = []
    try reader.beginArray()
    while try reader.nextElement() {
      var column = (name: "", type: ExasolDataType(""))
      try reader.beginObject()
      while let name = try reader.nextKey() {
        switch name {
        case "name": column.name = try reader.scalarText() ?? ""
        case "dataType": column.type = try ExasolDataType(reading: reader)
        default: try reader.skip()
        }
      }
      guard columns.count < Limits.columnCountMax else { throw .badReply("too many columns") }
      columns.append(column)
    }
    return columns
  }
}

extension ExasolResultReader {
  /// A decoder for further pages of a result set.
  func decoder(for set: ExasolResultSet) throws(TernError) -> ColumnDecoder {
    try ColumnDecoder(
      Schema(set.columns.map(\.field)), formats: set.types.map { formats.format(of: $0) })
  }
}
