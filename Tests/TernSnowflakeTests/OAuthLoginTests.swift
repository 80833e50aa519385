import Foundation
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

/// A service that is its own identity provider.
private final class Provider: Sendable {
  /// What the token request is answered with.
  let tokens: @Sendable (ServiceRequest) -> ServiceReply
  /// What becomes of a login with a token.
  let login: @Sendable (String) -> ServiceReply
  /// The query that the page sends the browser back with.
  let back: @Sendable (ServiceRequest) -> String

  init(
    tokens: @escaping @Sendable (ServiceRequest) -> ServiceReply = { _ in
      .json(#"{"access_token":"acc3ss","refresh_token":"r3fresh","expires_in":600}"#)
    },
    login: @escaping @Sendable (String) -> ServiceReply = { _ in Answers.login() },
    back: @escaping @Sendable (ServiceRequest) -> String = {
      "code=c0de&state=\($0.query["state"] ?? "")"
    }
  ) {
    self.tokens = tokens
    self.login = login
    self.back = back
  }

  func start() throws -> ScriptedService {
    try ScriptedService { [self] request in
      switch request.path {
      case "/oauth/authorize":
        let place = request.query["redirect_uri"] ?? ""
        return .status(302, "", [("Location", "\(place)?\(back(request))")])
      case "/oauth/token-request": return tokens(request)
      default: return login(request.loginData["TOKEN"] as? String ?? "")
      }
    }
  }
}

extension ScriptedService {
  fileprivate var tokenRequests: [ServiceRequest] { requests("/oauth/token-request") }
  fileprivate var pages: [ServiceRequest] { requests("/oauth/authorize") }
  fileprivate var logins: [[String: Any]] {
    requests("/session/v1/login-request").map(\.loginData)
  }
}

struct OAuthLoginTests {
  private func options(_ folder: TemporaryFolder, _ more: String = "") throws -> String {
    "authenticator=oauth_authorization_code&browser=\(try folder.browser())&role=R"
      + "&token_cache_dir=\(folder.path)/cache" + more
  }

