internal import TernColumns
internal import TernCore

extension AvaticaMessages {
  /// A new statement. Ids count from 0 over all connections of the server.
  struct CreateStatement: AvaticaMessage {
    let isSafeToRepeat = true
    let names = AvaticaNames(
      "createStatement", "CreateStatementRequest", "createStatement", "CreateStatementResponse")

    /// The id; proto3 leaves a zero out.
    struct Answer: Sendable {
      var id: Int64?
      var isProtobuf = false
    }

    func makeAnswer() throws(TernError) -> Answer { Answer() }

    func write(_ writer: inout JSONWriter, _ connectionID: String) {
      writer.member("connectionId", connectionID)
    }

    func write(_ writer: inout ProtobufWriter, _ connectionID: String) throws(TernError) {
      writer.field(1, connectionID)
    }

    func read(
      _ name: String, _ reader: JSONReader, into answer: inout Answer
    ) throws(TernError) -> Bool {
      guard name == "statementId" else { return false }
      answer.id = try reader.int64()
      return true
    }

    func read(
      _ field: Int, _ reader: ProtobufReader, into answer: inout Answer
    ) throws(TernError) {
      answer.isProtobuf = true
      if field == 2 { answer.id = try reader.int64() }
    }

    func finish(_ answer: inout Answer) throws(TernError) {
      if answer.isProtobuf, answer.id == nil { answer.id = 0 }
      guard answer.id != nil else { throw .badReply("a statement without an id") }
    }
  }

  /// Frees a statement; the server never refuses, whatever it knows of it.
  struct CloseStatement: AvaticaMessage {
    typealias Answer = AvaticaDone
    let id: Int64

    let isSafeToRepeat = true
    let names = AvaticaNames(
      "closeStatement", "CloseStatementRequest", "closeStatement", "CloseStatementResponse")

    func write(_ writer: inout JSONWriter, _ connectionID: String) {
      writer.member("connectionId", connectionID)
      writer.member("statementId", id)
    }

    func write(_ writer: inout ProtobufWriter, _ connectionID: String) throws(TernError) {
      writer.field(1, connectionID)
      writer.field(2, id)
    }
  }

  /// Prepares a text. A limit given here would hold for every execution: there is none.
  struct Prepare: AvaticaMessage {
    let sql: String

    let isSafeToRepeat = true
    let names = AvaticaNames("prepare", "PrepareRequest", "prepare", "PrepareResponse")

    /// The statement's id and description.
    struct Answer: Sendable {
      var id: Int64?
      var signature = AvaticaSignature()
    }

    func makeAnswer() throws(TernError) -> Answer { Answer() }

    func write(_ writer: inout JSONWriter, _ connectionID: String) {
      writer.member("connectionId", connectionID)
      writer.member("sql", sql)
      writer.member("maxRowCount", Int64(-1))
    }

    func write(_ writer: inout ProtobufWriter, _ connectionID: String) throws(TernError) {
      writer.field(1, connectionID)
      writer.field(2, sql)
      writer.field(3, Int64(-1))
      writer.field(4, Int64(-1))
    }

    func read(
      _ name: String, _ reader: JSONReader, into answer: inout Answer
    ) throws(TernError) -> Bool {
      guard name == "statement", try reader.peek() == .object else { return false }
      try reader.beginObject()
      while let member = try reader.nextKey() {
        switch member {
        case "id": answer.id = try reader.int64()
        case "signature" where try reader.peek() == .object:
          answer.signature = try AvaticaSignature(reading: reader)
        default: try reader.skip()
        }
      }
      return true
    }

    func read(
      _ field: Int, _ reader: ProtobufReader, into answer: inout Answer
    ) throws(TernError) {
      guard field == 1 else { return }
      answer.id = 0
      try reader.enter()
      while let field = try reader.next() {
        switch field {
        case 2: answer.id = try reader.int64()
        case 3:
          try reader.enter()
          answer.signature = try AvaticaSignature(reading: reader)
        default: break
        }
      }
    }

    func finish(_ answer: inout Answer) throws(TernError) {
      guard answer.id != nil else { throw .badReply("a prepared statement without an id") }
    }
  }
}
