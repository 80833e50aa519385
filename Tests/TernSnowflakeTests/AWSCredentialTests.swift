import Foundation
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

/// What a scripted service says when it plays the parts of AWS.
private enum Amazon {
  static func keys(_ id: String) -> ServiceReply {
    .json(
      #"{"Code":"Success","AccessKeyId":"\#(id)","SecretAccessKey":"s-\#(id)","#
        + #""Token":"t-\#(id)","Expiration":"2026-01-01T00:00:00Z"}"#)
  }

  /// An answer of the token service, as its reference shows it.
  static func role(_ id: String) -> ServiceReply {
    let keys =
      "<AccessKeyId>\(id)</AccessKeyId><SecretAccessKey>s-\(id)</SecretAccessKey>"
      + "<SessionToken>t-\(id)\(String(repeating: "x", count: 3_000))</SessionToken>"
    return .status(
      200,
      "<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><Arn>a</Arn></AssumedRoleUser>"
        + "<Credentials>\(keys)<Expiration>2026-01-01T00:00:00Z</Expiration></Credentials>"
        + "</AssumeRoleResult></AssumeRoleResponse>")
  }

  /// A machine with a role; the login's own requests are answered too.
  static func instance(_ request: ServiceRequest) -> ServiceReply {
    let folder = "/latest/meta-data/iam/security-credentials/"
    if request.path == "/latest/api/token" {
      return request.method == "PUT" ? .status(200, "imds-token") : .status(405)
    }
    guard request.header("X-aws-ec2-metadata-token") == "imds-token" else {
      return request.path.hasPrefix("/session") ? Answers.login() : .status(401)
    }
    switch request.path {
    case folder: return .status(200, "my+role\n")
    case folder + "my%2Brole": return keys("INSTANCE")
    case "/latest/meta-data/placement/region": return .status(200, "eu-west-3")
    default: return .status(404)
    }
  }
}

/// A service that is logged in to by AWS's word, in an environment of its own.
private struct Workload {
  let service: ScriptedService
  var variables: [String: String]

  init(_ variables: [String: String], _ handler: @escaping ScriptedService.Handler) throws {
    service = try ScriptedService(handler)
    self.variables = ["AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true"]
      .merging(variables) { $1 }
  }

  /// One that only takes logins.
  init(_ variables: [String: String]) throws {
    try self.init(variables) { _ in Answers.login() }
  }

  func open(
    _ options: String = "", _ context: CallContext = patience, nanosecondsMax: Int64? = nil
  ) throws {
    var surroundings = SnowflakeSurroundings.quick
    surroundings.variable = { [variables, port = service.port] name in
      variables[name]?.replacingOccurrences(of: "PORT", with: "\(port)")
    }
    surroundings.clouds.container = "http://127.0.0.1:\(service.port)"
    surroundings.clouds.instance = "http://127.0.0.1:\(service.port)"
    surroundings.clouds.instanceIPv6 = "http://127.0.0.1:\(service.port)/six"
    surroundings.clouds.nanosecondsMax = nanosecondsMax ?? 60_000_000_000
    _ = try service.open(
      "authenticator=workload_identity&workload_identity_provider=AWS" + options, user: "",
      password: "", surroundings, context)
  }

  /// Logs in, and tells whose keys signed the proof, where.
  func signer(_ options: String = "") throws -> String {
    try open(options)
    let token = try #require(logins.last?.loginData["TOKEN"] as? String)
    let text = Data(try #require(Base64.decode(token)))
    let proof = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    let headers = try #require(proof["headers"] as? [String: String])
    let scope = try #require(headers["authorization"]?.components(separatedBy: "/"))
    let id = try #require(scope[0].components(separatedBy: "Credential=").last)
    return [id, scope[2], headers["x-amz-security-token"].map { String($0.prefix(10)) } ?? "-"]
      .joined(separator: " ")
  }

  /// What a login fails with; none of them asks Snowflake.
  func failure(_ options: String = "", nanosecondsMax: Int64? = nil) throws -> String {
    let error = try #require(throws: TernError.self) {
      try open(options, nanosecondsMax: nanosecondsMax)
    }
    #expect(error.kind == .authentication && error.sqlState == .authenticationFailed, "\(error)")
    #expect(logins.isEmpty)
    return error.message
  }

