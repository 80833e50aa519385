import CTern
import TernCore
import TernDriver

/// The names of a catalog question, as C gave them, and what they mean for each kind.
struct CatalogQuestion {
  let catalog: String?
  let schema: String?
  let table: String?
  let column: String?

  /// The request of a number of `tern_catalog_kind`.
  ///
  /// - Throws: `.usage` for a number that is none.
  func request(_ what: Int32) throws(TernError) -> CatalogRequest {
    guard let number = UInt32(exactly: what) else { throw unknown(what) }
    switch number {
    case TERN_CATALOG_CATALOGS.rawValue: return .catalogs
    case TERN_CATALOG_SCHEMAS.rawValue:
      return .schemas(catalog: pattern(catalog), schema: pattern(schema))
    case TERN_CATALOG_TABLE_TYPES.rawValue: return .tableTypes
    case TERN_CATALOG_TABLES.rawValue: return .tables(patterns, types: nil)
    case TERN_CATALOG_COLUMNS.rawValue: return .columns(patterns, column: pattern(column))
    case TERN_CATALOG_PRIMARY_KEYS.rawValue: return .primaryKeys(names)
    case TERN_CATALOG_FOREIGN_KEYS.rawValue: return .foreignKeys(primary: nil, foreign: names)
    case TERN_CATALOG_REFERENCING_KEYS.rawValue:
      return .foreignKeys(primary: names, foreign: nil)
    case TERN_CATALOG_STATISTICS.rawValue: return .statistics(names, uniqueOnly: false)
    case TERN_CATALOG_ROW_IDENTIFIERS.rawValue:
      return .specialColumns(names, isRowVersion: false)
    case TERN_CATALOG_ROW_VERSIONS.rawValue: return .specialColumns(names, isRowVersion: true)
    case TERN_CATALOG_PROCEDURES.rawValue: return .procedures(patterns)
    case TERN_CATALOG_PROCEDURE_COLUMNS.rawValue:
      return .procedureColumns(patterns, column: pattern(column))
    case TERN_CATALOG_TABLE_PRIVILEGES.rawValue: return .tablePrivileges(patterns)
    case TERN_CATALOG_COLUMN_PRIVILEGES.rawValue:
      return .columnPrivileges(names, column: pattern(column))
    case TERN_CATALOG_TYPES.rawValue: return .typeInfo(odbcType: 0)
    default: throw unknown(what)
    }
  }

  private var patterns: TableFilter {
    TableFilter(catalog: pattern(catalog), schema: pattern(schema), name: pattern(table))
  }

  private var names: TableFilter {
    TableFilter(catalog: exact(catalog), schema: exact(schema), name: exact(table))
  }

  private func pattern(_ text: String?) -> NameMatch { text.map { .pattern($0) } ?? .any }

  private func exact(_ text: String?) -> NameMatch { text.map { .exact($0) } ?? .any }

  private func unknown(_ what: Int32) -> TernError {
    .usage("there is no catalog kind \(what)", .invalidOptionValue)
  }
}
