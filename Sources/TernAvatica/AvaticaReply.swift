internal import TernColumns
internal import TernCore

/// Reads the envelope of every answer: its kind, and the error that it may be instead.
///
/// Source: Avatica reference, sections 3.2, 5.1 and 13: attributes come in any order, unknown
/// ones are skipped; an unknown request is answered as if it were another one, so that the kind
/// is checked.
enum AvaticaReply {
  /// Reads one answer to its end. `member` reads the value of an attribute, or answers false.
  static func read(
    _ reader: JSONReader, kind wanted: String,
    _ member: (String, JSONReader) throws(TernError) -> Bool
  ) throws(TernError) {
    var kind: String?
    var fault = AvaticaErrors.Fault()
    try reader.beginObject()
    while let name = try reader.nextKey() {
      switch name {
      case "response": kind = try reader.stringOrNull()
      case "errorMessage": fault.message = try reader.scalarText()
      case "errorCode": fault.code = try reader.int64OrNull() ?? -1
      case "sqlState": fault.sqlState = try reader.scalarText() ?? "00000"
      case "exceptions": fault.exception = try exception(reader)
      default: if try !member(name, reader) { try reader.skip() }
      }
    }
    // Read to its end, so that the line carries the next request too.
    try reader.finish()
    if kind == "error" { throw AvaticaErrors.error(fault) }
    guard kind == wanted || kind == "Service$ExecuteResponse" else {
      throw .badReply("\(kind ?? "nothing") was answered where \(wanted) was expected")
    }
  }

  /// The first line of the first exception, and the causes below it; no stack traces.
  private static func exception(_ reader: JSONReader) throws(TernError) -> String? {
    guard try reader.peek() == .array else {
      try reader.skip()
      return nil
    }
    var first: String?
    try reader.beginArray()
    while try reader.nextElement() {
      let text = try reader.scalarText()
      if first == nil { first = text }
    }
    let lines = (first ?? "").split(whereSeparator: \.isNewline)
    let kept = lines.enumerated().filter { $0.offset == 0 || $0.element.hasPrefix("Caused by:") }
    return first == nil ? nil : kept.map { String($0.element) }.joined(separator: " ")
  }
}
