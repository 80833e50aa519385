// The catalog functions.
public import CODBC
import Tern

/// Lists tables.
@implementation @c
public func SQLTables(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLCHAR>!, _ tableLength: SQLSMALLINT,
  _ types: UnsafeMutablePointer<SQLCHAR>!, _ typesLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.tables(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength), unsafe InputText(types, typesLength))
  }
}

/// Lists columns.
@implementation @c
public func SQLColumns(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLCHAR>!, _ tableLength: SQLSMALLINT,
  _ column: UnsafeMutablePointer<SQLCHAR>!, _ columnLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.columns(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength), unsafe InputText(column, columnLength))
  }
}

/// Lists the columns of a primary key.
@implementation @c
public func SQLPrimaryKeys(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLCHAR>!, _ tableLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.primaryKeys(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength))
  }
}

/// Lists foreign keys.
@implementation @c
public func SQLForeignKeys(
  _ statement: SQLHSTMT!, _ primaryCatalog: UnsafeMutablePointer<SQLCHAR>!,
  _ primaryCatalogLength: SQLSMALLINT, _ primarySchema: UnsafeMutablePointer<SQLCHAR>!,
  _ primarySchemaLength: SQLSMALLINT, _ primaryTable: UnsafeMutablePointer<SQLCHAR>!,
  _ primaryTableLength: SQLSMALLINT, _ foreignCatalog: UnsafeMutablePointer<SQLCHAR>!,
  _ foreignCatalogLength: SQLSMALLINT, _ foreignSchema: UnsafeMutablePointer<SQLCHAR>!,
  _ foreignSchemaLength: SQLSMALLINT, _ foreignTable: UnsafeMutablePointer<SQLCHAR>!,
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

/// Lists indexes.
@implementation @c
public func SQLStatistics(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLCHAR>!, _ tableLength: SQLSMALLINT, _ unique: SQLUSMALLINT,
  _ accuracy: SQLUSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.statistics(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength), unique: unique,
      accuracy: accuracy)
  }
}

/// Lists the columns that identify a row.
@implementation @c
public func SQLSpecialColumns(
  _ statement: SQLHSTMT!, _ kind: SQLUSMALLINT, _ catalog: UnsafeMutablePointer<SQLCHAR>!,
  _ catalogLength: SQLSMALLINT, _ schema: UnsafeMutablePointer<SQLCHAR>!,
  _ schemaLength: SQLSMALLINT, _ table: UnsafeMutablePointer<SQLCHAR>!, _ tableLength: SQLSMALLINT,
  _ scope: SQLUSMALLINT, _ nullable: SQLUSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.specialColumns(
      kind, unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength), scope: scope,
      nullable: nullable)
  }
}

/// Lists procedures.
@implementation @c
public func SQLProcedures(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLCHAR>!, _ tableLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.procedures(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength))
  }
}

/// Lists the parameters of procedures.
@implementation @c
public func SQLProcedureColumns(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLCHAR>!, _ tableLength: SQLSMALLINT,
  _ column: UnsafeMutablePointer<SQLCHAR>!, _ columnLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.procedureColumns(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength), unsafe InputText(column, columnLength))
  }
}

/// Lists privileges on tables.
@implementation @c
public func SQLTablePrivileges(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLCHAR>!, _ tableLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.tablePrivileges(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength))
  }
}

/// Lists privileges on columns.
@implementation @c
public func SQLColumnPrivileges(
  _ statement: SQLHSTMT!, _ catalog: UnsafeMutablePointer<SQLCHAR>!, _ catalogLength: SQLSMALLINT,
  _ schema: UnsafeMutablePointer<SQLCHAR>!, _ schemaLength: SQLSMALLINT,
  _ table: UnsafeMutablePointer<SQLCHAR>!, _ tableLength: SQLSMALLINT,
  _ column: UnsafeMutablePointer<SQLCHAR>!, _ columnLength: SQLSMALLINT
) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.columnPrivileges(
      unsafe InputText(catalog, catalogLength), unsafe InputText(schema, schemaLength),
      unsafe InputText(table, tableLength), unsafe InputText(column, columnLength))
  }
}

/// Lists the types of the server.
@implementation @c
public func SQLGetTypeInfo(_ statement: SQLHSTMT!, _ type: SQLSMALLINT) -> SQLRETURN {
  unsafe onStatement(statement) { statement throws(TernError) in
    try statement.typeInfo(type)
  }
}
