internal import TernCore
internal import TernNet

/// Gets parts of results from the cloud store, each as often as its failures are worth it.
///
/// One for a connection, so that its results share lines. URLs are presigned: requests carry the
/// headers that the answer named and nothing of the session. Any thread; calls block.
/// Source: section 4.
final class SnowflakeStore: Sendable {
  /// What is asked for.
  struct Request: Sendable {
    /// Secret.
    var url: String
    /// One of them is the key of the data.
    var headers: [(name: String, value: String)]
    /// Rows that the part must have.
    var rowCount: Int64
  }

  private let client: HTTPClient
  private let networkTimeout: Int64
  private let backoff: SnowflakeBackoff
  private let requiresEncryption: Bool

  private static let redirectCountMax = 3

  /// - Parameter client: connects to any host; keeps lines per host.
  /// - Parameter networkTimeout: how long the store may be silent, in nanoseconds; 0 is for ever.
  /// - Parameter requiresEncryption: whether plain HTTP is refused, as where the service has TLS.
  init(
    _ client: HTTPClient, networkTimeout: Int64, requiresEncryption: Bool,
    backoff: SnowflakeBackoff = SnowflakeBackoff()
  ) {
    self.client = client
    self.networkTimeout = networkTimeout
    self.requiresEncryption = requiresEncryption
    self.backoff = backoff
  }

  /// Gets a part and reads it with `body`, which gets the bytes as they come.
  ///
  /// - Parameter renew: asked for another URL when the store refuses this one; nil if there is
  ///   none.
  /// - Parameter body: reads all of the bytes and returns how many rows they were, and what it
  ///   made of them.
  /// - Throws: `.sql` once the attempts are used up; `.data`, `.unsupported` from `body`;
  ///   `.cancelled`, and `.timeout` of the call itself.
  func read<Result>(
    _ request: Request, _ context: CallContext,
    renew: () throws(TernError) -> Request?,
    _ body: (any ByteSource) throws(TernError) -> (rowCount: Int64, result: Result)
  ) throws(TernError) -> Result {
    var request = request
    var backoff = backoff
    var isRenewed = false
    var attemptCount = 0
    while true {
      let failure: SnowflakeStoreFailure
      switch attempt(request, context, body) {
      case .done(let result): return result
      case .failed(let reason): failure = reason
      }
      if failure.isRefusal, !isRenewed {
        isRenewed = true
        if let next = try renew() {
          request = next
          continue
        }
      }
      attemptCount += 1
      guard failure.isWorthAnother(attemptCount, context) else {
        throw failure.final(attemptCount, url: request.url)
      }
      let pause = backoff.next(asked: failure.retryAfter)
      Log.write(
        .info, "snowflake: a part is tried again in \(pause / 1_000_000) ms: \(failure.error)")
      try context.pause(pause, "waiting to fetch a part of the result again")
    }
  }

  private enum Outcome<Result> {
    case done(Result)
    case failed(SnowflakeStoreFailure)
  }

  private func attempt<Result>(
    _ request: Request, _ context: CallContext,
    _ body: (any ByteSource) throws(TernError) -> (rowCount: Int64, result: Result)
  ) -> Outcome<Result> {
    do throws(TernError) {
      let response = try open(request, context)
      guard response.status == 200 else {
        return .failed(try SnowflakeStoreFailure(refusedBy: response))
      }
      let (rowCount, result) = try body(response)
      guard rowCount == request.rowCount else {
        return .failed(SnowflakeStoreFailure(rowCount: rowCount, wanted: request.rowCount))
      }
      return .done(result)
    } catch {
      return .failed(SnowflakeStoreFailure(error))
    }
  }

  /// Sends the request and waits for the head of an answer that is no redirect.
  private func open(
    _ request: Request, _ context: CallContext
  ) throws(TernError) -> HTTPResponse {
    var place = try split(request.url)
    var headers = HTTPHeaders(request.headers.map { ($0.name, $0.value) })
    headers.set("Accept-Encoding", "gzip")
    for _ in 0...Self.redirectCountMax {
      var plan = HTTPRequest("GET", place.target, headers: headers)
      plan.isSafeToRepeat = true
      plan.inflatesAnswer = false
      plan.networkTimeout = networkTimeout
      let response = try client.send(plan, to: place.origin, context)
      guard [301, 302, 303, 307, 308].contains(response.status),
        let location = response.headers["Location"]
      else { return response }
      try response.discard()
      place = try follow(location, from: place)
    }
    throw .badReply("more than \(Self.redirectCountMax) redirects")
  }

  private typealias Place = (origin: HTTPOrigin, target: String)

  /// Where a redirect leads, unless the headers, which hold the key of the data, may not go there.
  private func follow(_ location: String, from place: Place) throws(TernError) -> Place {
    if location.hasPrefix("/"), !location.hasPrefix("//") { return (place.origin, location) }
    let next = try split(location)
    guard Self.isRelated(next.origin, place.origin) else {
      throw TernError(.sql, .general, "a redirect to \(next.origin.endpoint) was not followed")
    }
    return next
  }

  private func split(_ url: String) throws(TernError) -> Place {
    guard let place = HTTPOrigin.split(url: url) else {
      throw TernError(.sql, .general, "a part of the result has no address that can be read")
    }
    guard place.origin.isEncrypted || !requiresEncryption else {
      throw TernError(
        .sql, .general,
        "a part of the result is to come from \(place.origin.endpoint) without encryption")
    }
    return place
  }

  /// Whether two hosts belong to one domain of two labels, such as `amazonaws.com`.
  private static func isRelated(_ one: HTTPOrigin, _ other: HTTPOrigin) -> Bool {
    let (first, second) = (one.endpoint.host.lowercased(), other.endpoint.host.lowercased())
    if first == second { return true }
    let domain = first.split(separator: ".").suffix(2)
    let isName = domain.last?.contains { $0.isLetter } ?? false
    return domain.count == 2 && isName
      && second.split(separator: ".").suffix(2).elementsEqual(domain)
  }
}
