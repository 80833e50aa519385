internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// What proves which machine or workload this is, by the cloud it runs in.
///
/// Environment variables and the cloud's own address for such questions are used; for AWS also what
/// its own programs look at.
/// Source: Snowflake reference, section 2.3, "Workload identity".
struct SnowflakeWorkloadIdentity: Sendable {
  /// The clouds, as `PROVIDER` has them.
  enum Provider: String, Sendable {
    case aws = "AWS"
    case azure = "AZURE"
    case gcp = "GCP"
    case oidc = "OIDC"
  }

  /// Where clouds answer such questions; tests put servers of their own in their place.
  struct Places: Sendable {
    var azure = "http://169.254.169.254"
    var gcp = "http://metadata.google.internal"
    /// Containers of AWS.
    var container = "http://169.254.170.2"
    /// Machines of AWS.
    var instance = "http://169.254.169.254"
    /// The same where only IPv6 leads to it.
    var instanceIPv6 = "http://[fd00:ec2::254]"
    /// How long finding keys in one place of AWS's may take altogether, in nanoseconds: machines
    /// elsewhere have nobody to ask.
    var nanosecondsMax: Int64 = 5_000_000_000
  }

  let provider: Provider
  /// The token of an OpenID provider.
  let token: Secret?
  /// What an Azure token is asked for.
  let resource: String
  /// Reaches the clouds' own addresses: without a proxy.
  let web: SnowflakeWeb
  /// Reaches everybody else.
  let outside: SnowflakeWeb
  /// Roles of AWS that are taken one after the other; the last one logs in.
  var roles: [String] = []
  var places = Places()
  /// Gives an environment variable.
  var variable: @Sendable (String) -> String? = { ProcessEnvironment.variable($0) }

  /// Whom the proof is for.
  static let audience = "snowflakecomputing.com"
  /// What Snowflake calls itself in Azure.
  static let entraResource = "api://fd3f753b-eed3-462c-b6a7-a4b5bb650aad"

  /// A proof that is good for a minute or more.
  func proof(_ context: CallContext) throws(TernError) -> Secret {
    switch provider {
    case .aws: return try callerIdentity(SystemTime.nanoseconds / 1_000_000_000, context)
    case .azure: return try azureToken(context)
    case .gcp: return try googleToken(context)
    case .oidc:
      guard let token else {
        throw .usage("option token is needed for the provider OIDC", .cannotConnect)
      }
      return token
    }
  }

  private func set(_ name: String) -> String? {
    variable(name).flatMap { $0.isEmpty ? nil : $0 }
  }

  // MARK: - AWS

  /// A signed request that only Snowflake sends: AWS tells it who signed.
  ///
  /// - Parameter now: seconds since 1970.
  func callerIdentity(_ now: Int64, _ context: CallContext) throws(TernError) -> Secret {
    let chain = SnowflakeAWSChain(variable, outside, local: web, places)
    let (credentials, service) = try chain.credentials(roles, now, context)
    // Always the region's own host: Snowflake asks nobody else.
    let host = SnowflakeAWSTokenService.host(service.region)
    let items = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")]
    let query = items.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    let headers = service.signature(credentials).headers(
      "POST", host, "/", items, [("x-snowflake-audience", Self.audience)],
      payload: SnowflakeAWSSignature.digest(""), now)
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("url", "https://\(host)/?\(query)")
    writer.member("method", "POST")
    writer.key("headers")
    writer.beginObject()
    for header in headers { writer.member(header.name, header.value) }
    writer.endObject()
    writer.endObject()
    return Secret(Base64.encode(writer.bytes))
  }

  // MARK: - Azure and Google

  private func azureToken(_ context: CallContext) throws(TernError) -> Secret {
    var query = [(name: "resource", value: resource)]
    var address = places.azure + "/metadata/identity/oauth2/token"
    var headers = [("Metadata", "true")]
    var version = "2018-02-01"
    if let endpoint = set("IDENTITY_ENDPOINT") {
      // Functions have an address of their own, and a secret that proves who asks there.
      guard let secret = set("IDENTITY_HEADER") else {
        throw .usage("IDENTITY_ENDPOINT is set without IDENTITY_HEADER", .cannotConnect)
      }
      (address, version) = (endpoint, "2019-08-01")
      headers = [("X-IDENTITY-HEADER", secret)]
    }
    query.insert(("api-version", version), at: 0)
    if let client = set("MANAGED_IDENTITY_CLIENT_ID") { query.append(("client_id", client)) }
    let what = "Azure's identity service"
    let answer = try web.send(
      "GET", address + "?" + SnowflakeForm.encode(query), headers: headers, what, context)
    guard answer.status == 200, let token = answer.texts(["access_token"])["access_token"] else {
      throw SnowflakeWeb.refusal(what, answer)
    }
    return try Self.checked(token, what)
  }

  private func googleToken(_ context: CallContext) throws(TernError) -> Secret {
    let address =
      places.gcp + "/computeMetadata/v1/instance/service-accounts/default/identity?"
      + SnowflakeForm.encode([("audience", Self.audience)])
    let what = "Google's metadata server"
    let answer = try web.send(
      "GET", address, headers: [("Metadata-Flavor", "Google")], what, context)
    guard answer.status == 200 else { throw SnowflakeWeb.refusal(what, answer) }
    let text = String(decoding: answer.body, as: UTF8.self)
    return try Self.checked(text.filter { !$0.isWhitespace }, what)
  }

  /// A token that at least looks like one: three parts, of which the second says who made it and
  /// whom it is about.
  private static func checked(_ token: String, _ what: String) throws(TernError) -> Secret {
    let secret = Secret(token)
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let claims = Base64.decode(String(parts[1])) else {
      throw TernError(
        .authentication, .authenticationFailed, "\(what) gave something that is no token")
    }
    let texts = SnowflakeWeb.Answer(status: 200, body: claims).texts(["iss", "sub"])
    guard texts["iss"] != nil, texts["sub"] != nil else {
      throw TernError(
        .authentication, .authenticationFailed,
        "\(what) gave a token that does not say who made it, or for whom")
    }
    return secret
  }
}
