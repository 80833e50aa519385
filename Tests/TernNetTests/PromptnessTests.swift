import TernCore
import TernTestKit
import Testing

@testable import TernNet

/// How late a blocked call returns after its deadline or a cancel: 100 ms at most.
///
/// A loaded machine may wake a thread late, but not every time: the best of some attempts counts.
@Suite struct PromptnessTests {
  private static let latenessMax: Int64 = 100_000_000
  private static let attemptCount = 5

  /// What blocks, over a peer that keeps quiet.
  enum Call: CaseIterable, Sendable {
    case connect, read, write, tls, webSocketHandshake, webSocketMessage, http, monitor

    // What takes its time by itself, made before any clock runs.
    private static let encryption = Result<TLSContext, any Error> { try TLSContext(TLSSettings()) }
    private static let manyBytes = [UInt8](repeating: 0, count: 64 << 20)

    /// Makes what the calls need.
    static func prepare() throws {
      _ = try encryption.get()
      _ = manyBytes.count
    }

    /// Must not return before the context ends it.
    func run(_ context: CallContext) throws {
      let peer = try Peer { line in
        // A message begins and does not go on.
        if self == .webSocketMessage {
          line.acceptWebSocket()
          line.write([0x81, 0x05, 0x61])
        }
        _ = try? Self.door.wait(CallContext(cancelToken: context.cancelToken), "the end") {
          $0 ? true : nil
        }
      }
      var settings = ConnectSettings()
      settings.proxy = ProxySettings(.off)
      switch self {
      case .connect:
        let full = try FullListener()
        defer { withExtendedLifetime(full) {} }
        _ = try ByteStream.connect(to: full.endpoint, settings, context)
      case .read:
        let stream = try ByteStream.connect(to: peer.endpoint, settings, CallContext())
        _ = try [UInt8](capacity: 1) { window in
          _ = try stream.read(into: &window, context, "reading")
        }
      case .write:
        let stream = try ByteStream.connect(to: peer.endpoint, settings, CallContext())
        try stream.write(Self.manyBytes.span, context, "writing")
      case .tls:
        settings.tls = try Self.encryption.get()
        _ = try ByteStream.connect(to: peer.endpoint, settings, context)
      case .webSocketHandshake:
        _ = try WebSocket.connect(to: peer.endpoint, settings, context)
      case .webSocketMessage:
        let socket = try WebSocket.connect(to: peer.endpoint, settings, CallContext())
        let message = try socket.receive(context)
        while true {
          _ = try [UInt8](capacity: 16) { window in _ = try message.read(into: &window) }
        }
      case .http:
        let client = HTTPClient(settings)
        _ = try client.send(
          HTTPRequest("GET", "/"), to: HTTPOrigin(peer.endpoint, isEncrypted: false), context)
      case .monitor:
        _ = try Monitor(false).wait(context, "waiting") { $0 ? true : nil }
      }
      Issue.record("\(self) returned")
    }

    private static let door = Monitor(false)
  }

  private func failure(_ call: Call, _ context: CallContext) -> TernError? {
    do {
      try call.run(context)
      return nil
    } catch { return error as? TernError }
  }

  @Test(
    arguments: Call.allCases, [Deadline.Limit.connect, .login, .query, .network])
  func deadlinesEndEveryCall(call: Call, limit: Deadline.Limit) throws {
    try Call.prepare()
    var best = Int64.max
    for _ in 0..<Self.attemptCount where best > Self.latenessMax {
      let deadline = Deadline.after(120_000_000, limit)
      let token = CancelToken()
      let error = failure(call, CallContext(deadline: deadline, cancelToken: token))
      best = min(best, Deadline.now - deadline.nanoseconds)
      token.cancel()
      #expect(error?.kind == .timeout, "\(String(describing: error))")
    }
    #expect(best >= 0 && best <= Self.latenessMax, "\(best / 1_000_000) ms late")
  }

  @Test(arguments: Call.allCases)
  func cancelsEndEveryCall(call: Call) throws {
    try Call.prepare()
    var best = Int64.max
    for attempt in 0..<Self.attemptCount where best > Self.latenessMax {
      let token = CancelToken()
      let moment = Monitor<Int64>(0)
      // A deadline that nobody else sees is the clock of the thread that cancels.
      let thread = try WorkerThread.start("cancel") {
        let pause = CallContext(deadline: .after(60_000_000 << Int64(attempt), .query))
        _ = try? Monitor(false).wait(pause, "the right moment") { $0 ? true : nil }
        moment.withLock { $0 = Deadline.now }
        token.cancel()
      }
      let error = failure(call, CallContext(cancelToken: token))
      let end = Deadline.now
      thread.join()
      best = min(best, end - moment.withLock { $0 })
      #expect(error?.kind == .cancelled, "\(String(describing: error))")
    }
    #expect(best <= Self.latenessMax, "\(best / 1_000_000) ms late")
  }
}
