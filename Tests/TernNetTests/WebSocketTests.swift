import TernCore
import TernTestKit
import Testing

@testable import TernNet

@Suite struct WebSocketTests {
  private func open(_ peer: Peer, _ context: CallContext = CallContext()) throws -> WebSocket {
    var settings = ConnectSettings()
    settings.proxy = ProxySettings(.off)
    return try WebSocket.connect(to: peer.endpoint, settings, context)
  }

  /// The error of a call that must fail.
  private func failure(_ body: () throws -> Void) -> TernError? {
    do {
      try body()
      Issue.record("no error")
      return nil
    } catch {
      return error as? TernError
    }
  }

  @Test func agreesWithTheExampleOfTheStandard() {
    #expect(WebSocket.accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }

  @Test func masksLikeTheReferencesFrame() {
    let plain = Array(#"{"command":"getAttributes"}"#.utf8)
    let mask = WebSocketMask(0x3D21_FA37)
    var masked = [UInt8](repeating: 0, count: plain.count)
    unsafe plain.withUnsafeBytes { source in
      unsafe masked.withUnsafeMutableBytes { unsafe mask.apply(source, to: $0, at: 0) }
    }
    let frame = WebSocketOpcode.text.head(payloadByteCount: plain.count, mask) + masked
    #expect(
      Hex.encode(frame)
        == "819b37fa213d4cd842525a97405353d81b1f509f557c438e5354558f555844d85c")
  }

  @Test(arguments: [0, 1, 125, 126, 65_535, 65_536, 200_001])
  func sendsAndReceivesMessagesOfEveryLength(count: Int) throws {
    let peer = try Peer { line in
      line.acceptWebSocket()
      let frame = line.readFrame()
      line.write(serverFrame(frame.opcode, frame.payload))
      line.waitForEnd()
    }
    let socket = try open(peer)
    let sent = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try socket.send(binary: sent.span, CallContext())
    let message = try socket.receive(CallContext())
    #expect(message.isBinary)
    #expect(try message.readAll() == sent)
  }

  @Test func answersPingsAndCountsPongs() throws {
    let peer = try Peer { line in
      line.acceptWebSocket()
      line.write(
        serverFrame(0x01, [0xC3]) + serverFrame(0x89, [1, 2]) + serverFrame(0x8A, [3])
          + serverFrame(0x80, [0xA4]))
      let pong = line.readFrame()
      line.write(serverFrame(0x82, [pong.opcode] + pong.payload))
      line.waitForEnd()
    }
    let socket = try open(peer)
    #expect(try socket.receive(CallContext()).readAll() == [0xC3, 0xA4])
    #expect(try socket.receive(CallContext()).readAll() == [0x8A, 1, 2])
    #expect(socket.unsolicitedPongCount == 1)
  }

  @Test func pingComesBack() throws {
    let peer = try Peer { line in
      line.acceptWebSocket()
      let ping = line.readFrame()
      line.write(serverFrame(0x8A, [0]) + serverFrame(0x8A, ping.payload))
      line.waitForEnd()
    }
    let socket = try open(peer)
    try socket.ping(CallContext())
    #expect(socket.unsolicitedPongCount == 1)
    #expect(socket.stream.idleState == .quiet)
  }

  @Test func skipsWhatNobodyRead() throws {
    let peer = try Peer { line in
      line.acceptWebSocket()
      line.write(serverFrame(0x81, [UInt8](repeating: 0x41, count: 300_000)))
      line.write(serverFrame(0x81, [0x42]))
      line.waitForEnd()
    }
    let socket = try open(peer)
    let first = try socket.receive(CallContext())
    let second = try socket.receive(CallContext())
    #expect(try second.readAll() == [0x42])
    #expect(try first.readAll() == [])
  }

  @Test func refusesTextThatIsNotUTF8() throws {
    let peer = try Peer { line in
      line.acceptWebSocket()
      line.write(serverFrame(0x81, [0x41, 0xC0, 0x80]))
      line.waitForEnd()
    }
    let socket = try open(peer)
    let message = try socket.receive(CallContext())
    let error = failure { _ = try message.readAll() }
    #expect(error?.message.range(of: "UTF-8") != nil)
    // The line is dead, and says why again.
    #expect(failure { _ = try socket.receive(CallContext()) } == error)
  }

  @Test func tellsWhyTheServerClosed() throws {
    let peer = try Peer { line in
      line.acceptWebSocket()
      line.write(serverFrame(0x88, [0x03, 0xE9] + Array("going away".utf8)))
      #expect(line.readFrame().opcode == 0x88)
      line.waitForEnd()
    }
    let socket = try open(peer)
    let error = failure { _ = try socket.receive(CallContext()) }
    #expect(error?.kind == .connection)
    #expect(error?.message.range(of: "1001: going away") != nil)
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\n\r\n", "200"),
    ("HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "something else"),
    (
      "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n", "Accept"
    ),
    ("SSH-2.0-OpenSSH\r\n\r\n", "not an HTTP"), ("", "closed the line"),
  ])
  func refusesAnAnswerThatIsNoUpgrade(answer: String, why: String) throws {
    let peer = try Peer { line in
      _ = line.readHead()
      line.write(answer)
    }
    let error = failure { _ = try open(peer) }
    #expect(error?.sqlState == .cannotConnect)
    #expect(error?.message.range(of: why) != nil)
  }

  @Test func survivesEveryCutOfTheConversation() throws {
    let text = serverFrame(0x01, Array("häl".utf8)) + serverFrame(0x80, Array("lo".utf8))
    for cut in 0..<text.count {
      let peer = try Peer { line in
        line.acceptWebSocket()
        line.write(Array(text[..<cut]))
      }
      let socket = try open(peer)
      let error = failure { _ = try socket.receive(CallContext()).readAll() }
      #expect(error?.kind == .connection, "cut at byte \(cut)")
    }
  }

  @Test func cancelWakesAReadAndTheMessageGoesOn() throws {
    let gate = Monitor(false)
    let peer = try Peer { line in
      line.acceptWebSocket()
      line.write([0x82, 4, 1, 2])
      _ = try? gate.wait(CallContext(), "the cancel") { $0 ? true : nil }
      line.write([3, 4])
      line.waitForEnd()
    }
    let socket = try open(peer)
    let token = CancelToken()
    let message = try socket.receive(CallContext(cancelToken: token))
    var started = Deadline.now
    let thread = try WorkerThread.start("cancel") {
      // Two bytes have arrived when the reader waits again; a cancel before that is as good.
      token.cancel()
    }
    let error = failure { _ = try message.readAll() }
    #expect(error?.kind == .cancelled)
    #expect(Deadline.now - started < 1_000_000_000)
    thread.join()
    message.context = CallContext()
    gate.withLock { $0 = true }
    started = Deadline.now
    try message.discard()
    #expect(socket.stream.failure == nil)
  }

  @Test(arguments: [
    (Deadline.Limit.query, SQLState.timeout), (.login, .timeout), (.connect, .timeout),
  ])
  func aDeadlineEndsAWaitInTime(limit: Deadline.Limit, state: SQLState) throws {
    let peer = try Peer { line in
      line.acceptWebSocket()
      line.waitForEnd()
    }
    let socket = try open(peer)
    let start = Deadline.now
    let context = CallContext(deadline: .after(50_000_000, limit))
    let error = failure { _ = try socket.receive(context) }
    #expect(error?.sqlState == state)
    #expect((50_000_000...150_000_000).contains(Deadline.now - start))
    #expect(socket.stream.failure == nil)
  }

  @Test func aSilentLineIsDead() throws {
    let peer = try Peer { line in
      line.acceptWebSocket()
      line.waitForEnd()
    }
    let socket = try open(peer)
    socket.stream.networkTimeout = 30_000_000
    let error = failure { _ = try socket.receive(CallContext()) }
    #expect(error?.sqlState == .connectionTimeout)
    #expect(error?.message.hasPrefix("\(peer.endpoint): network_timeout passed") == true)
    #expect(failure { _ = try socket.receive(CallContext()) } == error)
  }

  @Test func closesInOrder() throws {
    let peer = try Peer { line in
      line.acceptWebSocket()
      let frame = line.readFrame()
      line.write(serverFrame(0x88, frame.payload))
      line.waitForEnd()
    }
    let socket = try open(peer)
    let start = Deadline.now
    socket.close(CallContext())
    #expect(Deadline.now - start < 900_000_000)
    #expect(failure { _ = try socket.receive(CallContext()) } != nil)
  }
}
