import Foundation
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

struct TokenLoginTests {
  @Test(arguments: [
    ("oauth", "OAUTH"), ("OAuth", "OAUTH"),
    ("programmatic_access_token", "PROGRAMMATIC_ACCESS_TOKEN"),
  ])
  func tokensAreHandedOver(_ option: String, _ name: String) throws {
    let service = try ScriptedService { _ in Answers.login() }
    _ = try service.open("authenticator=\(option)&token=t0ken")
    let data = try #require(service.requests.first).loginData
    #expect(data["AUTHENTICATOR"] as? String == name)
    #expect(data["TOKEN"] as? String == "t0ken")
    #expect(data["PASSWORD"] == nil && data["LOGIN_NAME"] as? String == "jane")
  }

  @Test func aTokenFileIsReadForEachLogin() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/token"
    let service = try ScriptedService { _ in Answers.login() }
    let options = "authenticator=programmatic_access_token&token=@\(file)"
    for token in ["first", "second"] {
      try (token + "\n").write(toFile: file, atomically: true, encoding: .utf8)
      _ = try service.open(options)
    }
    #expect(service.requests.map { $0.loginData["TOKEN"] as? String } == ["first", "second"])
  }

  @Test func aRefusedTokenIsSentOnce() throws {
    let service = try ScriptedService { _ in
      Answers.failure(
        "394400", "Programmatic access token is invalid.",
        data: #"{"authnMethod":"PAT","nextAction":"RETRY_LOGIN"}"#)
    }
    let error = try #require(throws: TernError.self) {
      try service.open("authenticator=programmatic_access_token&token=t0ken")
    }
    #expect(error.sqlState == .authenticationFailed && error.vendorCode == 394_400)
    #expect(service.requests.count == 1)
  }

  @Test(arguments: [
    "authenticator=oauth", "authenticator=programmatic_access_token",
    "authenticator=snowflake_jwt", "authenticator=workload_identity",
    "authenticator=oauth_client_credentials", "authenticator=nonsense",
    "authenticator=http://x.okta.com", "master_token=m",
    "authenticator=workload_identity&workload_identity_provider=OIDC",
    "authenticator=workload_identity&workload_identity_provider=AWS",
    "authenticator=oauth_client_credentials&oauth_token_request_url=http://x.example/t",
  ])
  func whatIsMissingIsNamed(_ options: String) throws {
    let service = try ScriptedService { _ in Answers.login() }
    let error = try #require(throws: TernError.self) { try service.open(options) }
    #expect(error.kind == .usage && error.message.contains("option") || options.contains("AWS"))
    #expect(service.requests.isEmpty)
  }

  @Test func aSessionIsTakenOver() throws {
    let service = try ScriptedService { request in
      if request.path == "/session/token-request" { return Answers.renewal("S2", "M2") }
      return request.token == "S2" ? Answers.nothing : Answers.failure("390112")
    }
    let opened = try service.open("session_token=OLD&master_token=OLDM")
    #expect(
      service.requests.map { "\($0.path) \($0.token ?? "")" } == [
        "/session/heartbeat OLD", "/session/token-request OLDM", "/session/heartbeat S2",
      ])
    #expect(opened.line.isAlive && opened.login.parameters.isEmpty)
    let dead = try ScriptedService { _ in Answers.failure("390111", "gone") }
    let error = try #require(throws: TernError.self) { try dead.open("session_token=OLD") }
    #expect(error.vendorCode == 390_111)
  }

  @Test("trap 41: objects that do not exist fail the login where that is asked for")
  func trap41DefaultObjects() throws {
    let service = try ScriptedService { request in
      let parameters = request.loginData["SESSION_PARAMETERS"] as? [String: Any]
      return parameters?["CLIENT_VALIDATE_DEFAULT_PARAMETERS"] as? Bool == true
        ? Answers.failure("390201", "The requested database does not exist") : Answers.login()
    }
    _ = try service.open()
    let error = try #require(throws: TernError.self) {
      try service.open("validate_default_parameters=on")
    }
    #expect(error.sqlState == .cannotConnect && error.vendorCode == 390_201)
    #expect(error.message.contains("does not exist"))
  }

  @Test func aContainerTellsItsToken() throws {
    let folder = try TemporaryFolder()
    try "spcs\n".write(toFile: folder.path + "/t", atomically: true, encoding: .utf8)
    let service = try ScriptedService { _ in Answers.login() }
    var surroundings = SnowflakeSurroundings.quick
    surroundings.containerTokenFile = folder.path + "/t"
    _ = try service.open("", user: "jane", password: "pw", surroundings)
    surroundings.variable = { $0 == "SNOWFLAKE_RUNNING_INSIDE_SPCS" ? "true" : nil }
    _ = try service.open("", user: "jane", password: "pw", surroundings)
    surroundings.containerTokenFile = folder.path + "/none"
    _ = try service.open("", user: "jane", password: "pw", surroundings)
    #expect(
      service.requests.map { $0.loginData["SPCS_TOKEN"] as? String } == [nil, "spcs", nil])
  }

  @Test func theIdentityIsAnOption() throws {
    let service = try ScriptedService { _ in Answers.login() }
    _ = try service.open("client_id=Go/2.1.0&result_format=json")
    let request = try #require(service.requests.first)
    #expect(request.header("CLIENT_APP_ID") == "Go")
    #expect(request.header("CLIENT_APP_VERSION") == "2.1.0")
    #expect(request.loginData["CLIENT_APP_VERSION"] as? String == "2.1.0")
    let parameters = request.loginData["SESSION_PARAMETERS"] as? [String: Any]
    #expect(parameters?["GO_QUERY_RESULT_FORMAT"] as? String == "JSON")
    #expect(parameters?.keys.sorted() == ["AUTOCOMMIT", "GO_QUERY_RESULT_FORMAT"])
    #expect(throws: TernError.self) { try service.open("client_id=Go") }
    #expect(throws: TernError.self) { try service.open("client_id=Go/1%0AX") }
  }

  @Test("traps 21, 54: a login asks nobody else, for certificates or with telemetry")
  func trap21And54NobodyElseIsAsked() throws {
    let service = try ScriptedService { _ in Answers.login() }
    let opened = try service.open()
    opened.line.close(patience)
    #expect(service.requests.map(\.path) == ["/session/v1/login-request", "/session"])
  }
}

