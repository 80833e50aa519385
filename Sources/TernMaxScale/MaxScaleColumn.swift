internal import TernColumns
internal import TernCore
internal import TernDriver

/// A column as `metadata` describes it.
///
/// Source: MaxScale reference, section 8.1.
struct MaxScaleColumn: Hashable, Sendable {
  /// The bits of `flags` that matter here.
  struct Flags: OptionSet, Hashable, Sendable {
    let rawValue: Int64
    static let notNull = Flags(rawValue: 1)
    static let unsigned = Flags(rawValue: 32)
    static let binary = Flags(rawValue: 128)
    static let enumeration = Flags(rawValue: 256)
    static let autoIncrement = Flags(rawValue: 512)
    static let set = Flags(rawValue: 2_048)
  }

  /// As the query names it.
  var name = ""
  /// The alias of the table, if there is one.
  var table = ""
  /// The database of the table.
  var schema = ""
  /// The server's word, such as `VARCHAR` for VARBINARY too.
  var typeName = ""
  /// Digits, characters or bytes.
  var length: Int64 = 0
  /// Digits behind the point; 31 and 39 stand for "any".
  var decimals: Int64 = 0
  /// What else is known.
  var flags: Flags = []

  /// Reads one element of `metadata`; what is not known is skipped.
  init(reading reader: JSONReader) throws(TernError) {
    try reader.beginObject()
    while let member = try reader.nextKey() {
      switch member {
      case "name": name = try reader.scalarText() ?? ""
      case "table": table = try reader.scalarText() ?? ""
      case "schema": schema = try reader.scalarText() ?? ""
      case "type": typeName = try reader.scalarText() ?? ""
      case "length": length = try reader.int64OrNull() ?? 0
      case "decimals": decimals = try reader.int64OrNull() ?? 0
      case "flags": flags = Flags(rawValue: try reader.int64OrNull() ?? 0)
      default: try reader.skip()
      }
    }
  }
}
