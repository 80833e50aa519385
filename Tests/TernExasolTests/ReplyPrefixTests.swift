import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet
import Testing

@testable import TernExasol

/// One request and its reply, as recorded.
struct RecordedExchange: Sendable, CustomTestStringConvertible {
  let name: String
  let request: String
  let reply: String
  let isCompressed: Bool

  var testDescription: String { name }

  /// Every exchange over a WebSocket of pyexasol's recording, and those of the conversations that
  /// need more than one line or compression.
  static let all: [RecordedExchange] = {
    let recorded = (try? recording()) ?? []
    let written = (try? conversation("parallel") + conversation("token-login-compressed")) ?? []
    return recorded + written
  }()

  private static func recording() throws -> [RecordedExchange] {
    let file = Transcript.folder.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/exasol/pyexasol-session.jsonl")
    var requests: [String: String] = [:]
    var found: [RecordedExchange] = []
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      guard let entry = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
        entry["kind"] as? String == "ws", let payload = entry["payload"] as? [String: Any],
        let connection = entry["conn"] as? String
      else { continue }
      let json = String(
        decoding: try JSONSerialization.data(withJSONObject: payload), as: UTF8.self)
      if entry["dir"] as? String == "c2s" {
        requests[connection] = json
      } else if let request = requests.removeValue(forKey: connection) {
        found.append(
          RecordedExchange(
            name: "\(entry["seq"] ?? 0)", request: request, reply: json,
            isCompressed: entry["compressed"] as? Bool ?? false))
      }
    }
    return found
  }

  private static func conversation(_ name: String) throws -> [RecordedExchange] {
    let file = Transcript.folder.appendingPathComponent(name + ".txt")
    var requests: [Substring: String] = [:]
    var found: [RecordedExchange] = []
    var isCompressed = false
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let speaker = line.prefix(1)
      let json = String(
        line.prefix(through: line.lastIndex(of: "}") ?? line.startIndex).dropFirst(3))
      isCompressed = isCompressed || line.hasPrefix("# from here on: binary")
      guard !speaker.hasPrefix("#"), json.hasPrefix("{") else { continue }
      // `M>` and `C>` are the client, `M<` and `S>` the server.
      if line.hasPrefix("C>") || (line.dropFirst().hasPrefix(">") && !line.hasPrefix("S>")) {
        requests[speaker] = json
      } else if let request = requests.removeValue(forKey: speaker == "S" ? "C" : speaker) {
        found.append(
          RecordedExchange(
            name: "\(name) \(found.count)", request: request, reply: json,
            isCompressed: isCompressed))
      }
    }
    return found
  }

  /// Made once: parsing a target ten thousand times takes longer than all the rest.
  private static let loggedIn = Result<(ExasolOpener, ExasolLoginReply), any Error> {
    let fields = try ExasolFields(
      reading: JSONReader(Array(#"{"sessionId":1,"protocolVersion":5}"#.utf8)))
    return (
      try ExasolOpener(ScriptedSession.target()),
      try ExasolLoginReply(fields, requestedVersion: 5)
    )
  }

  /// Sends the request over a line that ends after so many bytes of the reply.
  func run(cutAfter byteCount: Int) throws -> (session: ExasolSession, error: TernError?) {
    let channel = ScriptedChannel(
      Transcript(steps: [.client(request), .server(reply)]), cutAfter: byteCount)
    let line = ExasolLine(
      channel, host: HostAddress(host: "db.example", port: 8_563), networkTimeout: nil)
    line.finishOpening()
    if isCompressed { line.startCompression() }
    let (opener, login) = try Self.loggedIn.get()
    let session = ExasolSession(line, login, opener, Capabilities())
    do throws(TernError) {
      if reply.contains(#""results""#) {
        _ = try session.results(of: Array(request.utf8), .quick, CallContext())
      } else {
        _ = try session.exchange(Array(request.utf8), .quick, CallContext()) {
          json throws(TernError) in try ExasolFields(reading: json)
        }
      }
      return (session, nil)
    } catch {
      return (session, error)
    }
  }

  /// Bytes of the reply on the wire.
  var wireByteCount: Int {
    guard isCompressed else { return reply.utf8.count }
    return (try? Deflater.compress(Array(reply.utf8).span, .zlib).count) ?? 0
  }
}

@Suite struct ReplyPrefixTests {
  @Test func recordingsAreRead() {
    #expect(RecordedExchange.all.count > 90)
    #expect(RecordedExchange.all.contains { $0.isCompressed })
    #expect(RecordedExchange.all.contains { $0.name.hasPrefix("parallel") })
  }

  @Test(arguments: RecordedExchange.all)
  func everyPrefixIsOneClearError(exchange: RecordedExchange) throws {
    for byteCount in 0..<exchange.wireByteCount {
      let (session, error) = try exchange.run(cutAfter: byteCount)
      #expect(error?.sqlState == .linkFailure, "cut at \(byteCount): \(String(describing: error))")
      #expect(!session.isAlive, "cut at \(byteCount) lives on")
    }
    let (session, error) = try exchange.run(cutAfter: .max)
    #expect(error?.kind != .internal)
    #expect(session.isAlive || error?.endsConnection == true, "\(String(describing: error))")
  }
}
