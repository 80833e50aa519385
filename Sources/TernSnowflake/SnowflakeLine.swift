internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// One session as the service knows it: its tokens, and requests under them from any thread.
///
/// A session token that has expired is renewed by whoever finds out first; the request is then sent
/// again under its own id. Source: Snowflake reference, section 2.5.
final class SnowflakeLine: Sendable {
  private struct State: Sendable {
    var sessionToken: Secret
    var masterToken: Secret?
    /// Counts renewals, so that a request can tell whether its token is still the last one.
    var generation = 0
    /// The last of them whose token was good for some request.
    var provenGeneration = -1
    /// Echoed with every request, where the service gave one.
    var stickySession: String?
    /// The session parameter `SERVICE_NAME`.
    var serviceName = ""
    /// The error that ended the session; every later call throws it again.
    var failure: TernError?
    /// Whether the service itself has said that there is no such session any more.
    var isGone = false
    var isClosed = false
  }

  private let channel: SnowflakeChannel
  private let shared: Locked<State>
  /// Whether some thread renews the tokens.
  private let renewal = Monitor(false)

  /// A request is sent again after so many renewals at most: a service that calls every new token
  /// expired would keep it for ever.
  private static let renewalCountMax = 3

  /// A line for the session that `login` tells of.
  init(_ channel: SnowflakeChannel, _ login: SnowflakeLogin) throws(TernError) {
    guard let sessionToken = login.sessionToken else {
      throw .internal("a session without a token")
    }
    self.channel = channel
    shared = Locked(
      State(
        sessionToken: sessionToken, masterToken: login.masterToken,
        stickySession: login.stickySession,
        serviceName: login.parameters["SERVICE_NAME"] ?? ""))
  }

  /// Where requests go.
  var origin: HTTPOrigin { channel.origin }

  /// Whether nothing has ended the session so far. Any thread.
  var isAlive: Bool { shared.withLock { $0.failure == nil } }

  /// Makes every later call throw `error`. Any thread.
  func condemn(_ error: TernError) { shared.withLock { $0.failure = $0.failure ?? error } }

  /// Takes note of the session parameter `SERVICE_NAME`, which may change in a session.
  func note(serviceName: String) { shared.withLock { $0.serviceName = serviceName } }

  /// Posts `body` and reads the answer, whatever the service thinks of it.
  ///
  /// - Parameter path: as it stands in the request line, without the ids.
  /// - Parameter id: the same for whatever is the same request to the caller.
  /// - Parameter whenInterrupted: see `HTTPRequest.whenInterrupted`.
  /// - Throws: `.connection` (the session is over, here or there), `.timeout`, `.cancelled`. A
  ///   failed statement is an answer: `SnowflakeErrors.error` makes an error of it.
  func post(
    _ path: String, _ body: [UInt8], as id: SnowflakeRequestID,
    accept: SnowflakeRequest.Accept = .snowflake, _ context: CallContext,
    whenInterrupted: ((TernError) -> (wait: CallContext, rest: CallContext)?)? = nil
  ) throws(TernError) -> SnowflakeReply {
    var request = SnowflakeRequest("POST", path, as: id)
    request.accept = accept
    request.body = { () throws(TernError) in body }
    request.tellsRetries = path.hasPrefix("/queries/v1/query-request")
    request.whenInterrupted = whenInterrupted
    return try send(request, context)
  }

  /// Gets what is at `path`; see `post`.
  func get(
    _ path: String, as id: SnowflakeRequestID, accept: SnowflakeRequest.Accept = .snowflake,
    _ context: CallContext,
    whenInterrupted: ((TernError) -> (wait: CallContext, rest: CallContext)?)? = nil
  ) throws(TernError) -> SnowflakeReply {
    var request = SnowflakeRequest("GET", path, as: id)
    request.accept = accept
    request.whenInterrupted = whenInterrupted
    return try send(request, context)
  }

  /// Shows a sign of life.
  func heartbeat(_ context: CallContext) throws(TernError) {
    let reply = try post(
      "/session/heartbeat", [], as: SnowflakeRequestID(), accept: .json, context)
    guard reply.isSuccess else { throw SnowflakeErrors.error(reply, isStatement: false) }
  }

  /// Sends a request under the session's token; renews that as often as it is worth it.
  private func send(
    _ request: SnowflakeRequest, _ context: CallContext
  ) throws(TernError) -> SnowflakeReply {
    var request = request
    var vainCount = 0
    while vainCount <= Self.renewalCountMax {
      let (state, failure) = shared.withLock { ($0, $0.failure) }
      if let failure { throw failure }
      try context.check("sending a request")
      let reply = try exchange(request, state, context)
      guard Self.isExpired(reply) else {
        shared.withLock { $0.provenGeneration = max($0.provenGeneration, state.generation) }
        return reply
      }
      // A token that was good for another request has had its time: that is no reason to give up.
      if shared.withLock({ $0.provenGeneration < state.generation }) { vainCount += 1 }
      guard state.masterToken != nil else { throw end(reply) }
      try renew(after: state.generation, context)
      request.earlierAttemptCount += 1
    }
    let error = TernError(
      .connection, .linkFailure,
      "the service called \(Self.renewalCountMax + 1) session tokens expired one after the other")
    condemn(error)
    throw error
  }

