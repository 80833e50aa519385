public import TernCore

// Settings of an open connection by name, for front doors whose settings are texts.
extension Connection {
  /// Changes a setting: `autocommit`, `catalog`, `schema`, `isolation`, `read_only`, what new
  /// statements start with (`query_timeout`, `batch_rows`, …), or a setting of the protocol.
  ///
  /// - Throws: `.usage` for a name that is unknown (HY092) or fixed at login (HY010), and for a
  ///   value that is not allowed (HY024); what the server says.
  public func set(_ name: String, to text: String) throws(TernError) {
    var options = statementOptions
    if try options.set(name, text) {
      statementOptions = options
      return
    }
    guard let match = target.table.find(name) else { throw target.unknown(name, isNameSafe: true) }
    let row = match.definition
    guard let value = row.type.normalized(text) else { throw target.badValue(text, of: row) }
    switch row.name {
    case "autocommit": try setAutocommit(OptionValue.bool(value) ?? true)
    case "catalog": try set(.catalog(value))
    case "schema": try set(.schema(value))
    case "read_only": try set(.isReadOnly(OptionValue.bool(value) ?? false))
    case "isolation":
      guard let level = IsolationLevel(name: value) else { throw target.badValue(text, of: row) }
      try set(.isolation(level))
    default:
      guard row.group == .driver else {
        throw .usage("option \(match.name) is fixed once the connection is open", .sequence)
      }
      try set(.option(name: match.name, value: value))
    }
  }

  /// A setting as it is now, or a fact: `protocol`, `product_name`, `product_version`,
  /// `server_name`, `user_name`, `session_id`. Empty where the server does not tell.
  ///
  /// - Throws: `.usage` for a name that is unknown (HY092), and for secrets.
  public func text(_ name: String) throws(TernError) -> String {
    if let fact = fact(OptionTable.fold(name)) { return fact }
    if let own = statementOptions.text(name) { return own }
    return try target.text(name) ?? ""
  }

  private func fact(_ name: String) -> String? {
    switch name {
    case "productname": capabilities.productName
    case "productversion": capabilities.productVersion
    case "servername": capabilities.serverName
    case "username": capabilities.userName
    case "sessionid": capabilities.sessionID
    case "catalog": state.catalog ?? ""
    case "schema": state.schema ?? ""
    case "autocommit": state.isAutocommit ? "on" : "off"
    case "readonly": state.isReadOnly ? "on" : "off"
    case "isolation": state.isolation?.name ?? ""
    default: nil
    }
  }
}
