internal import TernCore
internal import TernDriver
internal import TernNet

/// What proves in a login who logs in.
struct SnowflakeProof: Sendable {
  /// Members of the login's `data`.
  var fields: [SnowflakeLoginRequest.Field] = []
  /// Session parameters that go with them.
  var parameters: [SnowflakeLoginRequest.Field] = []
  /// The flow of OAuth that the token is from.
  var oauthType: String?
  /// Further header fields.
  var headers: [(name: String, value: String)] = []
}

/// One way to log in: makes proofs, and hears what became of them.
///
/// One thread at a time. Source: Snowflake reference, section 2.3.
protocol SnowflakeAuthenticator {
  /// Who may have to act for a proof; nil where nobody does.
  var person: String? { get }
  /// Looks for a token that stands for what the person would have to do, and tells whether there is
  /// one. Comes before each login.
  func remembers() -> Bool
  /// What is sent with the next attempt; asked for each, because some proofs expire quickly.
  ///
  /// Blocks as long as it takes a person or another server.
  func proof(_ context: CallContext) throws(TernError) -> SnowflakeProof
  /// Hears that the service refused a proof with `code`; whether another one is worth a login.
  func isWorthAnother(after code: Int32) -> Bool
  /// Hears that the service took the proof.
  func accepted(_ login: SnowflakeLogin)
  /// How long the service may be silent over a login, in nanoseconds; nil for what the options say.
  var networkTimeout: Int64? { get }
}

extension SnowflakeAuthenticator {
  /// What is wrong once stays wrong: repeating a wrong password locks the user out.
  func isWorthAnother(after code: Int32) -> Bool { false }
  var person: String? { nil }
  func remembers() -> Bool { true }
  /// Most ways remember nothing.
  func accepted(_ login: SnowflakeLogin) {}
  var networkTimeout: Int64? { nil }
}

/// Lets one login at a time bother a person: a pool that opens ten connections shows one page, and
/// its token then stands for the other nine.
enum SnowflakeTurn {
  private static let busy = Monitor<Set<String>>([])

  /// Runs `body` while nobody else bothers `person`.
  static func alone<Result>(
    with person: String, _ context: CallContext, _ body: () throws(TernError) -> Result
  ) throws(TernError) -> Result {
    try busy.wait(context, "waiting for another login of the same user") { busy -> Void? in
      busy.insert(person).inserted ? () : nil
    }
    defer { busy.withLock { busy in _ = busy.remove(person) } }
    return try body()
  }
}
