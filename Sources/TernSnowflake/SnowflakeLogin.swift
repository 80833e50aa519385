internal import TernColumns
internal import TernCore

/// What the service says when a session stands.
///
/// Source: Snowflake reference, section 2.2. Every member may be missing: other servers of the
/// protocol leave most of them out.
struct SnowflakeLogin: Sendable {
  /// For every request of the session.
  var sessionToken: Secret?
  /// For renewing the session token; nil where a session cannot be renewed.
  var masterToken: Secret?
  /// How long the master token is good for, in seconds; 0 where that is not said.
  var masterValiditySeconds: Int64 = 0
  /// The session's number; above 2^53 as a rule.
  var sessionID: Int64?
  /// The server's version, empty if not told.
  var serverVersion = ""
  /// The current objects; nil where there are none.
  var database: String?
  var schema: String?
  var warehouse: String?
  var role: String?
  /// Session parameters by name; Booleans are `true` and `false`.
  var parameters: [String: String] = [:]
  /// Stands for the browser's login the next time.
  var idToken: Secret?
  /// Stands for the second factor the next time.
  var mfaToken: Secret?
  /// Which node holds the session, for a header of later requests.
  var stickySession: String?

  /// A session that is taken over from somebody else.
  init(sessionToken: Secret, masterToken: Secret?) {
    self.sessionToken = sessionToken
    self.masterToken = masterToken
  }

  /// Reads the answer to a login.
  init(_ reply: SnowflakeReply) throws(TernError) {
    stickySession = reply.stickySession
    guard let reader = try reply.dataReader(), try reader.isObjectNext() else {
      throw .badReply("a login without data")
    }
    var texts: [String: String] = [:]
    try reader.forEachKey { (name) throws(TernError) in
      switch name {
      case "parameters": parameters = try Self.parameters(reader)
      case "sessionInfo": try readObjects(reader)
      default: if let text = try reader.textOrAbsent() { texts[name] = text }
      }
    }
    sessionToken = Self.secret(texts["token"])
    masterToken = Self.secret(texts["masterToken"])
    idToken = Self.secret(texts["idToken"])
    mfaToken = Self.secret(texts["mfaToken"])
    sessionID = texts["sessionId"].flatMap { Int64($0) }
    serverVersion = texts["serverVersion"] ?? ""
    masterValiditySeconds = texts["masterValidityInSeconds"].flatMap { Int64($0) } ?? 0
    guard sessionToken != nil else { throw .badReply("a login without a token") }
  }

  /// The list of parameters, as logins and results have it: `[{"name":…,"value":…}]`.
  static func parameters(_ reader: JSONReader) throws(TernError) -> [String: String] {
    var parameters: [String: String] = [:]
    guard try reader.peek() == .array else {
      try reader.skip()
      return parameters
    }
    try reader.forEachElement { () throws(TernError) in
      var name: String?
      var value: String?
      guard try reader.isObjectNext() else { return try reader.skip() }
      try reader.forEachKey { (key) throws(TernError) in
        switch key {
        case "name": name = try reader.textOrAbsent()
        case "value": value = try reader.textOrAbsent()
        default: try reader.skip()
        }
      }
      if let name { parameters[name] = value }
    }
    return parameters
  }

  private mutating func readObjects(_ reader: JSONReader) throws(TernError) {
    guard try reader.isObjectNext() else { return try reader.skip() }
    try reader.forEachKey { (name) throws(TernError) in
      let text = try reader.textOrAbsent()
      switch name {
      case "databaseName": database = text
      case "schemaName": schema = text
      case "warehouseName": warehouse = text
      case "roleName": role = text
      default: break
      }
    }
  }

  private static func secret(_ text: String?) -> Secret? {
    text.flatMap { $0.isEmpty ? nil : Secret($0) }
  }
}
