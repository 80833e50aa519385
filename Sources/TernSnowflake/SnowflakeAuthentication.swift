internal import TernCore
internal import TernDriver
internal import TernNet

/// What is around the process: tests put their own in its place.
struct SnowflakeSurroundings: Sendable {
  /// Gives an environment variable.
  var variable: @Sendable (String) -> String? = { ProcessEnvironment.variable($0) }
  /// Where a container inside Snowflake has its token.
  var containerTokenFile = "/snowflake/session/spcs_token"
  /// Where clouds tell a machine who it is.
  var clouds = SnowflakeWorkloadIdentity.Places()
  /// The pauses between attempts.
  var backoff = SnowflakeBackoff()
}

/// Chooses how a target logs in.
///
/// Source: Snowflake reference, section 2.3.
struct SnowflakeAuthentication {
  /// The ways that the option `authenticator` names.
  enum Method: Equatable {
    case password
    case secondFactor
    case keyPair
    case oauthToken
    case oauthAuthorizationCode
    case oauthClientCredentials
    case accessToken
    case browser
    case workload
    /// The address of an Okta domain.
    case okta(String)

    /// Whether a person may have to do something first.
    var needsPerson: Bool {
      switch self {
      case .secondFactor, .oauthAuthorizationCode, .browser: true
      default: false
      }
    }
  }

  let target: ConnectionTarget
  let surroundings: SnowflakeSurroundings

  /// The words of the option, in lower case.
  private static let names: [String: Method] = [
    "snowflake": .password, "username_password_mfa": .secondFactor, "snowflake_jwt": .keyPair,
    "oauth": .oauthToken, "oauth_authorization_code": .oauthAuthorizationCode,
    "oauth_client_credentials": .oauthClientCredentials,
    "programmatic_access_token": .accessToken, "externalbrowser": .browser,
    "workload_identity": .workload,
  ]

  /// The way that the target asks for; a private key alone says it too.
  func method() throws(TernError) -> Method {
    guard target.isSet("authenticator") else {
      return try target.secret("private_key") == nil ? .password : .keyPair
    }
    let text = try target.text("authenticator") ?? ""
    if let method = Self.names[text.lowercased()] { return method }
    guard let (origin, _) = HTTPOrigin.split(url: text) else {
      throw .usage(
        "option authenticator: " + Self.names.keys.sorted().joined(separator: ", ")
          + " or the https:// address of an Okta domain is expected", .invalidOptionValue)
    }
    let isLocal = ["127.0.0.1", "localhost"].contains(origin.endpoint.host.lowercased())
    guard origin.isEncrypted || isLocal else {
      throw .usage(
        "option authenticator: passwords are not sent to Okta without encryption, use https://",
        .invalidOptionValue)
    }
    return .okta(text)
  }

  /// Everything that a login of this target is made with.
  struct Parts {
    let channel: SnowflakeChannel
    let account: SnowflakeAccount
    /// What every way in sends beside its proof.
    let request: SnowflakeLoginRequest
    /// What this program calls itself.
    let identity: SnowflakeIdentity
    /// How other servers are reached.
    let connect: ConnectSettings
    let networkTimeout: Int64
  }

  /// The way in.
  func authenticator(_ parts: Parts) throws(TernError) -> any SnowflakeAuthenticator {
    switch try method() {
    case .password: return try password()
    case .secondFactor:
      return SnowflakeSecondFactorLogin(try password(), try cache(), owner(parts))
    case .keyPair: return try keyPair(parts)
    case .oauthToken: return try token("OAUTH")
    case .accessToken: return try token("PROGRAMMATIC_ACCESS_TOKEN")
    case .oauthClientCredentials: return try oauth(.clientCredentials, parts)
    case .oauthAuthorizationCode:
      return try oauth(.authorizationCode(try browser(isOAuth: true)), parts)
    case .browser:
      return SnowflakeBrowserLogin(
        try browser(isOAuth: false), parts.channel, parts.request, parts.identity,
        usesConsole: try target.flag("console_login"), try cache(), owner(parts))
    case .workload: return try workload(parts)
    case .okta(let address):
      return SnowflakeOktaLogin(
        address, try needed("password"), web(parts), parts.channel, parts.request, parts.identity,
        checksAnswer: try !target.flag("disable_saml_url_check"))
    }
  }

