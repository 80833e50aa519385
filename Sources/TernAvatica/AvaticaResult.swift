internal import TernColumns
internal import TernCore

/// One frame: rows, and whether it was the last.
struct AvaticaFrame: Sendable {
  var offset: Int64 = 0
  var isLast = false
  /// nil for an empty frame.
  var rows: Batch?

  init() {}

  /// Reads a frame straight into columns.
  init(reading reader: JSONReader, _ decoder: ColumnDecoder) throws(TernError) {
    try reader.beginObject()
    while let name = try reader.nextKey() {
      switch name {
      case "offset": offset = try reader.int64()
      case "done": isLast = try reader.bool()
      case "rows" where try reader.peek() == .array:
        try decoder.beginRows(reader)
        rows = try decoder.rows(from: reader, byteCountMax: .max)
      default: try reader.skip()
      }
    }
  }
}

/// What an execution answers: a count, or columns and the first rows.
///
/// Source: Avatica reference, section 5.3 "resultSet".
struct AvaticaResult: Sendable {
  var statementID: Int64?
  var updateCount: Int64 = -1
  var signature: AvaticaSignature?
  var frame: AvaticaFrame?

  /// Reads a result set object; rows before their columns are held as text.
  init(reading reader: JSONReader) throws(TernError) {
    var held: [UInt8]?
    try reader.beginObject()
    while let name = try reader.nextKey() {
      if try !read(name, reader, &held) { try reader.skip() }
    }
    try readHeld(held)
  }

  init() {}

  /// Reads one attribute; false for one that it does not know.
  mutating func read(
    _ name: String, _ reader: JSONReader, _ held: inout [UInt8]?
  ) throws(TernError) -> Bool {
    switch name {
    case "statementId": statementID = try reader.int64OrNull()
    case "updateCount": updateCount = try reader.int64OrNull() ?? -1
    case "signature" where try reader.peek() == .object:
      signature = try AvaticaSignature(reading: reader)
    case "firstFrame" where try reader.peek() == .object:
      guard let signature else {
        held = try reader.rawValue()
        return true
      }
      frame = try AvaticaFrame(reading: reader, try signature.decoder())
    default: return false
    }
    return true
  }

  /// Reads the rows that came before their columns.
  mutating func readHeld(_ held: [UInt8]?) throws(TernError) {
    guard let held else { return }
    guard let signature else { throw .badReply("rows without columns") }
    let reader = try JSONReader(held)
    reader.repairsText = true
    frame = try AvaticaFrame(reading: reader, try signature.decoder())
  }
}

/// The answer to an execution.
struct AvaticaExecution: Sendable {
  var isStatementMissing = false
  var results: [AvaticaResult] = []

  /// Reads one attribute; false for one that it does not know.
  mutating func read(_ name: String, _ reader: JSONReader) throws(TernError) -> Bool {
    switch name {
    case "missingStatement": isStatementMissing = try reader.bool()
    case "results" where try reader.peek() == .array,
      "resultSets" where try reader.peek() == .array:
      try reader.beginArray()
      while try reader.nextElement() { results.append(try AvaticaResult(reading: reader)) }
    default: return false
    }
    return true
  }
}
