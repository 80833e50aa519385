internal import TernColumns
internal import TernCore

/// The counts of a batch. Negative ones say that the database does not tell.
struct AvaticaCounts: Hashable, Sendable {
  var counts: [Int64] = []
  /// Never said in protobuf: there too few counts are the sign.
  var isStatementMissing = false

  fileprivate mutating func read(
    _ name: String, _ reader: JSONReader
  ) throws(TernError) -> Bool {
    switch name {
    case "updateCounts" where try reader.peek() == .array:
      try reader.beginArray()
      while try reader.nextElement() { counts.append(try reader.int64()) }
    case "missingStatement": isStatementMissing = try reader.bool()
    default: return false
    }
    return true
  }

  fileprivate mutating func read(_ field: Int, _ reader: ProtobufReader) throws(TernError) {
    switch field {
    case 3:
      var values: [UInt64] = []
      try reader.append(to: &values)
      counts += values.map { Int64(bitPattern: $0) }
    case 4: isStatementMissing = try reader.bool()
    default: break
    }
  }
}

extension AvaticaMessages {
  /// Runs a prepared statement once for each row of values.
  struct ExecuteBatch: AvaticaMessage {
    typealias Answer = AvaticaCounts
    /// The server's id of the statement.
    let statement: Int64
    let rows: [[AvaticaValue]]

    let names = AvaticaNames(
      "executeBatch", "ExecuteBatchRequest", "executeBatch", "ExecuteBatchResponse")

    func write(_ writer: inout JSONWriter, _ connectionID: String) {
      writer.member("connectionId", connectionID)
      writer.member("statementId", statement)
      writer.key("parameterValues")
      writer.beginArray()
      for row in rows { AvaticaValue.write(row, to: &writer) }
      writer.endArray()
    }

    func write(_ writer: inout ProtobufWriter, _ connectionID: String) throws(TernError) {
      writer.field(1, connectionID)
      writer.field(2, statement)
      for row in rows {
        try writer.field(3) { update throws(TernError) in
          for value in row {
            try update.field(1) { inner throws(TernError) in try value.write(to: &inner) }
          }
        }
      }
    }
  }

  /// Runs several texts on one statement made for it.
  struct PrepareAndExecuteBatch: AvaticaMessage {
    typealias Answer = AvaticaCounts
    /// The server's id of the statement.
    let statement: Int64
    let commands: [String]

    let names = AvaticaNames(
      "prepareAndExecuteBatch", "PrepareAndExecuteBatchRequest", "executeBatch",
      "ExecuteBatchResponse")

    func write(_ writer: inout JSONWriter, _ connectionID: String) {
      writer.member("connectionId", connectionID)
      writer.member("statementId", statement)
      writer.key("sqlCommands")
      writer.beginArray()
      for command in commands { writer.value(command) }
      writer.endArray()
    }

    func write(_ writer: inout ProtobufWriter, _ connectionID: String) throws(TernError) {
      writer.field(1, connectionID)
      writer.field(2, statement)
      for command in commands { writer.field(3, command) }
    }
  }
}

/// Both batches are answered by counts.
extension AvaticaMessage where Answer == AvaticaCounts {
  func makeAnswer() throws(TernError) -> AvaticaCounts { AvaticaCounts() }
  func read(
    _ name: String, _ reader: JSONReader, into answer: inout AvaticaCounts
  ) throws(TernError) -> Bool { try answer.read(name, reader) }
  func read(
    _ field: Int, _ reader: ProtobufReader, into answer: inout AvaticaCounts
  ) throws(TernError) { try answer.read(field, reader) }
}
