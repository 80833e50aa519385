import Foundation
import TernCore
import Testing

@testable import TernSnowflake

struct PasswordLoginTests {
  @Test func aPasswordOpensASession() throws {
    let service = try ScriptedService { _ in Answers.login() }
    let opened = try service.open("warehouse=WH&role=R&query_tag=etl&session.timezone=UTC")
    #expect(opened.login.sessionID == 4_611_686_018_427_387_999)
    #expect(opened.login.serverVersion == "9.20.1")
    #expect(opened.login.database == "DB" && opened.login.role == nil)
    #expect(opened.login.parameters["AUTOCOMMIT"] == "true")
    let request = try #require(service.requests.first)
    #expect(request.method == "POST" && request.path == "/session/v1/login-request")
    #expect(request.query["databaseName"] == "DB" && request.query["schemaName"] == "PUBLIC")
    #expect(request.query["warehouse"] == "WH" && request.query["roleName"] == "R")
    #expect(request.query["requestId"] != nil && request.query["request_guid"] != nil)
    #expect(request.header("Accept") == "application/snowflake")
    #expect(request.header("CLIENT_APP_ID") == "PythonConnector")
    let data = request.loginData
    #expect(data["ACCOUNT_NAME"] as? String == "acct")
    #expect(data["LOGIN_NAME"] as? String == "jane")
    #expect(data["PASSWORD"] as? String == "pw")
    #expect(data["AUTHENTICATOR"] == nil)
    #expect(data["EXT_AUTHN_DUO_METHOD"] as? String == "push")
    let parameters = data["SESSION_PARAMETERS"] as? [String: Any]
    #expect(parameters?["QUERY_TAG"] as? String == "etl")
    // Accounts and users may have another default than this library.
    #expect(parameters?["AUTOCOMMIT"] as? Bool == true)
    _ = try service.open("autocommit=off&session.query_tag=x")
    let other = service.requests.last?.loginData["SESSION_PARAMETERS"] as? [String: Any]
    #expect(other?["AUTOCOMMIT"] as? Bool == false)
    _ = try service.open("session.autocommit=false")
    let own = service.requests.last?.loginData["SESSION_PARAMETERS"] as? [String: Any]
    #expect(own?["AUTOCOMMIT"] as? Bool == false)
    #expect(parameters?["TIMEZONE"] as? String == "UTC")
    #expect(parameters?["PYTHON_CONNECTOR_QUERY_RESULT_FORMAT"] as? String == "ARROW")
    let environment = data["CLIENT_ENVIRONMENT"] as? [String: Any]
    #expect(environment?["OCSP_MODE"] as? String == "DISABLE_OCSP_CHECKS")
  }

  @Test("trap 15: a wrong password is sent once")
  func trap15WrongPasswordIsSentOnce() throws {
    let service = try ScriptedService { _ in
      Answers.failure(
        "390100", "Incorrect username or password was specified.",
        data: #"{"nextAction":"RETRY_LOGIN","authnMethod":"USERNAME_PASSWORD"}"#)
    }
    let error = try #require(throws: TernError.self) { try service.open(password: "wr0ng") }
    #expect(error.kind == .authentication && error.sqlState == .authenticationFailed)
    #expect(error.vendorCode == 390_100)
    #expect(!error.message.contains("wr0ng"))
    #expect(service.requests.count == 1)
  }

  /// Answers of a service that wants a person to confirm.
  private static func confirming(_ method: String) -> ScriptedService.Handler {
    { request in
      switch request.json["inFlightCtx"] as? String {
      case nil:
        Answers.failure("390122", data: #"{"nextAction":"\#(method)","inFlightCtx":"c1"}"#)
      case "c1":
        Answers.failure("390123", data: #"{"nextAction":"EXT_AUTHN_SUCCESS","inFlightCtx":"c2"}"#)
      default: Answers.login()
      }
    }
  }

  @Test(arguments: ["EXT_AUTHN_DUO_ALL", "EXT_AUTHN_DUO_PUSH_N_PASSCODE"])
  func aPhoneConfirmsInThreeSteps(_ method: String) throws {
    let service = try ScriptedService(Self.confirming(method))
    _ = try service.open()
    let requests = service.requests
    #expect(requests.map { $0.json["inFlightCtx"] as? String } == [nil, "c1", "c2"])
    #expect(requests[1].loginData["EXT_AUTHN_DUO_METHOD"] as? String == "push")
    #expect(requests[1].loginData["PASSWORD"] as? String == "pw")
    #expect(requests[2].loginData["PASSWORD"] == nil)
    #expect(requests[2].loginData["EXT_AUTHN_DUO_METHOD"] == nil)
    #expect(requests[2].loginData["LOGIN_NAME"] as? String == "jane")
  }

  @Test func aLoginThatNobodyConfirmsSaysWhatWouldHelp() throws {
    let service = try ScriptedService { _ in .hang }
    let error = try #require(throws: TernError.self) {
      try service.open(
        "", user: "jane", password: "pw", .quick, CallContext(deadline: .after(100_000_000, .login)))
    }
    #expect(error.kind == .timeout && error.message.contains("username_password_mfa"))
  }

  @Test func anExpiredPasswordIsSaid() throws {
    let service = try ScriptedService { _ in
      Answers.failure("390106", data: #"{"nextAction":"PWD_CHANGE","inFlightCtx":"c1"}"#)
    }
    let error = try #require(throws: TernError.self) { try service.open() }
    #expect(error.sqlState == .authenticationFailed && error.message.contains("expired"))
    #expect(service.requests.count == 1)
  }
}
