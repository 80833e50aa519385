internal import Glibc
public import TernCore

/// The client's side of a WebSocket (RFC 6455): one message at a time in each direction.
///
/// One thread at a time. A protocol error, a lost line or a passed `network_timeout` leaves it
/// dead; a cancelled call or a passed query timeout while receiving does not, so that the caller
/// can tell the server to stop and read on.
@safe public final class WebSocket: @unchecked Sendable {
  // Sound as Sendable: not shared but handed over, under the lock of the connection that owns it.

  /// The line below.
  public let stream: ByteStream
  /// Whether text messages are checked to be UTF-8 as they pass. A reader that checks every byte by
  /// itself, as the JSON reader does, may do without.
  public var checksText = true
  /// Pong frames that came without being asked for: Exasol's sign that a statement still runs.
  public private(set) var unsolicitedPongCount = 0

  private var reader: WebSocketReader
  private var buffer: ReceiveBuffer
  private var utf8 = UTF8Check()
  private var message: (number: Int, isBinary: Bool, isOpen: Bool) = (0, false, false)
  /// A message that began while something else was waited for.
  private var isAnnounced = false
  private var awaitedPong: [UInt8]?
  private var hasSentClose = false
  private let scratch: UnsafeMutableRawBufferPointer

  /// Frames go out in pieces of this size, and small ones in one system call with their head.
  private static let scratchByteCount = 64 << 10

  /// Takes over a line after its handshake; `WebSocketHandshake` makes it.
  init(over stream: ByteStream, buffer: consuming ReceiveBuffer, messageByteCountMax: Int) {
    self.stream = stream
    self.buffer = buffer
    reader = WebSocketReader(messageByteCountMax: messageByteCountMax)
    unsafe scratch = .allocate(byteCount: Self.scratchByteCount, alignment: 64)
  }

  deinit { unsafe scratch.deallocate() }

  /// Sends a text message; `bytes` are UTF-8, which the caller vouches for.
  public func send(text bytes: Span<UInt8>, _ context: CallContext) throws(TernError) {
    try send(.text, bytes, context)
  }

  /// Sends a binary message.
  public func send(binary bytes: Span<UInt8>, _ context: CallContext) throws(TernError) {
    try send(.binary, bytes, context)
  }

  /// Waits for the next message; the rest of the last one is skipped.
  ///
  /// - Throws: `.connection` (line lost, close frame, protocol error), `.timeout`, `.cancelled`.
  public func receive(_ context: CallContext) throws(TernError) -> WebSocketMessage {
    if message.isOpen && !isAnnounced { try skip(message.number, context) }
    while !isAnnounced { _ = try step(context, "waiting for a message") }
    isAnnounced = false
    return WebSocketMessage(self, number: message.number, isBinary: message.isBinary, context)
  }

  /// Sends a Ping and waits for its Pong: whether the server still answers. Only between messages.
  public func ping(_ context: CallContext) throws(TernError) {
    guard !message.isOpen else { throw .usage("a ping in the middle of a message") }
    let payload = RandomBytes.make(8)
    awaitedPong = payload
    defer { awaitedPong = nil }
    try send(.ping, payload.span, context)
    while awaitedPong != nil {
      guard !isAnnounced else { return }
      _ = try step(context, "waiting for a pong")
    }
  }

  /// Says goodbye with `code`, waits for the answer for at most `patience` nanoseconds, and closes
  /// the line. Never throws: a peer that does not answer is gone as well.
  public func close(
    code: UInt16 = 1_000, patience: Int64 = 1_000_000_000, _ context: CallContext
  ) {
    let limited = context.limited(to: .after(max(1, patience), .network))
    do throws(TernError) {
      try sendClose(code, limited)
      while true {
        switch try step(limited, "closing the WebSocket") {
        case .payload(let count): try skipPayload(count, limited)
        case .needsBytes, .messageStarted, .messageEnded, .control: continue
        }
      }
    } catch {
      // The answer, an error or the end of patience: all of them end the line.
      stream.close()
    }
  }

  /// Reads payload of the message `number`; false at its end and for a message of the past.
  func readPayload(
    of number: Int, into window: inout OutputSpan<UInt8>, _ context: CallContext
  ) throws(TernError) -> Bool {
    guard !window.isFull else { throw .usage("a read needs room for bytes") }
    while message.isOpen, message.number == number {
      guard case .payload(let remaining) = try step(context, "receiving a message")
      else { continue }
      let before = window.count
      if buffer.count > 0 {
        _ = buffer.move(into: &window, atMost: remaining)
      } else {
        try receivePayload(into: &window, atMost: remaining, context)
      }
      try accept(&window, from: before)
      return true
    }
    return false
  }

  /// Skips the rest of the message `number`.
  func skip(_ number: Int, _ context: CallContext) throws(TernError) {
    while message.isOpen, message.number == number {
      if case .payload(let count) = try step(context, "skipping a message") {
        try skipPayload(count, context)
      }
    }
  }

  private func skipPayload(_ remaining: Int, _ context: CallContext) throws(TernError) {
    if buffer.count == 0, try !buffer.fill(from: stream, context, "skipping a message") {
      throw lost()
    }
    let count = min(buffer.count, remaining)
    buffer.drop(count)
    // Text that nobody reads is not checked: the rest of this message is not either.
    utf8 = UTF8Check()
    isUnchecked = true
    try reader.took(count)
  }

  private var isUnchecked = false

