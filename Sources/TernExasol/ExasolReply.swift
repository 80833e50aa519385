internal import TernColumns
internal import TernCore

/// The envelope around every reply.
///
/// Source: Exasol reference, section 2.2 "Envelope": members come in any order; `exception` beside
/// `status: ok` has been met and is an error.
struct ExasolReply<Payload: Sendable>: Sendable {
  /// What `responseData` held; nil where the reply has none.
  var payload: Payload?
  /// The attributes object as it came, to be merged; nil where there is none.
  var attributes: [UInt8]?
  var exception: ExasolErrors.Exception?
  private var status: String?

  /// Reads one reply to its end. `readPayload` reads the value of `responseData`.
  init(
    reading reader: JSONReader, _ readPayload: (JSONReader) throws(TernError) -> Payload
  ) throws(TernError) {
    try reader.beginObject()
    while let name = try reader.nextKey() {
      if name == "responseData", try reader.peek() == .object {
        payload = try readPayload(reader)
      } else {
        try read(name, reader)
      }
    }
    try finish(reader)
  }

  /// A reply of which nothing was read yet.
  init() {}

  /// Reads the value of any member but `responseData`.
  mutating func read(_ name: String, _ reader: JSONReader) throws(TernError) {
    switch name {
    case "status": status = try reader.string()
    case "attributes" where try reader.peek() == .object:
      attributes = try reader.rawValue()
    case "exception" where try reader.peek() == .object:
      exception = try Self.exception(reader)
    default: try reader.skip()
    }
  }

  /// Checks that the reply has ended, and what it says of itself.
  mutating func finish(_ reader: JSONReader) throws(TernError) {
    try reader.finish()
    switch status {
    case "ok": break
    case "error":
      exception = exception ?? .init(text: "the server gave no error text", sqlCode: "00000")
    default: throw .badReply("status is neither ok nor error")
    }
  }

  private static func exception(
    _ reader: JSONReader
  ) throws(TernError) -> ExasolErrors.Exception {
    var exception = ExasolErrors.Exception(text: "", sqlCode: "00000")
    try reader.beginObject()
    while let name = try reader.nextKey() {
      switch name {
      case "text": exception.text = try reader.scalarText() ?? ""
      case "sqlCode": exception.sqlCode = try reader.scalarText() ?? "00000"
      default: try reader.skip()
      }
    }
    return exception
  }
}

/// Replies whose `responseData` is a flat object of plain values.
struct ExasolFields {
  private var values: [String: String] = [:]
  private var lists: [String: [String]] = [:]

  init(reading reader: JSONReader) throws(TernError) {
    try reader.beginObject()
    while let name = try reader.nextKey() {
      switch try reader.peek() {
      case .object: try reader.skip()
      case .array:
        var list: [String] = []
        try reader.beginArray()
        while try reader.nextElement() {
          if let text = try reader.scalarText() { list.append(text) }
        }
        lists[name] = list
      default: values[name] = try reader.scalarText()
      }
    }
  }

  /// A member as text.
  func text(_ name: String) -> String? { values[name] }

  /// A member as a whole number.
  func number(_ name: String) throws(TernError) -> Int64? {
    guard let text = values[name] else { return nil }
    guard let number = Int64(text) else { throw .badReply("\(name) is not a whole number") }
    return number
  }

  /// A member that must be there, as a whole number that is not negative.
  func requiredNumber(_ name: String) throws(TernError) -> Int64 {
    guard let number = try number(name), number >= 0 else {
      throw .badReply("\(name) is missing or negative")
    }
    return number
  }

  /// A list of texts.
  func list(_ name: String) -> [String]? { lists[name] }
}
