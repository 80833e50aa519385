// The catalog functions with UTF-16 text.
public import CODBC
import Tern

/// `SQLTables` with UTF-16 text.
@implementation @c
public func SQLTablesW(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLWCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLWCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLWCHAR>!, _ tableLength: SQLSMALLINT,
  _ types: UnsafeMutablePointer<SQLWCHAR>!, _ typesLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.tables(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength), unsafe InputText(types, typesLength))
  }
}

/// `SQLColumns` with UTF-16 text.
@implementation @c
public func SQLColumnsW(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLWCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLWCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLWCHAR>!, _ tableLength: SQLSMALLINT,
  _ column: UnsafeMutablePointer<SQLWCHAR>!, _ columnLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.columns(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength), unsafe InputText(column, columnLength))
  }
}

/// `SQLPrimaryKeys` with UTF-16 text.
@implementation @c
public func SQLPrimaryKeysW(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLWCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLWCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLWCHAR>!, _ tableLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.primaryKeys(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength))
  }
}

/// `SQLForeignKeys` with UTF-16 text.
@implementation @c
public func SQLForeignKeysW(
  _ statement: SQLHSTMT!, _ primaryCatalog: UnsafeMutablePointer<SQLWCHAR>!,
  _ primaryCatalogLength: SQLSMALLINT, _ primarySchema: UnsafeMutablePointer<SQLWCHAR>!,
  _ primarySchemaLength: SQLSMALLINT, _ primaryTable: UnsafeMutablePointer<SQLWCHAR>!,
  _ primaryTableLength: SQLSMALLINT, _ foreignCatalog: UnsafeMutablePointer<SQLWCHAR>!,
  _ foreignCatalogLength: SQLSMALLINT, _ foreignSchema: UnsafeMutablePointer<SQLWCHAR>!,
  _ foreignSchemaLength: SQLSMALLINT, _ foreignTable: UnsafeMutablePointer<SQLWCHAR>!,
  _ foreignTableLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.foreignKeys(
      primary: (
        unsafe InputText(primaryCatalog, primaryCatalogLength),
        unsafe InputText(primarySchema, primarySchemaLength),
        unsafe InputText(primaryTable, primaryTableLength)
      ),
      foreign: (
        unsafe InputText(foreignCatalog, foreignCatalogLength),
        unsafe InputText(foreignSchema, foreignSchemaLength),
        unsafe InputText(foreignTable, foreignTableLength)
      ))
  }
}

/// `SQLStatistics` with UTF-16 text.
@implementation @c
public func SQLStatisticsW(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLWCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLWCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLWCHAR>!, _ tableLength: SQLSMALLINT, _ unique: SQLUSMALLINT,
  _ accuracy: SQLUSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.statistics(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength), unique: unique,
      accuracy: accuracy)
  }
}

/// `SQLSpecialColumns` with UTF-16 text.
@implementation @c
public func SQLSpecialColumnsW(
  _ statement: SQLHSTMT!, _ kind: SQLUSMALLINT, _ catalog: UnsafeMutablePointer<SQLWCHAR>!,
  _ catalogLength: SQLSMALLINT, _ schema: UnsafeMutablePointer<SQLWCHAR>!,
  _ schemaLength: SQLSMALLINT, _ table: UnsafeMutablePointer<SQLWCHAR>!, _ tableLength: SQLSMALLINT,
  _ scope: SQLUSMALLINT, _ nullable: SQLUSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.specialColumns(
      kind, unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength), scope: scope,
      nullable: nullable)
  }
}

/// `SQLProcedures` with UTF-16 text.
@implementation @c
public func SQLProceduresW(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLWCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLWCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLWCHAR>!, _ tableLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.procedures(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength))
  }
}

/// `SQLProcedureColumns` with UTF-16 text.
@implementation @c
public func SQLProcedureColumnsW(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLWCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLWCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLWCHAR>!, _ tableLength: SQLSMALLINT,
  _ column: UnsafeMutablePointer<SQLWCHAR>!, _ columnLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.procedureColumns(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength), unsafe InputText(column, columnLength))
  }
}

/// `SQLTablePrivileges` with UTF-16 text.
@implementation @c
public func SQLTablePrivilegesW(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLWCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLWCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLWCHAR>!, _ tableLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.tablePrivileges(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength))
  }
}

/// `SQLColumnPrivileges` with UTF-16 text.
@implementation @c
public func SQLColumnPrivilegesW(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLWCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLWCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLWCHAR>!, _ tableLength: SQLSMALLINT,
  _ column: UnsafeMutablePointer<SQLWCHAR>!, _ columnLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.columnPrivileges(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength), unsafe InputText(column, columnLength))
  }
}

/// `SQLGetTypeInfo` with UTF-16 text.
@implementation @c
public func SQLGetTypeInfoW(_ statement: SQLHSTMT!, _ type: SQLSMALLINT) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.typeInfo(type)
  }
}
