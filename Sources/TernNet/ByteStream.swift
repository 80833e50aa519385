internal import Glibc
public import TernCore

/// A line to a server, plain or TLS: bytes in, bytes out, with deadlines and cancellation.
///
/// One thread at a time. Every wait ends when the call's deadline passes, when its token is
/// cancelled, or when nothing moved for `networkTimeout`; the last of these, like any error of
/// kind `.connection`, leaves the line dead, and each later call throws that error again.
@safe public final class ByteStream: @unchecked Sendable {
  // Sound as Sendable: not shared but handed over, under the lock of the connection that owns it.

  /// What an idle line shows without being read.
  public enum IdleState: Sendable {
    /// Open, nothing has arrived.
    case quiet
    /// Bytes wait to be read.
    case readable
    /// The peer or an error has closed it.
    case closed
  }

  /// Who is at the other end; for messages.
  public let endpoint: Endpoint
  /// The address that was connected to: the server's, or a proxy's.
  public var peerAddress: String { transport.address.text }
  /// How long the peer may be silent while something is due, in nanoseconds; 0 is for ever. Any
  /// byte that moves starts the time anew.
  public var networkTimeout: Int64 = 0
  /// Why the line is dead, if it is.
  public private(set) var failure: TernError?
  /// Whether the bytes are encrypted.
  public var isEncrypted: Bool { tls != nil }

  private let transport: SharedSocket
  private var tls: TLSSession?

  init(_ transport: SharedSocket, to endpoint: Endpoint) {
    self.transport = transport
    self.endpoint = endpoint
  }

  /// Appends what has arrived to `window`; waits for at least one byte.
  ///
  /// - Parameter what: ends the sentence "network_timeout passed while …".
  /// - Returns: false when the peer has closed its side in order.
  /// - Throws: `.connection`, `.timeout`, `.cancelled`. No byte is lost by the last two.
  public func read(
    into window: inout OutputSpan<UInt8>, _ context: CallContext, _ what: String
  ) throws(TernError) -> Bool {
    let before = window.count
    guard !window.isFull else { throw .usage("a read needs room for bytes") }
    try unsafe window.withUnsafeMutableBufferPointer { buffer, count throws(TernError) in
      // Only the part behind the initialized bytes is handed out, and counted as it is filled.
      let free = unsafe UnsafeMutableBufferPointer(rebasing: buffer[count...])
      count += try unsafe receive(into: UnsafeMutableRawBufferPointer(free), context, what)
    }
    return window.count > before
  }

  /// Sends all of `bytes`.
  ///
  /// - Throws: `.connection`, `.timeout`, `.cancelled`; `isRetryable` if no byte had left. Once
  ///   some had, the line is dead: the peer holds half a message.
  public func write(
    _ bytes: Span<UInt8>, _ context: CallContext, _ what: String
  ) throws(TernError) {
    // The span outlives the call, which only reads.
    try unsafe bytes.withUnsafeBytes { buffer throws(TernError) in
      _ = try unsafe send(buffer, context, what)
    }
  }

  /// Looks at the line without waiting and without taking a byte.
  public var idleState: IdleState {
    guard failure == nil else { return .closed }
    switch transport.socket.peek() {
    case .quiet: return tls?.hasInput == true ? encryptedState : .quiet
    case .readable: return tls == nil ? .readable : encryptedState
    case .closed: return tls == nil ? .closed : encryptedState
    }
  }

  /// The same of what TLS carries: tickets and the like are for TLS itself, and nobody's bytes.
  private var encryptedState: IdleState {
    switch tls?.peek() {
    case .count: return .readable
    case .wantsRead, .wantsWrite: return .quiet
    case .closed, nil: return .closed
    case .failed(let reason):
      _ = lost(reason, "looking for input")
      return .closed
    }
  }

  /// Ends the line at once; the peer is told if that takes no wait. Later calls throw 08003.
  public func close() {
    if failure == nil { tls?.sayGoodbye() }
    transport.socket.shutdown()
    if failure == nil { failure = .closedConnection }
  }

  /// Marks the line dead for a reason that a protocol above has found, and returns that reason.
  public func fail(_ error: TernError) -> TernError {
    if let failure { return failure }
    failure = error
    transport.socket.shutdown()
    return error
  }

  /// Like `read`, into plain memory. Returns 0 at the end of the stream.
  func receive(
    into buffer: UnsafeMutableRawBufferPointer, _ context: CallContext, _ what: String
  ) throws(TernError) -> Int {
    while true {
      try check(context, what)
      switch unsafe receiveStep(buffer) {
      case .count(let count): return count
      case .wantsRead: try wait(.readable, context, what)
      case .wantsWrite: try wait(.writable, context, what)
      case .closed: return 0
      case .failed(let reason): throw lost(reason, what)
      }
    }
  }

