import Foundation
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

/// Logins at a page, with a program that stands for the browser.
struct BrowserLoginTests {
  /// A service whose login page sends the browser back with `token`.
  private static func service(
    _ query: String = "token=fr%2Fesh%2B1",
    login: @escaping ScriptedService.Handler = { _ in
      Answers.login(#""idToken":"id-1""#)
    }
  ) throws -> ScriptedService {
    let box = Monitor<UInt16>(0)
    let port = Monitor<String>("")
    let service = try ScriptedService { request in
      switch request.path {
      case "/session/authenticator-request":
        let wanted = request.loginData["BROWSER_MODE_REDIRECT_PORT"] as? String ?? ""
        port.withLock { $0 = wanted }
        let own = box.withLock { $0 }
        return .json(
          #"{"data":{"ssoUrl":"http://127.0.0.1:\#(own)/sso?x=1&y=2","proofKey":"pr00f"},"success":true}"#
        )
      case "/sso":
        let back = port.withLock { $0 }
        return .status(302, "", [("Location", "http://127.0.0.1:\(back)/?\(query)")])
      default: return login(request)
      }
    }
    box.withLock { $0 = service.port }
    return service
  }

  private func options(_ folder: TemporaryFolder, _ lines: String = "fetch(url)") throws -> String {
    "authenticator=externalbrowser&browser=\(try folder.browser(lines))"
      + "&token_cache_dir=\(folder.path)/cache"
  }

  @Test func aPageSendsItsTokenBack() throws {
    let folder = try TemporaryFolder()
    let service = try Self.service()
    _ = try service.open(try options(folder), password: "")
    let question = try #require(service.requests("/session/authenticator-request").first)
    #expect(question.loginData["AUTHENTICATOR"] as? String == "EXTERNALBROWSER")
    #expect(question.loginData["LOGIN_NAME"] as? String == "jane")
    #expect(service.requests("/sso").first?.query == ["x": "1", "y": "2"])
    let login = try #require(service.requests("/session/v1/login-request").first).loginData
    #expect(login["AUTHENTICATOR"] as? String == "EXTERNALBROWSER")
    #expect(login["TOKEN"] as? String == "fr/esh+1" && login["PROOF_KEY"] as? String == "pr00f")
    let parameters = login["SESSION_PARAMETERS"] as? [String: Any]
    #expect(parameters?["CLIENT_STORE_TEMPORARY_CREDENTIAL"] as? Bool == true)
  }

  @Test func theTokenOfALoginStandsForTheNext() throws {
    let folder = try TemporaryFolder()
    let service = try Self.service()
    let options = try options(folder)
    _ = try service.open(options, password: "")
    _ = try service.open(options, user: "JANE", password: "")
    #expect(service.requests("/sso").count == 1)
    let second = service.requests("/session/v1/login-request")[1].loginData
    #expect(second["AUTHENTICATOR"] as? String == "ID_TOKEN")
    #expect(second["TOKEN"] as? String == "id-1" && second["PROOF_KEY"] == nil)
    _ = try service.open(options, user: "joe", password: "")
    #expect(service.requests("/sso").count == 2)
  }

  @Test(arguments: ["390195", "390110"])
  func aRefusedTokenAsksThePersonOnce(_ code: String) throws {
    let folder = try TemporaryFolder()
    let service = try Self.service { request in
      request.loginData["AUTHENTICATOR"] as? String == "ID_TOKEN"
        ? Answers.failure(code, "ID token is invalid") : Answers.login(#""idToken":"id-2""#)
    }
    let options = try options(folder)
    for _ in 0..<2 { _ = try service.open(options, password: "") }
    #expect(service.requests("/sso").count == 2)
    #expect(
      service.requests("/session/v1/login-request").map {
        $0.loginData["AUTHENTICATOR"] as? String
      } == ["EXTERNALBROWSER", "ID_TOKEN", "EXTERNALBROWSER"])
  }

  @Test("trap 15: a fresh token that is refused is not asked for again")
  func trap15RefusedFreshToken() throws {
    let folder = try TemporaryFolder()
    let service = try Self.service { _ in Answers.failure("390195", "no") }
    let error = try #require(throws: TernError.self) {
      try service.open(try options(folder), password: "")
    }
    #expect(error.sqlState == .authenticationFailed && service.requests("/sso").count == 1)
  }