  var logins: [ServiceRequest] { service.requests("/session/v1/login-request") }
}

struct AWSCredentialTests {
  private let web = [
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/none", "AWS_ROLE_ARN": "arn:aws:iam::1:role/web",
    "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:PORT/sts",
  ]

  @Test func theEnvironmentsKeysComeFirst() throws {
    let folder = try home("[default]\naws_access_key_id=FILE\naws_secret_access_key=k")
    let workload = try Workload(
      web.merging([
        "AWS_ACCESS_KEY_ID": "ENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "k",
        "AWS_SESSION_TOKEN": "token", "HOME": folder.path,
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/none",
      ]) { $1 })
    #expect(try workload.signer() == "ENVIRONMENT eu-west-1 token")
    #expect(workload.service.requests.count == 1)
  }

  @Test func anIdentityProvidersTokenIsGoodForARole() throws {
    let folder = try TemporaryFolder()
    try write("eyJ.web+token\n", folder.path + "/token")
    var workload = try Workload(web) { request in
      request.path.hasPrefix("/session") ? Answers.login() : Amazon.role("WEB")
    }
    workload.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder.path + "/token"
    #expect(try workload.signer() == "WEB eu-west-1 t-WEBxxxxx")
    let question = workload.service.requests[0]
    #expect(question.method == "POST" && question.path == "/sts" && question.query.isEmpty)
    #expect(
      question.form == [
        "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15",
        "RoleArn": "arn:aws:iam::1:role/web", "RoleSessionName": "tern-workload-identity",
        "WebIdentityToken": "eyJ.web+token",
      ])
    #expect(question.header("Authorization") == nil)
    workload.variables["AWS_ROLE_SESSION_NAME"] = "pod"
    _ = try workload.signer()
    #expect(workload.service.requests[2].form["RoleSessionName"] == "pod")
  }

  @Test(arguments: [
    ("", "", "DEFAULT eu-west-1 -"), ("work", "", "WORK eu-west-1 tok/en"),
    ("", "/other", "OTHER eu-west-1 -"),
  ])
  func theCredentialsFileHasKeys(_ profile: String, _ file: String, _ signer: String) throws {
    let folder = try home(
      """
      [default]
      aws_access_key_id = DEFAULT
      aws_secret_access_key = k
      [work]
      aws_access_key_id = WORK
      aws_secret_access_key = k
      aws_session_token = tok/en
      """)
    try write("[default]\naws_access_key_id=OTHER\naws_secret_access_key=k", folder.path + "/other")
    let workload = try Workload([
      "HOME": folder.path, "AWS_PROFILE": profile,
      "AWS_SHARED_CREDENTIALS_FILE": file.isEmpty ? "" : "~" + file,
    ])
    #expect(try workload.signer() == signer)
  }

  /// Nobody becomes somebody else because what was asked for is not there.
  @Test(arguments: [
    ("[default]\nrole_arn = arn:x\naws_access_key_id=A\naws_secret_access_key=k", "", "role_arn"),
    ("[default]\nsso_session = x", "", "sso_session"),
    ("[default]\ncredential_process = /bin/x", "", "credential_process"),
    ("[default]\naws_access_key_id = A", "", "only one of"),
    ("[default]\naws_access_key_id=A\naws_secret_access_key=a b", "", "a character that none"),
    ("[default]\naws_access_key_id=A\naws_secret_access_key=k", "work", "the profile work"),
    ("", "work", "the profile work"),
  ])
  func aProfileThatIsNoneOfKeysEndsTheSearch(
    _ text: String, _ profile: String, _ words: String
  ) throws {
    let folder = try home(text)
    let workload = try Workload(
      ["HOME": folder.path, "AWS_PROFILE": profile, "AWS_EC2_METADATA_DISABLED": ""],
      Amazon.instance)
    let message = try workload.failure()
    #expect(message.contains("credentials file: ") && message.contains(words), "\(message)")
    #expect(workload.service.requests.isEmpty)
  }

