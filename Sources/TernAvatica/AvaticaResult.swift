internal import TernColumns
internal import TernCore

/// One frame: rows, and whether it was the last.
struct AvaticaFrame: Sendable {
  var offset: Int64 = 0
  var isLast = false
  /// nil for an empty frame.
  var rows: Batch?

  init(isLast: Bool = false) { self.isLast = isLast }

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

extension AvaticaFrame {
  /// Reads a frame straight into columns; the reader is inside it.
  init(reading reader: ProtobufReader, _ decoder: ColumnDecoder) throws(TernError) {
    while let field = try reader.next() {
      switch field {
      case 1: offset = try reader.int64()
      case 2: isLast = try reader.bool()
      case 3: try decoder.typedRows(from: reader)
      default: break
      }
    }
    rows = try decoder.finishTypedRows()
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
  private let columns: AvaticaSignature?

  /// Reads a result set object; rows before their columns are held as text. `columns` stand for
  /// those of the answer where the query was a wrapped one.
  init(
    reading reader: JSONReader, as columns: AvaticaSignature? = nil
  ) throws(TernError) {
    self.columns = columns
    var held: [UInt8]?
    try reader.beginObject()
    while let name = try reader.nextKey() {
      if try !read(name, reader, &held) { try reader.skip() }
    }
    try readHeld(held)
  }

  /// Reads a result set message, which the reader is inside of.
  ///
  /// A count of 0 is left out, which is what tells it from rows.
  init(
    reading reader: ProtobufReader, as columns: AvaticaSignature? = nil
  ) throws(TernError) {
    self.columns = columns
    var held: [UInt8]?
    statementID = 0
    updateCount = 0
    while let field = try reader.next() {
      switch field {
      case 2: statementID = try reader.int64()
      case 4:
        try reader.enter()
        signature = try wanted(try AvaticaSignature(reading: reader))
      case 5:
        guard let signature else {
          held = try reader.bytes()
          continue
        }
        try reader.enter()
        frame = try AvaticaFrame(reading: reader, try signature.decoder())
      case 6: updateCount = try reader.int64()
      default: break
      }
    }
    guard let held else { return }
    guard let signature else { throw .badReply("rows without columns") }
    frame = try AvaticaFrame(reading: try ProtobufReader(held), try signature.decoder())
  }

  private func wanted(_ signature: AvaticaSignature) throws(TernError) -> AvaticaSignature {
    guard let columns else { return signature }
    guard columns.columns.count == signature.columns.count else {
      throw .badReply("\(signature.columns.count) columns instead of \(columns.columns.count)")
    }
    return columns
  }

  /// Reads one attribute; false for one that it does not know.
  private mutating func read(
    _ name: String, _ reader: JSONReader, _ held: inout [UInt8]?
  ) throws(TernError) -> Bool {
    switch name {
    case "statementId": statementID = try reader.int64OrNull()
    case "updateCount": updateCount = try reader.int64OrNull() ?? -1
    case "signature" where try reader.peek() == .object:
      signature = try wanted(try AvaticaSignature(reading: reader))
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
  private mutating func readHeld(_ held: [UInt8]?) throws(TernError) {
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
  /// What rows are read into instead of the columns that the answer names.
  private let columns: AvaticaSignature?

  init(as columns: AvaticaSignature? = nil) { self.columns = columns }

  /// Reads one attribute; false for one that it does not know.
  mutating func read(_ name: String, _ reader: JSONReader) throws(TernError) -> Bool {
    switch name {
    case "missingStatement": isStatementMissing = try reader.bool()
    case "results" where try reader.peek() == .array,
      "resultSets" where try reader.peek() == .array:
      try reader.beginArray()
      while try reader.nextElement() {
        results.append(try AvaticaResult(reading: reader, as: columns))
      }
    default: return false
    }
    return true
  }

  /// Reads one field.
  mutating func read(_ field: Int, _ reader: ProtobufReader) throws(TernError) {
    switch field {
    case 1:
      try reader.enter()
      results.append(try AvaticaResult(reading: reader, as: columns))
    case 2: isStatementMissing = try reader.bool()
    default: break
    }
  }
}
