internal import TernCore
internal import TernDriver
internal import TernNet

/// One logical request to the service: what stays the same over its attempts.
///
/// Source: Snowflake reference, sections 1.1, 1.3 and 1.4.
struct SnowflakeRequest {
  /// What the answer to a request may be. Only with the service's own type does a query answer in
  /// the form that drivers get; PUT and GET, and everything that is no query, want plain JSON.
  enum Accept: String, Sendable {
    case snowflake = "application/snowflake"
    case json = "application/json"
  }

  let method: String
  /// The path, perhaps with a query of its own, as it stands in the request line.
  let path: String
  /// The same over every attempt.
  let id: SnowflakeRequestID
  /// Names and values of the query besides the ids, not yet encoded; empty values are left out.
  var query: [(name: String, value: String)] = []
  var accept = Accept.json
  /// The session, master or access token that goes with it.
  var token: Secret?
  /// Further fields: the sticky session, the service's name.
  var headers: [(name: String, value: String)] = []
  /// Gives the body; asked anew for each attempt, because proofs of identity expire quickly.
  var body: () throws(TernError) -> [UInt8] = { () throws(TernError) in [] }
  /// Whether a login may be in it: then a 403 is an answer, not a load balancer's mood.
  var isLogin = false
  /// Whether later attempts say that they are some, and why (only for queries).
  var tellsRetries = false
  /// Attempts before this one that the channel does not know of: replays after a renewal.
  var earlierAttemptCount = 0
  /// How often it is tried altogether.
  var attemptCountMax = SnowflakeBackoff.attemptCountMax
  /// How long the server may be silent, in nanoseconds, if that is not what the options say.
  var networkTimeout: Int64?
  /// See `HTTPRequest.whenInterrupted`; a request that was interrupted is not tried again.
  var whenInterrupted: ((TernError) -> (wait: CallContext, rest: CallContext)?)?

  init(_ method: String, _ path: String, as id: SnowflakeRequestID = SnowflakeRequestID()) {
    self.method = method
    self.path = path
    self.id = id
  }

  /// What is known about the attempts before.
  struct Attempt {
    /// 0 for the first.
    var number = 0
    /// The HTTP status of the last, 0 for a line that broke.
    var lastStatus = 0
    /// When the first began, in milliseconds since 1970.
    let firstMilliseconds = SystemTime.nanoseconds / 1_000_000
  }

  /// Path and query of one attempt as they stand in the request line.
  func target(_ attempt: Attempt) -> String {
    var items = query.filter { !$0.value.isEmpty }
    items.append(("requestId", id.text))
    items.append(("request_guid", SnowflakeRequestID().text))
    let number = attempt.number + earlierAttemptCount
    if tellsRetries, number > 0 {
      items.append(("clientStartTime", "\(attempt.firstMilliseconds)"))
      items.append(("retryCount", "\(number)"))
      items.append(("retryReason", "\(attempt.lastStatus)"))
      items.append(("retry", "true"))
    }
    let text = items.map { "\($0.name)=\(Percent.encode($0.value))" }.joined(separator: "&")
    return path + (path.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + text
  }
}
