internal import TernColumns
internal import TernCore
internal import TernDriver

/// One request to the SQL resource.
///
/// Every request has a body, `{}` at least: MaxScale closes the line behind one without. Source:
/// MaxScale reference, sections 3 and 5.
struct MaxScaleRequest {
  let method: String
  /// Behind `/v1`.
  let path: String
  /// Names and values of the query besides `pretty`; values need no encoding.
  var query: [(name: String, value: String)] = []
  var body: [UInt8] = Array("{}".utf8)
  /// The connection whose token goes with it.
  var token: MaxScaleToken?
  /// Whether MaxScale may get it twice without harm.
  var isSafeToRepeat = false
  /// See `HTTPRequest.whenInterrupted`.
  var whenInterrupted: ((TernError) -> (wait: CallContext, rest: CallContext)?)?

  init(_ method: String, _ path: String, _ token: MaxScaleToken? = nil) {
    self.method = method
    self.path = path
    self.token = token
  }

  /// Path and query as they stand in the request line.
  func target(_ transport: MaxScaleToken.Transport) -> String {
    var items = [("pretty", "false")] + query.map { ($0.name, $0.value) }
    if let token, token.transport(transport) == .query {
      items.append(("token", token.value.text))
    }
    return "/v1\(path)?" + items.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
  }
}

/// What proves the right to use a connection: a signed token with an end.
///
/// Source: MaxScale reference, section 4.2.
struct MaxScaleToken: Sendable {
  /// How it travels.
  enum Transport: Sendable {
    /// In a cookie of our own.
    case cookie
    /// In the cookies that MaxScale sets.
    case persist
    case query
  }

  /// The connection's id: a UUID, or a number in MaxScale 6.
  let connectionID: String
  /// The token itself.
  let value: Secret
  /// What goes into the header `Cookie`.
  let cookie: Secret
  /// Whether MaxScale itself said how its cookies are called.
  private let isPersistent: Bool
  /// When it ends, by the monotonic clock; `Deadline.never` where it does not say.
  let end: Deadline
  /// How long it lives altogether, in nanoseconds; 0 where it does not say.
  let lifetime: Int64

  /// - Parameter cookies: those that MaxScale has set; if there are none, a client may set one by
  ///   itself.
  /// - Throws: `.connection` for an id or token that could break out of a URL or header.
  init(
    connectionID: String, _ value: String, cookies: [(name: String, value: String)] = [],
    receivedAt now: Int64
  ) throws(TernError) {
    guard Self.isPlain(connectionID), Self.isPlain(value) else {
      throw .badReply("a connection id or token with characters that neither has")
    }
    self.connectionID = connectionID
    self.value = Secret(value)
    isPersistent = !cookies.isEmpty
    let own = [(name: Self.signature + connectionID, value: value)]
    cookie = Secret(
      (cookies.isEmpty ? own : cookies).map { "\($0.name)=\($0.value)" }.joined(separator: "; "))
    let lifetime = Self.lifetimeSeconds(value) ?? 0
    let (nanoseconds, overflow) = lifetime.multipliedReportingOverflow(by: 1_000_000_000)
    let (end, isLate) = now.addingReportingOverflow(nanoseconds)
    let isKnown = lifetime > 0 && !overflow && !isLate
    self.end = isKnown ? Deadline(nanoseconds: end, limit: .network) : .never
    self.lifetime = isKnown ? nanoseconds : 0
  }

  /// The token in cookies that MaxScale sets (`persist=yes`): whole in one, and before 22.08.2 in
  /// two, cut before its signature.
  ///
  /// - Parameter headers: the values of `Set-Cookie`.
  init(
    connectionID: String, cookies headers: [String], receivedAt now: Int64
  ) throws(TernError) {
    var cookies: [(name: String, value: String)] = []
    for name in [Self.body + connectionID, Self.signature + connectionID] {
      guard let header = headers.first(where: { $0.hasPrefix(name + "=") }) else { continue }
      let value = header.dropFirst(name.count + 1).prefix { $0 != ";" }
      cookies.append((name, String(value)))
    }
    guard cookies.last?.name == Self.signature + connectionID else {
      throw .badReply("a connection without a token")
    }
    try self.init(
      connectionID: connectionID, cookies.map(\.value).joined(), cookies: cookies,
      receivedAt: now)
  }

  /// Names of cookies, before the connection's id.
  private static let body = "conn_id_body_"
  private static let signature = "conn_id_sig_"

  /// MaxScale 6 wants two cookies with parts of the token; where it has not set them, the parameter
  /// is used.
  func transport(_ wanted: Transport) -> Transport {
    if isPersistent { return .persist }
    return connectionID.utf8.allSatisfy { (0x30...0x39).contains($0) } ? .query : wanted
  }

  /// Whether a text may stand in a path, a query and a cookie as it is.
  static func isPlain(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
      }
  }

  /// Seconds between `iat` and `exp`: the two clocks need not agree.
  private static func lifetimeSeconds(_ token: String) -> Int64? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let seconds = MaxScaleClaims.decode(String(parts[1])) else {
      return nil
    }
    // Whole seconds, cut: the first may have been over before it began.
    return seconds > 1 ? seconds - 1 : seconds
  }
}
