internal import TernCore

/// User and password, with a second factor where the user has one.
///
/// Source: Snowflake reference, section 2.3, "Password + MFA".
struct SnowflakePasswordLogin: SnowflakeAuthenticator {
  /// Where the code of the second factor is.
  enum Passcode: Sendable {
    /// None: the service asks the user's phone, if the user has a second factor.
    case none
    case text(Secret)
    /// Behind the password.
    case inPassword
  }

  let password: Secret
  let passcode: Passcode

  func proof(_ context: CallContext) throws(TernError) -> SnowflakeProof {
    SnowflakeProof(fields: fields)
  }

  /// Members of every login with a password.
  var fields: [SnowflakeLoginRequest.Field] {
    var fields: [SnowflakeLoginRequest.Field] = [("PASSWORD", .secret(password))]
    switch passcode {
    case .none: fields.append(("EXT_AUTHN_DUO_METHOD", .text("push")))
    case .text(let code):
      fields.append(("EXT_AUTHN_DUO_METHOD", .text("passcode")))
      fields.append(("PASSCODE", .secret(code)))
    case .inPassword:
      fields.append(("EXT_AUTHN_DUO_METHOD", .text("passcode")))
      fields.append(("passcodeInPassword", .bool(true)))
    }
    return fields
  }
}
