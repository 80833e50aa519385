internal import TernCore
internal import TernNet

/// Why a request to the store of a stage came to nothing, and what follows from it.
///
/// Source: Snowflake reference, sections 1.5 and 7.1.
struct SnowflakeFileFailure: Sendable {
  let error: TernError
  /// Whether the credentials are not good, or not good any more.
  private(set) var isRefusal = false
  private(set) var isWorthAnother = false
  /// What the store asked for.
  private(set) var retryAfter: String?

  /// An attempt that threw.
  init(_ error: TernError) {
    self.error = error
    switch error.kind {
    case .connection: isWorthAnother = !error.message.contains("the certificate of ")
    case .timeout: isWorthAnother = true
    case .authentication, .sql, .data, .usage, .cancelled, .unsupported, .internal: break
    }
  }

  private static let bodyByteCountMax = 1 << 20

  /// An answer that says no: its status, and the store's own words. Nothing else of it is quoted,
  /// as it may repeat the request and its signature.
  init(_ method: String, refusedBy response: HTTPResponse) throws(TernError) {
    let status = response.status
    let body = String(
      decoding: try response.readAll(Self.bodyByteCountMax), as: UTF8.self)
    let code = SnowflakeFileXML.element("Code", of: body) ?? response.headers["x-ms-error-code"]
    let words = [code, SnowflakeFileXML.element("Message", of: body)].compactMap { $0 }
    error = .lineLost(
      "HTTP status \(status)" + (words.isEmpty ? "" : ": " + words.joined(separator: ", ")))
    switch status {
    case 401, 403: isRefusal = true
    // An answer to HEAD has no words: an expired token looks like any other bad request.
    case 400: isRefusal = method == "HEAD" || words.contains { Self.isExpiry($0) }
    default: break
    }
    isWorthAnother =
      status >= 500 || status == 408 || status == 429 || code == "RequestTimeout"
      || code == "SlowDown" || status < 300
    retryAfter = response.headers["Retry-After"]
  }

  private static func isExpiry(_ words: String) -> Bool {
    words.contains("xpired") || words.contains("InvalidToken") || words.contains("TokenRefresh")
  }

  /// What the caller gets: the session is sound, whatever the store does.
  func final(_ attemptCount: Int, _ origin: HTTPOrigin) -> TernError {
    switch error.kind {
    case .cancelled, .data, .unsupported, .usage, .internal: return error
    case .timeout where !error.endsConnection: return error
    case .connection, .timeout, .authentication, .sql: break
    }
    let tries = attemptCount == 1 ? "" : " after \(attemptCount) attempts"
    let hint = isRefusal ? "; the store refuses the credentials that the server gave for it" : ""
    return TernError(
      .sql, .general, "\(origin.endpoint) failed\(tries): \(error.message)\(hint)")
  }
}