  @Test func aFileThatIsAskedForMustBeThere() throws {
    let file = ["AWS_SHARED_CREDENTIALS_FILE": "/nowhere/credentials"]
    let named = try Workload(file).failure()
    #expect(named.contains("credentials file: cannot open /nowhere/credentials"))
    #expect(!named.contains("container"))
    let homeless = try Workload(["AWS_PROFILE": "work"]).failure()
    #expect(homeless.hasSuffix("credentials file: HOME is not set"))
    let usual = try Workload(["HOME": "/nowhere"]).failure()
    #expect(usual.contains("/nowhere/.aws/credentials") && usual.contains("; container: "))
  }

  @Test func containersHaveAnAddressOfTheirOwn() throws {
    let folder = try TemporaryFolder()
    try write("file-token\n", folder.path + "/token")
    let path = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    var workload = try Workload([path: "/v2/credentials/7?x=1"]) { request in
      request.path.hasPrefix("/session") ? Answers.login() : Amazon.keys("CONTAINER")
    }
    #expect(try workload.signer() == "CONTAINER eu-west-1 t-CONTAINE")
    let question = workload.service.requests[0]
    #expect(question.method == "GET" && question.path == "/v2/credentials/7")
    #expect(question.query == ["x": "1"] && question.header("Authorization") == nil)
    workload.variables[path] = nil
    workload.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://127.0.0.1:PORT/pod"
    workload.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Basic abc"
    _ = try workload.signer()
    workload.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = folder.path + "/token"
    _ = try workload.signer()
    try write("renewed", folder.path + "/token")
    _ = try workload.signer()
    #expect(
      workload.service.requests("/pod").map { $0.header("Authorization") } == [
        "Basic abc", "file-token", "renewed",
      ])
  }

  @Test(arguments: [
    ("https://keys.example/x", true), ("http://169.254.170.2/x", true),
    ("http://169.254.170.23/v1/credentials", true), ("http://[fd00:ec2::23]/v1", true),
    ("http://localhost:81/x", true), ("http://127.9.0.1/x", true), ("http://[::1]:8080/", true),
    ("http://169.254.170.3/x", false), ("http://169.254.169.254/x", false),
    ("http://keys.example/x", false), ("http://127.0.0.1.example/x", false),
    ("http://127.example/x", false), ("http://127.0.0.1@keys.example/x", false),
    ("http://127.0.0/x", false), ("file:///x", false), ("/x", false),
  ])
  func keysComeInTheClearFromThisMachineAlone(_ url: String, _ isTrusted: Bool) throws {
    #expect(SnowflakeAWSContainer.isTrusted(url) == isTrusted)
    guard !isTrusted else { return }
    let message = try Workload(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]).failure()
    #expect(message.contains("container: AWS_CONTAINER_CREDENTIALS_FULL_URI must be"))
  }

  @Test func machinesAreToldTheirRoleAndRegion() throws {
    let workload = try Workload(
      ["AWS_REGION": "", "AWS_EC2_METADATA_DISABLED": "false"], Amazon.instance)
    #expect(try workload.signer() == "INSTANCE eu-west-3 t-INSTANCE")
    let asked = workload.service.requests.dropLast()
    #expect(
      asked.map { "\($0.method) \($0.path)" } == [
        "PUT /latest/api/token", "GET /latest/meta-data/iam/security-credentials/",
        "GET /latest/meta-data/iam/security-credentials/my%2Brole", "PUT /latest/api/token",
        "GET /latest/meta-data/placement/region",
      ])
    #expect(asked.first?.header("X-aws-ec2-metadata-token-ttl-seconds") == "60")
    #expect(asked.first?.header("Content-Length") == "0")
    var elsewhere = workload
    elsewhere.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "IPv6"
    #expect(throws: TernError.self) { try elsewhere.open() }
    #expect(workload.service.requests.last?.path == "/six/latest/api/token")
    elsewhere.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:PORT/else/"
    elsewhere.variables["AWS_DEFAULT_REGION"] = "us-east-2"
    #expect(throws: TernError.self) { try elsewhere.open() }
    #expect(workload.service.requests.last?.path == "/else/latest/api/token")
  }

  @Test(arguments: [
    ("/latest/api/token", ServiceReply.status(403), "gave no token, HTTP 403"),
    ("/latest/api/token", .status(200, "a\r\nb"), "gave no token"),
    ("/latest/api/token", .close, "the instance (127.0.0.1"),
    ("credentials/", .status(404), "has no role"), ("credentials/", .status(200), "does not name"),
    ("credentials/", .status(200, "../../user-data"), "does not name its role"),
    ("credentials/", .status(302, "x", [("Location", "/latest/else")]), "HTTP 302"),
    ("my%2Brole", .json(#"{"Code":"Gone","Message":"by now"}"#), "HTTP 200: Gone: by now"),
    ("my%2Brole", .json(#"{"AccessKeyId":"A"}"#), "gave no keys"),
    ("my%2Brole", .json("{"), "gave no keys"), ("my%2Brole", .status(200), "gave no keys"),
    (
      "my%2Brole", .json(#"{"AccessKeyId":"A\n","SecretAccessKey":"k"}"#), "a character that none"
    ),
  ])
  func whatMachinesAreToldInsteadIsRefused(
    _ path: String, _ reply: ServiceReply, _ words: String
  ) throws {
    let workload = try Workload(["AWS_EC2_METADATA_DISABLED": ""]) { request in
      request.path.hasSuffix(path) ? reply : Amazon.instance(request)
    }
    let message = try workload.failure()
    #expect(message.contains("instance: ") && message.contains(words), "\(message)")
    #expect(!workload.service.requests.contains { $0.path == "/latest/else" })
  }

  @Test func aMachineThatIsToldTooMuchIsNotListenedTo() throws {
    let workload = try Workload(["AWS_EC2_METADATA_DISABLED": ""]) { _ in
      .answer(200, [], [UInt8](repeating: 0x41, count: 5 << 20))
    }
    let message = try workload.failure()
    #expect(message.contains("more than 4194304 bytes"), "\(message.prefix(500))")
  }

  @Test func whoHasNothingIsToldWhereKeysWereLookedFor() throws {
    let workload = try Workload(["AWS_REGION": ""])
    #expect(
      try workload.failure()
        == "no AWS credentials for workload_identity: environment: AWS_ACCESS_KEY_ID and"
        + " AWS_SECRET_ACCESS_KEY are not set; web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not"
        + " set; credentials file: HOME is not set; container:"
        + " AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and AWS_CONTAINER_CREDENTIALS_FULL_URI are not"
        + " set; instance: AWS_EC2_METADATA_DISABLED is set")
  }

  @Test(arguments: [
    (["AWS_ACCESS_KEY_ID": "A"], "environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must"),
    (["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "k\n"], "environment: a key"),
    (["AWS_WEB_IDENTITY_TOKEN_FILE": "/none"], "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is"),
    (["AWS_WEB_IDENTITY_TOKEN_FILE": "/none", "AWS_ROLE_ARN": "r"], "web identity: cannot open"),
    (["AWS_WEB_IDENTITY_TOKEN_FILE": "/dev/null", "AWS_ROLE_ARN": "r"], "/dev/null is empty"),
    (
      [
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/etc/hostname", "AWS_ROLE_ARN": "r",
        "AWS_ENDPOINT_URL": "http://sts.example",
      ], "web identity: AWS_ENDPOINT_URL_STS or"
    ),
    (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": ".evil.example/"], "container: AWS_CONTAINER"),
    (
      [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\nHost: b",
      ], "container: the container's authorization token"
    ),
    (
      ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "k", "AWS_REGION": "x.evil/"],
      "names no region"
    ),
    (
      ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "k", "AWS_REGION": ""],
      "AWS_REGION and AWS_DEFAULT_REGION are not set; instance: AWS_EC2_METADATA_DISABLED is set"
    ),
  ])
  func whatIsSetUpWrongEndsTheSearch(_ variables: [String: String], _ words: String) throws {
    let workload = try Workload(variables)
    let message = try workload.failure()
    #expect(message.contains(words), "\(message)")
    #expect(workload.service.requests.isEmpty)
  }

  @Test func rolesAreTakenOneAfterTheOther() throws {
    let workload = try Workload([
      "AWS_ACCESS_KEY_ID": "FIRST", "AWS_SECRET_ACCESS_KEY": "k",
      "AWS_ENDPOINT_URL": "http://127.0.0.1:PORT",
    ]) { request in
      request.path.hasPrefix("/session")
        ? Answers.login() : Amazon.role(request.number == 0 ? "SECOND" : "THIRD")
    }
    let path = "arn:aws:iam::1:role/a,%20arn:aws:iam::2:role/path/b"
    let option = "&workload_identity_impersonation_path=" + path
    #expect(try workload.signer(option) == "THIRD eu-west-1 t-THIRDxxx")
    let asked = workload.service.requests.prefix(2)
    #expect(asked.map { $0.form["Action"] } == ["AssumeRole", "AssumeRole"])
    #expect(
      asked.map { $0.form["RoleArn"] } == ["arn:aws:iam::1:role/a", "arn:aws:iam::2:role/path/b"])
    #expect(asked.allSatisfy { $0.form["RoleSessionName"] == "tern-workload-identity" })
    let signers = asked.map { request in
      let parts = (request.header("Authorization") ?? "").components(separatedBy: "/")
      return "\(parts[0]) \(request.header("x-amz-security-token")?.prefix(8) ?? "-")"
    }
    #expect(
      signers == [
        "AWS4-HMAC-SHA256 Credential=FIRST -", "AWS4-HMAC-SHA256 Credential=SECOND t-SECOND",
      ])
  }

  @Test func aRoleThatIsRefusedIsNamed() throws {
    let workload = try Workload([
      "AWS_ACCESS_KEY_ID": "FIRST", "AWS_SECRET_ACCESS_KEY": "k",
      "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:PORT/",
    ]) { _ in
      .status(
        403,
        "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
          + "<Message>not you</Message></Error></ErrorResponse>")
    }
    #expect(
      try workload.failure("&workload_identity_impersonation_path=arn:aws:iam::1:role/a")
        == "taking the role arn:aws:iam::1:role/a: AssumeRole was refused, HTTP 403:"
        + " AccessDenied: not you")
    #expect(workload.service.requests.count == 1)
  }

  @Test func aRefusalThatIsCutHasNoHalfOfAKey() throws {
    let key = "a-key-that-nobody-may-see"
    let workload = try Workload([
      "AWS_ACCESS_KEY_ID": "FIRST", "AWS_SECRET_ACCESS_KEY": key,
      "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:PORT/",
    ]) { _ in
      let words = String(repeating: "x", count: 290) + key
      return .status(403, "<Error><Message>\(words)</Message></Error>")
    }
    let message = try workload.failure("&workload_identity_impersonation_path=arn:aws:iam::1:role/a")
    #expect(message.contains("xxx") && !message.contains(key.prefix(6)))
  }

  @Test(arguments: [
    "AWS&workload_identity_impersonation_path=admin",
    "GCP&workload_identity_impersonation_path=arn:aws:iam::1:role/a",
    "OIDC&token=t&workload_identity_impersonation_path=arn:aws:iam::1:role/a",
  ])
  func onlyAmazonsRolesAreTaken(_ options: String) throws {
    let service = try ScriptedService { _ in Answers.login() }
    let error = try #require(throws: TernError.self) {
      try service.open("authenticator=workload_identity&workload_identity_provider=" + options)
    }
    #expect(error.kind == .usage && error.message.contains("impersonation_path"))
    #expect(service.requests.isEmpty)
  }

  @Test func aMachineThatSaysNothingIsNotWaitedFor() throws {
    let hanging = try Workload(["AWS_EC2_METADATA_DISABLED": ""]) { _ in .hang }
    let message = try hanging.failure(nanosecondsMax: 50_000_000)
    #expect(message.contains("; instance: the instance (127.0.0.1"), "\(message)")
    // A second attempt would have had no time.
    #expect(hanging.service.requests.count <= 1)
  }

  @Test func machinesAreAskedWithoutTheProxy() throws {
    let instance = try ScriptedService(Amazon.instance)
    let proxy = try ScriptedService { _ in Answers.login() }
    var surroundings = SnowflakeSurroundings.quick
    surroundings.variable = { $0 == "AWS_REGION" ? "eu-west-1" : nil }
    surroundings.clouds.instance = "http://127.0.0.1:\(instance.port)"
    let target = try TargetReader.target(
      "snowflake+http://x.snowflakecomputing.com/?account=a&authenticator=workload_identity"
        + "&workload_identity_provider=AWS&proxy=http://127.0.0.1:\(proxy.port)")
    _ = try SnowflakeOpener(target, surroundings).open(patience)
    #expect(instance.requests.count == 3)
    #expect(
      proxy.requests.map(\.path) == [
        "http://x.snowflakecomputing.com/session/v1/login-request"
      ])
  }

  @Test func aCancelEndsTheSearch() throws {
    let workload = try Workload(["AWS_EC2_METADATA_DISABLED": ""]) { _ in .hang }
    let token = CancelToken()
    let thread = try WorkerThread.start("cancel") { [service = workload.service] in
      try? service.waitForRequests(1)
      token.cancel()
    }
    let context = CallContext(deadline: .after(60_000_000_000, .login), cancelToken: token)
    let error = try #require(throws: TernError.self) { try workload.open("", context) }
    thread.join()
    #expect(error.kind == .cancelled, "\(error)")
    let late = CallContext(deadline: .after(50_000_000, .login))
    let timeout = try #require(throws: TernError.self) { try workload.open("", late) }
    #expect(timeout.kind == .timeout && timeout.message.contains("login_timeout"), "\(timeout)")
  }

  @Test(arguments: [
    ("us-east-1", "sts.us-east-1.amazonaws.com"),
    ("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"),
    ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
    ("eusc-de-east-1", "sts.eusc-de-east-1.amazonaws.eu"),
    ("us-iso-east-1", "sts.us-iso-east-1.c2s.ic.gov"),
    ("us-isob-east-1", "sts.us-isob-east-1.sc2s.sgov.gov"),
  ])
  func everyPartitionHasADomain(_ region: String, _ host: String) {
    #expect(SnowflakeAWSTokenService.host(region) == host)
  }

  /// A home with this credentials file.
  private func home(_ text: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/.aws", withIntermediateDirectories: true)
    try write(text, folder.path + "/.aws/credentials")
    return folder
  }

  private func write(_ text: String, _ path: String) throws {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }
}

