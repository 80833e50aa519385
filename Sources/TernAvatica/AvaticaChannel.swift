internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// Posts messages to one server: login of the HTTP layer, cookies, and what a status means.
///
/// Source: Avatica reference, sections 3, 4 and 13.4.
final class AvaticaChannel: Sendable {
  private struct State: Sendable {
    var cookies: [String: String] = [:]
    var digest: AvaticaDigest?
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
    // A challenge is answered twice at most: a kept nonce may be stale or its count used.
    for _ in 0..<3 {
      var request = HTTPRequest("POST", path, body: .bytes(body))
      request.isSafeToRepeat = isSafeToRepeat
      request.networkTimeout = networkTimeout
      request.headers.add("Content-Type", encoding.contentType)
      let hasDigest = try authorize(&request)
      let response = try client.send(request, to: origin, context)
      keepCookies(response)
      guard response.status == 401, takeChallenge(response, hasDigest) else { return response }
      // The body of a challenge is a page for people.
      try response.discard()
    }
    throw TernError(.authentication, .authenticationFailed, "the HTTP login was rejected")
  }

  /// Adds cookies and login; tells whether a nonce was used.
  private func authorize(_ request: inout HTTPRequest) throws(TernError) -> Bool {
    let cookies = shared.withLock { $0.cookies }
    if !cookies.isEmpty {
      let pairs = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      request.headers.add("Cookie", pairs.joined(separator: "; "))
    }
    switch authentication {
    case .none: return false
    case .basic(let user, let password):
      request.headers.add("Authorization", HTTPRequest.basic(user, password))
    case .bearer(let token): request.headers.add("Authorization", "Bearer \(token.text)")
    case .digest(let user, let password):
      // The count is taken under the lock, so that no two requests share one.
      let taken = shared.withLock { state -> AvaticaDigest? in
        let digest = state.digest
        state.digest?.use()
        return digest
      }
      guard var digest = taken else { return false }
      request.headers.add(
        "Authorization", try digest.authorization(user, password, target: path))
      return true
    }
    return false
  }

  /// Remembers the nonce of a challenge; false when another try makes no sense.
  private func takeChallenge(_ response: HTTPResponse, _ hasDigest: Bool) -> Bool {
    guard case .digest = authentication else { return false }
    for challenge in response.headers.all("WWW-Authenticate") {
      guard let digest = AvaticaDigest(challenge: challenge) else { continue }
      shared.withLock { $0.digest = digest }
      return true
    }
    return false
  }

  /// Takes over the cookies of an answer: load balancers find the process that has the
  /// connection by them, and servers remember a login.
  private func keepCookies(_ response: HTTPResponse) {
    for field in response.headers.all("Set-Cookie") {
      guard let pair = field.split(separator: ";").first,
        let equals = pair.firstIndex(of: "=")
      else { continue }
      let name = String(pair[..<equals]).filter { $0 != " " }
      let value = String(pair[pair.index(after: equals)...])
      let isGone = value.isEmpty || field.lowercased().contains("max-age=0")
      shared.withLock { $0.cookies[name] = isGone ? nil : value }
    }
  }

  /// The answer is an error whatever it holds; one that is a message says more than its status.
  private func failure(
    _ response: HTTPResponse, _ encoding: AvaticaEncoding
  ) throws(TernError) -> TernError {
    let bytes = try response.readAll()
    guard let body = try AvaticaBody.of(bytes), let fault = try? AvaticaReply.readFault(body)
    else { return AvaticaErrors.http(response.status, bytes).prefixed("\(origin.endpoint)") }
    if case .protobuf = body, encoding == .json { return AvaticaErrors.speaks(.protobuf, origin) }
    // What it makes of bytes that are no JSON.
    if case .json = body, encoding == .protobuf { return AvaticaErrors.speaks(.json, origin) }
    return AvaticaErrors.error(fault)
  }
}