  @Test func aPersonIsAskedWithProofOfPossession() throws {
    let folder = try TemporaryFolder()
    let service = try Provider().start()
    _ = try service.open(try options(folder), password: "")
    let page = try #require(service.pages.first)
    #expect(page.query["client_id"] == "LOCAL_APPLICATION")
    #expect(page.query["response_type"] == "code" && page.query["scope"] == "session:role:R")
    #expect(page.query["code_challenge_method"] == "S256")
    #expect(page.query["redirect_uri"]?.hasPrefix("http://127.0.0.1:") == true)
    let request = try #require(service.tokenRequests.first)
    #expect(request.form["grant_type"] == "authorization_code" && request.form["code"] == "c0de")
    #expect(request.form["redirect_uri"] == page.query["redirect_uri"])
    #expect(request.header("Content-Type") == "application/x-www-form-urlencoded")
    #expect(
      request.header("Authorization")
        == "Basic " + Data("LOCAL_APPLICATION:LOCAL_APPLICATION".utf8).base64EncodedString())
    let verifier = try #require(request.form["code_verifier"])
    #expect((43...128).contains(verifier.count))
    #expect(
      Base64.encodeURLSafe(Digest.sha256.of(Array(verifier.utf8))) == page.query["code_challenge"])
    let login = try #require(service.logins.first)
    #expect(login["AUTHENTICATOR"] as? String == "OAUTH" && login["TOKEN"] as? String == "acc3ss")
    #expect(login["OAUTH_TYPE"] as? String == "oauth_authorization_code")
    let environment = login["CLIENT_ENVIRONMENT"] as? [String: Any]
    #expect(environment?["OAUTH_TYPE"] as? String == "oauth_authorization_code")
  }

  @Test func providersOfOthersAreAskedWhereTheyAre() throws {
    let folder = try TemporaryFolder()
    let service = try ScriptedService { request in
      switch request.path {
      case "/auth":
        let query = "code=c0de&state=\(request.query["state"] ?? "")"
        return .status(302, "", [("Location", "\(request.query["redirect_uri"] ?? "")?\(query)")])
      case "/token": return .json(#"{"access_token":"acc3ss"}"#)
      default: return Answers.login()
      }
    }
    let base = "http://127.0.0.1:\(service.port)"
    let free = try LoopbackListener().port
    _ = try service.open(
      try options(
        folder,
        "&oauth_authorization_url=\(base)/auth?tenant=1%26x=2&oauth_token_request_url=\(base)/token"
          + "&oauth_client_id=me&oauth_client_secret=s3cret&oauth_credentials_in_body=on"
          + "&oauth_redirect_uri=http://localhost:\(free)/snow&oauth_scope=all"
          + "&oauth_single_use_refresh_tokens=on"), password: "")
    let page = service.requests[0]
    #expect(page.query["tenant"] == "1" && page.query["x"] == "2" && page.query["scope"] == "all")
    #expect(page.query["redirect_uri"] == "http://localhost:\(free)/snow")
    let form = service.requests[1].form
    #expect(form["client_id"] == "me" && form["client_secret"] == "s3cret")
    #expect(form["enable_single_use_refresh_tokens"] == "true")
    #expect(service.requests[1].header("Authorization") == nil)
  }

  @Test func placesToComeBackTo() throws {
    let read = { (text: String) in try SnowflakeBrowser.redirect(text) }
    #expect(
      try read("http://localhost:8001/snow")
        == .init(url: "http://localhost:8001/snow", host: "localhost", port: 8_001, path: "/snow"))
    #expect(
      try read("http://localhost/snow")
        == .init(url: nil, host: "localhost", port: 0, path: "/snow"))
    #expect(try read("") == nil)
    for text in ["https://localhost:1/", "http://evil.example:1/", "localhost:1", "http://10.0.0.1"] {
      #expect(throws: TernError.self) { try read(text) }
    }
    let visit = try SnowflakeBrowser(command: [], redirect: read("http://127.0.0.1/x")).visit()
    #expect(visit.redirect == "http://127.0.0.1:\(visit.port)/x")
    let plain = try SnowflakeBrowser(command: [], redirect: nil).visit()
    #expect(plain.redirect == "http://127.0.0.1:\(plain.port)")
  }

  @Test func aTokenThatWasKeptIsUsedFirst() throws {
    let folder = try TemporaryFolder()
    let service = try Provider().start()
    for _ in 0..<2 { _ = try service.open(try options(folder), password: "") }
    #expect(service.pages.count == 1 && service.tokenRequests.count == 1)
    #expect(service.logins.map { $0["TOKEN"] as? String } == ["acc3ss", "acc3ss"])
  }

  @Test("trap 18: a token is kept for its account, role and provider alone")
  func trap18OwnersOfTokens() throws {
    let folder = try TemporaryFolder()
    let service = try Provider().start()
    let options = try options(folder)
    _ = try service.open(options, password: "")
    _ = try service.open(options.replacingOccurrences(of: "role=R", with: "role=S"), password: "")
    _ = try service.open(options, user: "joe", password: "")
    _ = try service.open(
      options + "&oauth_token_request_url=http://127.0.0.1:\(service.port)/oauth/token-request?x",
      password: "")
    #expect(service.pages.count == 3)
    let owner = SnowflakeTokenCache.Owner(service: "a.example", user: "u", provider: "p", role: "r")
    var keys = Set<String>()
    for (service, user, provider, role) in [
      ("a.example", "u", "p", "r"), ("b.example", "u", "p", "r"), ("a.example", "v", "p", "r"),
      ("a.example", "u", "q", "r"), ("a.example", "u", "p", "s"), ("a.example", "u", "p", "\"r\""),
    ] {
      let owner = SnowflakeTokenCache.Owner(
        service: service, user: user, provider: provider, role: role)
      keys.insert(SnowflakeTokenCache.key(.oauthAccessToken, owner))
    }
    keys.insert(SnowflakeTokenCache.key(.oauthRefreshToken, owner))
    #expect(keys.count == 7)
  }

  @Test(arguments: ["390303", "390318"])
  func anExpiredTokenIsRefreshed(_ code: String) throws {
    let folder = try TemporaryFolder()
    let provider = Provider(
      tokens: { request in
        request.form["grant_type"] == "refresh_token"
          ? .json(#"{"access_token":"second"}"#)
          : .json(#"{"access_token":"first","refresh_token":"r3fresh"}"#)
      }, login: { token in token == "gone" ? Answers.failure(code) : Answers.login() })
    let service = try provider.start()
    let cache = try #require(
      SnowflakeTokenCache(option: folder.path + "/cache", variable: { _ in nil }))
    let owner = SnowflakeTokenCache.Owner(
      service: "127.0.0.1", user: "jane",
      provider: "http://127.0.0.1:\(service.port)/oauth/token-request", role: "R")
    cache.set(Secret("gone"), .oauthAccessToken, of: owner)
    cache.set(Secret("r3fresh"), .oauthRefreshToken, of: owner)
    _ = try service.open(try options(folder), password: "")
    #expect(service.pages.isEmpty)
    #expect(service.tokenRequests.map { $0.form["refresh_token"] } == ["r3fresh"])
    #expect(service.logins.map { $0["TOKEN"] as? String } == ["gone", "second"])
    #expect(cache.token(.oauthAccessToken, of: owner) == Secret("second"))
    #expect(cache.token(.oauthRefreshToken, of: owner) == Secret("r3fresh"))
  }

  @Test func aRefusedRefreshTokenAsksThePerson() throws {
    let folder = try TemporaryFolder()
    let provider = Provider(
      tokens: { request in
        request.form["grant_type"] == "refresh_token"
          ? .status(400, #"{"error":"invalid_grant"}"#)
          : .json(#"{"access_token":"second","refresh_token":"new"}"#)
      }, login: { token in token == "gone" ? Answers.failure("390318") : Answers.login() })
    let service = try provider.start()
    let cache = try #require(
      SnowflakeTokenCache(option: folder.path + "/cache", variable: { _ in nil }))
    let owner = SnowflakeTokenCache.Owner(
      service: "127.0.0.1", user: "jane",
      provider: "http://127.0.0.1:\(service.port)/oauth/token-request", role: "R")
    cache.set(Secret("gone"), .oauthAccessToken, of: owner)
    cache.set(Secret("old"), .oauthRefreshToken, of: owner)
    _ = try service.open(try options(folder), password: "")
    #expect(service.pages.count == 1)
    #expect(cache.token(.oauthRefreshToken, of: owner) == Secret("new"))
  }

  @Test("trap 15: a fresh token that is refused is not asked for again")
  func trap15RefusedFreshToken() throws {
    let folder = try TemporaryFolder()
    let service = try Provider(login: { _ in Answers.failure("390303", "Invalid token") }).start()
    let error = try #require(throws: TernError.self) {
      try service.open(try options(folder), password: "")
    }
    #expect(error.sqlState == .authenticationFailed)
    #expect(service.logins.count == 1 && service.pages.count == 1)
  }

  @Test(arguments: [
    (
      "error=invalid_scope&error_description=One+or+more+scopes&state=", true,
      "invalid_scope: One or more"
    ),
    ("code=c0de&state=other", false, "not to our question"),
    ("error=access_denied&state=", true, "access_denied"),
  ])
  func whatThePageSaysIsPassedOn(_ query: String, _ hasState: Bool, _ words: String) throws {
    let folder = try TemporaryFolder()
    let service = try Provider(back: { request in
      query + (hasState ? request.query["state"] ?? "" : "")
    }).start()
    let error = try #require(throws: TernError.self) {
      try service.open(try options(folder), password: "")
    }
    #expect(error.sqlState == .authenticationFailed && error.message.contains(words))
    #expect(service.tokenRequests.isEmpty && service.logins.isEmpty)
  }

  @Test(arguments: [
    (400, #"{"error":"invalid_grant","error_description":"bad code"}"#, "invalid_grant: bad code"),
    (200, #"{"token_type":"Bearer"}"#, "no access token"), (200, "<html>", "no access token"),
    (401, "", "HTTP 401"),
  ])
  func whatTheProviderSaysIsPassedOn(_ status: Int, _ text: String, _ words: String) throws {
    let folder = try TemporaryFolder()
    let service = try Provider(tokens: { _ in .status(status, text) }).start()
    let error = try #require(throws: TernError.self) {
      try service.open(try options(folder), password: "")
    }
    #expect(error.sqlState == .authenticationFailed && error.message.contains(words))
    #expect(service.tokenRequests.count == 1 && service.logins.isEmpty)
  }

  @Test func clientsAskForThemselves() throws {
    let service = try Provider().start()
    let options =
      "authenticator=oauth_client_credentials&oauth_client_id=me&oauth_client_secret=s3cret"
      + "&oauth_token_request_url=http://127.0.0.1:\(service.port)/oauth/token-request&role=R"
    for _ in 0..<2 { _ = try service.open(options, user: "", password: "") }
    #expect(service.tokenRequests.count == 2)
    let form = service.tokenRequests[0].form
    #expect(form == ["grant_type": "client_credentials", "scope": "session:role:R"])
    #expect(
      service.tokenRequests[0].header("Authorization")
        == "Basic " + Data("me:s3cret".utf8).base64EncodedString())
    #expect(service.logins[0]["OAUTH_TYPE"] as? String == "oauth_client_credentials")
    #expect(service.logins[0]["LOGIN_NAME"] == nil)
  }

  @Test func aProviderInTroubleIsAskedAgain() throws {
    let service = try Provider(tokens: { request in
      request.number == 0 ? .status(503) : .json(#"{"access_token":"acc3ss"}"#)
    }).start()
    _ = try service.open(
      "authenticator=oauth_client_credentials&oauth_client_id=me&oauth_client_secret=s"
        + "&oauth_token_request_url=http://127.0.0.1:\(service.port)/oauth/token-request")
    #expect(service.tokenRequests.count == 2)
  }
}
