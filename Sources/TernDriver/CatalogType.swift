/// One type that a program can create, as SQLGetTypeInfo tells it; what ODBC derives is derived
/// here.
///
/// Source: ODBC Programmer's Reference, "SQLGetTypeInfo Function".
public struct CatalogType: Hashable, Sendable {
  /// The server's spelling, unique among all types.
  public var name: String
  /// The concise type.
  public var odbcType: Int16
  /// The largest column size; nil where there is none.
  public var size: Int64?
  /// What stands before a literal; nil without.
  public var prefix: String?
  /// What stands behind it.
  public var suffix: String?
  /// What is written in parentheses behind the name, such as `precision,scale`; nil for nothing.
  public var parameters: String?
  /// Whether texts in another case are other texts.
  public var isCaseSensitive: Bool
  /// 0 not at all, 1 with LIKE only, 2 but with LIKE, 3 in every comparison.
  public var searchable: Int64
  /// The smallest and the largest scale; nil where there is none.
  public var scales: ClosedRange<Int64>?
  /// Of numbers, what their size counts: 10 digits, 2 bits; nil for the rest.
  public var radix: Int64?
  /// Whether numbers have no sign.
  public var isUnsigned: Bool
  /// Whether numbers can be given by the server, one more each time.
  public var isAutoUnique: Bool

  /// Makes a type. A literal with a prefix ends in `'` unless another suffix is named.
  public init(
    _ name: String, _ odbcType: Int16, size: Int64?, prefix: String? = nil, suffix: String? = nil,
    parameters: String? = nil, isCaseSensitive: Bool = false, searchable: Int64 = 2,
    scales: ClosedRange<Int64>? = nil, radix: Int64? = nil, isUnsigned: Bool = false,
    isAutoUnique: Bool = false
  ) {
    self.name = name
    self.odbcType = odbcType
    self.size = size
    self.prefix = prefix
    self.suffix = suffix ?? (prefix == nil ? nil : "'")
    self.parameters = parameters
    self.isCaseSensitive = isCaseSensitive
    self.searchable = searchable
    self.scales = scales
    self.radix = radix
    self.isUnsigned = isUnsigned
    self.isAutoUnique = isAutoUnique
  }

  /// The row for `CatalogShape.typeInfo`.
  public var row: [CatalogValue] {
    let type = SQLColumnType(typeName: name, odbcType: odbcType)
    let isNumber = radix != nil
    return [
      .text(name), CatalogValue(odbcType), CatalogValue(size), CatalogValue(prefix),
      CatalogValue(suffix), CatalogValue(parameters), .integer(1),
      .integer(isCaseSensitive ? 1 : 0), .integer(searchable),
      isNumber ? .integer(isUnsigned ? 1 : 0) : .null, .integer(0),
      isNumber ? .integer(isAutoUnique ? 1 : 0) : .null, .text(name),
      CatalogValue(scales?.lowerBound), CatalogValue(scales?.upperBound),
      CatalogValue(type.verboseType), CatalogValue(type.datetimeSubcode), CatalogValue(radix),
      type.isInterval ? .integer(2) : .null,
    ]
  }
}

extension CatalogRows {
  /// The answer to `CatalogRequest.typeInfo`: all types (0), or those that serve one code.
  ///
  /// - Parameter types: the closest type of each code first.
  /// - Parameter substitutes: the names of the types that serve codes which a program may ask for
  ///   by themselves. Names are unique over the whole answer, so a single code may be answered with
  ///   a name that the whole answer gives to another code.
  public init(_ types: [CatalogType], substitutes: [Int16: String], for odbcType: Int16) {
    self.init(.typeInfo)
    // Types of the same code stay in the order of the table.
    let sorted = types.enumerated().sorted {
      ($0.element.odbcType, $0.offset) < ($1.element.odbcType, $1.offset)
    }
    for var type in sorted.map(\.element) {
      if let name = substitutes[odbcType] {
        guard type.name == name else { continue }
        type.odbcType = odbcType
      }
      if odbcType == 0 || type.odbcType == odbcType { append(type.row) }
    }
  }
}
