import TernCore
import TernDriver
import TernNet

@testable import TernSnowflake

extension ScriptedService {
  /// A channel to this server that does not wait between attempts.
  func channel(networkTimeout: Int64 = 30_000_000_000) throws -> SnowflakeChannel {
    var settings = ConnectSettings()
    settings.proxy = ProxySettings(.off)
    return SnowflakeChannel(
      HTTPClient(settings), origin, try SnowflakeIdentity("Tern/1.0"),
      networkTimeout: networkTimeout,
      backoff: SnowflakeBackoff(shortest: 1_000, longest: 2_000))
  }

  /// A line whose session has the tokens `S1` and `M1`.
  func line(networkTimeout: Int64 = 30_000_000_000) throws -> SnowflakeLine {
    try SnowflakeLine(
      try channel(networkTimeout: networkTimeout),
      SnowflakeLogin(sessionToken: Secret("S1"), masterToken: Secret("M1")))
  }
}

enum Answers {
  /// A successful login; `more` are further members of `data`.
  static func login(_ more: String = "") -> ServiceReply {
    .json(
      #"{"data":{"masterToken":"M1","token":"S1","validityInSeconds":3600,"#
        + #""masterValidityInSeconds":14400,"serverVersion":"9.20.1","#
        + #""sessionId":4611686018427387999,"parameters":[{"name":"AUTOCOMMIT","value":true},"#
        + #"{"name":"TIMEZONE","value":"America/Los_Angeles"},"#
        + #"{"name":"QUERY_CONTEXT_CACHE_SIZE","value":5}],"sessionInfo":{"databaseName":"DB","#
        + #""schemaName":"PUBLIC","warehouseName":"WH","roleName":null}"#
        + (more.isEmpty ? "" : ",\(more)")
        + #"},"code":null,"message":null,"success":true}"#)
  }

  /// A failure with a code.
  static func failure(_ code: String, _ message: String = "no", data: String = "null")
    -> ServiceReply
  {
    .json(
      #"{"data":\#(data),"code":"\#(code)","message":"\#(message)","success":false}"#)
  }

  static let nothing = ServiceReply.json(#"{"data":null,"code":null,"success":true}"#)

  /// New tokens.
  static func renewal(_ session: String, _ master: String) -> ServiceReply {
    .json(
      #"{"data":{"sessionToken":"\#(session)","validityInSecondsST":3600,"#
        + #""masterToken":"\#(master)","validityInSecondsMT":14400,"sessionId":1},"#
        + #""code":null,"message":null,"success":true}"#)
  }
}

/// A context that ends a test rather than let it hang.
var patience: CallContext { CallContext(deadline: .after(60_000_000_000, .network)) }
