internal import TernCore
internal import TernNet

/// A login with an access token that this side gets from an identity provider: by its own name, or
/// by having a person asked in a browser. Tokens are kept for the next time.
///
/// Source: Snowflake reference, section 2.3, "OAuth authorization code" and "Client credentials".
final class SnowflakeOAuthLogin: SnowflakeAuthenticator {
  /// How tokens are got.
  enum Flow {
    case clientCredentials
    case authorizationCode(SnowflakeBrowser)

    /// What the service is told.
    var name: String {
      switch self {
      case .clientCredentials: "oauth_client_credentials"
      case .authorizationCode: "oauth_authorization_code"
      }
    }
  }

  private let flow: Flow
  private let client: SnowflakeOAuthClient
  /// Where tokens are kept; nil keeps none.
  private let cache: SnowflakeTokenCache?
  private let owner: SnowflakeTokenCache.Owner
  /// The token of the next proof.
  private var access: Secret?
  /// Gets another access token without a person.
  private var refresh: Secret?
  /// The token that the service would not have.
  private var refused: Secret?
  /// What may still be tried when the service refuses a token: once each.
  private var hasRefreshed = false
  private var hasAsked = false

  init(
    _ flow: Flow, _ client: SnowflakeOAuthClient, _ cache: SnowflakeTokenCache?,
    _ owner: SnowflakeTokenCache.Owner
  ) {
    self.flow = flow
    self.client = client
    // Tokens of a client are asked for as quickly as read.
    if case .authorizationCode = flow { self.cache = cache } else { self.cache = nil }
    self.owner = owner
  }

  var person: String? {
    if case .authorizationCode = flow { owner.user.lowercased() } else { nil }
  }

  func remembers() -> Bool {
    // A token that was just refused is not kept any more.
    access = access ?? kept
    refresh = refresh ?? cache?.token(.oauthRefreshToken, of: owner)
    return access != nil
  }

  func proof(_ context: CallContext) throws(TernError) -> SnowflakeProof {
    if access == nil { try get(context) }
    guard let access else { throw .internal("no access token") }
    return SnowflakeProof(
      fields: [
        ("AUTHENTICATOR", .text("OAUTH")), ("TOKEN", .secret(access)),
        ("OAUTH_TYPE", .text(flow.name)),
      ], oauthType: flow.name)
  }

  func isWorthAnother(after code: Int32) -> Bool {
    guard SnowflakeErrors.Code.oauthTokenRefused.contains(code), access != nil, !hasAsked else {
      return false
    }
    refused = access
    access = nil
    // Another program may have put a better one there.
    if cache?.token(.oauthAccessToken, of: owner) == refused {
      cache?.set(nil, .oauthAccessToken, of: owner)
    }
    return true
  }

  /// The access token that was kept, unless the service has refused it.
  private var kept: Secret? {
    cache?.token(.oauthAccessToken, of: owner).flatMap { $0 == refused ? nil : $0 }
  }

  /// Gets an access token: by a refresh token if there is one, else anew.
  private func get(_ context: CallContext) throws(TernError) {
    if let refresh, !hasRefreshed {
      hasRefreshed = true
      do throws(TernError) {
        return keep(try client.tokens(refresh: refresh, context))
      } catch {
        guard error.kind == .authentication else { throw error }
        Log.write(.info, "snowflake: a refresh token was refused: \(error.message)")
        // Good for one use: another program may have used it, and kept what it got.
        access = kept
        if access != nil { return }
        self.refresh = nil
        if cache?.token(.oauthRefreshToken, of: owner) == refresh {
          cache?.set(nil, .oauthRefreshToken, of: owner)
        }
      }
    }
    hasAsked = true
    switch flow {
    case .clientCredentials: keep(try client.tokensForClient(context))
    case .authorizationCode(let browser):
      keep(try ask(browser, context))
    }
  }

  /// Has a person asked in the browser.
  private func ask(
    _ browser: SnowflakeBrowser, _ context: CallContext
  ) throws(TernError) -> SnowflakeOAuthClient.Tokens {
    let state = Base64.encodeURLSafe(RandomBytes.make(32))
    let verifier = Secret(Base64.encodeURLSafe(RandomBytes.make(48)))
    let challenge = Base64.encodeURLSafe(Digest.sha256.of(Array(verifier.text.utf8)))
    let visit = try browser.visit()
    let page = client.page(redirect: visit.redirect, state: state, challenge: challenge)
    let answer = try visit.run(page, context) { request -> [String: String]? in
      let pairs = request.query
      guard pairs["code"] != nil || pairs["error"] != nil else { return nil }
      // Somebody else's page could send a code of its own. Errors come without a state at times.
      guard pairs["state"] == state || (pairs["code"] == nil && pairs["state"] == nil) else {
        return ["error": "the answer is not to our question"]
      }
      return pairs
    }
    guard let code = answer["code"], answer["error"] == nil else {
      let words = [answer["error"], answer["error_description"]].compactMap { $0 }
      throw TernError(
        .authentication, .authenticationFailed,
        "the login in the browser failed: "
          + Log.redacted(words.joined(separator: ": "), characterCountMax: 300))
    }
    return try client.tokens(
      code: Secret(code), verifier: verifier, redirect: visit.redirect, context)
  }

  /// Remembers new tokens, here and for the next login.
  private func keep(_ tokens: SnowflakeOAuthClient.Tokens) {
    access = tokens.access
    refresh = tokens.refresh
    cache?.set(tokens.access, .oauthAccessToken, of: owner)
    if let refresh { cache?.set(refresh, .oauthRefreshToken, of: owner) }
  }
}
