internal import TernCore

/// A login with a token that somebody else made: an OAuth access token, a programmatic access
/// token, or what tells a machine who it is.
///
/// Source: Snowflake reference, section 2.3.
struct SnowflakeTokenLogin: SnowflakeAuthenticator {
  let authenticator: String
  /// Asked for each attempt: files are renewed, and some tokens expire quickly.
  let token: (CallContext) throws(TernError) -> Secret
  /// `PROVIDER`, for workloads.
  var provider: String?

  func proof(_ context: CallContext) throws(TernError) -> SnowflakeProof {
    var fields: [SnowflakeLoginRequest.Field] = [("AUTHENTICATOR", .text(authenticator))]
    if let provider { fields.append(("PROVIDER", .text(provider))) }
    fields.append(("TOKEN", .secret(try token(context))))
    return SnowflakeProof(fields: fields)
  }
}

/// User and password with a second factor that the service asks for once in a while: its answer's
/// token stands for the factor until then.
///
/// Source: Snowflake reference, section 2.3, "MFA token caching".
final class SnowflakeSecondFactorLogin: SnowflakeAuthenticator {
  private let login: SnowflakePasswordLogin
  private let cache: SnowflakeTokenCache?
  private let owner: SnowflakeTokenCache.Owner
  private var usesCache = true
  private var token: Secret?

  /// - Parameter cache: nil asks a person each time.
  init(
    _ login: SnowflakePasswordLogin, _ cache: SnowflakeTokenCache?,
    _ owner: SnowflakeTokenCache.Owner
  ) {
    self.login = login
    self.cache = cache
    self.owner = owner
  }

  /// A person may be looking for the phone: only the login's own limit counts.
  let networkTimeout: Int64? = 0

  var person: String? { owner.user.lowercased() }

  func remembers() -> Bool {
    token = usesCache ? cache?.token(.mfaToken, of: owner) : nil
    // Without a place to keep tokens nobody can profit from waiting.
    return token != nil || cache == nil
  }

  func proof(_ context: CallContext) throws(TernError) -> SnowflakeProof {
    var fields = login.fields
    fields.append(("AUTHENTICATOR", .text("USERNAME_PASSWORD_MFA")))
    if let token { fields.append(("TOKEN", .secret(token))) }
    var proof = SnowflakeProof(fields: fields)
    if cache != nil { proof.parameters = [("CLIENT_REQUEST_MFA_TOKEN", .bool(true))] }
    return proof
  }

  func isWorthAnother(after code: Int32) -> Bool {
    guard token != nil,
      SnowflakeErrors.Code.secondFactor.contains(code)
        || SnowflakeErrors.Code.idTokenRefused.contains(code)
    else { return false }
    cache?.set(nil, .mfaToken, of: owner)
    usesCache = false
    return true
  }

  func accepted(_ login: SnowflakeLogin) {
    if let token = login.mfaToken { cache?.set(token, .mfaToken, of: owner) }
  }
}
