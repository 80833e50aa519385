internal import TernCore
internal import TernNet

/// Sends requests to the store of a stage, each as often as its failures are worth it.
///
/// Requests carry the stage's credentials and nothing of the session. Any thread; calls block.
/// Source: Snowflake reference, sections 1.5 and 7.1.
struct SnowflakeFileStore: Sendable {
  let client: HTTPClient
  let grant: SnowflakeFileGrant
  /// How long the store may be silent, in nanoseconds; 0 is for ever.
  let networkTimeout: Int64
  /// Whether plain HTTP is refused, as where the service has TLS.
  let requiresEncryption: Bool
  let backoff: SnowflakeBackoff
  /// For GET, the file's name in orders: which presigned URL is its own.
  var source: String?

  /// The store as the order says it now.
  func cloud(_ order: SnowflakeFileOrder) throws(TernError) -> any SnowflakeFileCloud {
    let urls = order.presignedURLs
    let index = source.flatMap { order.sources.firstIndex(of: $0) } ?? -1
    let url = urls.indices.contains(index) ? urls[index] : order.stage.presignedURL
    let hasToken = order.stage.credential("GCS_ACCESS_TOKEN") != nil
    return try order.stage.cloud(presigned: hasToken ? nil : url)
  }

  /// Sends one request until it is answered well.
  ///
  /// - Parameter body: the bytes, made anew for each attempt.
  /// - Parameter accept: reads an answer; nil means that it is a failure.
  /// - Throws: `.sql` once the attempts are used up, or for a refusal; what `accept` throws;
  ///   `.cancelled`, and `.timeout` of the call itself.
  func send<Answer>(
    _ name: String, _ context: CallContext,
    _ action: (any SnowflakeFileCloud) -> SnowflakeFileAction,
    body: () throws(TernError) -> HTTPRequest.Body = { () throws(TernError) in .none },
    accept: (HTTPResponse, any SnowflakeFileCloud) throws(TernError) -> Answer?
  ) throws(TernError) -> Answer {
    var current = grant.now
    var backoff = backoff
    var isRenewed = false
    var attemptCount = 0
    while true {
      try context.check("moving \(name)")
      let cloud = try cloud(current.order)
      let plan = try plan(action(cloud), cloud, name, body)
      let failure: SnowflakeFileFailure
      switch attempt(plan, cloud, context, accept) {
      case .done(let answer): return answer
      case .failed(let reason): failure = reason
      }
      try context.check("moving \(name)")
      if failure.isRefusal, !isRenewed {
        isRenewed = true
        current = try grant.renewed(after: current.generation, context)
        continue
      }
      attemptCount += 1
      guard failure.isWorthAnother, attemptCount < SnowflakeBackoff.attemptCountMax else {
        throw failure.final(attemptCount, plan.origin)
      }
      let pause = backoff.next(asked: failure.retryAfter)
      Log.write(
        .info,
        "snowflake: \(name) is tried again in \(pause / 1_000_000) ms: \(failure.error.message)")
      try context.pause(pause, "waiting to move \(name) again")
    }
  }

  private typealias Plan = (origin: HTTPOrigin, request: HTTPRequest)

  private func plan(
    _ action: SnowflakeFileAction, _ cloud: any SnowflakeFileCloud, _ name: String,
    _ body: () throws(TernError) -> HTTPRequest.Body
  ) throws(TernError) -> Plan {
    var plan = try cloud.request(action, name, now: SystemTime.nanoseconds / 1_000_000_000)
    guard plan.origin.isEncrypted || !requiresEncryption else {
      throw TernError(
        .sql, .general, "the stage is at \(plan.origin.endpoint) without encryption: not used")
    }
    plan.request.body =
      action.document.isEmpty ? try body() : .bytes(Array(action.document.utf8))
    plan.request.networkTimeout = networkTimeout
    // What is stored packed is the file as it is.
    plan.request.inflatesAnswer = false
    plan.request.isSafeToRepeat = true
    return plan
  }

  private enum Outcome<Answer> {
    case done(Answer)
    case failed(SnowflakeFileFailure)
  }

  private func attempt<Answer>(
    _ plan: Plan, _ cloud: any SnowflakeFileCloud, _ context: CallContext,
    _ accept: (HTTPResponse, any SnowflakeFileCloud) throws(TernError) -> Answer?
  ) -> Outcome<Answer> {
    do throws(TernError) {
      let response = try client.send(plan.request, to: plan.origin, context)
      if let answer = try accept(response, cloud) { return .done(answer) }
      return .failed(try SnowflakeFileFailure(plan.request.method, refusedBy: response))
    } catch {
      return .failed(SnowflakeFileFailure(error))
    }
  }
}
