public import TernColumns

/// A column as every front door needs it: the Arrow type that the batches have, and what SQL says
/// about it.
public struct ColumnDescription: Hashable, Sendable {
  /// As the server gives it; may be empty or occur twice.
  public var name: String
  /// The type of the batches' columns.
  public var dataType: DataType
  /// What SQL says.
  public var sql: SQLColumnType
  /// Where the column comes from, where the server tells.
  public var origin: ColumnOrigin?
  /// Metadata for the Arrow field.
  public var metadata: [MetadataEntry]
  /// Whether the server's word that a column has no NULLs binds it. Where it does not, descriptions
  /// repeat it and Arrow fields promise nothing.
  public var isNullabilityBinding = true

  /// Makes a description.
  public init(
    name: String, dataType: DataType, sql: SQLColumnType, origin: ColumnOrigin? = nil,
    metadata: [MetadataEntry] = []
  ) {
    self.name = name
    self.dataType = dataType
    self.sql = sql
    self.origin = origin
    self.metadata = metadata
  }

  /// The column as an Arrow field.
  public var field: Field {
    Field(
      name, dataType, isNullable: !isNullabilityBinding || sql.isNullable ?? true,
      metadata: metadata)
  }
}

/// What SQL and ODBC say about a type.
public struct SQLColumnType: Hashable, Sendable {
  /// The server's own word, such as `VARCHAR` or `TIMESTAMP WITH LOCAL TIME ZONE`.
  public var typeName: String
  /// ODBC's concise SQL type, such as 12 for `SQL_VARCHAR`.
  public var odbcType: Int16
  /// ODBC's column size: digits, characters or bytes; nil when unknown or unlimited.
  public var columnSize: Int64?
  /// Digits after the point, of a number or of a second's fraction.
  public var decimalDigits: Int16?
  /// nil: the server does not tell.
  public var isNullable: Bool?
  /// Whether negative values are impossible.
  public var isUnsigned = false
  /// Whether comparisons distinguish case.
  public var isCaseSensitive = true
  /// Whether the server fills the column by itself.
  public var isAutoIncrement = false
  /// Whether a character type holds one byte a character at most.
  public var isASCII = false

  /// Makes a type.
  public init(
    typeName: String, odbcType: Int16, columnSize: Int64? = nil, decimalDigits: Int16? = nil,
    isNullable: Bool? = nil
  ) {
    self.typeName = typeName
    self.odbcType = odbcType
    self.columnSize = columnSize
    self.decimalDigits = decimalDigits
    self.isNullable = isNullable
  }
}

/// Where a result column comes from.
public struct ColumnOrigin: Hashable, Sendable {
  /// The table's catalog.
  public var catalog: String?
  /// The table's schema.
  public var schema: String?
  /// The table, or its alias.
  public var table: String?
  /// The column's name in the table, before any alias.
  public var column: String?

  /// Makes an origin.
  public init(
    catalog: String? = nil, schema: String? = nil, table: String? = nil, column: String? = nil
  ) {
    self.catalog = catalog
    self.schema = schema
    self.table = table
    self.column = column
  }
}