  /// One request under one token; answers that end the session are errors.
  private func exchange(
    _ request: SnowflakeRequest, _ state: State, _ context: CallContext
  ) throws(TernError) -> SnowflakeReply {
    var request = request
    request.token = state.sessionToken
    if let sticky = state.stickySession {
      request.headers.append(("x-snowflake-session", sticky))
    }
    if !state.serviceName.isEmpty {
      request.headers.append(("X-Snowflake-Service", state.serviceName))
    }
    do throws(TernError) {
      let reply = try channel.send(request, context)
      if let sticky = reply.stickySession { shared.withLock { $0.stickySession = sticky } }
      if let code = reply.code, !reply.isSuccess,
        code == SnowflakeErrors.Code.sessionGone
          || SnowflakeErrors.Code.masterTokenRefused.contains(code)
      {
        throw end(reply)
      }
      return reply
    } catch {
      if error.endsConnection { condemn(error) }
      throw error
    }
  }

  /// Whether the answer says that the session token is not good any more.
  private static func isExpired(_ reply: SnowflakeReply) -> Bool {
    if reply.status == 401 { return true }
    guard !reply.isSuccess, let code = reply.code else { return false }
    return code == SnowflakeErrors.Code.sessionTokenExpired
      || SnowflakeErrors.Code.tokenRefused.contains(code)
  }

  /// The error of a session that the service has ended; every later call throws it too.
  private func end(_ reply: SnowflakeReply) -> TernError {
    var error = SnowflakeErrors.error(reply, isStatement: false)
    error.kind = .connection
    error.sqlState = .linkFailure
    error.message = "the session is over: \(error.message)"
    let end = error
    shared.withLock { state in
      state.failure = state.failure ?? end
      state.isGone = true
    }
    return error
  }

  // MARK: - Renewal

  /// Gets new tokens unless another thread has got them meanwhile.
  ///
  /// - Parameter generation: that of the token which has expired.
  private func renew(after generation: Int, _ context: CallContext) throws(TernError) {
    try renewal.wait(context, "waiting for the renewal of the session") { isBusy -> Void? in
      guard !isBusy else { return nil }
      isBusy = true
      return ()
    }
    defer { renewal.withLock { $0 = false } }
    let state = shared.withLock { $0 }
    if let failure = state.failure { throw failure }
    guard state.generation == generation else { return }
    let reply = try exchangeTokens(state, context)
    guard reply.isSuccess else { throw end(reply) }
    let texts = try reply.dataTexts(["sessionToken", "masterToken"])
    guard let sessionToken = texts["sessionToken"], !sessionToken.isEmpty else {
      let error = TernError.badReply("a renewal without a token")
      condemn(error)
      throw error
    }
    shared.withLock { state in
      state.sessionToken = Secret(sessionToken)
      if let master = texts["masterToken"], !master.isEmpty { state.masterToken = Secret(master) }
      state.generation += 1
    }
    Log.write(.info, "snowflake: the session was renewed")
  }

  /// How long new tokens are waited for whose caller has been cancelled meanwhile.
  private static let renewalGraceNanoseconds: Int64 = 2_000_000_000

  /// Asks for new tokens.
  ///
  /// A service that has given them may know the old ones no more: its answer is waited for a little
  /// even when the call is cancelled, or the next one would find the session over.
  private func exchangeTokens(
    _ state: State, _ context: CallContext
  ) throws(TernError) -> SnowflakeReply {
    var request = SnowflakeRequest("POST", "/session/token-request")
    var interruption: TernError?
    request.whenInterrupted = { error in
      guard interruption == nil else { return nil }
      interruption = error
      let grace = CallContext(deadline: .after(Self.renewalGraceNanoseconds, .query))
      return (grace, grace)
    }
    request.token = state.masterToken
    if let sticky = state.stickySession {
      request.headers.append(("x-snowflake-session", sticky))
    }
    request.body = { () throws(TernError) in
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("oldSessionToken", state.sessionToken.text)
      writer.member("requestType", "RENEW")
      writer.endObject()
      return writer.bytes
    }
    do throws(TernError) {
      return try channel.send(request, context)
    } catch {
      if error.endsConnection { condemn(error) }
      throw interruption ?? error
    }
  }

  // MARK: - Closing

  /// How long a goodbye may take: 5 seconds.
  private static let goodbyeNanoseconds: Int64 = 5_000_000_000

  /// Logs out, unless the session is to live on; failures change nothing. Twice is fine.
  ///
  /// A session that only this side has given up is ended too: it may hold locks for hours.
  func close(keepsSession: Bool = false, _ context: CallContext) {
    let state = shared.withLock { state -> State? in
      defer {
        state.isClosed = true
        state.failure = state.failure ?? .closedConnection
      }
      return state.isClosed ? nil : state
    }
    defer { channel.close() }
    guard let state, !keepsSession, !state.isGone else { return }
    var request = SnowflakeRequest("POST", "/session?delete=true")
    request.token = state.sessionToken
    request.attemptCountMax = 2
    request.networkTimeout = Self.goodbyeNanoseconds
    if let sticky = state.stickySession {
      request.headers.append(("x-snowflake-session", sticky))
    }
    let goodbye = context.limited(to: .after(Self.goodbyeNanoseconds, .network))
    do throws(TernError) {
      let reply = try channel.send(request, goodbye)
      if !reply.isSuccess {
        Log.write(.info, "snowflake: logout: \(SnowflakeErrors.error(reply, isStatement: false))")
      }
    } catch {
      Log.write(.info, "snowflake: logout: \(error)")
    }
  }
}
