internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// A login with user and password at an Okta domain, whose signed answer the service takes.
///
/// Source: Snowflake reference, section 2.3, "Okta native".
final class SnowflakeOktaLogin: SnowflakeAuthenticator {
  /// The domain, as the option `authenticator` has it.
  private let address: String
  /// The user's password at Okta, which Snowflake never sees.
  private let password: Secret
  private let web: SnowflakeWeb
  private let channel: SnowflakeChannel
  private let request: SnowflakeLoginRequest
  private let identity: SnowflakeIdentity
  /// Whether the answer's form must be meant for the service's own host.
  private let checksAnswer: Bool
  /// Where the service said to go.
  private var known: (token: String, page: String)?

  /// A login at the domain `address`; `web` reaches it, `channel` the service.
  init(
    _ address: String, _ password: Secret, _ web: SnowflakeWeb, _ channel: SnowflakeChannel,
    _ request: SnowflakeLoginRequest, _ identity: SnowflakeIdentity, checksAnswer: Bool
  ) {
    self.address = address
    self.password = password
    self.web = web
    self.channel = channel
    self.request = request
    self.identity = identity
    self.checksAnswer = checksAnswer
  }

  /// The one-time token is good for one page: each attempt gets new ones.
  func proof(_ context: CallContext) throws(TernError) -> SnowflakeProof {
    let places = try places(context)
    var backoff = web.backoff
    for _ in 1..<Self.pageCountMax {
      if let proof = try page(places, isLast: false, context) { return proof }
      try context.pause(backoff.next(), "waiting to ask \(Self.name) for another page")
    }
    guard let proof = try page(places, isLast: true, context) else {
      throw .internal("no page and no error")
    }
    return proof
  }

  /// A page for a new one-time token; nil where Okta was too busy to give one.
  private func page(
    _ places: (token: String, page: String), isLast: Bool, _ context: CallContext
  ) throws(TernError) -> SnowflakeProof? {
    let token = try oneTimeToken(places.token, context)
    let query = SnowflakeForm.encode([
      ("RelayState", "/some/deep/link"), ("onetimetoken", token.text),
    ])
    let mark = places.page.contains("?") ? "&" : "?"
    let answer = try web.send(
      "GET", places.page + mark + query, headers: [("Accept", "*/*")], Self.name,
      attemptCountMax: 1, context)
    if !isLast, answer.status == 429 || answer.status >= 500 { return nil }
    guard answer.status == 200 else { throw SnowflakeWeb.refusal(Self.name, answer) }
    try checkForm(answer.body)
    let page = Secret(String(decoding: answer.body, as: UTF8.self))
    return SnowflakeProof(fields: [
      ("AUTHENTICATOR", .text(address)), ("RAW_SAML_RESPONSE", .secret(page)),
    ])
  }

  /// Pages that are asked for, each with a one-time token of its own.
  private static let pageCountMax = 3
  /// What errors call it.
  private static let name = "Okta"

  /// The service's answer to where to go; one for all attempts of a login.
  private func places(
    _ context: CallContext
  ) throws(TernError) -> (token: String, page: String) {
    if let known { return known }
    let places = try ask(context)
    known = places
    return places
  }

  /// Where to go, by the service; both must be the domain that the target names, or the password
  /// would be told to somebody else.
  private func ask(_ context: CallContext) throws(TernError) -> (token: String, page: String) {
    let texts = try SnowflakeAuthenticatorRequest(channel: channel, request: request, identity)
      .send(address, context)
    guard let token = texts["tokenUrl"], let page = texts["ssoUrl"] else {
      throw .badReply("an identity provider without addresses")
    }
    let own = HTTPOrigin.split(url: address)?.origin
    for place in [token, page] {
      guard let origin = HTTPOrigin.split(url: place)?.origin, Self.isSame(origin, own) else {
        throw TernError(
          .authentication, .authenticationFailed,
          "the service names another identity provider than option authenticator does: the"
            + " password was not sent there")
      }
    }
    return (token, page)
  }

  /// Whether both are the same scheme, host and port.
  private static func isSame(_ origin: HTTPOrigin, _ other: HTTPOrigin?) -> Bool {
    guard let other else { return false }
    return origin.isEncrypted == other.isEncrypted
      && origin.endpoint.host.lowercased() == other.endpoint.host.lowercased()
      && origin.endpoint.port == other.endpoint.port
  }

  /// What Okta gives for user and password: good for one page.
  private func oneTimeToken(
    _ url: String, _ context: CallContext
  ) throws(TernError) -> Secret {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("username", request.user)
    writer.member("password", password.text)
    writer.endObject()
    let answer = try web.send(
      "POST", url, headers: [("Content-Type", "application/json"), ("Accept", "application/json")],
      body: writer.bytes, Self.name, context)
    let texts = answer.texts(["sessionToken", "cookieToken", "status"])
    if texts["status"] == "MFA_REQUIRED" {
      throw TernError(
        .authentication, .authenticationFailed,
        "Okta wants a second factor, which only a browser can ask for: use"
          + " authenticator=externalbrowser")
    }
    guard answer.status == 200, let token = texts["sessionToken"] ?? texts["cookieToken"] else {
      throw SnowflakeWeb.refusal(Self.name, answer)
    }
    return Secret(token)
  }

  /// The page's form must be meant for this service.
  private func checkForm(_ body: [UInt8]) throws(TernError) {
    guard checksAnswer else { return }
    let action = Self.formAction(String(decoding: body, as: UTF8.self))
    guard let action, let origin = HTTPOrigin.split(url: action)?.origin,
      Self.isSame(origin, channel.origin)
    else {
      throw TernError(
        .authentication, .authenticationFailed,
        "Okta's answer is meant for another server than this account's; disable_saml_url_check=on"
          + " takes it all the same")
    }
  }

  /// The address of the first form of a page, unescaped.
  static func formAction(_ page: String) -> String? {
    let bytes = Array(page.utf8)
    guard let form = find("<form", in: bytes[...]) else { return nil }
    let tag = bytes[form...].prefix { $0 != UInt8(ascii: ">") }
    guard let start = find("action=", in: tag), let quote = tag[start...].first,
      quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
    else { return nil }
    let text = tag[start...].dropFirst().prefix { $0 != quote }
    return WebPage.unescaped(String(decoding: text, as: UTF8.self))
  }

  /// The place behind the first `word`, which is in lower case, in either case.
  private static func find(_ word: String, in bytes: ArraySlice<UInt8>) -> Int? {
    let word = Array(word.utf8)
    var rest = bytes
    while rest.count >= word.count {
      let isHere = zip(rest, word).allSatisfy { byte, wanted in
        (0x41...0x5A).contains(byte) ? byte + 32 == wanted : byte == wanted
      }
      if isHere { return rest.startIndex + word.count }
      rest = rest.dropFirst()
    }
    return nil
  }
}
