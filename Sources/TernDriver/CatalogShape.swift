/// The columns and order of one catalog answer; ODBC 3.8's result sets, which the other front doors
/// share.
///
/// Source: ODBC Programmer's Reference, the catalog functions' result sets.
public struct CatalogShape: Hashable, Sendable {
  /// One column of a shape.
  public struct Column: Hashable, Sendable {
    /// ODBC 3's name.
    public let name: String
    /// What values it has.
    public let kind: Kind
    /// Whether NULL never occurs.
    public let isRequired: Bool
  }

  /// What a column holds.
  public enum Kind: Hashable, Sendable {
    case smallint, integer
    /// At most so many characters declared.
    case text(Int)
  }

  /// In order.
  public let columns: [Column]
  /// Indexes of the columns that rows are sorted by, most important first.
  public let sortKeys: [Int]

  private init(_ columns: [Column], by sortKeys: [Int]) {
    self.columns = columns
    self.sortKeys = sortKeys
  }

  private static func name(_ name: String, required: Bool = false) -> Column {
    Column(name: name, kind: .text(128), isRequired: required)
  }

  private static func long(_ name: String) -> Column {
    Column(name: name, kind: .text(4_000), isRequired: false)
  }

  private static func short(_ name: String, required: Bool = false) -> Column {
    Column(name: name, kind: .smallint, isRequired: required)
  }

  private static func integer(_ name: String, required: Bool = false) -> Column {
    Column(name: name, kind: .integer, isRequired: required)
  }

  /// SQLTables, also for lists of catalogs, schemas and table types.
  public static let tables = CatalogShape(
    [
      name("TABLE_CAT"), name("TABLE_SCHEM"), name("TABLE_NAME"), name("TABLE_TYPE"),
      long("REMARKS"),
    ], by: [3, 0, 1, 2])

  /// SQLColumns.
  public static let columns = CatalogShape(
    [
      name("TABLE_CAT"), name("TABLE_SCHEM"), name("TABLE_NAME", required: true),
      name("COLUMN_NAME", required: true), short("DATA_TYPE", required: true),
      name("TYPE_NAME", required: true), integer("COLUMN_SIZE"), integer("BUFFER_LENGTH"),
      short("DECIMAL_DIGITS"), short("NUM_PREC_RADIX"), short("NULLABLE", required: true),
      long("REMARKS"), long("COLUMN_DEF"), short("SQL_DATA_TYPE", required: true),
      short("SQL_DATETIME_SUB"), integer("CHAR_OCTET_LENGTH"),
      integer("ORDINAL_POSITION", required: true),
      Column(name: "IS_NULLABLE", kind: .text(3), isRequired: false),
    ], by: [0, 1, 2, 16])

  /// SQLPrimaryKeys.
  public static let primaryKeys = CatalogShape(
    [
      name("TABLE_CAT"), name("TABLE_SCHEM"), name("TABLE_NAME", required: true),
      name("COLUMN_NAME", required: true), short("KEY_SEQ", required: true), name("PK_NAME"),
    ], by: [0, 1, 2, 4])

  /// SQLForeignKeys by the referenced table: ordered by the referencing one.
  public static let foreignKeysOfPrimary = CatalogShape(foreignKeyColumns, by: [4, 5, 6, 8])
  /// SQLForeignKeys by the referencing table: ordered by the referenced one.
  public static let foreignKeysOfForeign = CatalogShape(foreignKeyColumns, by: [0, 1, 2, 8])

  private static let foreignKeyColumns = [
    name("PKTABLE_CAT"), name("PKTABLE_SCHEM"), name("PKTABLE_NAME", required: true),
    name("PKCOLUMN_NAME", required: true), name("FKTABLE_CAT"), name("FKTABLE_SCHEM"),
    name("FKTABLE_NAME", required: true), name("FKCOLUMN_NAME", required: true),
    short("KEY_SEQ", required: true), short("UPDATE_RULE"), short("DELETE_RULE"), name("FK_NAME"),
    name("PK_NAME"), short("DEFERRABILITY"),
  ]

