import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet
import TernTestKit
import Testing

@testable import TernMaxScale

extension LiveTests {
  /// The endpoints that are asked when something is wrong, and tokens in MaxScale's own cookies.
  @Suite struct Endpoints {
    let server: Standin

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    private func requests() throws -> [String] {
      try server.log().compactMap { $0["request"] as? String }
    }

    // MARK: - Tokens

    @Test("trap 13: cookies that MaxScale sets itself", arguments: Standin.releases)
    func persistentTokens(port: String) throws {
      let connection = try server.connect(
        "token_transport=persist&query_timeout=300ms", at: port)
      #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
      // Before 23.02 a clone stops the query, whose token comes in a cookie too.
      let error = #expect(throws: TernError.self) { try connection.execute("SELECT SLEEP(30)") }
      #expect(error?.sqlState == .timeout)
      #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
      connection.close()
      let log = try server.log()
      let openings = log.filter { ["open", "clone"].contains($0["request"] as? String) }
      #expect(openings.allSatisfy { ($0["target"] as? String)?.contains("persist=yes") ?? false })
      for entry in log where entry["request"] as? String != "servers" {
        #expect(entry["tokenInUrl"] as? Bool == false)
        let count = (entry["cookies"] as? [String])?.count
        let isOpening = entry["request"] as? String == "open"
        #expect(count == (isOpening ? 0 : port == "port64" ? 2 : 1))
      }
      #expect(log.last?["request"] as? String == "close" && log.last?["status"] as? Int == 204)
    }

    @Test(arguments: [
      #""headers":{"Set-Cookie":"other=1"}"#,
      #""headers":{"Set-Cookie":"conn_id_body_x=a; Path=/"}"#,
    ])
    func answersWithoutATokenAreErrors(headers: String) throws {
      try server.faults(#"{"request":"open","remove":["/meta"],\#(headers)}"#)
      let error = #expect(throws: TernError.self) {
        try server.connect("token_transport=persist&target=RW")
      }
      #expect(error?.sqlState.isFailure ?? false)
      try server.reset()
      try server.faults(#"{"request":"open","remove":["/meta"]}"#)
      let none = #expect(throws: TernError.self) { try server.connect() }
      #expect(none?.message.contains("without a token") ?? false)
    }

    // MARK: - What became of a connection

    @Test("traps 14 and 18: a token that is refused, of a connection that stands")
    func refusedTokensOfStandingConnections() throws {
      let connection = try server.connect()
      let id = try connection.rows("SELECT CONNECTION_ID()")[0][0]
      guard case .integer(let thread) = id else { throw TernError.internal("\(id)") }
      try server.options(#"{"clockAhead":100000}"#)
      let error = #expect(throws: TernError.self) { try connection.execute("DO 1") }
      #expect(error?.sqlState == .linkFailure)
      #expect(error?.message.contains("still stands") ?? false, "\(error?.message ?? "")")
      #expect(error?.message.contains("KILL \(thread) ") ?? false, "\(error?.message ?? "")")
      #expect(try requests().last == "get")
      #expect(!connection.isAlive)
    }

    @Test("trap 18: a token that is refused, of a connection that is gone")
    func refusedTokensOfLostConnections() throws {
      let connection = try server.connect()
      try server.faults(
        #"{"request":"query","before":true,"status":400,"error":"Malformed connection token"}"#)
      try server.restart()
      let error = #expect(throws: TernError.self) { try connection.execute("DO 1") }
      #expect(error?.message.contains("does not know the connection") ?? false)
      try server.reset()
      let second = try server.connect()
      try server.faults(
        #"{"request":"query","before":true,"status":400,"error":"Malformed connection token"}"#)
      try server.faults(#"{"request":"get","status":500,"html":"x"}"#)
      let vague = #expect(throws: TernError.self) { try second.execute("DO 1") }
      #expect(vague?.message.contains("it has expired, or MaxScale was restarted") ?? false)
    }

    /// Before 23.02 MaxScale has one text for both.
    @Test("trap 17: busy, or not there", arguments: ["port2208", "port64"])
    func busyOrGone(port: String) throws {
      let connection = try server.connect(at: port)
      defer { connection.close() }
      try server.faults(#"{"request":"query","busy":true,"times":1}"#)
      let busy = #expect(throws: TernError.self) { try connection.execute("DO 1") }
      #expect(busy?.sqlState == .sequence)
      #expect(connection.isAlive)
      #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
      try server.faults(
        #"{"request":"query","before":true,"status":503,"error":"ID 1 not found or is busy."}"#)
      try server.restart()
      let gone = #expect(throws: TernError.self) { try connection.execute("DO 1") }
      #expect(gone?.sqlState == .linkFailure, "\(gone?.description ?? "")")
      #expect(!connection.isAlive)
    }

    /// An account of its own, whose second connection is one too many.
    @Test(arguments: Standin.releases)
    func tooManyConnectionsAreCounted(port: String) throws {
      let owner = try server.connect(at: port)
      defer { owner.close() }
      try owner.execute(
        "CREATE OR REPLACE USER crowded@'127.0.0.1' IDENTIFIED BY 'c' WITH MAX_USER_CONNECTIONS 1"
      ).close()
      let text =
        "maxscale+http://crowded:c@127.0.0.1:\(server[port])/?proxy=off&target=server1"
        + "&http_user=admin&http_password=mariadb"
      let target = try ConnectionTarget(parsing: text, registry: Standin.registry)
      let first = try Connection(target)
      defer { first.close() }
      let error = #expect(throws: TernError.self) { try Connection(target) }
      #expect(error?.sqlState.text == "08004" && error?.vendorCode == 1226)
      let message = error?.message ?? ""
      let count = message.split(separator: " ").drop { $0 != "hold" }.dropFirst().first
      #expect((count.flatMap { Int($0) } ?? 0) >= 2, "\(message)")
      #expect(message.hasSuffix(" connections"))
      #expect(!message.contains("CREATE"), "texts of others are nobody's business")
      try server.faults(#"{"request":"list","status":401,"error":"Access denied"}"#)
      let plain = #expect(throws: TernError.self) { try Connection(target) }
      #expect(plain?.vendorCode == 1226 && !(plain?.message.contains("hold") ?? true))
    }
  }
}
