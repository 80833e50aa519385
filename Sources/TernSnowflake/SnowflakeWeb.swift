internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// Requests to servers other than the service: identity providers, and what tells a machine who it
/// is.
///
/// No cookies, no redirects: what is sent are proofs of identity.
struct SnowflakeWeb: Sendable {
  /// An answer, whatever its status.
  struct Answer {
    let status: Int
    let body: [UInt8]

    /// The texts under these names in a JSON object; none for anything else.
    func texts(_ names: Set<String>) -> [String: String] {
      var texts: [String: String] = [:]
      guard let reader = try? JSONReader(body, limit: .control) else { return [:] }
      do throws(TernError) {
        try reader.forEachKey { (name) throws(TernError) in
          guard names.contains(name) else { return try reader.skip() }
          if let text = try reader.textOrAbsent() { texts[name] = text }
        }
        return texts
      } catch {
        return [:]
      }
    }
  }

  private let client: HTTPClient
  private let networkTimeout: Int64
  /// The pauses between attempts.
  let backoff: SnowflakeBackoff

  /// Answers of identity providers are pages and tokens.
  private static let byteCountMax = 4 << 20
  private static let attemptCountMax = 3

  init(
    _ connect: ConnectSettings, networkTimeout: Int64,
    backoff: SnowflakeBackoff = SnowflakeBackoff()
  ) {
    client = HTTPClient(connect)
    self.networkTimeout = networkTimeout
    self.backoff = backoff
  }

  /// Sends a request to `url` and reads the answer.
  ///
  /// - Parameter what: who is asked, for errors: "the identity provider". URLs are not shown: their
  ///   queries hold tokens.
  func send(
    _ method: String, _ url: String, headers: [(String, String)] = [], body: [UInt8]? = nil,
    _ what: String, attemptCountMax: Int = Self.attemptCountMax, _ context: CallContext
  ) throws(TernError) -> Answer {
    guard let (origin, target) = HTTPOrigin.split(url: url) else {
      throw .usage("\(what) has an address that cannot be read", .invalidOptionValue)
    }
    var request = HTTPRequest(method, target, headers: HTTPHeaders(headers))
    if let body { request.body = .bytes(body) }
    request.networkTimeout = networkTimeout
    request.inflatesAnswer = false
    if request.headers["User-Agent"] == nil {
      request.headers.add("User-Agent", "Tern/\(TernVersion.text)")
    }
    var backoff = backoff
    for attempt in 1... {
      let isLast = attempt >= attemptCountMax
      do throws(TernError) {
        let response = try client.send(request, to: origin, context)
        let body = try SnowflakeBody.plain(response, byteCountMax: Self.byteCountMax)
        let isPassing = response.status >= 500 || [408, 429].contains(response.status)
        guard isPassing, !isLast else { return Answer(status: response.status, body: body) }
      } catch {
        guard !isLast, SnowflakeChannel.isWorthAnotherAttempt(error, context) else {
          throw error.prefixed("\(what) (\(origin.endpoint))")
        }
        Log.write(.info, "snowflake: \(what) is asked again: \(error.message)")
      }
      try context.pause(backoff.next(), "waiting to ask \(what) again")
    }
    throw .internal("no attempt was made")
  }

  /// The error of an answer that is not what was asked for.
  static func refusal(_ what: String, _ answer: Answer) -> TernError {
    let texts = answer.texts(["error", "error_description", "errorSummary", "message"])
    let words =
      ["error", "error_description", "errorSummary", "message"].compactMap { texts[$0] }
      .joined(separator: ": ")
    let shown = Log.redacted(words, characterCountMax: 300)
    return TernError(
      .authentication, .authenticationFailed,
      "\(what) answered HTTP \(answer.status)" + (shown.isEmpty ? "" : ": \(shown)"))
  }
}

/// Texts of `application/x-www-form-urlencoded` and of queries.
enum SnowflakeForm {
  /// The type of such a body.
  static let type = "application/x-www-form-urlencoded; charset=utf-8"

  /// `name=value&…`, encoded.
  static func encode(_ pairs: [(name: String, value: String)]) -> String {
    pairs.map { "\(Percent.encode($0.name))=\(Percent.encode($0.value))" }.joined(separator: "&")
  }

  /// The pairs of a query; a `+` is a blank.
  static func decode(_ text: String) -> [String: String] {
    var pairs: [String: String] = [:]
    for item in text.utf8.split(separator: UInt8(ascii: "&")) {
      let parts = item.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = parts.first.flatMap({ plain($0) }) else { continue }
      pairs[name] = parts.count > 1 ? plain(parts[1]) : ""
    }
    return pairs
  }

  private static func plain(_ bytes: some Sequence<UInt8>) -> String? {
    Percent.decoded(bytes.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 })
  }
}
