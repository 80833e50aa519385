internal import TernCore
internal import TernNet

/// Why an attempt to get a part of a result came to nothing, and what follows from it.
///
/// Source: section 4: statuses 403, 408, 429 and 5xx, broken lines, silence, and bytes that are cut
/// or damaged are worth another attempt.
struct SnowflakeStoreFailure: Sendable {
  let error: TernError
  /// Whether the URL is not good, or not good any more.
  var isRefusal = false
  /// What the store asked for.
  var retryAfter: String?
  private var attemptCountMax = SnowflakeBackoff.attemptCountMax
  private var isFinal = false

  /// An attempt that threw.
  init(_ error: TernError) {
    self.error = error
    switch error.kind {
    case .connection: isFinal = error.message.contains("the certificate of ")
    case .timeout: break
    case .authentication, .sql, .data, .usage, .cancelled, .unsupported, .internal: isFinal = true
    }
  }

  /// A part without as many rows as the answer said. One more attempt, as a cut may look like that;
  /// nothing at all is a cut for certain.
  init(rowCount: Int64, wanted: Int64) {
    error = .badReply("\(rowCount) rows instead of \(wanted)")
    if rowCount > 0 { attemptCountMax = 2 }
  }

  /// An answer without the part: its status, and the store's own words. Nothing else of it is
  /// quoted, as it may repeat the request and its signature.
  init(refusedBy response: HTTPResponse) throws(TernError) {
    let status = response.status
    let body = String(decoding: try response.readAll(1 << 20), as: UTF8.self)
    let words = ["Code", "Message"].compactMap { SnowflakeFileXML.element($0, of: body) }
    error = .lineLost(
      "HTTP status \(status)" + (words.isEmpty ? "" : ": " + words.joined(separator: ", ")))
    isRefusal = status == 403 || words.contains { $0.contains("xpired") }
    isFinal = !isRefusal && status < 500 && status != 408 && status != 429
    retryAfter = response.headers["Retry-After"]
  }

  /// Whether another attempt may do better, after so many.
  func isWorthAnother(_ attemptCount: Int, _ context: CallContext) -> Bool {
    !isFinal && attemptCount < attemptCountMax && !context.cancelToken.isCancelled
      && !context.deadline.isOver
  }

  /// What the caller gets: the session is sound, whatever the store does.
  func final(_ attemptCount: Int, url: String) -> TernError {
    switch error.kind {
    case .cancelled, .data, .unsupported, .usage, .internal: return error
    case .timeout where !error.endsConnection: return error
    case .connection, .timeout, .authentication, .sql: break
    }
    let host = HTTPOrigin.split(url: url).map { "\($0.origin.endpoint)" } ?? "the store"
    let tries = attemptCount == 1 ? "" : " after \(attemptCount) attempts"
    let hint =
      isRefusal
      ? "; its address has expired or was withdrawn, and the service gave no other: run the query "
        + "again" : ""
    // That is said of replies of the service, whose connection stands.
    let closed = "; the connection was closed"
    let reason =
      error.message.hasSuffix(closed)
      ? String(error.message.dropLast(closed.utf8.count)) : error.message
    return TernError(
      .sql, .general,
      "a part of the result could not be fetched from \(host)\(tries): \(reason)\(hint)")
  }
}
