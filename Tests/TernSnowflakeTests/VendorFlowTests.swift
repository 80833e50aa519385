import Foundation
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

/// The vendor's own stubs of logins, walked in place: they are not ours to copy.
@Suite(
  .enabled(
    if: Fixtures.real != nil,
    "no vendor's stubs: name their folder with TERN_SNOWFLAKE_REAL"))
struct VendorFlowTests {
  /// How a flow logs in.
  enum Way: String, Sendable {
    case password, secondFactor, keyPair, oauthToken, code, client, pat, browser, okta, azure, gcp
    case refresh, functions
  }

  /// What the name of a source has in it, and how such a flow logs in; the first that fits counts.
  private static let ways: [(parts: [String], way: Way?)] = [
    // Clouds' roles on behalf of others, proof of possession, and waits for nobody are not ours.
    (
      ["impersi", "impersonation", "dpop", "timeout", "/aws/", "putget", "/query/", "put_get"], nil
    ),
    // What comes after a login.
    (["/session/query", "/session/refresh", "/session/token", "disconnect"], nil),
    // What the masked token of the stub lacked is not known.
    (["missing_issuer", "invalid_issuer"], nil),
    (["mfa-in-federated", "okta", "federated"], .okta),
    // These lack what comes before a person is asked.
    (
      [
        "auth_after_failed_refresh",
        "jdbc:src/test/resources/wiremock/mappings/oauth/token_caching/caching_tokens_after",
      ], .code
    ),
    (["oauth/token_cach", "refresh"], .refresh),
    (["oauth2/login", "oauth/snowflake", "legacy_oauth", "snowflake_responses"], .oauthToken),
    (["client_credentials", "clientcredentials", "idp_client"], .client),
    (["oauth2/auth", "oauth/auth", "idp_auth"], .code), (["external_browser"], .browser),
    (["/mfa", "mfa_", "_mfa"], .secondFactor), (["/pat/"], .pat), (["keypair", "jwt"], .keyPair),
    (["functions"], .functions), (["azure/"], .azure), (["gcp/"], .gcp),
    (["password/", "login"], .password),
  ]

  private static func way(_ source: String) -> Way? {
    let name = source.lowercased()
    return ways.first { row in row.parts.contains { name.contains($0) } }?.way
  }

  /// Flows that fail where the stub itself does not say so.
  private static let silentFailures = [
    "invalid_scope", "invalid_state", "error_from_idp", "missing", "mismatch", "invalid_access",
    "no_token", "mfa_required", "unsupported-mfa", "unparsable", "non_json",
    // The service's answer to this login has no token in it.
    "multiple-429-from-okta-in-login",
    // The only stub for tokens refuses whatever it is asked.
    "cold_connect_refresh", "refresh_token/invalid_refresh", "surfaces_error",
  ]

  /// Flows that go on after a failure.
  private static let recoveries = ["503_first", "multiple-429-in-federated"]

  /// Every flow that begins with a login.
  static let sources: [String] = {
    var seen = Set<String>()
    return unsafe lines.compactMap { $0["source"] as? String }
      .filter { seen.insert($0).inserted && way($0) != nil }
  }()

  // Sound: read only.
  private nonisolated(unsafe) static let lines =
    Fixtures.real.map {
      Fixtures.lines($0.appendingPathComponent("vendor-wiremock.jsonl"))
    } ?? []

  private func options(
    _ way: Way, _ player: VendorFlow, _ service: ScriptedService, _ folder: TemporaryFolder
  ) throws -> String {
    let base = "http://127.0.0.1:\(service.port)"
    let cache = "&token_cache_dir=\(folder.path)/cache"
    let client =
      "&oauth_client_id=testClientId&oauth_client_secret=testClientSecret&role=ANALYST"
      + "&oauth_token_request_url=" + base + (player.path("POST", ["token"]) ?? "/oauth/token")
    let page = base + (player.path("GET", ["auth"]) ?? "/oauth/authorize")
    switch way {
    case .password: return ""
    case .secondFactor: return "authenticator=username_password_mfa" + cache
    case .keyPair:
      try Keys.make("P-256", in: folder)
      return "private_key=@\(folder.path)/key.p8"
    case .oauthToken: return "authenticator=oauth&token=expired-token"
    case .pat: return "authenticator=programmatic_access_token&token=some%20PAT"
    case .client: return "authenticator=oauth_client_credentials" + client
    case .code, .refresh:
      return "authenticator=oauth_authorization_code&browser=\(try folder.browser())" + cache
        + client + "&oauth_authorization_url=" + page
    case .browser:
      return "authenticator=externalbrowser&browser=\(try folder.browser())" + cache
    case .okta:
      return "authenticator=" + base
        + (player.path("POST", ["okta-stub"]) == nil ? "" : "/okta-stub/vanity-url")
    case .azure, .functions:
      return "authenticator=workload_identity&workload_identity_provider=AZURE"
    case .gcp: return "authenticator=workload_identity&workload_identity_provider=GCP"
    }
  }

  /// Tokens of an earlier login: the service has had enough of one, and the other gets a new one.
  private func keepTokens(_ options: String, _ folder: TemporaryFolder) {
    let provider = options.components(separatedBy: "oauth_token_request_url=").last?
      .components(separatedBy: "&").first
    let owner = SnowflakeTokenCache.Owner(
      service: "127.0.0.1", user: "testUser", provider: provider, role: "ANALYST")
    let cache = SnowflakeTokenCache(option: folder.path + "/cache", variable: { _ in nil })
    cache?.set(Secret("expired-token"), .oauthAccessToken, of: owner)
    cache?.set(Secret("refresh-token-123"), .oauthRefreshToken, of: owner)
  }

  @Test(arguments: sources)
  func theVendorsFlowsAreWalked(_ source: String) throws {
    let way = try #require(Self.way(source))
    let player = VendorFlow(unsafe Self.lines, source)
    let service = try player.start()
    let folder = try TemporaryFolder()
    let options = try options(way, player, service, folder)
    if way == .refresh { keepTokens(options, folder) }
    let port = service.port
    var surroundings = SnowflakeSurroundings.quick
    surroundings.clouds.azure = "http://127.0.0.1:\(port)"
    surroundings.clouds.gcp = "http://127.0.0.1:\(port)"
    if way == .functions {
      surroundings.variable = { name in
        [
          "IDENTITY_ENDPOINT": "http://127.0.0.1:\(port)/metadata/identity/endpoint/from/env",
          "IDENTITY_HEADER": "some-identity-header-from-env",
        ][name]
      }
    }
    var failure: TernError?
    do {
      _ = try service.open(options, user: "testUser", password: "testPassword", surroundings)
    } catch let error as TernError {
      failure = error
    }
    let outcome = failure.map { "\($0)" } ?? "opened"
    #expect(player.usedCount > 0, "no stub was met: \(outcome)")
    let recovers = way == .refresh || Self.recoveries.contains { source.contains($0) }
    if Self.silentFailures.contains(where: { source.contains($0) }) {
      #expect(failure != nil)
    } else if let words = player.lastFailure, !recovers {
      let error = try #require(failure, "\(words) was overlooked")
      #expect(error.message.contains(words), "\(outcome)")
      #expect(error.sqlState == .authenticationFailed || error.sqlState == .cannotConnect)
    } else {
      #expect(failure == nil, "\(outcome)")
    }
  }
}
