internal import TernColumns
internal import TernCore
internal import TernNet

/// What a login sends besides the proof of who logs in.
///
/// Source: Snowflake reference, section 2.1.
struct SnowflakeLoginRequest: Sendable {
  /// The account without its region.
  var account = ""
  var user = ""
  /// The first objects; empty for the user's own.
  var database = ""
  var schema = ""
  var warehouse = ""
  var role = ""
  /// `ALL` or `NONE`, empty for the user's own.
  var secondaryRoles = ""
  /// What the service's lists show as the program.
  var application = ""
  /// Parameters of the new session, in the order of their names.
  var parameters: [(name: String, value: Value)] = []
  /// In seconds, for the service's statistics.
  var loginTimeoutSeconds: Int64 = 0
  var networkTimeoutSeconds: Int64 = 0
  /// The token of a container inside Snowflake.
  var containerToken: Secret?

  /// A member's value.
  enum Value: Hashable, Sendable {
    case text(String)
    case number(Int64)
    case bool(Bool)
    case secret(Secret)

    func write(to writer: inout JSONWriter) {
      switch self {
      case .text(let text): writer.value(text)
      case .number(let number): writer.value(number)
      case .bool(let bool): writer.value(bool)
      case .secret(let secret): writer.value(secret.text)
      }
    }
  }

  /// A member of the request's `data`.
  typealias Field = (name: String, value: Value)

  /// What names the first objects in the address of the request.
  var query: [(name: String, value: String)] {
    [
      ("databaseName", database), ("schemaName", schema), ("warehouse", warehouse),
      ("roleName", role),
    ]
  }

  /// The body: the proof's members beside those that every login has.
  ///
  /// - Parameter parameters: session parameters that the proof wants.
  /// - Parameter context: `inFlightCtx`, which ties the steps of one login together.
  func body(
    _ proof: [Field], parameters more: [Field] = [], oauthType: String? = nil,
    inFlightContext context: String? = nil, _ identity: SnowflakeIdentity
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("data")
    writer.beginObject()
    writeTemplate(&writer, identity)
    for field in proof {
      writer.key(field.name)
      field.value.write(to: &writer)
    }
    if !secondaryRoles.isEmpty { writer.member("SECONDARY_ROLES", secondaryRoles) }
    if let containerToken { writer.member("SPCS_TOKEN", containerToken.text) }
    writer.key("SESSION_PARAMETERS")
    writer.beginObject()
    for field in parameters + more {
      writer.key(field.name)
      field.value.write(to: &writer)
    }
    writer.endObject()
    writeEnvironment(&writer, oauthType)
    writer.endObject()
    if let context { writer.member("inFlightCtx", context) }
    writer.endObject()
    return writer.bytes
  }

  /// Members that every request for a login begins with.
  func writeTemplate(_ writer: inout JSONWriter, _ identity: SnowflakeIdentity) {
    writer.member("CLIENT_APP_ID", identity.name)
    writer.member("CLIENT_APP_VERSION", identity.version)
    writer.key("SVN_REVISION")
    writer.null()
    writer.member("ACCOUNT_NAME", account)
    if !user.isEmpty { writer.member("LOGIN_NAME", user) }
    writer.key("CLIENT_CAPABILITIES")
    writer.beginObject()
    writer.member("SMK_ID_AS_STRING", true)
    writer.endObject()
  }

  /// What the service may know about this program and machine.
  func writeEnvironment(_ writer: inout JSONWriter, _ oauthType: String? = nil) {
    let system = ProcessFacts.system.split(separator: " ").map(String.init)
    writer.key("CLIENT_ENVIRONMENT")
    writer.beginObject()
    writer.member("APPLICATION", application)
    writer.member("OS", system.first ?? "Linux")
    writer.member("OS_VERSION", system.count > 1 ? system[1] : "")
    writer.member("ISA", system.last ?? "")
    writer.member("OCSP_MODE", "DISABLE_OCSP_CHECKS")
    writer.member("CERT_REVOCATION_CHECK_MODE", "DISABLED")
    writer.member("LOGIN_TIMEOUT", loginTimeoutSeconds)
    writer.member("NETWORK_TIMEOUT", networkTimeoutSeconds)
    writer.member("RUNTIME_NAME", "Tern")
    writer.member("RUNTIME_VERSION", TernVersion.text)
    if let oauthType { writer.member("OAUTH_TYPE", oauthType) }
    writer.endObject()
  }
}
