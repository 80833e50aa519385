internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// How the REST interface itself is logged in to, apart from the database.
///
/// Source: MaxScale reference, section 4.1.
enum MaxScaleLogin: Sendable {
  /// MaxScale checks nobody (`admin_auth=false`).
  case none
  /// User and password with every request; faster for MaxScale to check than a token.
  case basic(String, Secret)
  /// A token that the user brings.
  case bearer(Secret)
  /// A token that `/auth` gives for user and password.
  case session(String, Secret)
}

/// Sends requests to one MaxScale: login of the REST interface, tokens, and what a status means.
///
/// Source: MaxScale reference, sections 3 and 4.
final class MaxScaleChannel: Sendable {
  private struct State: Sendable {
    /// The token of `/auth`.
    var token: Secret?
    /// Whether `/auth` was refused because the line is not encrypted.
    var usesPassword = false
  }

  private let client: HTTPClient
  private let origin: HTTPOrigin
  private let login: MaxScaleLogin
  /// How connection tokens travel.
  let transport: MaxScaleToken.Transport
  private let networkTimeout: Int64
  private let shared = Locked(State())

  init(
    _ client: HTTPClient, _ origin: HTTPOrigin, _ login: MaxScaleLogin,
    _ transport: MaxScaleToken.Transport, networkTimeout: Int64
  ) {
    self.client = client
    self.origin = origin
    self.login = login
    self.transport = transport
    self.networkTimeout = networkTimeout
  }

  /// Sends `request` and waits for the head of its answer, whatever its status.
  func send(
    _ request: MaxScaleRequest, _ context: CallContext
  ) throws(TernError) -> HTTPResponse {
    let response = try client.send(try plan(request, context), to: origin, context)
    if let warning = response.headers["Mxs-Warning"] {
      Log.write(.warning, "maxscale: \(origin.endpoint): \(warning)")
    }
    guard response.status == 401, case .session = login,
      shared.withLock({ $0.token != nil })
    else { return response }
    // The token of `/auth` has expired or died with a restart; nothing was done.
    try response.discard()
    shared.withLock { $0.token = nil }
    return try client.send(try plan(request, context), to: origin, context)
  }

  /// Sends `request`, whose answer must have one of `statuses`, and reads all of it.
  func exchange(
    _ request: MaxScaleRequest, _ statuses: [Int], isOpening: Bool = false,
    _ context: CallContext
  ) throws(TernError) -> [UInt8] {
    let response = try send(request, context)
    let body = try response.readAll()
    guard statuses.contains(response.status) else {
      throw refusal(response.status, body, isOpening: isOpening)
    }
    return body
  }

  /// The error of an answer that is not the one that was asked for.
  func refusal(_ status: Int, _ body: [UInt8], isOpening: Bool = false) -> TernError {
    placed(MaxScaleErrors.http(status, body, isOpening: isOpening))
  }

  /// The error with the server's address in front.
  func placed(_ error: TernError) -> TernError { error.prefixed("\(origin.endpoint)") }

  /// Closes the idle lines.
  func close() { client.closeIdle() }

  /// The request as it goes over the line, with both credentials.
  private func plan(
    _ request: MaxScaleRequest, _ context: CallContext
  ) throws(TernError) -> HTTPRequest {
    var plan = HTTPRequest(
      request.method, request.target(transport), body: .bytes(request.body))
    plan.isSafeToRepeat = request.isSafeToRepeat
    plan.networkTimeout = networkTimeout
    plan.whenInterrupted = request.whenInterrupted
    plan.headers.add("Content-Type", "application/json")
    // Only the cookie that is needed: MaxScale takes 32 KiB of headers at most.
    if let token = request.token, token.transport(transport) != .query {
      plan.headers.add("Cookie", token.cookie.text)
    }
    if let authorization = try authorization(context) {
      plan.headers.add("Authorization", authorization)
    }
    return plan
  }

  /// The header of the REST login; logs in at `/auth` first where that is wanted.
  private func authorization(_ context: CallContext) throws(TernError) -> String? {
    switch login {
    case .none: return nil
    case .basic(let user, let password): return HTTPRequest.basic(user, password)
    case .bearer(let token): return "Bearer \(token.text)"
    case .session(let user, let password):
      let (known, usesPassword) = shared.withLock { ($0.token, $0.usesPassword) }
      if let known { return "Bearer \(known.text)" }
      guard !usesPassword, let token = try logIn(user, password, context) else {
        return HTTPRequest.basic(user, password)
      }
      shared.withLock { $0.token = token }
      return "Bearer \(token.text)"
    }
  }

  /// A token of `/auth`; nil where MaxScale gives none over an unencrypted line.
  private func logIn(
    _ user: String, _ password: Secret, _ context: CallContext
  ) throws(TernError) -> Secret? {
    var request = HTTPRequest(
      "GET", "/v1/auth?pretty=false&max-age=86400", body: .bytes(Array("{}".utf8)))
    request.isSafeToRepeat = true
    request.networkTimeout = networkTimeout
    request.headers.add("Authorization", HTTPRequest.basic(user, password))
    let response = try client.send(request, to: origin, context)
    let body = try response.readAll()
    if response.status == 401, MaxScaleErrors.detail(body).contains("not encrypted") {
      Log.write(.warning, "maxscale: no token without TLS: using the password")
      shared.withLock { $0.usesPassword = true }
      return nil
    }
    guard response.status == 200, let token = try MaxScaleReply.authToken(body) else {
      throw refusal(response.status, body)
    }
    return Secret(token)
  }
}
