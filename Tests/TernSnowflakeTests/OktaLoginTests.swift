import Foundation
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

struct OktaLoginTests {
  /// A service whose identity provider is another one.
  private func service(
    _ okta: ScriptedService, tokenURL: String? = nil, pageURL: String? = nil,
    login: @escaping ScriptedService.Handler = { _ in Answers.login() }
  ) throws -> ScriptedService {
    let base = "http://127.0.0.1:\(okta.port)"
    let (token, page) = (tokenURL ?? base + "/api/v1/authn", pageURL ?? base + "/app/sso/saml")
    return try ScriptedService { request in
      guard request.path == "/session/authenticator-request" else { return login(request) }
      return .json(#"{"data":{"tokenUrl":"\#(token)","ssoUrl":"\#(page)"},"success":true}"#)
    }
  }

  /// An Okta whose page is meant for the service of the port in `box`.
  private func okta(
    _ box: Monitor<UInt16>,
    answer: @escaping @Sendable () -> ServiceReply = {
      .json(#"{"status":"SUCCESS","sessionToken":"one-time"}"#)
    }, host: String = "127.0.0.1"
  ) throws -> ScriptedService {
    try ScriptedService { request in
      if request.path == "/api/v1/authn" { return answer() }
      let port = box.withLock { $0 }
      return .answer(
        200, [],
        Array(
          ("<html><Form id=\"f\" ACTION=\"http&#x3a;&#x2f;&#47;\(host):\(port)/fed/login?a=1&amp;b\""
            + " method=\"post\"><input name=\"SAMLResponse\" value=\"s4ml-\(request.number)\"/></form>")
            .utf8))
    }
  }

  private func open(_ service: ScriptedService, _ okta: ScriptedService, _ more: String = "") throws
  {
    _ = try service.open(
      "authenticator=http://127.0.0.1:\(okta.port)" + more, password: "okta-pw")
  }

  @Test func thePageOfOktaIsTheProof() throws {
    let box = Monitor<UInt16>(0)
    let okta = try okta(box)
    let service = try service(okta)
    box.withLock { $0 = service.port }
    try open(service, okta)
    let question = service.requests[0].loginData
    #expect(question["AUTHENTICATOR"] as? String == "http://127.0.0.1:\(okta.port)")
    #expect(question["PASSWORD"] == nil)
    let asked = okta.requests[0].json
    #expect(asked["username"] as? String == "jane" && asked["password"] as? String == "okta-pw")
    #expect(
      okta.requests[1].query == ["RelayState": "/some/deep/link", "onetimetoken": "one-time"])
    let login = service.requests[1].loginData
    #expect((login["RAW_SAML_RESPONSE"] as? String)?.contains("s4ml-1") == true)
    #expect(login["PASSWORD"] == nil)
  }

  @Test(
    "trap 20: an identity provider that only looks like the named one gets no password",
    arguments: [
      ("http://127.0.0.1.evil.example:PORT/t", nil), (nil, "http://127.0.0.1.evil.example:PORT/p"),
      ("http://127.0.0.1:1/t", nil), ("https://127.0.0.1:PORT/t", nil),
      ("http://127.0.0.1:PORT@evil.example/t", nil), (nil, "http://127.0.0.1:PORT9/p"),
      ("javascript:x", nil),
    ] as [(String?, String?)])
  func trap20ForeignProviders(_ tokenURL: String?, _ pageURL: String?) throws {
    let okta = try okta(Monitor<UInt16>(0))
    let fill = { (text: String?) in
      text?.replacingOccurrences(of: "PORT", with: "\(okta.port)")
    }
    let service = try service(okta, tokenURL: fill(tokenURL), pageURL: fill(pageURL))
    let error = try #require(throws: TernError.self) { try open(service, okta) }
    #expect(error.sqlState == .authenticationFailed && error.message.contains("was not sent"))
    #expect(okta.requests.isEmpty && service.requests.count == 1)
  }

  @Test("trap 20: an answer for another service is not handed over, unless that is asked for")
  func trap20ForeignAnswers() throws {
    let box = Monitor<UInt16>(0)
    let okta = try okta(box, host: "127.0.0.1.evil.example")
    let service = try service(okta)
    box.withLock { $0 = service.port }
    let error = try #require(throws: TernError.self) { try open(service, okta) }
    #expect(error.message.contains("disable_saml_url_check"))
    #expect(service.requests("/session/v1/login-request").isEmpty)
    try open(service, okta, "&disable_saml_url_check=on")
  }

  @Test func eachAttemptHasATokenOfItsOwn() throws {
    let box = Monitor<UInt16>(0)
    let okta = try okta(box)
    let service = try service(okta) { request in
      request.number < 3 ? .status(503) : Answers.login()
    }
    box.withLock { $0 = service.port }
    try open(service, okta)
    #expect(okta.requests("/api/v1/authn").count == 3)
    let pages = service.requests("/session/v1/login-request").compactMap {
      $0.loginData["RAW_SAML_RESPONSE"] as? String
    }
    #expect(pages.count == 3 && Set(pages).count == 3)
    #expect(service.requests("/session/authenticator-request").count == 1)
  }

  @Test(arguments: [
    (#"{"status":"MFA_REQUIRED","stateToken":"x"}"#, 200, "externalbrowser"),
    (#"{"errorSummary":"Authentication failed"}"#, 401, "Authentication failed"),
    (#"{}"#, 403, "HTTP 403"), (#"{}"#, 200, "HTTP 200"),
  ])
  func whatOktaSaysIsPassedOn(_ text: String, _ status: Int, _ words: String) throws {
    let okta = try okta(Monitor<UInt16>(0), answer: { .status(status, text) })
    let service = try service(okta)
    let error = try #require(throws: TernError.self) { try open(service, okta) }
    #expect(error.sqlState == .authenticationFailed && error.message.contains(words))
    #expect(okta.requests.count == 1)
  }

  @Test(arguments: [
    ("<form action='https://a.b/c'>", "https://a.b/c"),
    ("<FORM method=post ACTION=\"https&#58;//a/?x&amp;y&lt;&#x27;\">", "https://a/?x&y<'"),
    ("<form method=post>", nil), ("<p>", nil), ("<form action=https://a>", nil), ("", nil),
    ("<form action=\"&bogus;&#xFFFFFFFF;\">", "&bogus;&#xFFFFFFFF;"),
  ])
  func formsAreFound(_ page: String, _ action: String?) {
    #expect(SnowflakeOktaLogin.formAction(page) == action)
  }
}