struct WorkloadIdentityTests {
  private func jwt(_ claims: String) -> String {
    let parts = [#"{"alg":"RS256"}"#, claims, "signature"]
    return parts.map { Base64.encodeURLSafe(Array($0.utf8)) }.joined(separator: ".")
  }

  private func open(
    _ provider: String, _ service: ScriptedService, _ variables: [String: String] = [:],
    options: String = ""
  ) throws {
    var surroundings = SnowflakeSurroundings.quick
    surroundings.variable = { variables[$0] }
    surroundings.clouds.azure = "http://127.0.0.1:\(service.port)"
    surroundings.clouds.gcp = "http://127.0.0.1:\(service.port)"
    _ = try service.open(
      "authenticator=workload_identity&workload_identity_provider=\(provider)" + options,
      user: "", password: "", surroundings)
  }

  @Test func aTokenOfOpenIDIsHandedOver() throws {
    let service = try ScriptedService { _ in Answers.login() }
    try open("OIDC", service, options: "&token=oidc")
    let data = try #require(service.requests.first).loginData
    #expect(data["AUTHENTICATOR"] as? String == "WORKLOAD_IDENTITY")
    #expect(data["PROVIDER"] as? String == "OIDC" && data["TOKEN"] as? String == "oidc")
    #expect(data["LOGIN_NAME"] == nil)
  }

  @Test func googleSaysWhoTheMachineIs() throws {
    let token = jwt(#"{"iss":"https://accounts.google.com","sub":"42"}"#)
    let service = try ScriptedService { request in
      request.path.hasPrefix("/session") ? Answers.login() : .answer(200, [], Array(token.utf8))
    }
    try open("GCP", service)
    let question = service.requests[0]
    #expect(
      question.path == "/computeMetadata/v1/instance/service-accounts/default/identity")
    #expect(question.query["audience"] == "snowflakecomputing.com")
    #expect(question.header("Metadata-Flavor") == "Google")
    #expect(service.requests[1].loginData["TOKEN"] as? String == token)
  }

  @Test func azureSaysWhoTheMachineIs() throws {
    let token = jwt(#"{"iss":"https://sts.windows.net/x","sub":"7"}"#)
    let service = try ScriptedService { request in
      request.path.hasPrefix("/session")
        ? Answers.login() : .json(#"{"access_token":"\#(token)","expires_in":"1"}"#)
    }
    try open("AZURE", service, ["MANAGED_IDENTITY_CLIENT_ID": "cid"])
    let question = service.requests[0]
    #expect(question.path == "/metadata/identity/oauth2/token")
    #expect(question.query["api-version"] == "2018-02-01")
    #expect(question.query["resource"] == "api://fd3f753b-eed3-462c-b6a7-a4b5bb650aad")
    #expect(question.query["client_id"] == "cid" && question.header("Metadata") == "true")
    #expect(service.requests[1].loginData["TOKEN"] as? String == token)
    try open(
      "AZURE", service,
      [
        "IDENTITY_ENDPOINT": "http://127.0.0.1:\(service.port)/functions",
        "IDENTITY_HEADER": "h34der",
      ], options: "&workload_identity_entra_resource=api://mine")
    let function = service.requests[2]
    #expect(function.path == "/functions" && function.query["api-version"] == "2019-08-01")
    #expect(function.header("X-IDENTITY-HEADER") == "h34der")
    #expect(function.query["resource"] == "api://mine" && function.query["client_id"] == nil)
  }

  @Test(arguments: [
    ("GCP", 400, "no"), ("GCP", 200, "no token"), ("GCP", 200, ""), ("AZURE", 200, "{}"),
    ("AZURE", 404, "{}"), ("AZURE", 200, "<html>"), ("AZURE", 200, #"{"access_token":"x"}"#),
  ])
  func whatIsNoTokenIsRefused(_ provider: String, _ status: Int, _ text: String) throws {
    let service = try ScriptedService { request in
      request.path.hasPrefix("/session") ? Answers.login() : .status(status, text)
    }
    let error = try #require(throws: TernError.self) { try open(provider, service) }
    #expect(error.sqlState == .authenticationFailed)
    #expect(service.requests("/session/v1/login-request").isEmpty)
  }

  @Test func aTokenWithoutIssuerIsRefused() throws {
    let token = jwt(#"{"sub":"42"}"#)
    let service = try ScriptedService { _ in .answer(200, [], Array(token.utf8)) }
    let error = try #require(throws: TernError.self) { try open("GCP", service) }
    #expect(error.message.contains("who made it") && !error.message.contains(token))
  }

  /// The example of AWS's own documentation of Signature Version 4, with a request of ours: the
  /// expected code was worked out by a program of another language.
  @Test func amazonsSignatureIsRight() throws {
    let variables = [
      "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
      "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      "AWS_REGION": "us-east-1", "AWS_SESSION_TOKEN": "tok/en+1==",
    ]
    let web = SnowflakeWeb(ConnectSettings(), networkTimeout: 1)
    let identity = SnowflakeWorkloadIdentity(
      provider: .aws, token: nil, resource: "", web: web, outside: web,
      variable: { variables[$0] })
    // 2015-08-30T12:36:00Z
    let proof = try identity.callerIdentity(1_440_938_160, patience)
    let text = try #require(Base64.decode(proof.text))
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any])
    #expect(document["method"] as? String == "POST")
    #expect(
      document["url"] as? String
        == "https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15")
    let headers = try #require(document["headers"] as? [String: String])
    #expect(headers["host"] == "sts.us-east-1.amazonaws.com")
    #expect(headers["x-amz-date"] == "20150830T123600Z")
    #expect(headers["x-snowflake-audience"] == "snowflakecomputing.com")
    #expect(headers["x-amz-security-token"] == "tok/en+1==")
    #expect(
      headers["authorization"]
        == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/sts/aws4_request,"
        + " SignedHeaders=host;x-amz-date;x-amz-security-token;x-snowflake-audience,"
        + " Signature=435383bb00373acaba5dda8fdf4d0f1fb587943f215c6c61b52b9502b57c38b5")
  }

  @Test func proofsGoToSnowflakeAlone() throws {
    let target = try TargetReader.target(
      "snowflake+http://localhost/?account=a&authenticator=workload_identity"
        + "&workload_identity_provider=OIDC&token=t&proxy=off")
    let error = try #require(throws: TernError.self) {
      try SnowflakeOpener(target, .quick).open(patience)
    }
    #expect(error.kind == .usage && error.message.contains("localhost"))
  }
}
