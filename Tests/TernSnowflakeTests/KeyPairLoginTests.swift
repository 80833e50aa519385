import Foundation
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

struct KeyPairLoginTests {
  @Test(arguments: [
    ("RSA", "RS256", "RSA-SHA256"), ("P-256", "ES256", "sha256"), ("P-384", "ES384", "sha384"),
    ("P-521", "ES512", "sha512"),
  ])
  func aTokenIsSignedByTheKey(_ algorithm: String, _ name: String, _ digest: String) throws {
    let folder = try TemporaryFolder()
    try Keys.make(algorithm, in: folder)
    let service = try ScriptedService { _ in Answers.login() }
    _ = try service.open("private_key=@\(folder.path)/key.p8", user: "Jane.Doe")
    let data = try #require(service.requests.first).loginData
    #expect(data["AUTHENTICATOR"] as? String == "SNOWFLAKE_JWT")
    #expect(data["PASSWORD"] == nil)
    let token = try #require(data["TOKEN"] as? String)
    #expect(Keys.part(0, of: token)["alg"] as? String == name)
    #expect(Keys.part(0, of: token)["typ"] as? String == "JWT")
    let claims = Keys.part(1, of: token)
    let fingerprint = try Keys.fingerprint(in: folder)
    #expect(claims["iss"] as? String == "ACCT.JANE.DOE.\(fingerprint)")
    #expect(claims["sub"] as? String == "ACCT.JANE.DOE")
    let issued = try #require(claims["iat"] as? Int)
    #expect(abs(issued - Int(Date().timeIntervalSince1970)) <= 5)
    #expect(claims["exp"] as? Int == issued + 60)
    #expect(try Keys.isSigned(token, digest, in: folder))
  }

  @Test func aKeyComesInManyForms() throws {
    let folder = try TemporaryFolder()
    try Keys.make("RSA", in: folder)
    let fingerprint = try Keys.fingerprint(in: folder)
    let file = { (name: String) in try Data(contentsOf: URL(fileURLWithPath: folder.path + name)) }
    let pem = try file("/key.p8")
    let forms = [
      String(decoding: pem, as: UTF8.self), pem.base64EncodedString(),
      try file("/key.der").base64EncodedString(), folder.path + "/key.p8",
      folder.path + "/key.der",
    ]
    for form in forms {
      let key = try SnowflakeKeyPairLogin.key(Secret(form), password: nil)
      #expect(key.fingerprint == fingerprint)
    }
    let encrypted = try SnowflakeKeyPairLogin.key(
      Secret(folder.path + "/encrypted.p8"), password: Secret("open sesame"))
    #expect(encrypted.fingerprint == fingerprint)
  }

  @Test func whatIsNoKeyIsRefusedWithoutBeingShown() throws {
    let folder = try TemporaryFolder()
    try Keys.make("RSA", in: folder)
    let pem = try String(contentsOfFile: folder.path + "/encrypted.p8", encoding: .utf8)
    for (text, password) in [
      (pem, nil), (pem, Secret("wr0ng-passw0rd")), ("s3cret-nonsense", nil), ("/nowhere/key", nil),
      (String(pem.dropLast(300)), Secret("open sesame")), ("", nil), ("AAAA\nBBBB", nil),
    ] {
      do throws(TernError) {
        _ = try SnowflakeKeyPairLogin.key(Secret(text), password: password)
        Issue.record("read")
      } catch {
        #expect(error.kind == .usage && error.message.contains("private_key"))
        #expect(!error.message.contains("wr0ng-passw0rd") && !error.message.contains("s3cret"))
        #expect(!error.message.contains("nowhere"))
      }
    }
  }

  @Test("trap 14: each attempt has a token of its own, and a refusal speaks of the clock")
  func trap14TokensOfAttempts() throws {
    let folder = try TemporaryFolder()
    try Keys.make("P-256", in: folder)
    let service = try ScriptedService { request in
      request.number < 2 ? .status(503) : Answers.failure("394302", "JWT token has expired")
    }
    let error = try #require(throws: TernError.self) {
      try service.open("private_key=@\(folder.path)/key.p8")
    }
    let tokens = service.requests.compactMap { $0.loginData["TOKEN"] as? String }
    // Signatures of elliptic curves are never the same twice.
    #expect(tokens.count == 3 && Set(tokens).count == 3)
    #expect(error.sqlState == .authenticationFailed && error.message.contains("clock"))
  }

  @Test("trap 14: a login that a slow proxy holds is given up after ten seconds for a new token")
  func trap14SlowLogins() throws {
    let folder = try TemporaryFolder()
    try Keys.make("P-256", in: folder)
    let key = try SnowflakeKeyPairLogin.key(Secret(folder.path + "/key.p8"), password: nil)
    let login = SnowflakeKeyPairLogin(key: key, account: "A", user: "u", lifetimeSeconds: 120)
    #expect(login.networkTimeout == 10_000_000_000)
    let claims = Keys.part(1, of: try login.token(at: 1_000))
    #expect(claims["iat"] as? Int == 1_000 && claims["exp"] as? Int == 1_120)
  }
}
