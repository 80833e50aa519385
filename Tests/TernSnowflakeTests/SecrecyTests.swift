import Foundation
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

/// Collects what the log writes while it lives; the log is the process's, so one at a time.
private final class Lines: Sendable {
  private let lines = Monitor<[String]>([])

  init() {
    Log.set({ [lines] _, line in lines.withLock { $0.append(line) } }, level: .trace)
  }

  deinit { Log.set(nil, level: .off) }

  var text: String { lines.withLock { $0.joined(separator: "\n") } }
}

/// What must never be read by people: in errors, in the log, in what objects print.
@Suite(.serialized) struct SecrecyTests {
  /// Every secret of these tests has this in it.
  private static let mark = "HUSH"

  /// Logs in with everything going wrong in `answers`, and returns what people could read.
  private func readable(
    _ options: String, user: String = "jane", variables: [String: String] = [:],
    _ handler: @escaping ScriptedService.Handler
  ) throws -> String {
    let lines = Lines()
    let service = try ScriptedService(handler)
    let filled = options.replacingOccurrences(of: "PORT", with: "\(service.port)")
    var text = ""
    do {
      var surroundings = SnowflakeSurroundings.quick
      surroundings.variable = { [port = service.port] name in
        variables[name]?.replacingOccurrences(of: "PORT", with: "\(port)")
      }
      let opened = try service.open(filled, user: user, password: "pw-HUSH-0", surroundings)
      text += "\(opened) \(opened.login) \(opened.line)"
      dump(opened, to: &text)
      _ = try? opened.line.post("/queries/v1/query-request", [], as: .init(), patience)
      opened.line.close(patience)
    } catch {
      text += "\(error) "
      dump(error, to: &text)
    }
    return text + lines.text
  }

  /// Answers that repeat what they were sent, as proxies' error pages do.
  private static func echo(_ status: Int) -> ScriptedService.Handler {
    { request in
      let headers = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: " ")
      let text = (request.text + " " + headers).replacingOccurrences(of: "\"", with: "'")
        .replacingOccurrences(of: "\\", with: "/")
      return status == 200
        ? Answers.failure("390100", "refused: \(text)") : .status(status, "<p>\(text)</p>")
    }
  }

  @Test("trap 16: no secret is in an error or in the log", arguments: [200, 400, 401, 403, 503])
  func trap16EchoedLogins(_ status: Int) throws {
    for options in [
      "passcode=pass-HUSH-1", "authenticator=oauth&token=tok-HUSH-2",
      "authenticator=programmatic_access_token&token=tok-HUSH-3",
      "authenticator=oauth_client_credentials&oauth_client_id=me"
        + "&oauth_client_secret=sec-HUSH-4&oauth_credentials_in_body=on"
        + "&oauth_token_request_url=http://127.0.0.1:PORT/token",
      "session_token=ses-HUSH-5&master_token=mas-HUSH-6",
      "authenticator=http://127.0.0.1:PORT",
      "authenticator=workload_identity&workload_identity_provider=OIDC&token=tok-HUSH-7",
    ] {
      let text = try readable(options, Self.echo(status))
      #expect(!text.contains(Self.mark), "\(options): \(text)")
      #expect(text.count > 50, "\(options): nothing was said")
    }
  }

  @Test("trap 16: keys of AWS and what they are asked for with are not shown")
  func trap16KeysOfAmazons() throws {
    let folder = try TemporaryFolder()
    try "web-HUSH-1".write(toFile: folder.path + "/t", atomically: true, encoding: .utf8)
    let base = ["AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true"]
    for (more, options) in [
      (
        [
          "AWS_WEB_IDENTITY_TOKEN_FILE": folder.path + "/t",
          "AWS_ROLE_ARN": "arn:aws:iam::1:role/r",
          "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:PORT",
        ], ""
      ),
      (
        [
          "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "key-HUSH-2",
          "AWS_SESSION_TOKEN": "ses-HUSH-3", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:PORT",
        ], "&workload_identity_impersonation_path=arn:aws:iam::1:role/r"
      ),
      (
        [
          "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:PORT/keys",
          "AWS_CONTAINER_AUTHORIZATION_TOKEN": "aut-HUSH-4",
        ], ""
      ),
    ] {
      let text = try readable(
        "authenticator=workload_identity&workload_identity_provider=AWS" + options, user: "",
        variables: base.merging(more) { $1 }
      ) { request in
        let headers = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: " ")
        let said = "told \(request.text) \(headers)".replacingOccurrences(of: "\"", with: "'")
        return request.path == "/keys"
          ? .status(403, #"{"message":"\#(said)"}"#)
          : .status(403, "<Error><Code>AccessDenied</Code><Message>\(said)</Message></Error>")
      }
      #expect(!text.contains(Self.mark), "\(text)")
      #expect(text.contains("told"), "\(text)")
    }
  }

  @Test("trap 16: tokens of sessions and renewals are not shown")
  func trap16Sessions() throws {
    let text = try readable("") { request in
      switch request.path {
      case "/session/v1/login-request":
        .json(
          #"{"data":{"token":"s-HUSH-1","masterToken":"m-HUSH-2","idToken":"i-HUSH-3","#
            + #""mfaToken":"f-HUSH-4"},"success":true}"#, [("x-snowflake-session", "node")])
      case "/session/token-request": Answers.renewal("s-HUSH-5", "m-HUSH-6")
      case "/session": .status(500, "no: \(request.header("Authorization") ?? "")")
      default:
        request.token == "s-HUSH-5"
          ? .status(503, "no: \(request.header("Authorization") ?? "")")
          : Answers.failure("390112", "expired")
      }
    }
    #expect(!text.contains(Self.mark), "\(text)")
    #expect(text.contains("renewed") && text.contains("tried again"))
  }

  @Test("trap 16: what a browser brings is not shown")
  func trap16Browsers() throws {
    let folder = try TemporaryFolder()
    let port = Monitor<String>("")
    let text = try readable(
      "authenticator=externalbrowser&browser=\(try folder.browser())"
        + "&token_cache_dir=\(folder.path)"
    ) { request in
      switch request.path {
      case "/session/authenticator-request":
        port.withLock { $0 = request.loginData["BROWSER_MODE_REDIRECT_PORT"] as? String ?? "" }
        let host = request.header("Host") ?? ""
        return .json(
          #"{"data":{"ssoUrl":"http://\#(host)/sso?SAMLRequest=saml-HUSH","proofKey":"key-HUSH"},"#
            + #""success":true}"#)
      case "/sso":
        return .status(
          302, "", [("Location", "http://127.0.0.1:\(port.withLock { $0 })/?token=tok-HUSH")])
      default:
        return Answers.failure(
          "390100", "refused: \(request.text.replacingOccurrences(of: "\"", with: "'"))")
      }
    }
    #expect(!text.contains(Self.mark), "\(text)")
    #expect(text.contains("in the browser"))
  }
}