struct AWSProfileTests {
  @Test(arguments: [
    ("[default]\naws_access_key_id = A", "A"), ("[default]\r\nAWS_Access_Key_ID=A\r\n", "A"),
    ("aws_access_key_id=A", nil),
    ("[other]\naws_access_key_id=B\n[ default ] ; mine\n\n# x\n; y\naws_access_key_id=A", "A"),
    ("[default]\naws_access_key_id=A # the key\n", "A"),
    ("[default]\naws_access_key_id=A#b", "A#b"),
    ("[default]\naws_access_key_id=A\n[other]\naws_access_key_id=B\n", "A"),
    ("[default]\naws_access_key_id=A\n[default]\naws_access_key_id=B\n", "B"),
    ("[default]\n  aws_access_key_id = A\n  x = y", "A"),
    ("[default]\ns3 =\n  aws_access_key_id = B\naws_access_key_id = A", "A"),
    ("[default]\naws_access_key_id = A\ns3 =\n  aws_access_key_id = B", "A"),
    ("[profile default]\naws_access_key_id=A", nil), ("[default]\naws_access_key_id =", nil),
    ("[default]\naws_access_key_id", nil), ("[default\naws_access_key_id=A==", "A=="),
    ("", nil), ("[", nil), ("[default]", nil),
  ])
  func linesBelowANameAreItsOwn(_ text: String, _ id: String?) {
    #expect(SnowflakeAWSProfile("default", in: text)?["aws_access_key_id"] == id)
  }

  @Test func aProfileThatIsNotThereIsNone() {
    #expect(SnowflakeAWSProfile("work", in: "[default]\nx=1") == nil)
    #expect(SnowflakeAWSProfile("work", in: "[default]\nx=1\n[work]") != nil)
  }
}
