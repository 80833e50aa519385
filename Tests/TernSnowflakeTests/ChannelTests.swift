import Foundation
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

private let path = "/queries/v1/query-request"

/// Posts a query over a channel.
private func query(
  _ channel: SnowflakeChannel, _ body: String = "{}", _ id: SnowflakeRequestID = .init(),
  _ context: CallContext = patience
) throws -> SnowflakeReply {
  var request = SnowflakeRequest("POST", path, as: id)
  request.token = Secret("S1-secret")
  request.tellsRetries = true
  request.body = { () throws(TernError) in Array(body.utf8) }
  return try channel.send(request, context)
}

struct ChannelTests {
  @Test("traps 7, 50: all attempts have one request id, and say which they are")
  func trap7OneRequestIDForAllAttempts() throws {
    let service = try ScriptedService { request in
      switch request.number {
      // The line is not kept, or the client would repeat itself on another at once.
      case 0: .status(503, "", [("Connection", "close")])
      case 1: .close
      case 2: .status(429)
      default: Answers.nothing
      }
    }
    let id = SnowflakeRequestID()
    _ = try query(try service.channel(), #"{"sqlText":"insert"}"#, id)
    let requests = service.requests
    #expect(requests.count == 4)
    #expect(requests.allSatisfy { $0.query["requestId"] == id.text })
    #expect(Set(requests.map { $0.query["request_guid"] }).count == 4)
    #expect(requests.map { $0.query["retryCount"] } == [nil, "1", "2", "3"])
    #expect(requests.map { $0.query["retryReason"] } == [nil, "503", "0", "429"])
    #expect(requests.map { $0.query["retry"] } == [nil, "true", "true", "true"])
    #expect(requests[0].query["clientStartTime"] == nil)
    #expect(Set(requests.dropFirst().map { $0.query["clientStartTime"] }).count == 1)
    #expect(requests.allSatisfy { $0.text == #"{"sqlText":"insert"}"# })
  }

  @Test func sevenAttemptsAreAllThereAre() throws {
    let service = try ScriptedService { _ in .status(502, "<h1>Bad</h1>") }
    let error = try #require(throws: TernError.self) { try query(try service.channel()) }
    #expect(service.requests.count == 7)
    #expect(error.kind == .connection && error.message.contains("after 7 attempts"))
    #expect(error.message.contains("HTTP 502: Bad"))
  }

  @Test("trap 13: 400 and 405 are answers, and no JSON is expected of them", arguments: [400, 405])
  func trap13BadRequestsAreNotRepeated(_ status: Int) throws {
    let service = try ScriptedService { _ in
      .status(status, "<html><body><h2>missing query</h2></body></html>")
    }
    let error = try #require(throws: TernError.self) { try query(try service.channel()) }
    #expect(service.requests.count == 1)
    #expect(error.kind == .sql && error.message.contains("HTTP \(status): missing query"))
  }

  @Test("trap 13: a 403 is a load balancer's mood, except for a login")
  func trap13Forbidden() throws {
    let service = try ScriptedService { request in
      request.number == 0 ? .status(403) : Answers.nothing
    }
    _ = try query(try service.channel())
    #expect(service.requests.count == 2)
    let closed = try ScriptedService { _ in .status(403, "forbidden") }
    let error = try #require(throws: TernError.self) { try closed.open() }
    #expect(closed.requests.count == 1)
    #expect(error.sqlState == .cannotConnect && error.message.contains("HTTP 403"))
  }

  @Test(
    "traps 5, 50: an answer that is cut or no JSON is asked for again",
    arguments: [
      "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{\"success\":true,",
      "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"success\":true,",
      "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"suc",
      "HTTP/1.1 2",
    ])
  func cutAnswersAreAskedForAgain(_ raw: String) throws {
    let service = try ScriptedService { request in
      request.number == 0 ? .raw(Array(raw.utf8)) : Answers.nothing
    }
    #expect(try query(try service.channel()).isSuccess)
    #expect(service.requests.count == 2)
    #expect(service.requests[0].query["requestId"] == service.requests[1].query["requestId"])
  }

  @Test func aCutGzipBodyIsAskedForAgain() throws {
    let packed = try Deflater.compress(
      Array(#"{"data":null,"success":true}"#.utf8).span, .gzip)
    let service = try ScriptedService { request in
      request.number == 0
        ? .answer(200, [("Content-Encoding", "gzip")], Array(packed.dropLast(4)))
        : .answer(200, [("Content-Encoding", "gzip")], packed)
    }
    #expect(try query(try service.channel()).isSuccess)
    #expect(service.requests.count == 2)
  }

  @Test("trap 23: whether a body is packed is told by its bytes, not by a header")
  func trap23GzipByMagic() throws {
    let plain = Array(#"{"data":{"a":1},"success":true}"#.utf8)
    let packed = try Deflater.compress(plain.span, .gzip)
    for (headers, body) in [
      ([("Content-Encoding", "gzip")], plain), ([], packed),
      ([("Content-Encoding", "gzip")], packed),
      ([], plain),
    ] {
      let service = try ScriptedService { _ in .answer(200, headers, body) }
      #expect(try query(try service.channel()).body == plain)
      #expect(service.requests[0].header("Accept-Encoding") == "gzip")
    }
  }

  @Test func largeBodiesArePackedAndSmallOnesAreNot() throws {
    let service = try ScriptedService { _ in Answers.nothing }
    let large = #"{"sqlText":""# + String(repeating: "x", count: 4_000) + #""}"#
    _ = try query(try service.channel(), large)
    _ = try query(try service.channel(), "{}")
    #expect(service.requests[0].header("Content-Encoding") == "gzip")
    #expect(service.requests[0].text == large)
    #expect(service.requests[1].header("Content-Encoding") == nil)
  }

  @Test func retryAfterIsHeeded() throws {
    var backoff = SnowflakeBackoff()
    #expect(backoff.next(asked: "0") == 0)
    #expect(backoff.next(asked: "7") == 7_000_000_000)
    #expect(backoff.next(asked: "100000") == 300_000_000_000)
    let most = { (range: ClosedRange<Int64>) in range.upperBound }
    var pauses = [backoff.next(asked: "Wed, 21 Oct 2026 07:28:00 GMT", most)]
    for _ in 0..<6 { pauses.append(backoff.next(most)) }
    #expect(
      pauses.map { $0 / 1_000_000 } == [750, 2_250, 6_750, 16_000, 16_000, 16_000, 16_000])
    for _ in 0..<100 { #expect((250_000_000...16_000_000_000).contains(backoff.next())) }
  }

  @Test func aCancelEndsAPause() throws {
    let token = CancelToken()
    let service = try ScriptedService { _ in
      token.cancel()
      return .status(503, "", [("Retry-After", "60")])
    }
    let begin = Deadline.now
    let error = try #require(throws: TernError.self) {
      try query(
        try service.channel(), "{}", .init(),
        CallContext(deadline: .after(60_000_000_000, .query), cancelToken: token))
    }
    #expect(error.kind == .cancelled && service.requests.count == 1)
    #expect(Deadline.now - begin < 30_000_000_000)
  }

  @Test func aDeadlineEndsAPauseAndSaysWhatWasWrong() throws {
    let service = try ScriptedService { _ in .status(503, "", [("Retry-After", "60")]) }
    let error = try #require(throws: TernError.self) {
      try query(
        try service.channel(), "{}", .init(), CallContext(deadline: .after(50_000_000, .query)))
    }
    #expect(error.kind == .timeout && error.sqlState == .timeout)
    #expect(error.message.contains("HTTP 503"))
  }

  @Test func aNameThatNobodyKnowsIsSoonSaid() throws {
    // No name has a part as long as this.
    let host = String(repeating: "a", count: 70) + ".example"
    var settings = ConnectSettings()
    settings.proxy = ProxySettings(.off)
    let channel = SnowflakeChannel(
      HTTPClient(settings),
      HTTPOrigin(Endpoint(host: host, port: 80), isEncrypted: false),
      try SnowflakeIdentity("Tern/1.0"), networkTimeout: 1_000_000_000,
      backoff: SnowflakeBackoff(shortest: 1_000, longest: 2_000))
    var request = SnowflakeRequest("POST", "/session/v1/login-request")
    request.isLogin = true
    let error = try #require(throws: TernError.self) { try channel.send(request, patience) }
    #expect(error.message.contains("after 2 attempts") && error.message.contains("resolved"))
  }

  @Test func aRefusedCertificateIsNotTriedAgain() {
    let certificate = TernError(
      .connection, .cannotConnect, "the certificate of x:443 was refused for x: expired")
    #expect(!SnowflakeChannel.isWorthAnotherAttempt(certificate, patience))
    let proxy = TernError(.connection, .connectionRefused, "the proxy answered 407")
    #expect(!SnowflakeChannel.isWorthAnotherAttempt(proxy, patience))
    #expect(SnowflakeChannel.isWorthAnotherAttempt(.lineLost("reset"), patience))
  }
}

struct RedirectTests {
  @Test("trap 43: a redirect keeps method, body and headers", arguments: [307, 308])
  func trap43RedirectsKeepTheRequest(_ status: Int) throws {
    let service = try ScriptedService { request in
      request.path == "/elsewhere"
        ? Answers.nothing : .status(status, "", [("Location", "/elsewhere?x=1")])
    }
    _ = try query(try service.channel(), #"{"sqlText":"s"}"#)
    let last = try #require(service.requests.last)
    #expect(last.method == "POST" && last.path == "/elsewhere" && last.query["x"] == "1")
    #expect(last.text == #"{"sqlText":"s"}"# && last.token == "S1-secret")
    #expect(last.header("Content-Type") == "application/json")
  }

  @Test("trap 43: a place behind a redirect that hangs is given up for the first one")
  func trap43HangingRedirect() throws {
    let service = try ScriptedService { request in
      switch request.number {
      case 0: .status(307, "", [("Location", "/hang")])
      case 1: .hang
      default: Answers.nothing
      }
    }
    #expect(try query(try service.channel(networkTimeout: 100_000_000)).isSuccess)
    #expect(service.requests.map(\.path) == [path, "/hang", path])
    #expect(service.requests[0].query["requestId"] == service.requests[2].query["requestId"])
  }

  @Test("trap 43: a redirect to a foreign host is not followed and gets no token")
  func trap43ForeignHost() throws {
    let other = try ScriptedService { _ in Answers.nothing }
    let service = try ScriptedService { _ in
      .status(307, "", [("Location", "http://localhost:\(other.port)\(path)")])
    }
    let error = try #require(throws: TernError.self) { try query(try service.channel()) }
    #expect(other.requests.isEmpty && service.requests.count == 1)
    #expect(error.message.contains("was not followed"))
    #expect(error.sqlState == .connectionRefused)
  }

  @Test func redirectsEnd() throws {
    let service = try ScriptedService { _ in .status(308, "", [("Location", path)]) }
    let error = try #require(throws: TernError.self) { try query(try service.channel()) }
    #expect(error.kind == .connection)
    #expect(service.requests.count == 6 * 7)
  }

  @Test(arguments: [
    ("https://acct2.snowflakecomputing.com/x?y=1", "acct2.snowflakecomputing.com:443/x?y=1"),
    ("/x", "acct.snowflakecomputing.com:443/x"),
    ("https://ACCT.snowflakecomputing.com/x", "ACCT.snowflakecomputing.com:443/x"),
    ("https://snowflakecomputing.com.evil.example/x", nil),
    ("https://evilsnowflakecomputing.com/x", nil),
    ("//evil.example/x", nil), ("http://acct.snowflakecomputing.com/x", nil),
    ("https://u:p@acct.snowflakecomputing.com/x", nil), ("ftp://x/", nil), ("", nil),
  ])
  func placesOfRedirects(_ location: String, _ expected: String?) {
    let home = HTTPOrigin(
      Endpoint(host: "acct.snowflakecomputing.com", port: 443), isEncrypted: true)
    let found = try? SnowflakeRedirect.target(location, from: home, home: home)
    #expect(found.map { "\($0.origin.endpoint)\($0.target)" } == expected)
  }
}
