import Foundation
import TernCore
import TernNet

/// Plays a vendor's stubs of one flow: what its own drivers are tested with.
///
/// The stubs were collected without repeats, so that some flows lack a part that others have: that is
/// made up by plain answers. Matchers decide between stubs for the same path; what they say about the
/// vendor's own client (its name, its fixed ports and verifiers) cannot hold for this one.
final class VendorFlow: Sendable {
  private struct Stub: @unchecked Sendable {
    // Sound as Sendable: read only.
    let request: [String: Any]
    let response: [String: Any]
    let required: String?
    let next: String?

    init?(_ line: [String: Any]) {
      guard let request = line["request"] as? [String: Any],
        let response = line["response"] as? [String: Any]
      else { return nil }
      self.request = request
      self.response = response
      let state = line["state"] as? [Any] ?? []
      required = state.first as? String
      next = state.count > 1 ? state[1] as? String : nil
    }
  }

  private struct State: Sendable {
    var name: String?
    /// Indexes of the stubs that were used, in order.
    var used: [Int] = []
    var redirectPort = ""
  }

  let stubCount: Int
  private let stubs: [Stub]
  private let state: Monitor<State>
  private let port = Monitor<UInt16>(0)

  /// The stubs of the sources that end so.
  init(_ lines: [[String: Any]], _ source: String) {
    stubs = lines.filter { ($0["source"] as? String)?.hasSuffix(source) ?? false }
      .compactMap(Stub.init)
    stubCount = stubs.count
    state = Monitor(State(name: stubs.first?.required ?? "Started"))
  }

  /// How many stubs were used at least once.
  var usedCount: Int { state.withLock { Set($0.used).count } }

  /// What the last stub that was used says went wrong, nil if nothing did.
  var lastFailure: String? {
    guard let last = state.withLock({ $0.used.last }) else { return nil }
    let response = stubs[last].response
    let json = response["jsonBody"] as? [String: Any] ?? [:]
    let status = response["status"] as? Int ?? 200
    let isFailure = status >= 400 || json["success"] as? Bool == false || json["error"] != nil
    guard isFailure else { return nil }
    let words = ["message", "error_description", "errorSummary"].compactMap { json[$0] as? String }
    return words.first ?? "HTTP \(status)"
  }

  /// The path of the first stub whose path has one of `words`, for requests with `method`.
  func path(_ method: String, _ words: [String]) -> String? {
    for stub in stubs where stub.request["method"] as? String == method {
      let path =
        ["urlPath", "urlPathPattern", "url", "urlPattern"]
        .compactMap { stub.request[$0] as? String }.first ?? ""
      guard !path.contains("/session"), words.contains(where: { path.contains($0) }) else {
        continue
      }
      return path.replacingOccurrences(of: ".*", with: "")
    }
    return nil
  }

  func start() throws -> ScriptedService {
    let service = try ScriptedService { [self] request in answer(request) }
    port.withLock { $0 = service.port }
    return service
  }

  private func answer(_ request: ServiceRequest) -> ServiceReply {
    if let port = request.loginData["BROWSER_MODE_REDIRECT_PORT"] as? String {
      state.withLock { $0.redirectPort = port }
    }
    let current = state.withLock { $0.name }
    let fitting = stubs.indices.filter { index in
      let stub = stubs[index]
      return (stub.required == nil || stub.required == current) && matchesPlace(stub, request)
    }
    // The one whose other matchers hold best.
    guard let best = fitting.max(by: { score(stubs[$0], request) < score(stubs[$1], request) })
    else { return spare(request) }
    state.withLock { state in
      state.used.append(best)
      if let next = stubs[best].next { state.name = next }
    }
    return reply(stubs[best].response, request)
  }

  private func matchesPlace(_ stub: Stub, _ request: ServiceRequest) -> Bool {
    let method = stub.request["method"] as? String ?? "ANY"
    guard method == "ANY" || method == request.method else { return false }
    for key in ["urlPath", "url"] {
      if let path = stub.request[key] as? String { return path == request.path }
    }
    for key in ["urlPathPattern", "urlPattern"] {
      guard let pattern = stub.request[key] as? String else { continue }
      return request.path.range(of: "^(\(pattern))$", options: .regularExpression) != nil
    }
    return false
  }

  /// How many of a stub's matchers of the body hold, less those that do not.
  private func score(_ stub: Stub, _ request: ServiceRequest) -> Int {
    var score = 0
    for pattern in stub.request["bodyPatterns"] as? [[String: Any]] ?? [] {
      if let wanted = (pattern["equalToJson"] as? [String: Any])?["data"] as? [String: Any] {
        for (name, value) in wanted {
          score += "\(request.loginData[name] ?? "")" == "\(value)" ? 1 : -1
        }
      }
      if let path = pattern["matchesJsonPath"] as? [String: Any],
        path["expression"] as? String == "$.data.TOKEN"
      {
        score += request.loginData["TOKEN"] == nil ? 1 : -4
      }
      if let text = pattern["matchesJsonPath"] as? String, let token = Self.quoted(text) {
        score += request.text.contains(token) ? 1 : -1
      }
      if let part = pattern["contains"] as? String {
        score += request.text.contains(part.prefix { $0 != "&" }) ? 1 : -1
      }
    }
    for (name, matcher) in stub.request["formParameters"] as? [String: [String: Any]] ?? [:] {
      if let value = matcher["equalTo"] as? String {
        score += request.form[name] == value ? 1 : -1
      }
    }
    return score
  }

