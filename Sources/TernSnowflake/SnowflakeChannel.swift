internal import TernCore
internal import TernDriver
internal import TernNet

/// Sends requests to one service: headers, attempts, pauses, redirects, and what a status means.
///
/// Knows nothing of sessions: tokens come with the requests. Any thread.
/// Source: Snowflake reference, sections 1.3 and 1.5.
final class SnowflakeChannel: Sendable {
  /// Where requests go.
  let origin: HTTPOrigin
  private let client: HTTPClient
  private let identity: SnowflakeIdentity
  private let networkTimeout: Int64
  private let backoff: SnowflakeBackoff

  /// Redirects that are followed within one attempt.
  private static let redirectCountMax = 5
  /// Bodies from here on are sent compressed; below, the header costs what is saved.
  private static let compressedByteCountMin = 2_048

  init(
    _ client: HTTPClient, _ origin: HTTPOrigin, _ identity: SnowflakeIdentity,
    networkTimeout: Int64, backoff: SnowflakeBackoff = SnowflakeBackoff()
  ) {
    self.client = client
    self.origin = origin
    self.identity = identity
    self.networkTimeout = networkTimeout
    self.backoff = backoff
  }

  /// Closes the idle lines.
  func close() { client.closeIdle() }

  /// What one attempt came to.
  private enum Outcome {
    case answered(SnowflakeReply)
    /// It failed, and another attempt may do better.
    case failed(TernError, status: Int, retryAfter: String?)
  }

  /// Sends `request`, as often as its failures are worth it, and reads its answer.
  ///
  /// An answer is what has an envelope, success or not, and what has the status 401: what those
  /// mean is for whoever knows the session.
  /// - Throws: `.connection`, `.timeout`, `.cancelled`; `.sql` for a request that was refused as
  ///   malformed.
  func send(
    _ request: SnowflakeRequest, _ context: CallContext
  ) throws(TernError) -> SnowflakeReply {
    var attempt = SnowflakeRequest.Attempt()
    var backoff = backoff
    while true {
      let interruption = SnowflakeInterruption(request.whenInterrupted)
      switch try once(request, attempt, interruption, context) {
      case .answered(let reply): return reply
      case .failed(let error, let status, let retryAfter):
        // What was stopped is over for its caller, whatever the answer would have been.
        guard interruption.rest == nil else {
          throw TernError(.cancelled, .cancelled, error.message)
        }
        attempt.number += 1
        attempt.lastStatus = status
        guard attempt.number < attemptCountMax(request, error) else {
          throw attempt.number > 1 ? error.prefixed("after \(attempt.number) attempts") : error
        }
        let pause = backoff.next(asked: retryAfter)
        Log.write(
          .info,
          "snowflake: \(request.id.text) is tried again in \(pause / 1_000_000) ms: \(error)")
        try context.pause(pause, "waiting to try again after: \(error.message)")
      }
    }
  }

  /// A name that nobody knows is mistyped more often than its server is in trouble: a login that
  /// waits for it would only be slow.
  private static let unknownHostAttemptCountMax = 2

  /// How often a request that failed so is tried altogether.
  private func attemptCountMax(_ request: SnowflakeRequest, _ error: TernError) -> Int {
    guard request.isLogin, error.message.contains("cannot be resolved") else {
      return request.attemptCountMax
    }
    return min(request.attemptCountMax, Self.unknownHostAttemptCountMax)
  }

  /// One attempt, redirects included.
  private func once(
    _ request: SnowflakeRequest, _ attempt: SnowflakeRequest.Attempt,
    _ interruption: SnowflakeInterruption, _ context: CallContext
  ) throws(TernError) -> Outcome {
    var plan = HTTPRequest(request.method, request.target(attempt))
    try complete(&plan, request)
    plan.whenInterrupted = interruption.closure
    let (response, body): (HTTPResponse, [UInt8])
    do throws(TernError) {
      response = try follow(&plan, context)
      if let rest = interruption.rest { response.context = rest }
      body = try SnowflakeBody.plain(response, byteCountMax: SnowflakeReply.byteCountMax)
    } catch {
      guard Self.isWorthAnotherAttempt(error, context) else { throw error }
      return .failed(error, status: 0, retryAfter: nil)
    }
    return try outcome(response, body, request)
  }

