internal import TernColumns
internal import TernCore

/// The properties of a connection that `connectionSync` reads and changes.
///
/// Source: Avatica reference, section 11: some servers echo only what they were sent, so that
/// null keeps what is known.
struct AvaticaProperties: Equatable, Sendable {
  /// One property to be changed.
  enum Change: Equatable, Sendable {
    case autocommit(Bool)
    case readOnly(Bool)
    /// JDBC's number of the level, never 0.
    case isolation(Int64)
    case catalog(String)
    case schema(String)
  }

  var isAutocommit = true
  var isReadOnly = false
  var isolation: Int64?
  var catalog: String?
  var schema: String?

  /// Takes over what `connProps` of an answer says.
  mutating func merge(reading reader: JSONReader) throws(TernError) {
    guard try !reader.null() else { return }
    try reader.beginObject()
    while let name = try reader.nextKey() {
      guard try !reader.null() else { continue }
      switch name {
      case "autoCommit": isAutocommit = try reader.bool()
      case "readOnly": isReadOnly = try reader.bool()
      case "transactionIsolation": isolation = try reader.int64()
      case "catalog": catalog = try reader.string()
      case "schema": schema = try reader.string()
      default: try reader.skip()
      }
    }
  }

  /// Takes over the fields of an answer, which the reader is inside of.
  ///
  /// Flags count only with the companion that says they were set. Empty names and a level of 0 are
  /// left out, as they say nothing.
  mutating func merge(reading reader: ProtobufReader) throws(TernError) {
    var flags: (autocommit: Bool, readOnly: Bool) = (false, false)
    while let field = try reader.next() {
      switch field {
      case 2: flags.autocommit = try reader.bool()
      case 3: flags.readOnly = try reader.bool()
      case 4: isolation = try reader.int64()
      case 5: catalog = try reader.string()
      case 6: schema = try reader.string()
      case 7: if try reader.bool() { isAutocommit = flags.autocommit }
      case 8: if try reader.bool() { isReadOnly = flags.readOnly }
      default: break
      }
    }
  }

  /// The changes that make these properties out of `other`.
  func changes(from other: AvaticaProperties) -> [Change] {
    var changes: [Change] = []
    if let catalog, catalog != other.catalog { changes.append(.catalog(catalog)) }
    if let schema, schema != other.schema { changes.append(.schema(schema)) }
    if let isolation, isolation != other.isolation, isolation > 0 {
      changes.append(.isolation(isolation))
    }
    if isReadOnly != other.isReadOnly { changes.append(.readOnly(isReadOnly)) }
    if isAutocommit != other.isAutocommit { changes.append(.autocommit(isAutocommit)) }
    return changes
  }

  /// What a change makes of it where the server does not answer with values.
  mutating func apply(_ change: Change) {
    switch change {
    case .autocommit(let isOn): isAutocommit = isOn
    case .readOnly(let isOn): isReadOnly = isOn
    case .isolation(let number): isolation = number
    case .catalog(let name): catalog = name
    case .schema(let name): schema = name
    }
  }
}
