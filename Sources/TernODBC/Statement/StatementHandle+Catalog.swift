import Tern

// The catalog functions: arguments become a question to the waist, whose answer is a result like
// any other.
extension StatementHandle {
  /// Asks, and opens the answer.
  func ask(_ request: CatalogRequest) throws(TernError) -> ReturnCode {
    try checkNotSending()
    closeResult()
    (prepared, diagnostics.function) = (nil, .unknown)
    work.close()
    applySettings()
    let answer = try run { () throws(TernError) in try work.catalog(request) }
    let code = try finish(answer)
    // ODBC does not say how many rows a catalog function found.
    rowCount = -1
    return code
  }

  private var arguments: CatalogArguments {
    CatalogArguments(
      isIdentifier: settings.metadataID == 1,
      server: connection.link?.capabilities ?? Capabilities())
  }

  /// SQLTables. Three special combinations of arguments list catalogs, schemas and types.
  func tables(
    _ catalog: InputText, _ schema: InputText, _ table: InputText, _ types: InputText
  ) throws(TernError) -> ReturnCode {
    let texts = try (catalog.read(), schema.read(), table.read(), types.read())
    switch texts {
    case ("%"?, ""?, ""?, _): return try ask(.catalogs)
    case (""?, "%"?, ""?, _): return try ask(.schemas(catalog: .any, schema: .any))
    case (""?, ""?, ""?, "%"?): return try ask(.tableTypes)
    default: break
    }
    let filter = try arguments.filter(
      .pattern(catalog), .pattern(schema), .pattern(table))
    return try ask(.tables(filter, types: CatalogArguments.types(texts.3)))
  }

  /// SQLColumns.
  func columns(
    _ catalog: InputText, _ schema: InputText, _ table: InputText, _ column: InputText
  ) throws(TernError) -> ReturnCode {
    let filter = try arguments.filter(
      .ordinary(catalog), .pattern(schema), .pattern(table))
    return try ask(.columns(filter, column: try arguments.match(.pattern(column))))
  }

  /// SQLPrimaryKeys.
  func primaryKeys(
    _ catalog: InputText, _ schema: InputText, _ table: InputText
  ) throws(TernError) -> ReturnCode {
    try ask(.primaryKeys(try arguments.table(catalog, schema, table)))
  }

  /// SQLForeignKeys: either side may be left out.
  func foreignKeys(
    primary: (InputText, InputText, InputText), foreign: (InputText, InputText, InputText)
  ) throws(TernError) -> ReturnCode {
    let hasPrimary = try !(primary.2.read() ?? "").isEmpty
    let hasForeign = try !(foreign.2.read() ?? "").isEmpty
    guard hasPrimary || hasForeign else {
      throw .usage("SQLForeignKeys needs one of the two tables", .nullArgument)
    }
    let arguments = arguments
    let left = hasPrimary ? try arguments.table(primary.0, primary.1, primary.2) : nil
    let right = hasForeign ? try arguments.table(foreign.0, foreign.1, foreign.2) : nil
    return try ask(.foreignKeys(primary: left, foreign: right))
  }

  /// SQLStatistics.
  func statistics(
    _ catalog: InputText, _ schema: InputText, _ table: InputText, unique: UInt16,
    accuracy: UInt16
  ) throws(TernError) -> ReturnCode {
    guard unique <= 1 else {
      throw .usage("there is no uniqueness \(unique)", .invalidUniqueness)
    }
    guard accuracy <= 1 else {
      throw .usage("there is no accuracy \(accuracy)", .invalidAccuracy)
    }
    let filter = try arguments.table(catalog, schema, table)
    return try ask(.statistics(filter, uniqueOnly: unique == 0))
  }

  /// SQLSpecialColumns.
  func specialColumns(
    _ kind: UInt16, _ catalog: InputText, _ schema: InputText, _ table: InputText,
    scope: UInt16, nullable: UInt16
  ) throws(TernError) -> ReturnCode {
    guard kind == 1 || kind == 2 else {
      throw .usage("there is no column type \(kind)", .invalidColumnType)
    }
    guard scope <= 2 else { throw .usage("there is no scope \(scope)", .invalidScope) }
    guard nullable <= 1 else {
      throw .usage("there is no nullability \(nullable)", .invalidNullability)
    }
    let filter = try arguments.table(catalog, schema, table)
    return try ask(.specialColumns(filter, isRowVersion: kind == 2))
  }

  /// SQLProcedures.
  func procedures(
    _ catalog: InputText, _ schema: InputText, _ name: InputText
  ) throws(TernError) -> ReturnCode {
    try ask(
      .procedures(try arguments.filter(.ordinary(catalog), .pattern(schema), .pattern(name))))
  }

  /// SQLProcedureColumns.
  func procedureColumns(
    _ catalog: InputText, _ schema: InputText, _ name: InputText, _ column: InputText
  ) throws(TernError) -> ReturnCode {
    let filter = try arguments.filter(.ordinary(catalog), .pattern(schema), .pattern(name))
    return try ask(.procedureColumns(filter, column: try arguments.match(.pattern(column))))
  }

  /// SQLTablePrivileges.
  func tablePrivileges(
    _ catalog: InputText, _ schema: InputText, _ table: InputText
  ) throws(TernError) -> ReturnCode {
    try ask(
      .tablePrivileges(
        try arguments.filter(.ordinary(catalog), .pattern(schema), .pattern(table))))
  }

  /// SQLColumnPrivileges.
  func columnPrivileges(
    _ catalog: InputText, _ schema: InputText, _ table: InputText, _ column: InputText
  ) throws(TernError) -> ReturnCode {
    let filter = try arguments.table(catalog, schema, table)
    return try ask(.columnPrivileges(filter, column: try arguments.match(.pattern(column))))
  }

  /// SQLGetTypeInfo.
  func typeInfo(_ type: Int16) throws(TernError) -> ReturnCode {
    // ODBC 2's date-time numbers are what its programs still ask by.
    let type = (9...11).contains(type) ? type + 82 : type
    guard type == 0 || TypeFacts.known(type) != nil else {
      throw .usage("there is no SQL type \(type)", .invalidSQLType)
    }
    return try ask(.typeInfo(odbcType: type))
  }
}
