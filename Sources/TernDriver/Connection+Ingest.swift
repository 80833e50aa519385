public import TernColumns
public import TernCore

/// What an ingestion does with its table.
public enum IngestMode: Int32, Hashable, Sendable, CaseIterable {
  /// Create it; an error if it exists.
  case create = 0
  /// Add rows; an error if it does not exist.
  case append = 1
  /// Drop it if it exists, and create it.
  case replace = 2
  /// Create it if it does not exist, and add rows.
  case createOrAppend = 3
}

extension Connection {
  /// Inserts all rows of `stream` into a table, by a prepared statement.
  ///
  /// `path` holds the table's name and those before it (catalog, schema), each exactly as stored.
  /// `schema` is the stream's: its names choose the columns, and its types those of a table that is
  /// made. When all its names are empty, rows go into an existing table's columns in their order.
  /// What was inserted before an error stays inserted under autocommit, and so does a table.
  /// - Returns: rows inserted; nil if the server does not tell.
  /// - Throws: `.unsupported` when the server has no type for a column, before anything was made;
  ///   `.sql` 42S01 when the table exists that should be created, 42S02 when it should and does
  ///   not; whatever the server says.
  public func ingest(
    into path: [String], _ mode: IngestMode, _ schema: Schema, _ stream: any BatchStream
  ) throws(TernError) -> Int64? {
    guard !path.isEmpty, !path.contains(""), !schema.fields.isEmpty else {
      throw .usage("an ingestion needs the name of a table, and columns")
    }
    let dialect = capabilities.dialect
    let table = path.map(dialect.quoted).joined(separator: ".")
    try prepareTable(table, mode, schema)
    let names = schema.fields.map { dialect.quoted($0.name) }.joined(separator: ", ")
    let markers = schema.fields.map { _ in "?" }.joined(separator: ", ")
    let list = schema.fields.contains { $0.name.isEmpty } ? "" : " (\(names))"
    let statement = makeStatement()
    try statement.prepare("\(dialect.insert) \(table)\(list) VALUES (\(markers))")
    statement.bind(stream)
    return try statement.execute().rowsChanged
  }

  private func prepareTable(
    _ table: String, _ mode: IngestMode, _ schema: Schema
  ) throws(TernError) {
    if mode == .append { return }
    let definition = try definition(of: table, schema)
    switch mode {
    case .append: return
    case .create: try create(definition, table)
    case .createOrAppend: if try !exists(table) { try create(definition, table) }
    case .replace:
      if try exists(table) { try execute("DROP TABLE \(table)").close() }
      try create(definition, table)
    }
  }

  /// `CREATE TABLE` for a schema, before the server is asked for anything.
  private func definition(of table: String, _ schema: Schema) throws(TernError) -> String {
    let dialect = capabilities.dialect
    guard let types = dialect.columnTypes else {
      throw .unsupported(
        "\(capabilities.productName) needs more than columns to make a table: create it yourself, "
          + "then append"
      )
    }
    var columns: [String] = []
    for (index, field) in schema.fields.enumerated() {
      guard !field.name.isEmpty else {
        throw .usage("column \(index + 1) has no name: a table cannot be made from it")
      }
      guard let type = types.name(of: field.type) else {
        throw .unsupported(
          "column \(index + 1) (\(field.name)): \(capabilities.productName) has no type for "
            + "\(field.type)")
      }
      columns.append("\(dialect.quoted(field.name)) \(type)")
    }
    return "CREATE TABLE \(table) (\(columns.joined(separator: ", ")))"
  }

  private func create(_ definition: String, _ table: String) throws(TernError) {
    do throws(TernError) {
      try execute(definition).close()
    } catch {
      // Servers have codes of their own for a name that is taken.
      guard error.kind == .sql, error.sqlState != .tableExists, (try? exists(table)) == true
      else { throw error }
      var taken = error
      taken.sqlState = .tableExists
      throw taken
    }
  }

  /// Whether the name means a table or view: asked with a statement, so that it is looked up as the
  /// rows' own statement will be.
  private func exists(_ table: String) throws(TernError) -> Bool {
    let question = makeStatement()
    defer { question.close() }
    do throws(TernError) {
      try question.prepare("SELECT * FROM \(table) WHERE 1 = 0")
      return true
    } catch {
      guard error.sqlState == .noSuchTable else { throw error }
      return false
    }
  }
}
