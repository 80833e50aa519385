internal import TernCore
internal import TernDriver
internal import TernNet

/// Logs in: posts proofs until the service has taken one, asked a person, or refused.
///
/// Source: Snowflake reference, sections 2.1 to 2.3.
struct SnowflakeLoginExchange {
  let channel: SnowflakeChannel
  let request: SnowflakeLoginRequest
  let identity: SnowflakeIdentity
  let authenticator: any SnowflakeAuthenticator

  /// Proofs that are tried before a refusal counts, whatever an authenticator hopes for.
  private static let proofCountMax = 3

  /// What the service wants done before it lets anybody in.
  private enum Step: String {
    case confirmAll = "EXT_AUTHN_DUO_ALL"
    case confirmOrCode = "EXT_AUTHN_DUO_PUSH_N_PASSCODE"
    case confirmed = "EXT_AUTHN_SUCCESS"
    case newPassword = "PWD_CHANGE"
  }

  /// Logs in.
  ///
  /// - Throws: `.authentication` (28000) when the service refuses, `.connection` (08001),
  ///   `.timeout`, `.cancelled`. A refused proof is not sent again.
  func run(_ context: CallContext) throws(TernError) -> SnowflakeLogin {
    var count = 0
    while true {
      let (login, reply) = try attempt(context)
      if let login { return login }
      count += 1
      let error = refusal(reply)
      guard count < Self.proofCountMax, let code = reply.code,
        authenticator.isWorthAnother(after: code)
      else { throw error }
      Log.write(.info, "snowflake: another login is tried after: \(error)")
    }
  }

  /// One proof and what became of it, in the person's turn if one is needed.
  private func attempt(
    _ context: CallContext
  ) throws(TernError) -> (SnowflakeLogin?, SnowflakeReply) {
    guard !authenticator.remembers(), let person = authenticator.person else {
      return try prove(context)
    }
    return try SnowflakeTurn.alone(with: "\(channel.origin.endpoint) \(person)", context) {
      () throws(TernError) in
      // Another login may have brought a token meanwhile.
      _ = authenticator.remembers()
      return try prove(context)
    }
  }

  /// Posts one proof, with whatever steps of a person's it takes.
  private func prove(
    _ context: CallContext
  ) throws(TernError) -> (SnowflakeLogin?, SnowflakeReply) {
    let reply = try waited { () throws(TernError) in
      try confirmed(try post(context, nil) { (proof) throws(TernError) in proof }, context)
    }
    guard reply.isSuccess else { return (nil, reply) }
    let login = try SnowflakeLogin(reply)
    authenticator.accepted(login)
    return (login, reply)
  }

  /// Says why a login may take long, where the service would not.
  private func waited(
    _ body: () throws(TernError) -> SnowflakeReply
  ) throws(TernError) -> SnowflakeReply {
    do throws(TernError) {
      return try body()
    } catch {
      guard error.kind == .timeout, authenticator is SnowflakePasswordLogin else { throw error }
      var error = error
      error.message +=
        " (a login that a person must confirm has more time with"
        + " authenticator=username_password_mfa)"
      throw error
    }
  }

  /// Posts one login. `change` makes the members of this step out of those of the proof.
  private func post(
    _ context: CallContext, _ inFlight: Secret?,
    _ change: @escaping (SnowflakeProof) throws(TernError) -> SnowflakeProof
  ) throws(TernError) -> SnowflakeReply {
    var login = SnowflakeRequest("POST", "/session/v1/login-request")
    login.accept = .snowflake
    login.isLogin = true
    login.query = request.query
    login.networkTimeout = authenticator.networkTimeout
    login.body = { () throws(TernError) in
      let proof = try change(try authenticator.proof(context))
      return request.body(
        proof.fields, parameters: proof.parameters, oauthType: proof.oauthType,
        inFlightContext: inFlight?.text, identity)
    }
    return try channel.send(login, context)
  }

  /// Has a person confirm the login, where the service asks for that.
  private func confirmed(
    _ reply: SnowflakeReply, _ context: CallContext
  ) throws(TernError) -> SnowflakeReply {
    var (reply, inFlight) = try step(reply)
    switch inFlight?.step {
    case .confirmAll, .confirmOrCode:
      // The answer comes when the phone has confirmed, or has not.
      reply = try post(context, inFlight?.context) { (proof) throws(TernError) in
        var proof = proof
        proof.fields.removeAll { $0.name == "EXT_AUTHN_DUO_METHOD" || $0.name == "PASSCODE" }
        proof.fields.append(("EXT_AUTHN_DUO_METHOD", .text("push")))
        return proof
      }
      (reply, inFlight) = try step(reply)
      guard inFlight?.step == .confirmed else { return reply }
      return try post(context, inFlight?.context) { (proof) throws(TernError) in
        // Only what every login has: the proof was taken already.
        SnowflakeProof(parameters: proof.parameters)
      }
    case .newPassword:
      throw TernError(
        .authentication, .authenticationFailed,
        "the password has expired and must be changed: log in at Snowflake's own page once",
        vendorCode: reply.code ?? 0)
    case .confirmed, nil: return reply
    }
  }

  /// What the service wants next, if anything.
  private func step(
    _ reply: SnowflakeReply
  ) throws(TernError) -> (SnowflakeReply, (step: Step, context: Secret)?) {
    let texts = try reply.dataTexts(["nextAction", "inFlightCtx", "token"])
    guard texts["token"] == nil, let step = texts["nextAction"].flatMap(Step.init),
      let context = texts["inFlightCtx"]
    else { return (reply, nil) }
    return (reply, (step, Secret(context)))
  }

  /// The error of a login that was refused.
  private func refusal(_ reply: SnowflakeReply) -> TernError {
    SnowflakeErrors.error(reply, isLogin: true).prefixed("\(channel.origin.endpoint)")
  }
}