  /// User and password, and where the code of a second factor is.
  private func password() throws(TernError) -> SnowflakePasswordLogin {
    var passcode = SnowflakePasswordLogin.Passcode.none
    if try target.flag("passcode_in_password") {
      passcode = .inPassword
    } else if let code = try target.secret("passcode"), !code.text.isEmpty {
      passcode = .text(code)
    }
    return SnowflakePasswordLogin(password: try needed("password"), passcode: passcode)
  }

  /// A key of the user's; it is read now, and signs for each attempt.
  private func keyPair(_ parts: Parts) throws(TernError) -> SnowflakeKeyPairLogin {
    guard !parts.request.user.isEmpty else {
      throw .usage("option user is needed with a private_key: whose key is it?", .cannotConnect)
    }
    let password = try target.secret("private_key_password")
    return SnowflakeKeyPairLogin(
      key: try SnowflakeKeyPairLogin.key(try needed("private_key"), password: password),
      account: parts.account.tokenName, user: parts.request.user,
      lifetimeSeconds: try target.duration("jwt_lifetime") / 1_000_000_000)
  }

  /// A token from the options; read anew for each attempt, because files of tokens are renewed.
  private func token(_ name: String) throws(TernError) -> SnowflakeTokenLogin {
    _ = try needed("token")
    return SnowflakeTokenLogin(authenticator: name) { _ throws(TernError) in
      try needed("token")
    }
  }

  /// Tokens of an identity provider; Snowflake itself is one if the target names none.
  private func oauth(
    _ flow: SnowflakeOAuthLogin.Flow, _ parts: Parts
  ) throws(TernError) -> SnowflakeOAuthLogin {
    let origin = parts.channel.origin
    let home = (origin.isEncrypted ? "https" : "http") + "://\(origin.endpoint)"
    let tokenURL = try target.text("oauth_token_request_url")
    let authorizationURL = try target.text("oauth_authorization_url")
    if case .clientCredentials = flow, tokenURL == nil {
      throw .usage(
        "option oauth_token_request_url is needed for oauth_client_credentials: where are tokens"
          + " asked for?", .cannotConnect)
    }
    for (option, url) in [
      ("oauth_token_request_url", tokenURL), ("oauth_authorization_url", authorizationURL),
    ] {
      if let url { try SnowflakeOAuthClient.checkAddress(url, option: option) }
    }
    let role = parts.request.role
    let id = try target.text("oauth_client_id")
    let client = SnowflakeOAuthClient(
      web: web(parts), id: id ?? SnowflakeOAuthClient.localApplication,
      secret: try target.secret("oauth_client_secret")
        ?? Secret(id == nil ? SnowflakeOAuthClient.localApplication : ""),
      tokenURL: tokenURL ?? home + "/oauth/token-request",
      authorizationURL: authorizationURL ?? home + "/oauth/authorize",
      scope: try target.text("oauth_scope") ?? (role.isEmpty ? "" : "session:role:\(role)"),
      sendsSecretInBody: try target.flag("oauth_credentials_in_body"),
      wantsSingleUse: try target.flag("oauth_single_use_refresh_tokens"))
    var owner = owner(parts)
    owner.provider = client.tokenURL
    owner.role = role
    return SnowflakeOAuthLogin(flow, client, try cache(), owner)
  }

  /// The command and, for OAuth, the place that the provider sends the browser back to.
  private func browser(isOAuth: Bool) throws(TernError) -> SnowflakeBrowser {
    SnowflakeBrowser(
      command: SnowflakeBrowser.command(try target.text("browser")),
      redirect: isOAuth
        ? try SnowflakeBrowser.redirect(try target.text("oauth_redirect_uri")) : nil)
  }