  /// Lets the socket write straight into the window, but not past this frame's payload.
  private func receivePayload(
    into window: inout OutputSpan<UInt8>, atMost remaining: Int, _ context: CallContext
  ) throws(TernError) {
    var received = 0
    try unsafe window.withUnsafeMutableBufferPointer { target, filled throws(TernError) in
      // Only free room behind `filled` is handed out, and counted as it is filled.
      let count = min(target.count - filled, remaining)
      let free = unsafe UnsafeMutableBufferPointer(rebasing: target[filled..<filled + count])
      received = try unsafe stream.receive(
        into: UnsafeMutableRawBufferPointer(free), context, "receiving a message")
      filled += received
    }
    if received == 0 { throw lost() }
  }

  /// Accounts for payload that was appended to `window` and checks it if it is text.
  private func accept(_ window: inout OutputSpan<UInt8>, from start: Int) throws(TernError) {
    try reader.took(window.count - start)
    guard checksText, !message.isBinary, !isUnchecked else { return }
    let isText = unsafe window.withUnsafeMutableBufferPointer { target, filled in
      // The bytes between `start` and `filled` have just been written.
      unsafe utf8.accept(.init(rebasing: UnsafeRawBufferPointer(target)[start..<filled]))
    }
    guard isText else { throw stream.fail(.webSocket("a text message is not UTF-8")) }
  }

  /// One step of the reader: receives when it must, answers control frames.
  private func step(
    _ context: CallContext, _ what: String
  ) throws(TernError) -> WebSocketReader.Step {
    if let failure = stream.failure { throw failure }
    var used = 0
    let step: WebSocketReader.Step
    do throws(TernError) {
      step = try buffer.withSpan { (input) throws(TernError) in
        try reader.next(input, used: &used)
      }
    } catch {
      throw stream.fail(error)
    }
    buffer.drop(used)
    switch step {
    case .needsBytes:
      if try !buffer.fill(from: stream, context, what) { throw lost() }
    case .messageStarted(let isBinary):
      message = (message.number &+ 1, isBinary, true)
      utf8 = UTF8Check()
      isUnchecked = false
      isAnnounced = true
    case .messageEnded:
      message.isOpen = false
      guard !checksText || message.isBinary || utf8.isComplete else {
        throw stream.fail(.webSocket("a text message ends inside a character"))
      }
    case .control(let opcode, let payload):
      try control(opcode, payload, context)
    case .payload:
      break
    }
    return step
  }

  private func control(
    _ opcode: WebSocketOpcode, _ payload: [UInt8], _ context: CallContext
  ) throws(TernError) {
    switch opcode {
    case .ping: try send(.pong, payload.span, context)
    case .pong:
      if awaitedPong == payload {
        awaitedPong = nil
      } else {
        unsolicitedPongCount &+= 1
      }
    case .close: throw closed(payload, context)
    case .continuation, .text, .binary: break
    }
  }

  /// Answers the server's close frame and ends the line (RFC 6455, section 5.5.1).
  private func closed(_ payload: [UInt8], _ context: CallContext) -> TernError {
    var check = UTF8Check()
    let reason = Array(payload.dropFirst(2))
    let isText = unsafe reason.withUnsafeBytes { unsafe check.accept($0) } && check.isComplete
    guard payload.count != 1, isText else {
      return stream.fail(.webSocket("malformed close frame"))
    }
    var words = "the server closed the WebSocket"
    if payload.count >= 2 {
      words += " with code \(UInt16(payload[0]) << 8 | UInt16(payload[1]))"
      if !reason.isEmpty { words += ": \(String(decoding: reason, as: UTF8.self))" }
    }
    if !hasSentClose {
      // The goodbye is a courtesy: its loss changes nothing.
      let answer = Array(payload.prefix(2))
      _ = try? send(.close, answer.span, context.limited(to: .after(200_000_000, .network)))
    }
    return stream.fail(.lineLost("\(stream.endpoint): \(words)"))
  }

  private func sendClose(_ code: UInt16, _ context: CallContext) throws(TernError) {
    guard !hasSentClose else { return }
    let payload = [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)]
    try send(.close, payload.span, context)
    hasSentClose = true
  }

  private func lost() -> TernError {
    stream.fail(.lineLost("\(stream.endpoint): the server closed the line"))
  }

  /// Sends one final frame, masked piece by piece on its way.
  private func send(
    _ opcode: WebSocketOpcode, _ payload: Span<UInt8>, _ context: CallContext
  ) throws(TernError) {
    guard !hasSentClose else { throw .closedConnection }
    let mask = WebSocketMask.random()
    let head = opcode.head(payloadByteCount: payload.count, mask)
    // The span outlives the call; the scratch room is longer than any head.
    try unsafe payload.withUnsafeBytes { source throws(TernError) in
      unsafe scratch.copyBytes(from: head)
      var filled = head.count
      var offset = 0
      repeat {
        let count = unsafe min(source.count - offset, scratch.count - filled)
        unsafe mask.apply(
          .init(rebasing: source[offset..<offset + count]),
          to: .init(rebasing: scratch[filled..<filled + count]), at: offset)
        try unsafe sendPiece(
          .init(rebasing: scratch[..<(filled + count)]), context, isFirst: offset == 0)
        offset += count
        filled = 0
      } while offset < source.count
    }
  }

  /// Sends a piece of a frame. One that fails behind the first leaves half a frame at the server.
  private func sendPiece(
    _ bytes: UnsafeRawBufferPointer, _ context: CallContext, isFirst: Bool
  ) throws(TernError) {
    do throws(TernError) {
      _ = try unsafe stream.send(bytes, context, "sending a message")
    } catch {
      guard !isFirst else { throw error }
      _ = stream.fail(.lineLost("an earlier call was stopped in the middle of sending a message"))
      var error = error
      error.isRetryable = false
      throw error
    }
  }
}
