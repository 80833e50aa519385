import Foundation
import TernColumns
import TernCore
import TernDriver
import TernTestKit
import Testing

@testable import TernMaxScale

extension LiveTests {
  /// Answers that MaxScale would not give: an error that says so, or the right rows.
  @Suite struct Faults {
    let server: Standin

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    @Test(arguments: [
      #""unknownFields":true"#, #""gzip":true"#, #""chunked":true"#, #""chunkBytes":3"#,
      #""headers":{"Mxs-Warning":"x"}"#, #""delay":0.1"#, #""close":true"#,
    ])
    func oddAnswersAreRead(action: String) throws {
      let connection = try server.connect()
      defer { connection.close() }
      try server.faults(#"{"request":"query","times":2,\#(action)}"#)
      #expect(try connection.rows("SELECT seq, 'a' FROM seq_1_to_3").count == 3)
      #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
    }

    @Test(arguments: [
      #""truncate":200"#, #""replaceText":"{}""#, #""replaceText":"[]""#, #""replaceText":"""#,
      #""replaceText":"{\"data\":{\"attributes\":{\"results\":[{}]}}}""#,
      #""replaceText":"{\"data\":{\"attributes\":{\"results\":[]}}}""#,
      #""nest":500"#, #""badUtf8":true"#, #""reset":true"#, #""noReply":true"#,
      #""declaredLength":100000"#, #""html":"<b>Bad gateway</b>","status":502"#,
      #""rawNumber":{"/0/data/0/0":"1e99999"}"#, #""set":{"/0/data/0":[1]}"#,
      #""set":{"/0/data/0":[1,2,3]}"#, #""set":{"/0/fields":["a"]}"#,
      #""remove":["/0/fields"]"#, #""set":{"/0/complete":false}"#,
    ])
    func brokenAnswersAreErrors(action: String) throws {
      let connection = try server.connect("network_timeout=500ms")
      defer { connection.close() }
      try server.faults(#"{"request":"query","nth":2,\#(action)}"#)
      let error = #expect(throws: TernError.self) {
        _ = try connection.rows("SELECT seq, seq FROM seq_1_to_3")
      }
      #expect(error?.sqlState.isFailure ?? false)
      #expect(error?.kind != .internal)
      if error?.endsConnection ?? false {
        #expect(!connection.isAlive)
        let again = #expect(throws: TernError.self) { _ = try connection.rows("SELECT 1") }
        #expect(again?.endsConnection ?? false)
      } else {
        #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
      }
    }

    @Test(arguments: [
      ("status", #""status":401,"error":"Access denied""#, "28000"),
      ("busy", #""busy":true"#, "HY010"),
      ("shutting down", #""status":503,"error":"MaxScale is shutting down""#, "08S01"),
      ("session", #""loseSession":true"#, "08S01"),
      ("keys", #""loseKeys":true"#, "08S01"),
      ("backend", #""loseBackend":true"#, "08S01"),
      ("backend", #""loseBackend":"during""#, "08S01"),
      ("error", #""result":[{"errno":1205,"message":"Lock wait","sqlstate":"HY000"}]"#, "HYT00"),
      ("deadlock", #""result":[{"errno":1213,"message":"Deadlock","sqlstate":"40001"}]"#, "40001"),
    ])
    func refusalsHaveTheirClass(name: String, action: String, state: String) throws {
      let connection = try server.connect()
      defer { connection.close() }
      try server.faults(#"{"request":"query",\#(action)}"#)
      let error = #expect(throws: TernError.self) { try connection.execute("DO 1") }
      #expect(error?.sqlState.text == state, "\(name): \(error?.description ?? "")")
      #expect((error?.kind == .connection) == !connection.isAlive)
      #expect(error?.isRetryable == (state == "40001"))
    }

    @Test("bearer tokens of the REST interface are fetched again when they have died")
    func bearerTokens() throws {
      try server.options(#"{"secureGui":false}"#)
      let connection = try server.connect("rest_auth=bearer")
      defer { connection.close() }
      let logins = try server.log().filter { $0["authorization"] as? String == "Bearer" }
      #expect(!logins.isEmpty)
      try server.faults(
        #"{"request":"query","times":1,"status":401,"error":"Access denied","before":true}"#)
      #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
      try server.options(#"{"secureGui":true}"#)
      let plain = try server.connect("rest_auth=bearer")
      defer { plain.close() }
      #expect(try plain.rows("SELECT 1") == [[.integer(1)]])
      #expect(try server.log().last?["authorization"] as? String == "Basic")
    }

    @Test func accountsOfTypeBasicAreEnough() throws {
      let text =
        "maxscale+http://ro:ro-pw@127.0.0.1:\(server["port"])/shop?proxy=off&target=server1"
        + "&http_user=reader&http_password=readerpw"
      let connection = try Connection(
        try ConnectionTarget(parsing: text, registry: Standin.registry))
      defer { connection.close() }
      #expect(try connection.rows("SELECT 'x'") == [[.text("x")]])
    }
  }
}
