internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// Posts messages to one server: login of the HTTP layer, cookies, and what a status means.
///
/// Source: Avatica reference, sections 3, 4 and 13.4.
final class AvaticaChannel: Sendable {
  private struct State: Sendable {
    var cookies = AvaticaCookies()
    var digest: AvaticaDigest?
    /// Whether a login by ticket was answered with a cookie, which stands for it from then on.
    var hasLoginCookie = false
    /// The server process that opened the connection, and the requests since.
    var home: String?
    var requestCount = 0
  }

  private let client: HTTPClient
  private let origin: HTTPOrigin
  private let path: String
  private let authentication: AvaticaAuthentication
  private let networkTimeout: Int64
  private let shared = Locked(State())

  init(
    _ client: HTTPClient, _ origin: HTTPOrigin, path: String,
    _ authentication: AvaticaAuthentication, networkTimeout: Int64
  ) {
    self.client = client
    self.origin = origin
    self.path = path
    self.authentication = authentication
    self.networkTimeout = networkTimeout
  }

  /// Posts `message` and reads its answer.
  ///
  /// - Throws: what the server says, `AvaticaErrors.speaks` when it says it in the other encoding,
  ///   and what the HTTP layer throws.
  func post<Message: AvaticaMessage>(
    _ message: Message, _ encoding: AvaticaEncoding, _ connectionID: String,
    _ context: CallContext
  ) throws(TernError) -> Message.Answer {
    let response = try answer(to: message, encoding, connectionID, context)
    switch encoding {
    case .json:
      let reader = try JSONReader(response, windowByteCount: Self.windowByteCount)
      reader.repairsText = true
      guard try reader.isObjectNext() else { throw AvaticaErrors.speaks(.protobuf, origin) }
      return try AvaticaReply.read(.json(reader), message)
    case .protobuf:
      let reader = try ProtobufReader(response, windowByteCount: Self.windowByteCount)
      return try AvaticaReply.read(.protobuf(reader), message)
    }
  }

  /// Posts `message` in protobuf and receives all of its answer, unless that is longer than
  /// `byteCountMax`, for whoever reads it.
  func receive<Message: AvaticaMessage>(
    _ message: Message, _ connectionID: String, _ expectedByteCount: Int, _ byteCountMax: Int,
    _ context: CallContext
  ) throws(TernError) -> (reader: ProtobufReader, isWhole: Bool) {
    let response = try answer(to: message, .protobuf, connectionID, context)
    // A little more than the last one took: growing would copy.
    let wanted = min(byteCountMax, expectedByteCount + expectedByteCount / 8)
    let reader = try ProtobufReader(
      response, windowByteCount: max(Self.windowByteCount, wanted))
    return (reader, try reader.receiveAll(byteCountMax))
  }

  /// A good answer before its body is read.
  private func answer<Message: AvaticaMessage>(
    to message: Message, _ encoding: AvaticaEncoding, _ connectionID: String,
    _ context: CallContext
  ) throws(TernError) -> HTTPResponse {
    let body = try encoding.bytes(of: message, connectionID)
    shared.withLock { $0.requestCount += 1 }
    let response = try send(body, encoding, message.isSafeToRepeat, context)
    guard response.status == 200 else { throw try failure(response, encoding) }
    return response
  }

  /// What is asked of the line at once.
  private static let windowByteCount = 512 << 10

  /// The error of an answer in the other encoding.
  func speaks(_ encoding: AvaticaEncoding) -> TernError { AvaticaErrors.speaks(encoding, origin) }

  /// Closes the idle lines.
  func close() { client.closeIdle() }

