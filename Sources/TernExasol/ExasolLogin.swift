internal import TernColumns
internal import TernCore
internal import TernNet

/// What a login shows the server.
enum ExasolCredentials: Sendable {
  case password(user: String, Secret)
  case accessToken(Secret)
  case refreshToken(Secret)

  var isToken: Bool {
    if case .password = self { return false }
    return true
  }
}

/// Which session a subconnection belongs to.
struct ExasolSubTicket: Equatable, Sendable {
  var token: Int64
  var sessionID: String
}

/// The four messages of a login, without I/O: requests come out, replies go in.
///
/// Source: Exasol reference, sections 2.3 "login", 2.4 "loginToken", 2.5 "subLogin".
struct ExasolLogin {
  private enum State: Equatable {
    case started
    case awaitingKey
    case awaitingSession
    case finished
  }

  /// What to do next.
  enum Step {
    case send([UInt8])
    case finished(ExasolLoginReply)
  }

  let credentials: ExasolCredentials
  /// nil for a main connection.
  let ticket: ExasolSubTicket?
  let protocolVersion: Int
  /// Client facts and attributes for the third message; main connections only.
  let writeClient: (inout JSONWriter) -> Void
  private var state = State.started

  init(
    _ credentials: ExasolCredentials, ticket: ExasolSubTicket? = nil, protocolVersion: Int,
    writeClient: @escaping (inout JSONWriter) -> Void
  ) {
    self.credentials = credentials
    self.ticket = ticket
    self.protocolVersion = protocolVersion
    self.writeClient = writeClient
  }

  /// Whether the message with the credentials has gone out.
  var hasShownCredentials: Bool { state == .awaitingSession }

  /// The first message.
  mutating func start() throws(TernError) -> [UInt8] {
    guard state == .started else { throw .internal("the login was started twice") }
    state = .awaitingKey
    let name = (ticket == nil ? "login" : "subLogin") + (credentials.isToken ? "Token" : "")
    return ExasolRequest.command(name) { [protocolVersion] writer in
      writer.member("protocolVersion", Int64(protocolVersion))
    }
  }

  /// Takes a reply and says what comes next.
  mutating func received(_ fields: ExasolFields?) throws(TernError) -> Step {
    switch state {
    case .awaitingKey:
      state = .awaitingSession
      return .send(try third(fields))
    case .awaitingSession:
      state = .finished
      guard let fields else { throw .badReply("the login reply has no responseData") }
      return .finished(try ExasolLoginReply(fields, requestedVersion: protocolVersion))
    case .started, .finished:
      throw .internal("a login reply came in state \(state)")
    }
  }

  /// The third message; it has no command.
  private func third(_ fields: ExasolFields?) throws(TernError) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    switch credentials {
    case .password(let user, let password):
      guard let modulus = fields?.text("publicKeyModulus"),
        let exponent = fields?.text("publicKeyExponent")
      else { throw .badReply("the server sent no public key") }
      writer.member("username", user)
      writer.member("password", try Self.cipher(password, modulus, exponent))
    case .accessToken(let token): writer.member("accessToken", token.text)
    case .refreshToken(let token): writer.member("refreshToken", token.text)
    }
    if let ticket {
      writer.member("token", ticket.token)
      if protocolVersion >= 4 {
        writer.key("sessionId")
        writer.raw(ticket.sessionID)
      }
    }
    writeClient(&writer)
    writer.endObject()
    return writer.finish()
  }

  private static func cipher(
    _ password: Secret, _ modulus: String, _ exponent: String
  ) throws(TernError) -> String {
    let byteCountMax = modulus.utf8.count / 2 - 11
    guard password.text.utf8.count <= byteCountMax else {
      throw .usage(
        "the password has more than \(byteCountMax) bytes, which this login cannot carry: "
          + "give a token as refresh_token or access_token instead", .authenticationFailed)
    }
    let key = try RSAPublicKey(modulus: modulus, exponent: exponent)
    return Base64.encode(try key.encrypt(Array(password.text.utf8)))
  }
}
