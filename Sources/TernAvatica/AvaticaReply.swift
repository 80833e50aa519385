internal import TernColumns
internal import TernCore

/// Reads the envelope of every answer: its kind, and the error that it may be instead.
///
/// Source: Avatica reference, sections 3.2, 5.1, 13 and 15.1: attributes come in any order, unknown
/// ones are skipped; an unknown request is answered as if it were another one, so that the kind
/// is checked.
enum AvaticaReply {
  /// Reads the answer to `message` to its end.
  static func read<Message: AvaticaMessage>(
    _ body: AvaticaBody, _ message: Message
  ) throws(TernError) -> Message.Answer {
    var answer = try message.makeAnswer()
    switch body {
    case .json(let reader): try read(reader, message, &answer)
    case .protobuf(let reader): try read(reader, message, &answer)
    }
    try message.finish(&answer)
    return answer
  }

  /// Reads an answer that can only be an error.
  static func readFault(_ body: AvaticaBody) throws(TernError) -> AvaticaErrors.Fault? {
    switch body {
    case .json(let reader): try fault(reader)
    case .protobuf(let reader): try fault(reader)
    }
  }

  // MARK: - JSON

  private static func read<Message: AvaticaMessage>(
    _ reader: JSONReader, _ message: Message, _ answer: inout Message.Answer
  ) throws(TernError) {
    var kind: String?
    var fault = AvaticaErrors.Fault()
    try reader.beginObject()
    while let name = try reader.nextKey() {
      if name == "response" {
        kind = try reader.stringOrNull()
      } else if try !message.read(name, reader, into: &answer), try !fault.read(name, reader) {
        try reader.skip()
      }
    }
    // Read to its end, so that the line carries the next request too.
    try reader.finish()
    if kind == "error" { throw AvaticaErrors.error(fault) }
    // What the servers before 1.5 call the answer to an execution.
    let isOld = kind == "Service$ExecuteResponse" && message.names.response == "executeResults"
    guard kind == message.names.response || isOld else {
      throw .badReply(
        "\(kind ?? "nothing") was answered where \(message.names.response) was expected")
    }
  }

  /// nil for an answer of another kind than an error.
  private static func fault(_ reader: JSONReader) throws(TernError) -> AvaticaErrors.Fault? {
    var isError = false
    var fault = AvaticaErrors.Fault()
    try reader.beginObject()
    while let name = try reader.nextKey() {
      if name == "response" {
        isError = try reader.stringOrNull() == "error"
      } else if try !fault.read(name, reader) {
        try reader.skip()
      }
    }
    try reader.finish()
    return isError ? fault : nil
  }

  // MARK: - Protobuf

  private static func read<Message: AvaticaMessage>(
    _ reader: ProtobufReader, _ message: Message, _ answer: inout Message.Answer
  ) throws(TernError) {
    let kind = try enter(reader)
    if kind == "ErrorResponse" { throw AvaticaErrors.error(try faultFields(reader)) }
    guard kind == message.names.responseClass else {
      throw .badReply(
        "\(kind) was answered where \(message.names.responseClass) was expected")
    }
    while let field = try reader.next() { try message.read(field, reader, into: &answer) }
    try finish(reader)
  }

  private static func fault(_ reader: ProtobufReader) throws(TernError) -> AvaticaErrors.Fault? {
    guard try enter(reader) == "ErrorResponse" else { return nil }
    return try faultFields(reader)
  }

  static func faultFields(
    _ reader: ProtobufReader
  ) throws(TernError) -> AvaticaErrors.Fault {
    var fault = AvaticaErrors.Fault(code: 0)
    while let field = try reader.next() { try fault.read(field, reader) }
    try finish(reader)
    return fault
  }

  /// Enters the message inside the envelope and tells its class, without the prefix.
  static func enter(_ reader: ProtobufReader) throws(TernError) -> String {
    var name: String?
    while let field = try reader.next() {
      switch field {
      case 1: name = try reader.string()
      case 2:
        guard let name else { throw .badReply("a message before its name") }
        try reader.enter()
        guard name.hasPrefix(AvaticaEncoding.responsePrefix) else {
          throw .badReply("a message named \(name.prefix(100))")
        }
        return String(name.dropFirst(AvaticaEncoding.responsePrefix.count))
      default: try reader.skip()
      }
    }
    guard let name, name.hasPrefix(AvaticaEncoding.responsePrefix) else {
      throw .badReply("an envelope without a message")
    }
    // An empty message: proto3 leaves the field out.
    reader.enterEmpty()
    return String(name.dropFirst(AvaticaEncoding.responsePrefix.count))
  }

  /// Steps over what follows the message, so that the line carries the next request too.
  static func finish(_ reader: ProtobufReader) throws(TernError) {
    while try reader.next() != nil { try reader.skip() }
    try reader.finish()
  }
}