  /// Sends `bytes`; with `stopsForInput`, ends early when the peer speaks before it has read all.
  ///
  /// - Returns: how many bytes left.
  func send(
    _ bytes: UnsafeRawBufferPointer, _ context: CallContext, _ what: String,
    stopsForInput: Bool = false
  ) throws(TernError) -> Int {
    var sent = 0
    // An encrypted record may have left in part before its bytes count as sent.
    var mayHaveLeft = false
    do throws(TernError) {
      while sent < bytes.count {
        try check(context, what)
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sent...])
        switch unsafe sendStep(rest) {
        case .count(let count): sent += count
        case .wantsRead: try wait(.readable, context, what)
        case .wantsWrite:
          mayHaveLeft = mayHaveLeft || tls != nil
          if stopsForInput {
            try wait(.either, context, what)
            if idleState != .quiet { return sent }
          } else {
            try wait(.writable, context, what)
          }
        case .closed: throw lost("the server closed the line", what)
        case .failed(let reason): throw lost(reason, what)
        }
      }
      return sent
    } catch {
      throw cut(error, what, hasLeft: sent > 0 || mayHaveLeft)
    }
  }

  /// Waits until the peer speaks, at most until `pause`; whether it did.
  func waitForInput(
    until pause: Deadline, _ context: CallContext, _ what: String
  ) throws(TernError) -> Bool {
    while idleState == .quiet {
      do throws(TernError) {
        let isReady = try Readiness.readable.wait(
          on: [transport.socket.descriptor], context, pause: pause, what)
        guard isReady else { return false }
      } catch {
        throw placed(error)
      }
    }
    return true
  }

  /// Makes the line a TLS line; `host` is the name that the certificate must show.
  func startTLS(
    _ tlsContext: TLSContext, host: String, _ context: CallContext
  ) throws(TernError) {
    let what = "starting TLS"
    let session = try TLSSession(tlsContext, over: transport, host: host)
    while true {
      try check(context, what)
      switch session.handshake() {
      case .count:
        tls = session
        return
      case .wantsRead: try wait(.readable, context, what)
      case .wantsWrite: try wait(.writable, context, what)
      case .closed: throw fail(tlsError(session, "the server closed the line", host))
      case .failed(let reason): throw fail(tlsError(session, reason, host))
      }
    }
  }

  private func receiveStep(_ buffer: UnsafeMutableRawBufferPointer) -> TLSSession.Outcome {
    if let tls { return unsafe tls.receive(into: buffer) }
    switch unsafe transport.socket.receive(into: buffer) {
    case .count(let count): return .count(count)
    case .wouldBlock: return .wantsRead
    case .failed(let code): return .failed(systemMessage(code))
    }
  }

  private func sendStep(_ bytes: UnsafeRawBufferPointer) -> TLSSession.Outcome {
    if let tls { return unsafe tls.send(bytes) }
    switch unsafe transport.socket.send(bytes) {
    case .count(let count): return .count(count)
    case .wouldBlock: return .wantsWrite
    case .failed(let code): return .failed(systemMessage(code))
    }
  }

  private func check(_ context: CallContext, _ what: String) throws(TernError) {
    if let failure { throw failure }
    do throws(TernError) { try context.check(what) } catch { throw placed(error) }
  }

  private func wait(
    _ readiness: Readiness, _ context: CallContext, _ what: String
  ) throws(TernError) {
    do throws(TernError) {
      _ = try readiness.wait(
        on: [transport.socket.descriptor], context,
        silence: .after(networkTimeout, .network), what)
    } catch {
      throw error.endsConnection ? fail(placed(error)) : placed(error)
    }
  }

  /// A limit that passed says what was waited for; of several hosts, which one was too slow?
  private func placed(_ error: TernError) -> TernError {
    error.kind == .timeout ? error.prefixed("\(endpoint)") : error
  }

  private func lost(_ reason: String, _ what: String) -> TernError {
    fail(.lineLost("\(what): \(endpoint): \(reason)"))
  }

  /// The error of a send that did not end: half a message makes the line unusable.
  private func cut(_ error: TernError, _ what: String, hasLeft: Bool) -> TernError {
    guard hasLeft else {
      var error = error
      error.isRetryable = true
      return error
    }
    _ = fail(.lineLost("\(what): an earlier call was stopped in the middle of sending"))
    return error
  }

  private func tlsError(_ session: TLSSession, _ reason: String, _ host: String) -> TernError {
    let name = session.serverName ?? host
    guard let (refusal, fingerprint, advice) = session.refusal else {
      return TernError(
        .connection, .cannotConnect, "TLS with \(endpoint) failed: \(reason)", isRetryable: true)
    }
    return TernError(
      .connection, .cannotConnect,
      "the certificate of \(endpoint) was refused for \(name): \(refusal). The server presented"
        + " the certificate with SHA-256 \(fingerprint); if it is the right one, trust it with"
        + " tls_pin=\(fingerprint), or \(advice)", isRetryable: true)
  }
}
