internal import TernColumns
public import TernCore

/// Every reader of server messages behind one door, for fuzzers: they see no internal names.
@_spi(Fuzzing)
public enum AvaticaReading {
  /// Which answer a message is taken for.
  public enum Kind: Int, CaseIterable, Sendable {
    case done, connectionSync, databaseProperties, createStatement, prepare, execution, counts
    case fetch, table, metadata, syncResults, fault, opened, closed, statementClosed, undone
    /// A fetch that is received first and decoded later; in protobuf only.
    case received
  }

  /// Columns of every type, for frames: JDBC's number, name, precision, scale and element's number.
  private static let columns: [(id: Int, name: String, digits: Int, scale: Int, element: Int?)] = [
    (16, "BOOLEAN", 0, 0, nil), (-6, "TINYINT", 8, 0, nil), (5, "SMALLINT UNSIGNED", 16, 0, nil),
    (4, "INTEGER", 32, 0, nil), (-5, "BIGINT", 64, 0, nil), (7, "REAL", 0, 0, nil),
    (8, "DOUBLE", 64, 0, nil), (3, "DECIMAL", 18, 2, nil), (2, "NUMERIC", 60, 10, nil),
    (3, "DECFLOAT", 0, 0, nil), (12, "VARCHAR", 20, 0, nil), (-3, "VARBINARY", 20, 0, nil),
    (-2, "UUID", 16, 0, nil), (91, "DATE", 0, 0, nil), (92, "TIME", 0, 0, nil),
    (93, "TIMESTAMP", 0, 0, nil), (2014, "TIMESTAMP WITH TIME ZONE", 0, 0, nil),
    (2003, "INTEGER ARRAY", 0, 0, 4), (2003, "VARCHAR ARRAY", 0, 0, nil),
    (1111, "OTHER", 0, 0, nil),
  ]

  /// Reads one message, in protobuf or in JSON, as a connection would.
  ///
  /// - Throws: what the message says if it is an error; `.connection` for what is no such answer,
  ///   `.data` for values that do not fit.
  public static func read(
    _ source: any ByteSource, as kind: Kind, isProtobuf: Bool
  ) throws(TernError) {
    let body: AvaticaBody
    if isProtobuf {
      body = .protobuf(try ProtobufReader(source))
    } else {
      let reader = try JSONReader(source)
      reader.repairsText = true
      body = .json(reader)
    }
    try read(body, as: kind)
  }

  /// What is made of the body of a failed request, whatever it is; never fails.
  public static func error(status: Int, body: [UInt8]) -> TernError {
    if let body = try? AvaticaBody.of(body), let fault = try? AvaticaReply.readFault(body) {
      return AvaticaErrors.error(fault)
    }
    return AvaticaErrors.http(status, body)
  }

  private static func read(_ body: AvaticaBody, as kind: Kind) throws(TernError) {
    let range = AvaticaMessages.FetchRange(statement: 1, offset: 0, rowCount: -1)
    switch kind {
    case .done: _ = try AvaticaReply.read(body, AvaticaMessages.Plain.commit)
    case .connectionSync:
      let known = AvaticaProperties()
      _ = try AvaticaReply.read(body, AvaticaMessages.ConnectionSync(change: nil, known: known))
    case .databaseProperties:
      _ = try AvaticaReply.read(body, AvaticaMessages.DatabaseProperties())
    case .createStatement: _ = try AvaticaReply.read(body, AvaticaMessages.CreateStatement())
    case .prepare:
      let answer = try AvaticaReply.read(body, AvaticaMessages.Prepare(sql: ""))
      _ = answer.signature.parameters.map { $0.description("", isNullable: nil) }
    case .execution:
      let message = AvaticaMessages.PrepareAndExecute(
        statement: 1, sql: "", rowCountMax: 0, isOld: false, firstFrame: -1)
      _ = try AvaticaReply.read(body, message)
    case .counts:
      _ = try AvaticaReply.read(body, AvaticaMessages.ExecuteBatch(statement: 1, rows: []))
    case .fetch:
      let signature = try signature()
      _ = try AvaticaReply.read(body, AvaticaMessages.Fetch(range: range, signature: signature))
    case .received:
      guard case .protobuf(let reader) = body else { return }
      var frame = try AvaticaReceivedFrame(reading: reader, try signature().decoder())
      _ = try frame.decoded()
    case .table: _ = try AvaticaReply.read(body, AvaticaMessages.FetchTable(range: range))
    case .metadata: _ = try AvaticaReply.read(body, AvaticaMessages.Metadata(.catalogs))
    case .syncResults:
      let message = AvaticaMessages.SyncResults(statement: 1, state: .sql(""), offset: 0)
      _ = try AvaticaReply.read(body, message)
    case .opened:
      _ = try AvaticaReply.read(body, AvaticaMessages.OpenConnection(information: []))
    case .closed: _ = try AvaticaReply.read(body, AvaticaMessages.Plain.closeConnection)
    case .statementClosed: _ = try AvaticaReply.read(body, AvaticaMessages.CloseStatement(id: 1))
    case .undone: _ = try AvaticaReply.read(body, AvaticaMessages.Plain.rollback)
    case .fault:
      if let fault = try AvaticaReply.readFault(body) { throw AvaticaErrors.error(fault) }
    }
  }

  /// A signature with all of `columns`, as a server would send it.
  private static func signature() throws(TernError) -> AvaticaSignature {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("columns")
    writer.beginArray()
    for column in columns {
      writer.beginObject()
      writer.member("label", column.name)
      writer.member("precision", Int64(column.digits))
      writer.member("scale", Int64(column.scale))
      writer.key("type")
      writer.beginObject()
      writer.member("id", Int64(column.id))
      writer.member("name", column.name)
      if let element = column.element {
        writer.key("component")
        writer.beginObject()
        writer.member("id", Int64(element))
        writer.endObject()
      }
      writer.endObject()
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return try AvaticaSignature(reading: JSONReader(writer.finish()))
  }
}
