internal import TernDriver

/// What differs between the servers that speak the protocol, one row each.
///
/// Source: Avatica reference, section 17.
///
/// A flavour is never asked for by its name elsewhere: what is done differently is a field here.
struct AvaticaFlavour: Hashable, Sendable {
  /// As the option spells it.
  let name: String
  /// The encoding that is tried first where none is asked for.
  let usualEncoding: AvaticaEncoding
  /// Whether a statement without a result may be kept for the next execution.
  let keepsStatements: Bool
  /// Whether an open result expires by itself unless it is asked for nothing now and then.
  let hasExpiringResults: Bool
  /// Whether metadata beyond the plain requests can be asked through `syncResults`.
  let hasSyncMetadata: Bool
  /// Whether dates and times may be shifted behind the first frame.
  let shiftsTimes: Bool
  /// Whether commit and rollback mean something, and batches exist.
  let isWritable: Bool
  /// What stands before the table's name to add rows.
  var insert = "INSERT INTO"

  static let generic = AvaticaFlavour(
    name: "generic", usualEncoding: .json, keepsStatements: true, hasExpiringResults: true,
    hasSyncMetadata: true, shiftsTimes: true, isWritable: true)
  static let phoenix = AvaticaFlavour(
    name: "phoenix", usualEncoding: .protobuf, keepsStatements: true, hasExpiringResults: true,
    hasSyncMetadata: true, shiftsTimes: true, isWritable: true, insert: "UPSERT INTO")
  /// Four statements a connection, and prepared ones count: each is closed when it is done.
  static let druid = AvaticaFlavour(
    name: "druid", usualEncoding: .json, keepsStatements: false, hasExpiringResults: false,
    hasSyncMetadata: false, shiftsTimes: false, isWritable: false)

  private static let all = [generic, phoenix, druid]

  /// The row of that name; nil for `auto`.
  static func named(_ name: String?) -> AvaticaFlavour? { all.first { $0.name == name } }

  /// What `databaseProperties` gives away: Druid answers nothing at all.
  static func detected(_ properties: [String: String]) -> AvaticaFlavour {
    if properties.isEmpty { return druid }
    let product = (properties["GET_DATABASE_PRODUCT_NAME"] ?? "").lowercased()
    return product.contains("phoenix") ? phoenix : generic
  }

  /// Druid has a path for each encoding; elsewhere a port speaks one of them.
  func encoding(path: String) -> AvaticaEncoding {
    if path.contains("avatica-protobuf") { return .protobuf }
    if path.hasPrefix("/druid/") { return .json }
    return usualEncoding
  }
}
