import TernCore
import TernTestKit
import Testing

@testable import TernNet

@Suite struct HTTPClientTests {
  private func client(_ proxy: ProxySettings = ProxySettings(.off)) -> HTTPClient {
    var settings = ConnectSettings()
    settings.proxy = proxy
    return HTTPClient(settings)
  }

  private func origin(_ peer: Peer) -> HTTPOrigin {
    HTTPOrigin(peer.endpoint, isEncrypted: false)
  }

  private func text(_ response: HTTPResponse) throws -> String {
    String(decoding: try response.readAll(), as: UTF8.self)
  }

  private func failure(_ body: () throws -> Void) -> TernError? {
    do {
      try body()
      Issue.record("no error")
      return nil
    } catch {
      return error as? TernError
    }
  }

  @Test func keepsALineForTheNextRequest() throws {
    // One script: a second connection would be refused.
    let peer = try Peer { line in
      let first = line.readHead()
      line.write("HTTP/1.1 200 OK\r\nContent-Length: \(first.utf8.count)\r\n\r\n\(first)")
      _ = line.readHead()
      line.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n")
      _ = line.readHead()
      line.write("HTTP/1.1 204 No Content\r\n\r\n")
      _ = line.readHead()
      line.write("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")
      line.waitForEnd()
    }
    let client = client()
    let first = try client.send(HTTPRequest("GET", "/a?b=c"), to: origin(peer), CallContext())
    #expect(
      try text(first)
        == "GET /a?b=c HTTP/1.1\r\nHost: \(peer.endpoint)\r\nAccept-Encoding: gzip\r\n\r\n")
    let second = try client.send(HTTPRequest("GET", "/"), to: origin(peer), CallContext())
    #expect(try text(second) == "two")
    let third = try client.send(HTTPRequest("GET", "/"), to: origin(peer), CallContext())
    #expect(try text(third) == "")
    let fourth = try client.send(HTTPRequest("GET", "/"), to: origin(peer), CallContext())
    #expect(fourth.status == 302 && fourth.headers["location"] == "/x")
  }

  @Test func anOpenBodyOccupiesItsLine() throws {
    let gate = Monitor(false)
    let peer = try Peer([
      { line in
        _ = line.readHead()
        line.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\non")
        _ = try? gate.wait(CallContext(), "the second") { $0 ? true : nil }
        line.write("e!")
        line.waitForEnd()
      },
      { line in
        _ = line.readHead()
        line.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo")
        line.waitForEnd()
      },
    ])
    let client = client()
    let first = try client.send(HTTPRequest("GET", "/1"), to: origin(peer), CallContext())
    let second = try client.send(HTTPRequest("GET", "/2"), to: origin(peer), CallContext())
    #expect(try text(second) == "two")
    gate.withLock { $0 = true }
    #expect(try text(first) == "one!")
  }

  private func put(_ source: ArraySource, _ byteCount: Int?) -> HTTPRequest {
    HTTPRequest("PUT", "/", body: .source(source, byteCount: byteCount))
  }

  @Test func sendsBodiesInEveryForm() throws {
    let big = [UInt8](repeating: 0x41, count: 200_000)
    let peer = try Peer { line in
      for _ in 0..<5 {
        let head = line.readHead()
        var body: [UInt8] = []
        if let start = head.range(of: "Content-Length: ") {
          body = line.read(Int(head[start...].prefix { $0.isNumber }) ?? 0)
        } else {
          while body.suffix(5) != Array("0\r\n\r\n".utf8)[...] { body += line.readSome() }
        }
        let form = head.range(of: "Content-Encoding: gzip") == nil ? "plain" : "gzip"
        let answer = "\(form) \(body.count) \(body.first ?? 0)"
        line.write("HTTP/1.1 200 OK\r\nContent-Length: \(answer.utf8.count)\r\n\r\n\(answer)")
      }
      line.waitForEnd()
    }
    let client = client()
    var packed = HTTPRequest("POST", "/", body: .bytes(big))
    packed.isCompressed = true
    let packedCount = try Deflater.compress(big.span, .gzip).count
    for (request, answer) in [
      (HTTPRequest("POST", "/"), "plain 0 0"),
      (HTTPRequest("POST", "/", body: .bytes(big)), "plain 200000 65"),
      (packed, "gzip \(packedCount) 31"),
      (put(ArraySource(big), 200_000), "plain 200000 65"),
      (put(ArraySource([0x42, 0x43], pieceMax: 1), nil), "plain 12 50"),
    ] {
      let response = try client.send(request, to: origin(peer), CallContext())
      #expect(try text(response) == answer)
    }
  }

  @Test func inflatesAnswers() throws {
    let plain = Array(String(repeating: "hello ", count: 50_000).utf8)
    let packed = try Deflater.compress(plain.span, .gzip)
    let zlib = try Deflater.compress(plain.span, .zlib)
    let peer = try Peer { line in
      for (name, bytes) in [("gzip", packed), ("deflate", zlib), ("gzip", packed)] {
        _ = line.readHead()
        line.write(
          "HTTP/1.1 200 OK\r\nContent-Encoding: \(name)\r\nContent-Length: \(bytes.count)\r\n\r\n")
        line.write(bytes)
      }
      _ = line.readHead()
      line.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")
      line.write("20\r\n")
      line.write(Array(packed.prefix(32)) + Array("\r\n0\r\n\r\n".utf8))
      line.waitForEnd()
    }
    let client = client()
    for _ in 0..<2 {
      let response = try client.send(HTTPRequest("GET", "/"), to: origin(peer), CallContext())
      #expect(try response.readAll() == plain)
    }
    var stored = HTTPRequest("GET", "/")
    stored.inflatesAnswer = false
    #expect(try client.send(stored, to: origin(peer), CallContext()).readAll() == packed)
    let cut = try client.send(HTTPRequest("GET", "/"), to: origin(peer), CallContext())
    #expect(failure { _ = try cut.readAll() }?.kind == .connection)
  }

  @Test(arguments: [
    "", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    "HTTP/2 200\r\n\r\n", "HTTP/1.1 99 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n folded\r\n\r\n",
  ])
  func aDamagedAnswerIsAConnectionError(answer: String) throws {
    let peer = try Peer { line in
      _ = line.readHead()
      line.write(answer)
    }
    let error = failure {
      _ = try client().send(HTTPRequest("GET", "/"), to: origin(peer), CallContext()).readAll()
    }
    #expect(error?.kind == .connection && error?.isRetryable == false)
  }

  @Test func waitsForContinueBeforeTheBody() throws {
    let peer = try Peer { line in
      #expect(line.readHead().range(of: "Expect: 100-continue") != nil)
      line.write("HTTP/1.1 100 Continue\r\n\r\n")
      let body = line.read(3)
      line.write("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n")
      line.write(body)
      line.waitForEnd()
    }
    var request = HTTPRequest("PUT", "/", body: .bytes([0x61, 0x62, 0x63]))
    request.expectsContinue = true
    let response = try client().send(request, to: origin(peer), CallContext())
    #expect(try text(response) == "abc")
  }

  @Test func doesNotSendABodyThatIsNotWanted() throws {
    let peer = try Peer { line in
      _ = line.readHead()
      line.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
      #expect(line.readSome().isEmpty)
    }
    var request = HTTPRequest("PUT", "/", body: .bytes([0x61, 0x62, 0x63]))
    request.expectsContinue = true
    #expect(try client().send(request, to: origin(peer), CallContext()).status == 413)
  }

  @Test func readsAnAnswerThatComesBeforeTheBodyIsSent() throws {
    let peer = try Peer { line in
      _ = line.readHead()
      line.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno")
      line.waitForEnd()
    }
    // Longer than the kernel's buffers together: the server never reads most of it.
    let big = [UInt8](repeating: 0, count: 40_000_000)
    let request = HTTPRequest("POST", "/", body: .bytes(big))
    let response = try client().send(request, to: origin(peer), CallContext())
    #expect(response.status == 401)
  }

  /// An interim answer, such as a `100 Continue` that came too late or unasked, ends no body.
  @Test(arguments: [1, 3])
  func sendsABodyToItsEndPastInterimAnswers(count: Int) throws {
    let byteCount = 40_000_000
    let peer = try Peer { line in
      _ = line.readHead()
      for _ in 0..<count { line.write("HTTP/1.1 100 Continue\r\n\r\n") }
      guard line.read(byteCount).count == byteCount else { return }
      line.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")
      line.waitForEnd()
    }
    let body = [UInt8](repeating: 0, count: byteCount)
    let context = CallContext(deadline: .after(60_000_000_000, .query))
    let response = try client().send(
      HTTPRequest("PUT", "/", body: .bytes(body)), to: origin(peer), context)
    #expect(try response.status == 200 && text(response) == "done")
  }

  /// The same of a server that has two things to say at once.
  @Test func readsAnAnswerBehindAnInterimOne() throws {
    let peer = try Peer { line in
      _ = line.readHead()
      line.write(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno")
      line.waitForEnd()
    }
    let big = [UInt8](repeating: 0, count: 40_000_000)
    let context = CallContext(deadline: .after(60_000_000_000, .query))
    let response = try client().send(
      HTTPRequest("POST", "/", body: .bytes(big)), to: origin(peer), context)
    #expect(try response.status == 401 && text(response) == "no")
  }

  /// What a server says about TLS itself, such as the tickets that it hands out after every
  /// handshake, is no answer to a request that is still on its way.
  @Test(arguments: [(64_000_000, false), (3, true)])
  func sendsABodyToItsEndOverTLS(byteCount: Int, expectsContinue: Bool) throws {
    let certificate = TestCertificate("IP:127.0.0.1")
    let server = try TLSPeer(certificate) { line in
      var received: [UInt8] = []
      while received.suffix(4) != [13, 10, 13, 10] {
        let piece = line.readSome()
        if piece.isEmpty { return }
        received += piece
      }
      var count = 0
      while count < byteCount {
        let piece = line.readSome()
        if piece.isEmpty { return }
        count += piece.count
      }
      _ = line.write(Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8))
      while !line.readSome().isEmpty {}
    }
    var tls = TLSSettings()
    tls.caFile = certificate.certificateFile
    var settings = ConnectSettings(tls: try TLSContext(tls))
    settings.proxy = ProxySettings(.off)
    let origin = HTTPOrigin(server.peer.endpoint, isEncrypted: true)
    let body = [UInt8](repeating: 7, count: byteCount)
    var request = HTTPRequest("PUT", "/", body: .bytes(body))
    request.expectsContinue = expectsContinue
    let context = CallContext(deadline: .after(60_000_000_000, .query))
    let response = try HTTPClient(settings).send(request, to: origin, context)
    #expect(response.status == 200)
  }

  /// A server that answers once, then closes the kept line when it reads the next request.
  private func forgetfulPeer() throws -> Peer {
    try Peer([
      { line in
        _ = line.readHead()
        line.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        _ = line.readHead()
      },
      { line in
        _ = line.readHead()
        line.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain")
        line.waitForEnd()
      },
    ])
  }

  @Test func repeatsOnlyWhatIsSafeToRepeat() throws {
    for isSafe in [true, false] {
      let peer = try forgetfulPeer()
      let client = client()
      _ = try client.send(HTTPRequest("POST", "/"), to: origin(peer), CallContext())
      var request = HTTPRequest("POST", "/")
      request.isSafeToRepeat = isSafe
      if isSafe {
        #expect(try text(try client.send(request, to: origin(peer), CallContext())) == "again")
      } else {
        let error = failure { _ = try client.send(request, to: origin(peer), CallContext()) }
        #expect(error?.kind == .connection && error?.isRetryable == false)
      }
    }
  }

  @Test func aRefusedConnectionIsRetryable() throws {
    let peer = try Peer([])
    let endpoint = peer.endpoint
    peer.waitForEnd()
    let error = failure {
      _ = try client().send(
        HTTPRequest("GET", "/"), to: HTTPOrigin(endpoint, isEncrypted: false),
        CallContext(deadline: .after(2_000_000_000, .login)))
    }
    #expect(error?.isRetryable == true)
    #expect(error?.sqlState == .cannotConnect)
  }

  @Test func aCancelEndsTheWaitForAnAnswer() throws {
    let token = CancelToken()
    let peer = try Peer { line in
      _ = line.readHead()
      token.cancel()
      line.waitForEnd()
    }
    let error = failure {
      _ = try client().send(
        HTTPRequest("GET", "/"), to: origin(peer), CallContext(cancelToken: token))
    }
    #expect(error?.kind == .cancelled)
  }

  @Test func anInterruptedRequestCanStillBeAnswered() throws {
    let token = CancelToken()
    let isStopped = Monitor(false)
    let peer = try Peer { line in
      _ = line.readHead()
      token.cancel()
      // What stops the server comes over another line; the answer over this one.
      try? isStopped.wait(CallContext(deadline: .after(5_000_000_000, .network)), "") {
        $0 ? () : nil
      }
      line.write("HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\nlate")
      _ = line.readHead()
      line.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      line.waitForEnd()
    }
    var request = HTTPRequest("POST", "/", body: .bytes([]))
    var interruptions: [TernError] = []
    request.whenInterrupted = { error in
      interruptions.append(error)
      // What was told first came too early: it is told again.
      guard interruptions.count > 1 else {
        return (CallContext(deadline: .after(1_000_000, .query)), CallContext())
      }
      isStopped.withLock { $0 = true }
      return (CallContext(), CallContext())
    }
    let client = client()
    let response = try client.send(
      request, to: origin(peer), CallContext(cancelToken: token))
    #expect(interruptions.map(\.kind) == [.cancelled, .timeout])
    response.context = CallContext()
    #expect(try text(response) == "late")
    // The line is in step: the next request uses it.
    #expect(
      try client.send(HTTPRequest("GET", "/"), to: origin(peer), CallContext()).status == 200)
  }

  @Test(arguments: ["GET /\r\nX: 1", "a b"])
  func aTargetCannotBreakOutOfItsLine(target: String) throws {
    let peer = try Peer { _ in }
    let error = failure {
      _ = try client().send(HTTPRequest("GET", target), to: origin(peer), CallContext())
    }
    #expect(error?.kind == .usage)
  }

  @Test func plainRequestsGoToTheProxyAsWholeURLs() throws {
    let proxy = try Peer { line in
      let head = line.readHead()
      line.write("HTTP/1.1 200 OK\r\nContent-Length: \(head.utf8.count)\r\n\r\n\(head)")
      line.waitForEnd()
    }
    let server = try ProxyServer(parsing: "http://me:p%40ss@\(proxy.endpoint)")
    let target = HTTPOrigin(Endpoint(host: "db.example", port: 8_080), isEncrypted: false)
    let client = client(ProxySettings(.server(server)))
    let answer = try text(
      try client.send(HTTPRequest("GET", "/x"), to: target, CallContext()))
    #expect(answer.hasPrefix("GET http://db.example:8080/x HTTP/1.1\r\nHost: db.example:8080\r\n"))
    #expect(answer.range(of: "Proxy-Authorization: Basic bWU6cEBzcw==") != nil)
  }

  @Test func splitsURLs() throws {
    let parts = try #require(HTTPOrigin.split(url: "https://[::1]:8443/a%20b?c=d#e"))
    #expect(parts.origin == HTTPOrigin(Endpoint(host: "::1", port: 8_443), isEncrypted: true))
    #expect(parts.target == "/a%20b?c=d")
    #expect(HTTPOrigin.split(url: "http://h?x")?.target == "/?x")
    #expect(HTTPOrigin.split(url: "http://h")?.origin.endpoint.port == 80)
    for wrong in ["ftp://h/", "https://", "https://u:p@h/", "http://h:0/", "http://h:99999/"] {
      #expect(HTTPOrigin.split(url: wrong) == nil, "\(wrong)")
    }
  }
}
