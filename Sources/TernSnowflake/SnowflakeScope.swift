internal import TernDriver

/// Where SHOW looks: as narrow as a question's names allow.
///
/// Source: Snowflake reference, section 8.2.
enum SnowflakeScope: Hashable, Sendable {
  case account
  case database(String)
  case schema(String, String)
  case table(String, String, String)

  /// `IN …`.
  var sql: String {
    switch self {
    case .account: "IN ACCOUNT"
    case .database(let database): "IN DATABASE \(SnowflakeSQL.name(database))"
    case .schema(let database, let schema):
      "IN SCHEMA \(SnowflakeSQL.name(database)).\(SnowflakeSQL.name(schema))"
    case .table(let database, let schema, let table):
      "IN TABLE \(SnowflakeSQL.name(database)).\(SnowflakeSQL.name(schema))."
        + SnowflakeSQL.name(table)
    }
  }

  /// The narrowest scope that holds all that a filter may match.
  init(_ filter: TableFilter, reachesTable: Bool) {
    // Without the outer name, the inner one alone names nothing to SHOW.
    guard let database = filter.catalog.singleName else {
      self = .account
      return
    }
    guard let schema = filter.schema.singleName else {
      self = .database(database)
      return
    }
    guard reachesTable, let table = filter.name.singleName else {
      self = .schema(database, schema)
      return
    }
    self = .table(database, schema, table)
  }
}

extension NameMatch {
  /// The one name that matches, where there is only one; nil for wildcards.
  var singleName: String? {
    switch self {
    case .any: return nil
    case .exact(let name): return name
    case .pattern(let pattern):
      var name = ""
      var isEscaped = false
      for scalar in pattern.unicodeScalars {
        if !isEscaped, scalar == "\\" {
          isEscaped = true
          continue
        }
        if !isEscaped, scalar == "%" || scalar == "_" { return nil }
        name.unicodeScalars.append(scalar)
        isEscaped = false
      }
      return isEscaped ? name + "\\" : name
    }
  }

  /// A pattern for the server's LIKE that matches at least what this does, without escapes: how
  /// SHOW reads those is unreliable. Nil where it would match everything.
  var coarsePattern: String? {
    guard !isEverything, let pattern = likePattern else { return nil }
    var coarse = ""
    var isEscaped = false
    for scalar in pattern.unicodeScalars {
      if scalar == "\\" {
        // An escaped backslash is one character; a lone one at the end stands for itself.
        if isEscaped { coarse += "_" }
        isEscaped.toggle()
        continue
      }
      coarse.unicodeScalars.append(scalar)
      isEscaped = false
    }
    return isEscaped ? coarse + "_" : coarse
  }
}
