internal import TernColumns
internal import TernCore

extension AvaticaMessages {
  /// Opens the connection whose id this side invented. The properties go to the database's driver
  /// as they are, password and all: the bytes are never logged.
  struct OpenConnection: AvaticaMessage {
    /// Which server process has the connection now.
    struct Answer: Sendable {
      var server: String?
    }

    let information: [(name: String, value: Secret)]

    let names = AvaticaNames(
      "openConnection", "OpenConnectionRequest", "openConnection", "OpenConnectionResponse")

    func write(_ writer: inout JSONWriter, _ connectionID: String) {
      writer.member("connectionId", connectionID)
      writer.key("info")
      writer.beginObject()
      for (name, value) in information { writer.member(name, value.text) }
      writer.endObject()
    }

    func write(_ writer: inout ProtobufWriter, _ connectionID: String) throws(TernError) {
      writer.field(1, connectionID)
      for (name, value) in information {
        try writer.field(2) { entry throws(TernError) in
          entry.field(1, name)
          entry.field(2, value.text)
        }
      }
    }

    func makeAnswer() throws(TernError) -> Answer { Answer() }

    func read(
      _ name: String, _ reader: JSONReader, into answer: inout Answer
    ) throws(TernError) -> Bool {
      guard name == "rpcMetadata" else { return false }
      answer.server = try AvaticaErrors.server(reader)
      return true
    }

    func read(
      _ field: Int, _ reader: ProtobufReader, into answer: inout Answer
    ) throws(TernError) {
      guard field == 1 else { return }
      try reader.enter()
      answer.server = try AvaticaErrors.server(reader)
    }
  }

  /// A request that names nothing but the connection and is answered by nothing but its name.
  struct Plain: AvaticaMessage {
    typealias Answer = AvaticaDone
    let names: AvaticaNames
    let isSafeToRepeat: Bool

    private init(_ name: String, _ className: String, isSafeToRepeat: Bool) {
      names = AvaticaNames(name, className + "Request", name, className + "Response")
      self.isSafeToRepeat = isSafeToRepeat
    }

    /// Ends the connection; the server rolls back, and never refuses.
    static let closeConnection = Plain("closeConnection", "CloseConnection", isSafeToRepeat: true)
    /// Ends a transaction; without an answer its outcome is unknown.
    static let commit = Plain("commit", "Commit", isSafeToRepeat: false)
    /// Undoes a transaction; twice is fine.
    static let rollback = Plain("rollback", "Rollback", isSafeToRepeat: true)

    func write(_ writer: inout JSONWriter, _ connectionID: String) {
      writer.member("connectionId", connectionID)
    }

    func write(_ writer: inout ProtobufWriter, _ connectionID: String) throws(TernError) {
      writer.field(1, connectionID)
    }
  }

  /// Changes one property of the connection, or only reads them all.
  struct ConnectionSync: AvaticaMessage {
    let change: AvaticaProperties.Change?
    /// What is known of the properties: some servers echo only what they were sent.
    let known: AvaticaProperties

    let isSafeToRepeat = true
    let names = AvaticaNames(
      "connectionSync", "ConnectionSyncRequest", "connectionSync", "ConnectionSyncResponse")

    func makeAnswer() throws(TernError) -> AvaticaProperties {
      var answer = known
      if let change { answer.apply(change) }
      return answer
    }

    func write(_ writer: inout JSONWriter, _ connectionID: String) {
      writer.member("connectionId", connectionID)
      writer.key("connProps")
      writer.beginObject()
      writer.member("connProps", "connPropsImpl")
      switch change {
      case .autocommit(let isOn): writer.member("autoCommit", isOn)
      case .readOnly(let isOn): writer.member("readOnly", isOn)
      case .isolation(let number): writer.member("transactionIsolation", number)
      case .catalog(let name): writer.member("catalog", name)
      case .schema(let name): writer.member("schema", name)
      case nil: break
      }
      writer.endObject()
    }

    /// The properties must be there, even if none is set.
    func write(_ writer: inout ProtobufWriter, _ connectionID: String) throws(TernError) {
      writer.field(1, connectionID)
      try writer.field(2) { properties throws(TernError) in
        switch change {
        case .autocommit(let isOn):
          properties.field(2, isOn)
          properties.field(7, true)
        case .readOnly(let isOn):
          properties.field(3, isOn)
          properties.field(8, true)
        case .isolation(let number): properties.field(4, number)
        case .catalog(let name): properties.field(5, name)
        case .schema(let name): properties.field(6, name)
        case nil: break
        }
      }
    }

    func read(
      _ name: String, _ reader: JSONReader, into answer: inout AvaticaProperties
    ) throws(TernError) -> Bool {
      guard name == "connProps" else { return false }
      try answer.merge(reading: reader)
      return true
    }

    func read(
      _ field: Int, _ reader: ProtobufReader, into answer: inout AvaticaProperties
    ) throws(TernError) {
      guard field == 1 else { return }
      try reader.enter()
      try answer.merge(reading: reader)
    }
  }

  /// What the server and the database behind it say about themselves, by name.
  struct DatabaseProperties: AvaticaMessage {
    let isSafeToRepeat = true
    let names = AvaticaNames(
      "databaseProperties", "DatabasePropertyRequest", "databaseProperties",
      "DatabasePropertyResponse")

    func makeAnswer() throws(TernError) -> [String: String] { [:] }

    func write(_ writer: inout JSONWriter, _ connectionID: String) {
      writer.member("connectionId", connectionID)
    }

    func write(_ writer: inout ProtobufWriter, _ connectionID: String) throws(TernError) {
      writer.field(1, connectionID)
    }

    func read(
      _ name: String, _ reader: JSONReader, into answer: inout [String: String]
    ) throws(TernError) -> Bool {
      guard name == "map", try reader.peek() == .object else { return false }
      try reader.beginObject()
      while let key = try reader.nextKey() {
        switch try reader.peek() {
        case .object, .array: try reader.skip()
        default: answer[key] = try reader.scalarText()
        }
      }
      return true
    }

    func read(
      _ field: Int, _ reader: ProtobufReader, into answer: inout [String: String]
    ) throws(TernError) {
      guard field == 1 else { return }
      var name: String?
      var value: TypedValue?
      try reader.enter()
      while let field = try reader.next() {
        switch field {
        case 1:
          try reader.enter()
          while let field = try reader.next() {
            if field == 1 { name = try reader.string() }
          }
        case 2:
          try reader.enter()
          value = try TypedValue(reading: reader)
        default: break
        }
      }
      if let name { answer[name] = value?.plainText }
    }
  }
}