  private static func quoted(_ text: String) -> String? {
    let parts = text.split(separator: "'")
    return parts.count > 1 ? String(parts[1]) : nil
  }

  private func reply(_ response: [String: Any], _ request: ServiceRequest) -> ServiceReply {
    if response["fault"] != nil { return .close }
    var body = response["body"] as? String ?? ""
    if let json = response["jsonBody"],
      let data = try? JSONSerialization.data(withJSONObject: json, options: .withoutEscapingSlashes)
    {
      body = String(decoding: data, as: UTF8.self)
    }
    var headers: [(String, String)] = []
    for (name, value) in response["headers"] as? [String: Any] ?? [:] {
      headers.append((name, place(filled("\(value)", request), name, request)))
    }
    let status = response["status"] as? Int ?? 200
    return .answer(status, headers, Array(filled(body, request).utf8))
  }

  /// What stands for tokens that were taken out of the stubs.
  private static let token = ["{}", #"{"iss":"https://issuer.example","sub":"42"}"#, "x"]
    .map { Base64.encodeURLSafe(Array($0.utf8)) }.joined(separator: ".")

  /// Templates filled in.
  private func filled(_ text: String, _ request: ServiceRequest) -> String {
    let (port, back) = (port.withLock { $0 }, state.withLock { $0.redirectPort })
    var text = text
    for (name, value) in [
      ("{{ jsonPath request.body '$.data.BROWSER_MODE_REDIRECT_PORT' }}", back),
      ("{{OKTA_BASE_URL}}", "http://127.0.0.1:\(port)"),
      ("{{SNOWFLAKE_BASE_URL}}", "http://127.0.0.1:\(port)"),
      ("{{WIREMOCK_HOST_WITH_HTTPS_AND_PORT}}", "http://127.0.0.1:\(port)"),
      ("https://idp.example.com/sso", "http://127.0.0.1:\(port)/sso"),
      ("MASKED.JWT.MASKED", Self.token), ("%ACCESS_TOKEN%", Self.token),
      ("http://127.0.0.1:9999/sso-stub", "http://127.0.0.1:\(port)/sso"),
    ] { text = text.replacingOccurrences(of: name, with: value) }
    return text
  }

  /// A redirect back to this client: to its port, and with its state unless the stub's is wrong.
  private func place(_ text: String, _ header: String, _ request: ServiceRequest) -> String {
    guard header == "Location", let redirect = request.query["redirect_uri"] else { return text }
    let query = text.split(separator: "?", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
    let own = query.replacingOccurrences(
      of: "state=(abc123|testState|.*request.query.state.*)",
      with: "state=\(request.query["state"] ?? "")", options: .regularExpression)
    return redirect + "?" + own
  }

  /// What flows lack.
  private func spare(_ request: ServiceRequest) -> ServiceReply {
    let own = port.withLock { $0 }
    switch request.path {
    case "/session/v1/login-request":
      return request.loginData["TOKEN"] as? String == "expired-token"
        ? Answers.failure("390318", "expired") : Answers.login()
    case "/session/authenticator-request":
      if request.loginData["AUTHENTICATOR"] as? String == "EXTERNALBROWSER" {
        return .json(
          #"{"data":{"ssoUrl":"http://127.0.0.1:\#(own)/sso","proofKey":"key"},"success":true}"#)
      }
      let token = path("POST", ["authn"]) ?? "/api/v1/authn"
      let page = path("GET", ["sso"]) ?? "/app/sso/saml"
      return .json(
        #"{"data":{"tokenUrl":"http://127.0.0.1:\#(own)\#(token)","#
          + #""ssoUrl":"http://127.0.0.1:\#(own)\#(page)"},"success":true}"#)
    case "/sso":
      let back = state.withLock { $0.redirectPort }
      return .status(302, "", [("Location", "http://127.0.0.1:\(back)/?token=page-token")])
    case _ where request.path.hasSuffix("authn"):
      return .json(#"{"sessionToken":"one-time"}"#)
    case _ where request.path.contains("sso/saml"):
      return .status(200, "<form action=\"http://127.0.0.1:\(own)/\"></form>")
    case _ where request.method == "GET":
      let place =
        "\(request.query["redirect_uri"] ?? "")?code=123&state=\(request.query["state"] ?? "")"
      return .status(302, "", [("Location", place)])
    case _ where request.path.contains("token"):
      return .json(#"{"access_token":"access-token-123","refresh_token":"123"}"#)
    default: return Answers.nothing
    }
  }
}