  /// SQLStatistics.
  public static let statistics = CatalogShape(
    [
      name("TABLE_CAT"), name("TABLE_SCHEM"), name("TABLE_NAME", required: true),
      short("NON_UNIQUE"), name("INDEX_QUALIFIER"), name("INDEX_NAME"),
      short("TYPE", required: true), short("ORDINAL_POSITION"), name("COLUMN_NAME"),
      Column(name: "ASC_OR_DESC", kind: .text(1), isRequired: false), integer("CARDINALITY"),
      integer("PAGES"), name("FILTER_CONDITION"),
    ], by: [3, 6, 4, 5, 7])

  /// SQLSpecialColumns.
  public static let specialColumns = CatalogShape(
    [
      short("SCOPE"), name("COLUMN_NAME", required: true), short("DATA_TYPE", required: true),
      name("TYPE_NAME", required: true), integer("COLUMN_SIZE"), integer("BUFFER_LENGTH"),
      short("DECIMAL_DIGITS"), short("PSEUDO_COLUMN"),
    ], by: [0])

  /// SQLProcedures.
  public static let procedures = CatalogShape(
    [
      name("PROCEDURE_CAT"), name("PROCEDURE_SCHEM"), name("PROCEDURE_NAME", required: true),
      integer("NUM_INPUT_PARAMS"), integer("NUM_OUTPUT_PARAMS"), integer("NUM_RESULT_SETS"),
      long("REMARKS"), short("PROCEDURE_TYPE"),
    ], by: [0, 1, 2, 7])

  /// SQLProcedureColumns.
  public static let procedureColumns = CatalogShape(
    [
      name("PROCEDURE_CAT"), name("PROCEDURE_SCHEM"), name("PROCEDURE_NAME", required: true),
      name("COLUMN_NAME", required: true), short("COLUMN_TYPE", required: true),
      short("DATA_TYPE", required: true), name("TYPE_NAME", required: true),
      integer("COLUMN_SIZE"), integer("BUFFER_LENGTH"), short("DECIMAL_DIGITS"),
      short("NUM_PREC_RADIX"), short("NULLABLE", required: true), long("REMARKS"),
      long("COLUMN_DEF"), short("SQL_DATA_TYPE", required: true), short("SQL_DATETIME_SUB"),
      integer("CHAR_OCTET_LENGTH"), integer("ORDINAL_POSITION", required: true),
      Column(name: "IS_NULLABLE", kind: .text(3), isRequired: false),
    ], by: [0, 1, 2, 4, 17])

  /// SQLTablePrivileges.
  public static let tablePrivileges = CatalogShape(
    [
      name("TABLE_CAT"), name("TABLE_SCHEM"), name("TABLE_NAME", required: true),
      name("GRANTOR"), name("GRANTEE", required: true), name("PRIVILEGE", required: true),
      Column(name: "IS_GRANTABLE", kind: .text(3), isRequired: false),
    ], by: [0, 1, 2, 5, 4])

  /// SQLColumnPrivileges.
  public static let columnPrivileges = CatalogShape(
    [
      name("TABLE_CAT"), name("TABLE_SCHEM"), name("TABLE_NAME", required: true),
      name("COLUMN_NAME", required: true), name("GRANTOR"), name("GRANTEE", required: true),
      name("PRIVILEGE", required: true),
      Column(name: "IS_GRANTABLE", kind: .text(3), isRequired: false),
    ], by: [0, 1, 2, 3, 6])

  /// SQLGetTypeInfo. Not sorted: the protocol's order is by `DATA_TYPE`, then by closeness.
  public static let typeInfo = CatalogShape(
    [
      name("TYPE_NAME", required: true), short("DATA_TYPE", required: true),
      integer("COLUMN_SIZE"), name("LITERAL_PREFIX"), name("LITERAL_SUFFIX"),
      name("CREATE_PARAMS"), short("NULLABLE", required: true),
      short("CASE_SENSITIVE", required: true), short("SEARCHABLE", required: true),
      short("UNSIGNED_ATTRIBUTE"), short("FIXED_PREC_SCALE", required: true),
      short("AUTO_UNIQUE_VALUE"), name("LOCAL_TYPE_NAME"), short("MINIMUM_SCALE"),
      short("MAXIMUM_SCALE"), short("SQL_DATA_TYPE", required: true), short("SQL_DATETIME_SUB"),
      integer("NUM_PREC_RADIX"), short("INTERVAL_PRECISION"),
    ], by: [])
}
