internal import TernCore
internal import TernNet

/// The Kerberos login of one request: a handshake that begins when it is needed.
///
/// Source: Avatica reference, section 4.4: servers before 1.20 want a token with every request;
/// later ones give a cookie and ask again when it has expired.
struct AvaticaNegotiation {
  private let host: String
  private let canonicalizes: Bool
  private var handshake: GSSHandshake?
  /// The server's last token.
  private var input: [UInt8]?
  /// Whether the next request carries a token.
  private var sendsToken: Bool

  /// `hasCookie`: the server may know this client by a cookie.
  init(host: String, canonicalizes: Bool, hasCookie: Bool) {
    self.host = host
    self.canonicalizes = canonicalizes
    sendsToken = !hasCookie
  }

  /// Whether a token went out.
  var hasSentToken: Bool { handshake != nil }

  /// The value of the header `Authorization`; nil while the cookie may do.
  mutating func authorization(_ context: CallContext) throws(TernError) -> String? {
    guard sendsToken else { return nil }
    let login: GSSHandshake
    if let handshake {
      login = handshake
    } else {
      let name = canonicalizes ? try GSSHandshake.canonicalHost(host, context) : host
      login = try GSSHandshake(service: "HTTP", host: name)
      handshake = login
    }
    return "Negotiate " + Base64.encode(try login.step(input, context))
  }

  /// Takes a challenge; false when another try makes no sense.
  mutating func take(_ response: HTTPResponse) -> Bool {
    guard let token = Self.token(response) else { return false }
    if !sendsToken {
      // The cookie had expired: a login from the start.
      sendsToken = true
      return true
    }
    // Without a token the server has turned down the one that it got.
    guard !token.isEmpty, handshake?.isComplete == false else { return false }
    input = token
    return true
  }

  /// Checks the proof that came with a good answer, where there is one: a server that cannot give
  /// it is not the one that the ticket is for.
  func verify(_ response: HTTPResponse, _ context: CallContext) throws(TernError) {
    guard let handshake, !handshake.isComplete, let token = Self.token(response), !token.isEmpty
    else { return }
    _ = try handshake.step(token, context)
  }

  /// The token of a `Negotiate` challenge, empty for a bare one; nil if there is none.
  private static func token(_ response: HTTPResponse) -> [UInt8]? {
    for challenge in response.headers.all("WWW-Authenticate") {
      let words = challenge.split(separator: " ", maxSplits: 1)
      guard words.first?.lowercased() == "negotiate" else { continue }
      return words.count > 1 ? Base64.decode(String(words[1])) : []
    }
    return nil
  }
}
