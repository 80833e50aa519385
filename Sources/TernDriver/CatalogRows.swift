/// The answer to a catalog question: rows of one shape, in any order.
public struct CatalogRows: Hashable, Sendable {
  /// Which columns the rows have.
  public let shape: CatalogShape
  /// Each as long as the shape.
  public var rows: [[CatalogValue]] = []

  /// An empty answer.
  public init(_ shape: CatalogShape) { self.shape = shape }

  /// Adds a row in the shape's order; missing values at its end are NULL.
  public mutating func append(_ values: [CatalogValue]) {
    let missing = max(0, shape.columns.count - values.count)
    rows.append(
      Array(values.prefix(shape.columns.count)) + Array(repeating: .null, count: missing))
  }

  /// Puts the rows in the order that ODBC prescribes for the shape: NULL first, numbers by value,
  /// text by code points.
  public mutating func sort() {
    let keys = shape.sortKeys
    rows.sort { left, right in
      for key in keys where left[key] != right[key] { return left[key] < right[key] }
      return false
    }
  }
}

/// One value of a catalog answer.
public enum CatalogValue: Hashable, Sendable, Comparable {
  case null
  case integer(Int64)
  case text(String)

  /// Text, or NULL for nil.
  public init(_ text: String?) { self = text.map { .text($0) } ?? .null }

  /// A number, or NULL for nil.
  public init(_ number: Int64?) { self = number.map { .integer($0) } ?? .null }

  /// A number, or NULL for nil.
  public init(_ number: Int16?) { self = number.map { .integer(Int64($0)) } ?? .null }

  /// NULL, then numbers, then text.
  public static func < (left: CatalogValue, right: CatalogValue) -> Bool {
    switch (left, right) {
    case (.null, .null): false
    case (.null, _): true
    case (_, .null): false
    case (.integer(let a), .integer(let b)): a < b
    case (.integer, .text): true
    case (.text, .integer): false
    case (.text(let a), .text(let b)):
      a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
    }
  }
}
