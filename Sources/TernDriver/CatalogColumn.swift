/// One column of a table as a catalog answer tells it; what ODBC derives is derived here.
public struct CatalogColumn: Hashable, Sendable {
  /// The table's catalog; nil where the server has none.
  public var catalog: String?
  /// The table's schema.
  public var schema: String?
  /// The table.
  public var table: String
  /// The column.
  public var name: String
  /// Its type.
  public var type: SQLColumnType
  /// The comment.
  public var remarks: String?
  /// The default as SQL text, `NULL` for an explicit one; nil without.
  public var defaultText: String?
  /// From 1.
  public var ordinal: Int64

  /// Makes a column.
  public init(
    catalog: String?, schema: String?, table: String, name: String, type: SQLColumnType,
    ordinal: Int64, remarks: String? = nil, defaultText: String? = nil
  ) {
    self.catalog = catalog
    self.schema = schema
    self.table = table
    self.name = name
    self.type = type
    self.ordinal = ordinal
    self.remarks = remarks
    self.defaultText = defaultText
  }

  /// The row for `CatalogShape.columns`.
  public var row: [CatalogValue] {
    let nullable = type.isNullable
    return [
      CatalogValue(catalog), CatalogValue(schema), .text(table), .text(name),
      CatalogValue(type.odbcType), .text(type.typeName), CatalogValue(type.columnSize),
      CatalogValue(type.octetLength), CatalogValue(type.decimalDigits),
      CatalogValue(type.numericRadix), .integer(nullable.map { $0 ? 1 : 0 } ?? 2),
      CatalogValue(remarks), CatalogValue(defaultText), CatalogValue(type.verboseType),
      CatalogValue(type.datetimeSubcode), CatalogValue(type.characterOctetLength),
      .integer(ordinal), .text(nullable.map { $0 ? "YES" : "NO" } ?? ""),
    ]
  }

  /// The row for `CatalogShape.specialColumns`, as part of the primary key.
  public var specialRow: [CatalogValue] {
    [
      .integer(2), .text(name), CatalogValue(type.odbcType), .text(type.typeName),
      CatalogValue(type.columnSize), CatalogValue(type.octetLength),
      CatalogValue(type.decimalDigits), .integer(1),
    ]
  }
}
