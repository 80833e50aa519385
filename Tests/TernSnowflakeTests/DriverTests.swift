import TernCore
import TernDriver
import TernNet
import Testing

@testable import TernSnowflake

/// Sessions as a target opens them.
struct DriverTests {
  private static let registry = DriverRegistry([SnowflakeDriver.self]) { path throws(TernError) in
    try SmallFile.read(path)
  }

  private func target(_ service: ScriptedService, _ options: String) throws -> ConnectionTarget {
    try ConnectionTarget(
      parsing: "snowflake+http://jane:pw@127.0.0.1:\(service.port)/DB/PUBLIC?account=acct"
        + "&proxy=off&token_cache=off\(options)",
      registry: Self.registry)
  }

  private func service(
    _ more: @escaping @Sendable (ServiceRequest) -> ServiceReply? = { _ in nil }
  ) throws -> ScriptedService {
    try ScriptedService { request in
      if let answer = more(request) { return answer }
      switch request.path {
      case "/session/v1/login-request": return Answers.login()
      case ScriptedService.queries: return Query.status()
      default: return Answers.nothing
      }
    }
  }

  @Test func aSessionIsReadyWhenItIsOpen() throws {
    let service = try service()
    let session = try SnowflakeDriver.connect(
      to: try target(
        service,
        "&autocommit=off&session_init=alter%20session%20set%20a%20%3D%20%27%3B%27%3B%20use%20role%20r"
      ), patience)
    // The login's answer says that autocommit is on.
    #expect(
      service.statements == [
        "ALTER SESSION SET AUTOCOMMIT = false", "alter session set a = ';'", "use role r",
      ])
    #expect(!session.state.isAutocommit && session.state.isolation == .readCommitted)
    #expect(session.state.catalog == "DB" && session.state.schema == "PUBLIC")
    #expect(session.capabilities.productVersion == "9.20.1")
    #expect(session.capabilities.sessionID == "4611686018427387999")
    #expect(session.capabilities.userName == "jane")
    session.close(patience)
    #expect(service.requests("/session").count == 1)
  }

  @Test func aSessionThatCannotBePreparedIsClosed() throws {
    let service = try service { request in
      request.path == ScriptedService.queries ? Query.failed("001003", "42000", "bad") : nil
    }
    let error = failure {
      _ = try SnowflakeDriver.connect(
        to: try target(service, "&session_init=nonsense"), patience)
    }
    #expect(error?.message.hasPrefix("session_init: ") == true)
    #expect(service.requests("/session").count == 1)
  }

  @Test(arguments: ["&read_only=on", "&isolation=serializable"])
  func whatNoSessionCanBeIsRefused(option: String) throws {
    let service = try service()
    let error = failure {
      _ = try SnowflakeDriver.connect(to: try target(service, option), patience)
    }
    #expect(error?.sqlState == .invalidOptionValue)
    #expect(service.requests.isEmpty)
  }

  @Test func optionsReachTheStatements() throws {
    let service = try service { request in
      request.path == ScriptedService.queries ? Query.rows(["A"], [["1"]]) : nil
    }
    let session = try SnowflakeDriver.connect(
      to: try target(service, "&multi_statement_count=0&async=on"), patience)
    _ = try session.execute("select 1", ExecutionOptions(), patience)
    let sent = service.requests(ScriptedService.queries)[0].json
    #expect(sent["asyncExec"] as? Bool == true)
    #expect(sent["parameters"] as? [String: Int] == ["MULTI_STATEMENT_COUNT": 0])
    #expect(session.keepAliveNanoseconds == 0)
    session.close(patience)
    let kept = try SnowflakeDriver.connect(
      to: try target(service, "&keep_alive=60&server_session_keep_alive=on"), patience)
    #expect(kept.keepAliveNanoseconds == 900_000_000_000)
    try kept.keepAlive(patience)
    kept.close(patience)
    #expect(service.requests("/session/heartbeat").count == 1)
    #expect(service.requests("/session").count == 1)
  }
}
