internal import TernCore

/// One line to one origin, which carries one exchange at a time.
@safe final class HTTPConnection: @unchecked Sendable {
  // Sound as Sendable: it belongs to one exchange, or to the pool, and moves under the pool's lock.

  let origin: HTTPOrigin
  let stream: ByteStream
  /// The proxy that gets whole URLs over this line, if there is one.
  let proxy: ProxyServer?
  /// Whether an exchange has ended on it before.
  var isReused = false
  /// When it became idle.
  var idleSince: Int64 = 0
  /// Whether a byte of the present answer has arrived.
  private(set) var hasAnswer = false
  private var buffer = ReceiveBuffer(capacity: 64 << 10)
  /// The body was not sent whole: the line cannot be used again.
  private var isCut = false
  /// The answer, if it came before the body was sent.
  private var earlyAnswer: HTTPResponseHead?
  private var interimCount = 0

  /// Answers of class 1 before the real one.
  private static let interimCountMax = 16
  /// How long an answer to `Expect: 100-continue` is waited for.
  private static let continuePatience: Int64 = 1_000_000_000

  init(_ stream: ByteStream, origin: HTTPOrigin, proxy: ProxyServer?) {
    self.stream = stream
    self.origin = origin
    self.proxy = proxy
  }

  /// Whether another exchange may follow.
  var isReusable: Bool { !isCut && buffer.count == 0 && stream.idleState == .quiet }

  /// Sends a request and waits for the head of its answer.
  func exchange(
    _ request: HTTPRequest, _ context: CallContext
  ) throws(TernError) -> HTTPResponseHead {
    hasAnswer = false
    (earlyAnswer, interimCount) = (nil, 0)
    stream.networkTimeout = request.networkTimeout
    let plan = try HTTPRequestPlan(request, origin, proxy)
    if request.expectsContinue, plan.hasBody {
      try stream.write(plan.head.span, context, "sending a request")
      let pause = Deadline.after(Self.continuePatience, .network)
      if try stream.waitForInput(until: pause, context, "waiting for 100 Continue") {
        let head = try receiveHead(context)
        guard head.status < 200 else {
          isCut = true
          return head
        }
      }
      try sendBody(plan, behind: [], context)
    } else {
      try sendBody(plan, behind: plan.head, context)
    }
    if let earlyAnswer { return earlyAnswer }
    let context = try waitForAnswer(request, context)
    while true { if let answer = try receiveAnswer(context) { return answer } }
  }

  /// Moves body bytes into `window`; false at the body's end.
  func read(
    _ reader: inout HTTPBodyReader, into window: inout OutputSpan<UInt8>, _ context: CallContext
  ) throws(TernError) -> Bool {
    while true {
      switch try step(&reader) {
      case .ended: return false
      case .needsBytes:
        if try !buffer.fill(from: stream, context, Self.receiving) { try end(&reader) }
      case .payload(let count):
        let before = window.count
        if buffer.count > 0 {
          _ = buffer.move(into: &window, atMost: count)
        } else if try !receive(into: &window, atMost: count, context) {
          try end(&reader)
          continue
        }
        reader.took(window.count - before)
        // What ends the body may have arrived already: the line is free the sooner.
        _ = try step(&reader)
        return true
      }
    }
  }

  private static let receiving = "receiving an answer"

  private func step(_ reader: inout HTTPBodyReader) throws(TernError) -> HTTPBodyReader.Step {
    var used = 0
    do throws(TernError) {
      let step = try buffer.withSpan { (input) throws(TernError) in
        try reader.next(input, used: &used)
      }
      buffer.drop(used)
      return step
    } catch {
      throw stream.fail(error)
    }
  }

  private func end(_ reader: inout HTTPBodyReader) throws(TernError) {
    do throws(TernError) {
      try reader.streamEnded()
      isCut = true
    } catch {
      throw stream.fail(error.prefixed("\(origin.endpoint)"))
    }
  }

  /// Waits for the first byte of an answer, past the interruptions that the request takes upon
  /// itself; returns how the rest is waited for.
  private func waitForAnswer(
    _ request: HTTPRequest, _ context: CallContext
  ) throws(TernError) -> CallContext {
    guard let whenInterrupted = request.whenInterrupted, buffer.count == 0 else { return context }
    var (wait, rest) = (context, context)
    while true {
      do throws(TernError) {
        try fillForHead(wait)
        return rest
      } catch {
        guard error.kind == .cancelled || error.kind == .timeout, !error.endsConnection,
          let next = whenInterrupted(error)
        else { throw error }
        (wait, rest) = next
      }
    }
  }

