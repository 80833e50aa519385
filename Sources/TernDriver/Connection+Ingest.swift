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
  /// `path` holds the table's name and those before it (catalog, schema), each exactly as stored;
  /// `columnNames` are the stream's, and empty names mean the table's own order. What was inserted
  /// before an error stays inserted under autocommit.
  /// - Returns: rows inserted; nil if the server does not tell.
  /// - Throws: `.unsupported` for modes that create the table: servers differ in their types.
  public func ingest(
    into path: [String], _ mode: IngestMode, columnNames: [String], _ stream: any BatchStream
  ) throws(TernError) -> Int64? {
    guard mode == .append else {
      throw .unsupported(
        "tables are not created from Arrow types; create the table and append to it")
    }
    guard !path.isEmpty, !path.contains(""), !columnNames.isEmpty else {
      throw .usage("an ingestion needs the name of a table, and columns")
    }
    let dialect = capabilities.dialect
    let table = path.map(dialect.quoted).joined(separator: ".")
    let names = columnNames.map(dialect.quoted).joined(separator: ", ")
    let markers = columnNames.map { _ in "?" }.joined(separator: ", ")
    let list = columnNames.contains("") ? "" : " (\(names))"
    let statement = makeStatement()
    try statement.prepare("INSERT INTO \(table)\(list) VALUES (\(markers))")
    statement.bind(stream)
    return try statement.execute().rowsChanged
  }
}
