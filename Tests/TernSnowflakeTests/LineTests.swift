import Foundation
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

struct LineTests {
  @Test("trap 8: an expired session is renewed once and the same request sent again")
  func trap8RenewalReplaysTheSameRequest() throws {
    let service = try ScriptedService { request in
      if request.path == "/session/token-request" { return Answers.renewal("S2", "M2") }
      return request.token == "S2" ? Answers.nothing : Answers.failure("390112")
    }
    let line = try service.line()
    let id = SnowflakeRequestID()
    let reply = try line.post("/queries/v1/query-request", Array("{}".utf8), as: id, patience)
    #expect(reply.isSuccess)
    let queries = service.requests("/queries/v1/query-request")
    #expect(queries.map(\.token) == ["S1", "S2"])
    #expect(queries.allSatisfy { $0.query["requestId"] == id.text })
    #expect(Set(queries.map { $0.query["request_guid"] }).count == 2)
    let renewals = service.requests("/session/token-request")
    #expect(renewals.map(\.token) == ["M1"])
    #expect(renewals[0].json["oldSessionToken"] as? String == "S1")
    #expect(renewals[0].json["requestType"] as? String == "RENEW")
    #expect(line.isAlive)
  }
}
