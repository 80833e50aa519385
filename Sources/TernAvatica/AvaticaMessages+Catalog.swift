internal import TernColumns
internal import TernCore

extension AvaticaMessages {
  /// A question about what the database has; nil patterns are no restriction.
  ///
  /// The answer is a result whose whole content is in its first frame, as a rule, and owns a new
  /// statement on the server, which must be closed.
  struct Metadata: AvaticaMessage {
    /// One restriction: its name in JSON, and its fields in protobuf: the value's, and the one that
    /// tells nil from an empty text since 1.18.
    struct Pattern: Sendable {
      let name: String
      let field: Int
      let presence: Int
      let value: String?
    }

    /// What is asked, by the names and the field of the connection's id.
    enum Question: Sendable {
      case catalogs, tableTypes, typeInfo, schemas, tables, columns
    }

    /// The rows so far, and the statement that owns them.
    struct Answer: Sendable {
      var statement: Int64?
      var table = AvaticaTable()
      fileprivate var held: [UInt8]?
      fileprivate var isProtobuf = false
    }

    let question: Question
    let patterns: [Pattern]
    /// For tables: nil for all types, an empty list for none.
    let types: [String]?

    init(_ question: Question, _ values: [String?] = [], types: [String]? = nil) {
      self.question = question
      self.types = types
      patterns = zip(question.patternForms, values).map { form, value in
        Pattern(name: form.name, field: form.field, presence: form.presence, value: value)
      }
    }

    let isSafeToRepeat = true
    var names: AvaticaNames {
      AvaticaNames(question.name, question.className, "resultSet", "ResultSetResponse")
    }

    func makeAnswer() throws(TernError) -> Answer { Answer() }

    func write(_ writer: inout JSONWriter, _ connectionID: String) {
      writer.member("connectionId", connectionID)
      for pattern in patterns {
        writer.key(pattern.name)
        if let value = pattern.value { writer.value(value) } else { writer.null() }
      }
      guard case .tables = question else { return }
      writer.key("typeList")
      guard let types else { return writer.null() }
      writer.beginArray()
      for type in types { writer.value(type) }
      writer.endArray()
    }

    func write(_ writer: inout ProtobufWriter, _ connectionID: String) throws(TernError) {
      writer.field(question.connectionField, connectionID)
      for pattern in patterns {
        guard let value = pattern.value else { continue }
        writer.field(pattern.field, value)
        writer.field(pattern.presence, true)
      }
      guard case .tables = question, let types else { return }
      for type in types { writer.field(4, type) }
      writer.field(6, true)
    }

    func read(
      _ name: String, _ reader: JSONReader, into answer: inout Answer
    ) throws(TernError) -> Bool {
      switch name {
      case "statementId": answer.statement = try reader.int64OrNull()
      case "signature" where try reader.peek() == .object:
        answer.table.labels = try AvaticaSignature(reading: reader).labels
      case "firstFrame" where try reader.peek() == .object:
        answer.held = try reader.rawValue()
      default: return false
      }
      return true
    }

    func read(
      _ field: Int, _ reader: ProtobufReader, into answer: inout Answer
    ) throws(TernError) {
      // Its id may be 0, which proto3 leaves out.
      if !answer.isProtobuf { answer.statement = 0 }
      answer.isProtobuf = true
      switch field {
      case 2: answer.statement = try reader.int64()
      case 4:
        try reader.enter()
        answer.table.labels = try AvaticaSignature(reading: reader).labels
      case 5:
        try reader.enter()
        try answer.table.readFrame(reader)
      default: break
      }
    }

    /// Rows may stand before their columns.
    func finish(_ answer: inout Answer) throws(TernError) {
      guard let held = answer.held else { return }
      answer.held = nil
      let reader = try JSONReader(held)
      reader.repairsText = true
      try answer.table.readFrame(reader)
    }
  }
}

extension AvaticaMessages.Metadata.Question {
  fileprivate var name: String {
    switch self {
    case .catalogs: "getCatalogs"
    case .tableTypes: "getTableTypes"
    case .typeInfo: "getTypeInfo"
    case .schemas: "getSchemas"
    case .tables: "getTables"
    case .columns: "getColumns"
    }
  }

  fileprivate var className: String {
    switch self {
    case .catalogs: "CatalogsRequest"
    case .tableTypes: "TableTypesRequest"
    case .typeInfo: "TypeInfoRequest"
    case .schemas: "SchemasRequest"
    case .tables: "TablesRequest"
    case .columns: "ColumnsRequest"
    }
  }

  fileprivate var connectionField: Int {
    switch self {
    case .catalogs, .tableTypes, .typeInfo: 1
    case .schemas: 3
    case .tables: 7
    case .columns: 5
    }
  }

  fileprivate var patternForms: [(name: String, field: Int, presence: Int)] {
    switch self {
    case .catalogs, .tableTypes, .typeInfo: []
    case .schemas: [("catalog", 1, 4), ("schemaPattern", 2, 5)]
    case .tables: [("catalog", 1, 8), ("schemaPattern", 2, 9), ("tableNamePattern", 3, 10)]
    case .columns:
      [
        ("catalog", 1, 6), ("schemaPattern", 2, 7), ("tableNamePattern", 3, 8),
        ("columnNamePattern", 4, 9),
      ]
    }
  }
}