  /// What a cloud or an OpenID provider says of this machine.
  private func workload(_ parts: Parts) throws(TernError) -> SnowflakeTokenLogin {
    guard let name = try target.text("workload_identity_provider"),
      let provider = SnowflakeWorkloadIdentity.Provider(rawValue: name)
    else {
      throw .usage(
        "option workload_identity_provider is needed for workload_identity", .cannotConnect)
    }
    let host = parts.channel.origin.endpoint.host
    // What proves this machine's identity to Snowflake would prove it to whoever gets it.
    guard SnowflakeRedirect.isSnowflake(host) || host == "127.0.0.1" else {
      throw .usage(
        "workload_identity is for Snowflake's own hosts, and \(host) is none", .cannotConnect)
    }
    // Clouds answer on addresses of their own, which no proxy knows.
    var connect = parts.connect
    connect.proxy = ProxySettings(.off)
    connect.connectTimeout = min(connect.connectTimeout, Self.cloudNanoseconds)
    let identity = SnowflakeWorkloadIdentity(
      provider: provider, token: try target.secret("token"),
      resource: try target.text("workload_identity_entra_resource")
        ?? SnowflakeWorkloadIdentity.entraResource,
      web: SnowflakeWeb(
        connect, networkTimeout: Self.cloudNanoseconds, backoff: surroundings.backoff),
      outside: web(parts), roles: try roles(provider), places: surroundings.clouds,
      variable: surroundings.variable)
    return SnowflakeTokenLogin(
      authenticator: "WORKLOAD_IDENTITY",
      token: { context throws(TernError) in try identity.proof(context) }, provider: name)
  }

  /// The chain of roles, which only AWS has here.
  private func roles(
    _ provider: SnowflakeWorkloadIdentity.Provider
  ) throws(TernError) -> [String] {
    let option = "workload_identity_impersonation_path"
    let roles = (try target.text(option) ?? "").split(separator: ",").map { part in
      part.filter { !$0.isWhitespace }
    }
    guard provider == .aws || roles.isEmpty else {
      throw .usage("option \(option) is for workload_identity_provider=AWS", .cannotConnect)
    }
    guard roles.allSatisfy({ $0.hasPrefix("arn:") && $0.contains(":role/") }) else {
      throw .usage(
        "option \(option): names of roles (arn:aws:iam::ACCOUNT:role/NAME) with commas between"
          + " them are expected", .invalidOptionValue)
    }
    return roles
  }

  /// Clouds answer at once, or are none.
  private static let cloudNanoseconds: Int64 = 3_000_000_000

  /// Requests to identity providers.
  private func web(_ parts: Parts) -> SnowflakeWeb {
    SnowflakeWeb(
      parts.connect, networkTimeout: parts.networkTimeout, backoff: surroundings.backoff)
  }

  /// Whose tokens are kept: those of one user at one service.
  private func owner(_ parts: Parts) -> SnowflakeTokenCache.Owner {
    SnowflakeTokenCache.Owner(
      service: parts.channel.origin.endpoint.host, user: parts.request.user)
  }

  /// The file of kept tokens; nil where none are to be kept.
  private func cache() throws(TernError) -> SnowflakeTokenCache? {
    guard try target.flag("token_cache") else { return nil }
    return SnowflakeTokenCache(
      option: try target.text("token_cache_dir"), variable: surroundings.variable)
  }

  /// A secret without which this way makes no sense.
  private func needed(_ option: String) throws(TernError) -> Secret {
    guard let secret = try target.secret(option), !secret.text.isEmpty else {
      let way = try target.text("authenticator") ?? ""
      throw .usage("option \(option) is needed for authenticator \(way)", .cannotConnect)
    }
    return secret
  }
}
