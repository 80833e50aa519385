internal import TernCore
internal import TernDriver
internal import TernNet

/// This program as an identity provider's client: asks for tokens.
///
/// Source: RFC 6749; Snowflake reference, section 2.3, "OAuth".
struct SnowflakeOAuthClient: Sendable {
  /// What a provider gave.
  struct Tokens: Sendable {
    let access: Secret
    let refresh: Secret?
  }

  let web: SnowflakeWeb
  let id: String
  let secret: Secret
  /// Where tokens are asked for.
  let tokenURL: String
  /// Where a person is asked; empty where none is.
  let authorizationURL: String
  let scope: String
  /// Whether the secret goes into the body instead of a header.
  let sendsSecretInBody: Bool
  /// Whether refresh tokens for one use are asked for.
  let wantsSingleUse: Bool

  /// Who Snowflake takes for its own desktop programs.
  static let localApplication = "LOCAL_APPLICATION"

  /// Asks with the client's own name.
  func tokensForClient(_ context: CallContext) throws(TernError) -> Tokens {
    var form = [(name: "grant_type", value: "client_credentials")]
    if !scope.isEmpty { form.append(("scope", scope)) }
    return try tokens(form, context)
  }

  /// Asks with the code that a browser brought.
  func tokens(
    code: Secret, verifier: Secret, redirect: String, _ context: CallContext
  ) throws(TernError) -> Tokens {
    var form = [
      (name: "grant_type", value: "authorization_code"), ("code", code.text),
      ("redirect_uri", redirect), ("code_verifier", verifier.text),
    ]
    if wantsSingleUse { form.append(("enable_single_use_refresh_tokens", "true")) }
    // A code is good for one request; an answer that was lost cannot be asked for again.
    return try tokens(form, attemptCountMax: 1, context)
  }

  /// Asks with a refresh token.
  func tokens(refresh: Secret, _ context: CallContext) throws(TernError) -> Tokens {
    var form = [
      (name: "grant_type", value: "refresh_token"), ("refresh_token", refresh.text),
    ]
    if !scope.isEmpty { form.append(("scope", scope)) }
    let tokens = try tokens(form, context)
    return Tokens(access: tokens.access, refresh: tokens.refresh ?? refresh)
  }

  private func tokens(
    _ form: [(name: String, value: String)], attemptCountMax: Int = 3, _ context: CallContext
  ) throws(TernError) -> Tokens {
    var form = form
    var headers = [
      ("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"),
    ]
    if sendsSecretInBody {
      form.append(("client_id", id))
      form.append(("client_secret", secret.text))
    } else {
      headers.append(("Authorization", HTTPRequest.basic(id, secret)))
    }
    let what = "the identity provider"
    let answer = try web.send(
      "POST", tokenURL, headers: headers, body: Array(SnowflakeForm.encode(form).utf8), what,
      attemptCountMax: attemptCountMax, context)
    let texts = answer.texts(["access_token", "refresh_token"])
    guard answer.status == 200, let access = texts["access_token"], !access.isEmpty else {
      guard answer.status == 200 else { throw SnowflakeWeb.refusal(what, answer) }
      throw TernError(
        .authentication, .authenticationFailed, "\(what) gave no access token")
    }
    let refresh = texts["refresh_token"].flatMap { $0.isEmpty ? nil : Secret($0) }
    return Tokens(access: Secret(access), refresh: refresh)
  }

  /// The page where a person is asked.
  func page(redirect: String, state: String, challenge: String) -> String {
    var pairs = [
      (name: "client_id", value: id), ("response_type", "code"), ("redirect_uri", redirect),
    ]
    if !scope.isEmpty { pairs.append(("scope", scope)) }
    pairs += [
      ("state", state), ("code_challenge", challenge), ("code_challenge_method", "S256"),
    ]
    let mark = authorizationURL.contains("?") ? "&" : "?"
    return authorizationURL + mark + SnowflakeForm.encode(pairs)
  }

  /// - Throws: `.usage` for an address without encryption that is not this machine's.
  static func checkAddress(_ url: String, option: String) throws(TernError) {
    guard let (origin, _) = HTTPOrigin.split(url: url) else {
      throw .usage("option \(option): a https:// address is expected", .invalidOptionValue)
    }
    guard origin.isEncrypted || origin.endpoint.isLoopback else {
      throw .usage(
        "option \(option): secrets are not sent without encryption, use https",
        .invalidOptionValue)
    }
  }
}