  /// The answer to `body`, whatever its status, after the challenges that can be met.
  private func send(
    _ body: [UInt8], _ encoding: AvaticaEncoding, _ isSafeToRepeat: Bool,
    _ context: CallContext
  ) throws(TernError) -> HTTPResponse {
    var negotiation = negotiation()
    // A challenge is answered twice at most: a kept nonce may be stale or its count used, a cookie
    // expired before the login that it stood for needs two tokens.
    for _ in 0..<4 {
      var request = HTTPRequest("POST", path, body: .bytes(body))
      request.isSafeToRepeat = isSafeToRepeat
      request.networkTimeout = networkTimeout
      request.headers.add("Content-Type", encoding.contentType)
      let cookies = shared.withLock { $0.cookies.header(path: path, origin.isEncrypted) }
      if let cookies { request.headers.add("Cookie", cookies) }
      if let login = try authorization(&negotiation, context) {
        request.headers.add("Authorization", login)
      }
      let response = try client.send(request, to: origin, context)
      shared.withLock { $0.cookies.take(response.headers.all("Set-Cookie"), path: path) }
      guard response.status == 401 else {
        if negotiation?.hasSentToken ?? false {
          let isSet = !response.headers.all("Set-Cookie").isEmpty
          shared.withLock { $0.hasLoginCookie = isSet }
        }
        try negotiation?.verify(response, context)
        return response
      }
      guard takeChallenge(response, &negotiation) else { return response }
      // The body of a challenge is a page for people.
      try response.discard()
    }
    throw TernError(.authentication, .authenticationFailed, "the HTTP login was rejected")
  }

  private func negotiation() -> AvaticaNegotiation? {
    guard case .spnego(let host, let canonicalizes) = authentication else { return nil }
    return AvaticaNegotiation(
      host: host, canonicalizes: canonicalizes,
      hasCookie: shared.withLock { $0.hasLoginCookie })
  }

  /// The header of the login, as far as it can be known before a challenge.
  private func authorization(
    _ negotiation: inout AvaticaNegotiation?, _ context: CallContext
  ) throws(TernError) -> String? {
    switch authentication {
    case .none: return nil
    case .basic(let user, let password): return HTTPRequest.basic(user, password)
    case .bearer(let token): return "Bearer \(token.text)"
    case .digest(let user, let password):
      // The count is taken under the lock, so that no two requests share one.
      let taken = shared.withLock { state -> AvaticaDigest? in
        let digest = state.digest
        state.digest?.use()
        return digest
      }
      guard var digest = taken else { return nil }
      return try digest.authorization(user, password, target: path)
    case .spnego: return try negotiation?.authorization(context)
    }
  }

  /// Remembers what a challenge asks for; false when another try makes no sense.
  private func takeChallenge(
    _ response: HTTPResponse, _ negotiation: inout AvaticaNegotiation?
  ) -> Bool {
    if negotiation != nil { return negotiation?.take(response) ?? false }
    guard case .digest = authentication else { return false }
    for challenge in response.headers.all("WWW-Authenticate") {
      guard let digest = AvaticaDigest(challenge: challenge) else { continue }
      return shared.withLock { state in
        defer { state.digest = digest }
        return !(state.digest?.isRefused(by: digest) ?? false)
      }
    }
    return false
  }

  private func refusal(_ status: Int, _ body: [UInt8]) -> TernError {
    placed(AvaticaErrors.http(status, body, isImpersonating: path.contains("doAs=")))
  }

  /// The same error with the server that it came from, unless it says so already.
  func placed(_ error: TernError) -> TernError {
    let place = "\(origin.endpoint)"
    return error.message.hasPrefix(place) ? error : error.prefixed(place)
  }

  /// The answer is an error whatever it holds; one that is a message says more than its status.
  private func failure(
    _ response: HTTPResponse, _ encoding: AvaticaEncoding
  ) throws(TernError) -> TernError {
    let bytes = try response.readAll()
    guard let body = try AvaticaBody.of(bytes), let fault = try? AvaticaReply.readFault(body)
    else { return refusal(response.status, bytes) }
    if case .protobuf = body, encoding == .json { return AvaticaErrors.speaks(.protobuf, origin) }
    // What it makes of bytes that are no JSON.
    if case .json = body, encoding == .protobuf { return AvaticaErrors.speaks(.json, origin) }
    if let exception = fault.exception {
      Log.write(.debug, "avatica: the server failed: \(AvaticaErrors.withoutRequest(exception))")
    }
    let error = AvaticaErrors.error(fault)
    guard AvaticaErrors.isLostConnection(error) else { return error }
    let (home, count) = shared.withLock { ($0.home, $0.requestCount) }
    return AvaticaErrors.lostConnection(error, fault.server, home: home, requestCount: count)
  }

  /// Takes note of which server process opened the connection; nil where it does not say.
  func belongs(to server: String?) {
    shared.withLock { state in
      state.home = server
      state.requestCount = 0
    }
  }
}