  /// Headers and body.
  private func complete(
    _ plan: inout HTTPRequest, _ request: SnowflakeRequest
  ) throws(TernError) {
    plan.isSafeToRepeat = true
    plan.inflatesAnswer = false
    plan.networkTimeout = request.networkTimeout ?? networkTimeout
    plan.headers.add("Accept", request.accept.rawValue)
    plan.headers.add("Accept-Encoding", "gzip")
    plan.headers.add("User-Agent", identity.userAgent)
    plan.headers.add("CLIENT_APP_ID", identity.name)
    plan.headers.add("CLIENT_APP_VERSION", identity.version)
    for header in request.headers { plan.headers.add(header.name, header.value) }
    if let token = request.token {
      plan.headers.add("Authorization", "Snowflake Token=\"\(token.text)\"")
    }
    guard request.method != "GET" else { return }
    let body = try request.body()
    plan.headers.add("Content-Type", "application/json")
    plan.body = .bytes(body)
    plan.isCompressed = body.count >= Self.compressedByteCountMin
  }

  /// Sends, and goes where redirects point that may have what the request holds.
  private func follow(
    _ plan: inout HTTPRequest, _ context: CallContext
  ) throws(TernError) -> HTTPResponse {
    var place = origin
    for _ in 0...Self.redirectCountMax {
      let response = try client.send(plan, to: place, context)
      guard response.status == 307 || response.status == 308,
        let location = response.headers["Location"]
      else { return response }
      let next = try SnowflakeRedirect.target(location, from: place, home: origin)
      try response.discard()
      Log.write(.debug, "snowflake: redirected to \(next.origin.endpoint)")
      place = next.origin
      plan.target = next.target
    }
    throw .badReply("more than \(Self.redirectCountMax) redirects")
  }

  /// What an answer is.
  private func outcome(
    _ response: HTTPResponse, _ body: [UInt8], _ request: SnowflakeRequest
  ) throws(TernError) -> Outcome {
    let status = response.status
    let isRetried =
      status >= 500 || [408, 429, 307, 308].contains(status)
      || (status == 403 && !request.isLogin)
    if isRetried {
      return .failed(
        SnowflakeErrors.http(status, body, isLogin: request.isLogin)
          .prefixed("\(origin.endpoint)"),
        status: status, retryAfter: response.headers["Retry-After"])
    }
    var reply: SnowflakeReply
    do throws(TernError) {
      reply = try SnowflakeReply(body)
    } catch {
      // A cut answer of 200 is worth another attempt; a page with another status is an answer.
      guard status != 200 else { return .failed(error, status: status, retryAfter: nil) }
      guard status == 401 else {
        throw SnowflakeErrors.http(status, body, isLogin: request.isLogin)
          .prefixed("\(origin.endpoint)")
      }
      reply = try SnowflakeReply(Array("{\"success\":false}".utf8))
      reply.message = SnowflakeErrors.http(status, body, isLogin: request.isLogin).message
    }
    reply.status = status
    if status != 200 { reply.isSuccess = false }
    reply.stickySession = response.headers["x-snowflake-session"]
    return .answered(reply)
  }

  /// Whether a failure may be over with the next attempt: a line that broke or was silent, but not
  /// a certificate that was refused, a redirect that may not be followed, or a proxy that wants a
  /// login.
  static func isWorthAnotherAttempt(_ error: TernError, _ context: CallContext) -> Bool {
    guard !context.cancelToken.isCancelled, !context.deadline.isOver else { return false }
    switch error.kind {
    case .connection:
      return error.sqlState != .connectionRefused
        && !error.message.contains("the certificate of ")
    case .timeout: return true
    default: return false
    }
  }
}

/// Remembers whether a request was interrupted, and how the rest of its answer is waited for then.
///
/// One thread at a time.
private final class SnowflakeInterruption {
  typealias Closure = (TernError) -> (wait: CallContext, rest: CallContext)?

  private(set) var rest: CallContext?
  private let ask: Closure?

  init(_ ask: Closure?) { self.ask = ask }

  /// For `HTTPRequest.whenInterrupted`.
  var closure: Closure? {
    guard let ask else { return nil }
    return { [self] error in
      guard let next = ask(error) else { return nil }
      rest = next.rest
      return next
    }
  }
}