  @Test("trap 19: a pool opens one page")
  func trap19OnePageForAPool() throws {
    let folder = try TemporaryFolder()
    let service = try Self.service()
    let options = try options(folder)
    let failures = Monitor<[String]>([])
    let threads = try (0..<6).map { _ in
      try WorkerThread.start("pool") {
        do {
          _ = try service.open(options, password: "")
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(failures.withLock { $0 } == [])
    #expect(service.requests("/sso").count == 1)
    #expect(service.requests("/session/v1/login-request").count == 6)
  }

  @Test("trap 19: icons and guesses of browsers are no logins, and either loopback is heard")
  func trap19FaviconsAndFamilies() throws {
    let folder = try TemporaryFolder()
    let lines = """
      import re, socket
      class Stop(urllib.request.HTTPRedirectHandler):
          def redirect_request(self, *a): return None
      opener = urllib.request.build_opener(Stop, urllib.request.ProxyHandler({}))
      try:
          opener.open(url)
      except urllib.error.HTTPError as error:
          back = error.headers['Location']
      port = int(re.search(r':([0-9]+)/', back).group(1))
      idle = socket.create_connection(('127.0.0.1', port)); idle.close()
      bad = socket.create_connection(('127.0.0.1', port)); bad.sendall(b'nonsense\\r\\n\\r\\n'); bad.close()
      fetch(f'http://127.0.0.1:{port}/favicon.ico')
      fetch(f'http://127.0.0.1:{port}/')
      fetch(f'http://127.0.0.1:{port}/other?token=wrong')
      try:
          fetch(back.replace('127.0.0.1', '[::1]'))
      except OSError:
          fetch(back)
      """
    let service = try Self.service()
    _ = try service.open(try options(folder, lines), password: "")
    let login = try #require(service.requests("/session/v1/login-request").first).loginData
    #expect(login["TOKEN"] as? String == "fr/esh+1")
  }

  @Test func newerPagesAskFirstAndPost() throws {
    let folder = try TemporaryFolder()
    let lines = """
      import re
      class Stop(urllib.request.HTTPRedirectHandler):
          def redirect_request(self, *a): return None
      opener = urllib.request.build_opener(Stop, urllib.request.ProxyHandler({}))
      try:
          opener.open(url)
      except urllib.error.HTTPError as error:
          back = error.headers['Location']
      base = back.split('?')[0]
      headers = {'Origin': 'https://acct.example', 'Access-Control-Request-Method': 'POST'}
      asked = opener.open(urllib.request.Request(base, method='OPTIONS', headers=headers))
      assert asked.headers['Access-Control-Allow-Origin'] == 'https://acct.example', asked.headers
      fetch(base, data=b'{"token":"posted","consent":false}', headers={'Origin': 'https://acct.example'})
      """
    let service = try Self.service()
    let options = try options(folder, lines)
    for _ in 0..<2 { _ = try service.open(options, password: "") }
    let logins = service.requests("/session/v1/login-request").map(\.loginData)
    #expect(logins.map { $0["TOKEN"] as? String } == ["posted", "posted"])
    // Without consent nothing is kept.
    #expect(service.requests("/sso").count == 2)
  }

  @Test func theConsoleIsAnotherPage() throws {
    let folder = try TemporaryFolder()
    let service = try ScriptedService { request in
      guard request.path == "/console/login" else { return Answers.login() }
      let port = request.query["browser_mode_redirect_port"] ?? ""
      return .status(302, "", [("Location", "http://127.0.0.1:\(port)/?token=c0nsole")])
    }
    _ = try service.open(try options(folder) + "&console_login=on", password: "")
    #expect(service.requests("/session/authenticator-request").isEmpty)
    let page = try #require(service.requests.first)
    let login = try #require(service.requests.last).loginData
    #expect(page.query["login_name"] == "jane")
    #expect(login["TOKEN"] as? String == "c0nsole")
    #expect(login["PROOF_KEY"] as? String == page.query["proof_key"])
    #expect(Base64.decode(page.query["proof_key"] ?? "")?.count == 32)
  }

  @Test func aBrowserThatFailsIsSaid() throws {
    let folder = try TemporaryFolder()
    let service = try Self.service()
    let failing = try #require(throws: TernError.self) {
      try service.open(try options(folder, "sys.exit(3)"), password: "")
    }
    #expect(failing.kind == .usage && failing.message.contains("status 3"))
    let missing = try #require(throws: TernError.self) {
      try service.open(
        "authenticator=externalbrowser&browser=/nowhere/browser&token_cache=off", password: "")
    }
    #expect(missing.kind == .usage && missing.message.contains("/nowhere/browser"))
  }

  @Test func aPersonIsWaitedForAsLongAsTheLoginMayTake() throws {
    let folder = try TemporaryFolder()
    let service = try Self.service()
    let token = CancelToken()
    // Both ends of the pipe wait for each other.
    let pipe = folder.path + "/opened"
    let isMade = unsafe mkfifo(pipe, 0o600) == 0
    #expect(isMade)
    let options = try options(folder, "open('\(pipe)', 'w').close()")
    let watcher = try WorkerThread.start("watcher") {
      close(unsafe open(pipe, O_RDONLY))
      token.cancel()
    }
    let error = try #require(throws: TernError.self) {
      try service.open(
        options, user: "jane", password: "", .quick,
        CallContext(deadline: .after(60_000_000_000, .login), cancelToken: token))
    }
    // A browser that was never opened lets the watcher wait.
    close(unsafe open(pipe, O_WRONLY | O_NONBLOCK))
    watcher.join()
    #expect(error.kind == .cancelled)
    // The turn is free again.
    #expect(
      try SnowflakeTurn.alone(with: "127.0.0.1:\(service.port) jane", patience) {
        () throws(TernError) in true
      })
  }

  @Test(arguments: [
    "file:///etc/passwd", "https://x.example/`id`", "https://x.example/a b", "javascript:alert(1)",
    "https://x.example/$(id)", "https://x.example/\"", "-n", "", "https://x.example/a;b",
    "https://u:p@x.example/",
  ])
  func onlyAddressesOfTheWebAreOpened(_ page: String) {
    #expect(throws: TernError.self) { try SnowflakeBrowserVisit.check(page) }
  }

  @Test func ordinaryAddressesAreOpened() throws {
    try SnowflakeBrowserVisit.check(
      "https://x.okta.com/app/snowflake/exk1/sso/saml?SAMLRequest=a%2Bb%3D&RelayState=1~2")
  }
}
