/// How a name in a catalog question is compared.
public enum NameMatch: Hashable, Sendable {
  /// Every name.
  case any
  /// SQL's LIKE with `%`, `_` and `\` as the escape.
  case pattern(String)
  /// This name, exactly as stored.
  case exact(String)
}

/// A question about what the server has; ODBC's catalog functions are the model, and their result
/// sets the answer's shape.
public enum CatalogRequest: Hashable, Sendable {
  case catalogs
  case schemas(catalog: NameMatch, schema: NameMatch)
  case tableTypes
  /// `types` nil: all. Types are compared as `TABLE`, `VIEW`, `SYSTEM TABLE`, …
  case tables(TableFilter, types: [String]?)
  case columns(TableFilter, column: NameMatch)
  case primaryKeys(TableFilter)
  /// Either side may be open; both given: the keys between the two.
  case foreignKeys(primary: TableFilter?, foreign: TableFilter?)
  case statistics(TableFilter, uniqueOnly: Bool)
  /// Best row identifier, or the columns that change with every update (`isRowVersion`).
  case specialColumns(TableFilter, isRowVersion: Bool)
  case procedures(TableFilter)
  case procedureColumns(TableFilter, column: NameMatch)
  case tablePrivileges(TableFilter)
  case columnPrivileges(TableFilter, column: NameMatch)
  /// `odbcType` 0: all types.
  case typeInfo(odbcType: Int16)
}

/// Which tables (or procedures) a catalog question is about.
public struct TableFilter: Hashable, Sendable {
  /// By catalog.
  public var catalog: NameMatch
  /// By schema.
  public var schema: NameMatch
  /// By the object's own name.
  public var name: NameMatch

  /// Makes a filter, by default for everything.
  public init(catalog: NameMatch = .any, schema: NameMatch = .any, name: NameMatch = .any) {
    self.catalog = catalog
    self.schema = schema
    self.name = name
  }
}