  private static let waiting = "waiting for an answer"

  private func fillForHead(_ context: CallContext) throws(TernError) {
    guard try buffer.fill(from: stream, context, Self.waiting) else {
      throw stream.fail(
        .lineLost("\(origin.endpoint): the server closed the line before it answered"))
    }
  }

  /// The next head, or nil if it is one of the few that only precede the answer.
  private func receiveAnswer(_ context: CallContext) throws(TernError) -> HTTPResponseHead? {
    let head = try receiveHead(context)
    if head.status >= 200 || head.status == 101 { return head }
    interimCount += 1
    guard interimCount <= Self.interimCountMax else {
      throw stream.fail(.badReply("more than \(Self.interimCountMax) interim HTTP answers"))
    }
    return nil
  }

  private func receiveHead(_ context: CallContext) throws(TernError) -> HTTPResponseHead {
    if buffer.count == 0 { try fillForHead(context) }
    hasAnswer = true
    return try HTTPHead.receive(from: stream, &buffer, context, Self.waiting)
  }

  /// Lets the socket write straight into the window, but not past this piece of the body.
  private func receive(
    into window: inout OutputSpan<UInt8>, atMost byteCountMax: Int, _ context: CallContext
  ) throws(TernError) -> Bool {
    var received = 0
    try unsafe window.withUnsafeMutableBufferPointer { target, filled throws(TernError) in
      // Only free room behind `filled` is handed out, and counted as it is filled.
      let count = min(target.count - filled, byteCountMax)
      let free = unsafe UnsafeMutableBufferPointer(rebasing: target[filled..<filled + count])
      received = try unsafe stream.receive(
        into: UnsafeMutableRawBufferPointer(free), context, Self.receiving)
      filled += received
    }
    return received > 0
  }

  /// Sends `head` and the body; stops when the server answers before it has read everything.
  private func sendBody(
    _ plan: HTTPRequestPlan, behind head: [UInt8], _ context: CallContext
  ) throws(TernError) {
    switch plan.body {
    case .none: _ = try send(head, context)
    case .bytes(let bytes):
      // Small requests leave in one packet, large bodies are not copied.
      if bytes.count <= 64 << 10 {
        _ = try send(head + bytes, context)
      } else if try send(head, context) {
        _ = try send(bytes, context)
      }
    case .source(let source, let byteCount):
      guard try send(head, context) else { return }
      do throws(TernError) {
        try sendSource(source, byteCount, context)
      } catch {
        // Half a request is on the line: nothing can follow it.
        throw stream.failure == nil ? halfSent(error) : error
      }
    }
  }

  private func halfSent(_ error: TernError) -> TernError {
    _ = stream.fail(.lineLost("\(origin.endpoint): a request was not sent to its end"))
    return error
  }

  private func sendSource(
    _ source: any ByteSource, _ byteCount: Int?, _ context: CallContext
  ) throws(TernError) {
    var sentCount = 0
    while true {
      let piece = try ByteCollector.piece(of: source, 64 << 10)
      if piece.isEmpty { break }
      sentCount += piece.count
      guard sentCount <= byteCount ?? .max else {
        throw .usage("the body is longer than announced")
      }
      let bytes =
        byteCount == nil
        ? Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [0x0D, 0x0A] : piece
      guard try send(bytes, context) else { return }
    }
    guard sentCount == byteCount ?? sentCount else {
      throw .usage("the body is shorter than announced")
    }
    if byteCount == nil { _ = try send(Array("0\r\n\r\n".utf8), context) }
  }

  /// Sends bytes; false when the server has answered meanwhile, so that the rest is not wanted.
  private func send(_ bytes: [UInt8], _ context: CallContext) throws(TernError) -> Bool {
    var sent = 0
    while true {
      // The array outlives the call, which only reads.
      let count = try unsafe bytes.span.withUnsafeBytes { bytes throws(TernError) in
        try unsafe stream.send(
          UnsafeRawBufferPointer(rebasing: bytes[sent...]), context, "sending a request",
          stopsForInput: true)
      }
      sent += count
      guard sent < bytes.count else { return true }
      repeat {
        earlyAnswer = try receiveAnswer(context)
      } while earlyAnswer == nil && buffer.count > 0
      guard earlyAnswer == nil else {
        isCut = true
        return false
      }
    }
  }
}
