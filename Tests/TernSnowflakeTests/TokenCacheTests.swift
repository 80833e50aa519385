import Foundation
import Glibc
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

struct TokenCacheTests {
  private let owner = SnowflakeTokenCache.Owner(service: "acct.snowflakecomputing.com", user: "U")

  private func cache(_ path: String) throws -> SnowflakeTokenCache {
    try #require(SnowflakeTokenCache(option: path, variable: { _ in nil }))
  }

  @Test func tokensComeBack() throws {
    let folder = try TemporaryFolder()
    let cache = try cache(folder.path + "/a/b")
    #expect(cache.token(.idToken, of: owner) == nil)
    cache.set(Secret("t0ken"), .idToken, of: owner)
    cache.set(Secret("mfa"), .mfaToken, of: owner)
    #expect(cache.token(.idToken, of: owner) == Secret("t0ken"))
    cache.set(nil, .idToken, of: owner)
    #expect(cache.token(.idToken, of: owner) == nil)
    #expect(cache.token(.mfaToken, of: owner) == Secret("mfa"))
  }

  /// The vendor's form: version 2, names that are digests of compact JSON with sorted members.
  @Test func theFileIsTheVendors() throws {
    let folder = try TemporaryFolder()
    try cache(folder.path).set(Secret("t0ken"), .idToken, of: owner)
    let file = folder.path + "/credential_cache_v2.json"
    let object = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: file)))
    let tokens = (object as? [String: Any])?["tokens"] as? [String: String]
    let json = #"{"snowflake":"acct.snowflakecomputing.com","username":"u"}"#
    let digest = Hex.encode(Digest.sha256.of(Array(json.utf8)))
    #expect(tokens == ["SnowflakeTokenCache.v2.IdToken.\(digest)": "t0ken"])
    let oauth = SnowflakeTokenCache.Owner(
      service: "https://ACCT.snowflakecomputing.com/?x", user: "\"Quoted\"",
      provider: "https://u:p@IDP.example/Token?tenant=1", role: "Role")
    let full =
      #"{"idp":"idp.example/token","role":"role","snowflake":"acct.snowflakecomputing.com","#
      + #""username":"\"Quoted\""}"#
    #expect(
      SnowflakeTokenCache.key(.oauthRefreshToken, oauth)
        == "SnowflakeTokenCache.v2.OauthRefreshToken."
        + Hex.encode(Digest.sha256.of(Array(full.utf8))))
  }

  private func mode(_ path: String) -> UInt32 {
    var status = stat()
    _ = unsafe stat(path, &status)
    return status.st_mode & 0o777
  }

  @Test("trap 17: file and folder are their owner's alone")
  func trap17Modes() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/new"
    try cache(path).set(Secret("t0ken"), .idToken, of: owner)
    #expect(mode(path) == 0o700 && mode(path + "/credential_cache_v2.json") == 0o600)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: path).sorted() == [
        "credential_cache_v2.json", "credential_cache_v2.json.lck",
      ])
  }

  @Test(
    "trap 17: a file that others may read is neither used nor written", arguments: [0o644, 0o660])
  func trap17OpenFiles(_ bits: Int) throws {
    let folder = try TemporaryFolder()
    let cache = try cache(folder.path)
    cache.set(Secret("t0ken"), .idToken, of: owner)
    let file = folder.path + "/credential_cache_v2.json"
    _ = unsafe chmod(file, mode_t(bits))
    #expect(cache.token(.idToken, of: owner) == nil)
    cache.set(Secret("other"), .idToken, of: owner)
    #expect(mode(file) == UInt32(bits))
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.contains("t0ken") && !text.contains("other"))
  }

  @Test("trap 17: links are not followed")
  func trap17Links() throws {
    let folder = try TemporaryFolder()
    let real = folder.path + "/real"
    let cache = try cache(folder.path)
    cache.set(Secret("t0ken"), .idToken, of: owner)
    let file = folder.path + "/credential_cache_v2.json"
    try FileManager.default.moveItem(atPath: file, toPath: real)
    try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: real)
    #expect(cache.token(.idToken, of: owner) == nil)
    cache.set(Secret("other"), .idToken, of: owner)
    #expect(try !String(contentsOfFile: real, encoding: .utf8).contains("other"))
  }

  @Test("trap 17: a folder that others may change is not used")
  func trap17OpenFolder() throws {
    let folder = try TemporaryFolder()
    _ = unsafe chmod(folder.path, 0o777)
    try cache(folder.path).set(Secret("t0ken"), .idToken, of: owner)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test(
    "trap 17: a damaged file is as good as empty, and left alone",
    arguments: ["", "{", "[]", #"{"tokens":"#, #"{"tokens":{"a":"#, "\u{0}\u{1}"])
  func trap17DamagedFiles(_ text: String) throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/credential_cache_v2.json"
    try SmallFile.writePrivate(file, Array(text.utf8))
    let cache = try cache(folder.path)
    #expect(cache.token(.idToken, of: owner) == nil)
    cache.set(Secret("t0ken"), .idToken, of: owner)
    #expect(try SmallFile.read(file) == Array(text.utf8))
  }

  @Test("trap 17: writers of many threads lose nothing, readers see whole files")
  func trap17Writers() throws {
    let folder = try TemporaryFolder()
    var patient = try cache(folder.path)
    // A machine that is busy writes forty times in more than the second that a login would wait.
    patient.lockNanoseconds = 60_000_000_000
    let cache = patient
    let threads = try (0..<8).map { number in
      try WorkerThread.start("writer") {
        for round in 0..<5 {
          let owner = SnowflakeTokenCache.Owner(service: "s", user: "u\(number)-\(round)")
          cache.set(Secret("token-\(number)-\(round)"), .idToken, of: owner)
        }
      }
    }
    for thread in threads { thread.join() }
    for number in 0..<8 {
      for round in 0..<5 {
        let owner = SnowflakeTokenCache.Owner(service: "s", user: "u\(number)-\(round)")
        #expect(cache.token(.idToken, of: owner) == Secret("token-\(number)-\(round)"))
      }
    }
  }

  @Test("trap 17: a lock that somebody keeps delays a login by a second at most")
  func trap17StaleLocks() throws {
    let folder = try TemporaryFolder()
    guard let lock = FileLock(folder.path + "/credential_cache_v2.json.lck", waitingFor: 1) else {
      Issue.record("no lock")
      return
    }
    let begin = Deadline.now
    try cache(folder.path).set(Secret("t0ken"), .idToken, of: owner)
    #expect(Deadline.now - begin < 10_000_000_000)
    #expect(try cache(folder.path).token(.idToken, of: owner) == nil)
    _ = consume lock
    try cache(folder.path).set(Secret("t0ken"), .idToken, of: owner)
    #expect(try cache(folder.path).token(.idToken, of: owner) != nil)
  }

  @Test("trap 17: no login fails because of the cache")
  func trap17LoginsGoOn() throws {
    let service = try ScriptedService { _ in Answers.login(#""mfaToken":"m""#) }
    _ = try service.open("authenticator=username_password_mfa&token_cache_dir=/proc/nowhere")
    _ = try service.open("authenticator=username_password_mfa&token_cache_dir=/dev/null/x")
    #expect(service.requests.count == 2)
  }

  @Test func theFolderIsWhereTheVendorHasIt() {
    let folder = { (option: String?, variables: [String: String]) in
      SnowflakeTokenCache(option: option, variable: { variables[$0] })?.folder
    }
    let all = ["SF_TEMPORARY_CREDENTIAL_CACHE_DIR": "/s", "XDG_CACHE_HOME": "/x", "HOME": "/h"]
    #expect(folder("/o", all) == "/o" && folder(nil, all) == "/s")
    #expect(folder("", ["XDG_CACHE_HOME": "/x", "HOME": "/h"]) == "/x/snowflake")
    #expect(folder(nil, ["XDG_CACHE_HOME": "", "HOME": "/h"]) == "/h/.cache/snowflake")
    #expect(folder(nil, [:]) == nil)
  }
}

struct SecondFactorTests {
  private let options = "authenticator=username_password_mfa&token_cache_dir="

  @Test func aPasscodeIsSent() throws {
    let service = try ScriptedService { _ in Answers.login() }
    _ = try service.open("passcode=123456")
    _ = try service.open("passcode_in_password=on", password: "pw123456")
    let (first, second) = (service.requests[0].loginData, service.requests[1].loginData)
    #expect(first["EXT_AUTHN_DUO_METHOD"] as? String == "passcode")
    #expect(first["PASSCODE"] as? String == "123456" && first["PASSWORD"] as? String == "pw")
    #expect(second["EXT_AUTHN_DUO_METHOD"] as? String == "passcode")
    #expect(second["PASSCODE"] == nil && second["PASSWORD"] as? String == "pw123456")
    #expect(second["passcodeInPassword"] as? Bool == true)
  }

  @Test func theTokenOfALoginStandsForTheFactor() throws {
    let folder = try TemporaryFolder()
    let service = try ScriptedService { _ in Answers.login(#""mfaToken":"mfa-1""#) }
    for _ in 0..<2 { _ = try service.open(options + folder.path) }
    let (first, second) = (service.requests[0].loginData, service.requests[1].loginData)
    #expect(first["AUTHENTICATOR"] as? String == "USERNAME_PASSWORD_MFA" && first["TOKEN"] == nil)
    let parameters = first["SESSION_PARAMETERS"] as? [String: Any]
    #expect(parameters?["CLIENT_REQUEST_MFA_TOKEN"] as? Bool == true)
    #expect(second["TOKEN"] as? String == "mfa-1" && second["PASSWORD"] as? String == "pw")
  }

  @Test func aRefusedTokenIsForgottenAndTheFactorAskedForOnce() throws {
    let folder = try TemporaryFolder()
    let service = try ScriptedService { request in
      request.loginData["TOKEN"] != nil
        ? Answers.failure("390127", "MFA token is invalid")
        : Answers.login(#""mfaToken":"mfa-\#(request.number)""#)
    }
    for _ in 0..<2 { _ = try service.open(options + folder.path) }
    #expect(
      service.requests.map { $0.loginData["TOKEN"] as? String } == [nil, "mfa-0", nil])
    let denied = try ScriptedService { _ in Answers.failure("390120", "Duo denied") }
    let error = try #require(throws: TernError.self) { try denied.open(options + folder.path) }
    #expect(error.sqlState == .authenticationFailed && error.vendorCode == 390_120)
    #expect(error.message.contains("passcode"))
  }
}
