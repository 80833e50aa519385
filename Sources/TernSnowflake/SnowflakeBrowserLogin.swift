internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// A login at the identity provider's or Snowflake's own page in the browser. The token of the last
/// one stands for it the next time.
///
/// Source: Snowflake reference, section 2.3, "External browser".
final class SnowflakeBrowserLogin: SnowflakeAuthenticator {
  private let browser: SnowflakeBrowser
  private let channel: SnowflakeChannel
  private let request: SnowflakeLoginRequest
  private let identity: SnowflakeIdentity
  /// Whether Snowflake's own page is opened, which asks for the provider itself.
  private let usesConsole: Bool
  /// Where tokens are kept; nil keeps none.
  private let cache: SnowflakeTokenCache?
  private let owner: SnowflakeTokenCache.Owner
  /// Off once the service has refused the kept token.
  private var usesCache = true
  /// Off when the person wants nothing kept.
  private var isCacheAllowed = true
  /// The token of an earlier login.
  private var idToken: Secret?
  /// What the page sent, for every attempt of one login.
  private var fresh: SnowflakeProof?

  init(
    _ browser: SnowflakeBrowser, _ channel: SnowflakeChannel, _ request: SnowflakeLoginRequest,
    _ identity: SnowflakeIdentity, usesConsole: Bool, _ cache: SnowflakeTokenCache?,
    _ owner: SnowflakeTokenCache.Owner
  ) {
    self.browser = browser
    self.channel = channel
    self.request = request
    self.identity = identity
    self.usesConsole = usesConsole
    self.cache = cache
    self.owner = owner
  }

  var person: String? { request.user.lowercased() }

  func remembers() -> Bool {
    idToken = usesCache ? cache?.token(.idToken, of: owner) : nil
    return idToken != nil
  }

  func proof(_ context: CallContext) throws(TernError) -> SnowflakeProof {
    if let idToken {
      return SnowflakeProof(
        fields: [("AUTHENTICATOR", .text("ID_TOKEN")), ("TOKEN", .secret(idToken))],
        parameters: parameters)
    }
    if let fresh { return fresh }
    let proof = try ask(context)
    fresh = proof
    return proof
  }

  func isWorthAnother(after code: Int32) -> Bool {
    guard idToken != nil, SnowflakeErrors.Code.idTokenRefused.contains(code) else { return false }
    cache?.set(nil, .idToken, of: owner)
    usesCache = false
    return true
  }

  func accepted(_ login: SnowflakeLogin) {
    if let token = login.idToken, isCacheAllowed { cache?.set(token, .idToken, of: owner) }
  }

  /// Asks the service for a token that can be kept.
  private var parameters: [SnowflakeLoginRequest.Field] {
    cache == nil ? [] : [("CLIENT_STORE_TEMPORARY_CREDENTIAL", .bool(true))]
  }

  /// Shows the page and waits for what it sends back.
  private func ask(_ context: CallContext) throws(TernError) -> SnowflakeProof {
    let visit = try browser.visit()
    let (page, key) = try page(visit.port, context)
    let answer = try visit.run(page, context) { callback in
      callback.query["token"].map { (token: $0, consent: callback.query["consent"]) }
    }
    if answer.consent?.lowercased() == "false" { isCacheAllowed = false }
    return SnowflakeProof(
      fields: [
        ("AUTHENTICATOR", .text("EXTERNALBROWSER")), ("TOKEN", .secret(Secret(answer.token))),
        ("PROOF_KEY", .secret(key)),
      ], parameters: parameters)
  }

  /// The page to show, and what proves that it was shown for us.
  private func page(
    _ port: UInt16, _ context: CallContext
  ) throws(TernError) -> (page: String, key: Secret) {
    if usesConsole {
      let key = Secret(Base64.encode(RandomBytes.make(32)))
      let query = SnowflakeForm.encode([
        ("login_name", request.user), ("browser_mode_redirect_port", "\(port)"),
        ("proof_key", key.text),
      ])
      let scheme = channel.origin.isEncrypted ? "https" : "http"
      return ("\(scheme)://\(channel.origin.endpoint)/console/login?\(query)", key)
    }
    let texts = try SnowflakeAuthenticatorRequest(channel: channel, request: request, identity)
      .send("EXTERNALBROWSER", redirectPort: port, context)
    guard let page = texts["ssoUrl"], let key = texts["proofKey"] else {
      throw .badReply("a login page without address or key")
    }
    return (page, Secret(key))
  }
}

/// Asks the service where a person or an identity provider is to be asked.
struct SnowflakeAuthenticatorRequest {
  let channel: SnowflakeChannel
  let request: SnowflakeLoginRequest
  private let identity: SnowflakeIdentity

  init(channel: SnowflakeChannel, request: SnowflakeLoginRequest, _ identity: SnowflakeIdentity) {
    self.channel = channel
    self.request = request
    self.identity = identity
  }

  /// The texts of the answer: `ssoUrl`, `tokenUrl`, `proofKey`.
  func send(
    _ authenticator: String, redirectPort: UInt16? = nil, _ context: CallContext
  ) throws(TernError) -> [String: String] {
    var post = SnowflakeRequest("POST", "/session/authenticator-request")
    post.isLogin = true
    let (login, identity) = (request, identity)
    post.body = { () throws(TernError) in
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("data")
      writer.beginObject()
      login.writeTemplate(&writer, identity)
      writer.member("AUTHENTICATOR", authenticator)
      if let redirectPort { writer.member("BROWSER_MODE_REDIRECT_PORT", "\(redirectPort)") }
      login.writeEnvironment(&writer)
      writer.endObject()
      writer.endObject()
      return writer.bytes
    }
    let reply = try channel.send(post, context)
    guard reply.isSuccess else { throw SnowflakeErrors.error(reply, isLogin: true) }
    return try reply.dataTexts(["ssoUrl", "tokenUrl", "proofKey"])
  }
}
