internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// One request and its reply at a time over one channel: compression, silence, abort and drain.
///
/// Source: Exasol reference, sections 1.2 to 1.4 and 2.11 "abortQuery".
final class ExasolLine: Sendable {
  /// How long a request may stay without a sign of life, and what a cancel does to it.
  enum Patience {
    /// The server shows heartbeats while it runs; it can be told to stop.
    case statement
    /// A page: it is read to its end, there is nothing to stop.
    case fetch
    /// Anything else.
    case quick
  }

  /// How long the reply to an abort, or the rest of a page, may take: 10 seconds.
  private static let graceNanoseconds: Int64 = 10_000_000_000

  private static let second: Int64 = 1_000_000_000

  /// What is asked of the socket at once; measured: pages arrive a tenth faster than with a quarter
  /// of it, and memory that is not needed is not touched.
  private static let windowByteCount = 1 << 20

  let host: HostAddress
  private let channel: any ExasolChannel
  private let isCompressed = Locked(false)
  /// Until the session stands, whoever gives up waiting closes the line at once.
  private let isOpening = Locked(true)
  /// The error that ended the line; every later call throws it again.
  private let failure = Locked<TernError?>(nil)
  /// Ends the grace time when nobody waits any longer.
  private let impatience = CancelToken()
  /// The option `network_timeout` in nanoseconds; nil takes the protocol's own limits.
  private let networkTimeout: Int64?

  init(_ channel: any ExasolChannel, host: HostAddress, networkTimeout: Int64?) {
    self.channel = channel
    self.host = host
    self.networkTimeout = networkTimeout
  }

  /// Whether nothing has ended the line so far. Any thread.
  var isAlive: Bool { failure.current == nil }

  var peerAddress: String { channel.peerAddress }

  /// The session stands: from now on it is worth saving when a call gives up.
  func finishOpening() { isOpening.withLock { $0 = false } }

  /// From the next message on, both sides compress.
  func startCompression() { isCompressed.withLock { $0 = true } }

  /// Sends `request` and reads its reply.
  ///
  /// A cancel or the query deadline stops a running statement on the server and reads its reply, so
  /// that the line is in step again. `.data` errors leave the line usable too.
  func exchange<Payload: Sendable>(
    _ request: [UInt8], _ patience: Patience, feedbackSeconds: Int64, _ context: CallContext,
    _ readPayload: (JSONReader) throws(TernError) -> Payload
  ) throws(TernError) -> ExasolReply<Payload> {
    try perform(
      request, patience, feedbackSeconds: feedbackSeconds, Self.windowByteCount, context
    ) { json throws(TernError) in try ExasolReply(reading: json, readPayload) }
  }

  /// Sends `request` and receives its reply, which `read` may leave for later once it has received
  /// all of it. `windowByteCount` is what the reply is expected to need.
  func perform<Answer>(
    _ request: [UInt8], _ patience: Patience, feedbackSeconds: Int64, _ windowByteCount: Int,
    _ context: CallContext, _ read: (JSONReader) throws(TernError) -> Answer
  ) throws(TernError) -> Answer {
    if let failure = failure.current { throw failure }
    try context.check("sending a request")
    let silence = silenceMax(patience, feedbackSeconds)
    var message: (any ExasolMessage)?
    var isSent = false
    do throws(TernError) {
      try send(request, context)
      isSent = true
      let reply = try receive(
        silence, context, windowByteCount: windowByteCount)
      message = reply.message
      return try read(reply.json)
    } catch {
      // What never left needs no answer; half a message makes the channel dead by itself.
      if isSent || !channel.isAlive { try recover(from: error, message, patience, silence) }
      throw error
    }
  }

  /// What the end of a call that was given up may take: 10 seconds, or until the line is given up.
  var grace: CallContext {
    CallContext(
      deadline: .after(Self.graceNanoseconds, .network), cancelToken: impatience)
  }

  /// Waits for nothing any longer that a cancelled call is still owed. Any thread.
  func giveUp() { impatience.cancel() }

  /// Ends the line because the server said that its session is gone.
  func end(with error: TernError) { _ = die(error) }

  /// Makes every later call throw `error`, without touching the channel. Any thread.
  func condemn(_ error: TernError) { failure.withLock { $0 = $0 ?? error } }

  /// Says goodbye. The line is dead afterwards; twice is fine.
  func close(_ context: CallContext) {
    failure.withLock { failure in failure = failure ?? .closedConnection }
    channel.close(context)
  }

  // MARK: - Messages

  private func send(_ request: [UInt8], _ context: CallContext) throws(TernError) {
    Log.write(.trace, "exasol > \(Redaction.json(String(decoding: request, as: UTF8.self)))")
    if isCompressed.current {
      try channel.send(
        try Deflater.compress(request.span, .zlib), isBinary: true, context)
    } else {
      try channel.send(request, isBinary: false, context)
    }
  }

  /// The next message that is a JSON object. Some servers send bare words of progress between.
  private func receive(
    _ silence: Int64, _ context: CallContext, windowByteCount: Int = windowByteCount
  ) throws(TernError) -> (message: any ExasolMessage, json: JSONReader) {
    while true {
      let message = try channel.receive(silenceMax: silence, context)
      let source: any ByteSource = message.isBinary ? Inflater(message, .zlib) : message
      let json = try JSONReader(source, windowByteCount: windowByteCount)
      if try json.isObjectNext() { return (message, json) }
      try message.drain(context)
    }
  }

  // MARK: - Failure

  /// Brings the line back into step after `error`, or ends it. Throws when the line is dead.
  private func recover(
    from error: TernError, _ message: (any ExasolMessage)?, _ patience: Patience,
    _ silence: Int64
  ) throws(TernError) {
    let grace = grace
    do throws(TernError) {
      let isInterrupted =
        error.kind == .cancelled || (error.kind == .timeout && !error.endsConnection)
      guard error.kind == .data || isInterrupted, !isOpening.current else { throw error }
      if let message {
        try message.drain(grace)
      } else {
        try stop(patience, silence, grace)
      }
    } catch {
      throw die(error)
    }
  }

  /// Tells the server to stop, and reads the answer that the request is still owed.
  private func stop(
    _ patience: Patience, _ silence: Int64, _ grace: CallContext
  ) throws(TernError) {
    if patience == .statement { try send(ExasolRequest.abort, grace) }
    let late = try receive(silence, grace)
    let reply = try ExasolReply(reading: late.json) { json throws(TernError) in
      try ExasolLateReply(reading: json)
    }
    // The statement finished first: what it opened is closed again.
    guard let payload = reply.payload else { return }
    var goodbyes = payload.statements.map(ExasolRequest.closePrepared)
    if !payload.handles.isEmpty { goodbyes.append(ExasolRequest.closeResultSets(payload.handles)) }
    for goodbye in goodbyes {
      try send(goodbye, grace)
      let closed = try receive(silence, grace)
      _ = try ExasolReply(reading: closed.json) { json throws(TernError) in try json.skip() }
    }
  }

  private func die(_ error: TernError) -> TernError {
    let final = failure.withLock { failure -> TernError in
      let final = failure ?? error
      failure = final
      return final
    }
    channel.close(grace.limited(to: .after(Self.second, .network)))
    return final
  }

  /// Heartbeats come every `feedbackSeconds` while a statement runs; elsewhere they are not
  /// promised.
  private func silenceMax(_ patience: Patience, _ feedbackSeconds: Int64) -> Int64 {
    if let networkTimeout { return networkTimeout }
    switch patience {
    case .statement: return max(30, 10 * min(feedbackSeconds, 8_640)) * Self.second
    case .fetch, .quick: return 300 * Self.second
    }
  }
}

/// The reply of a statement that nobody waits for any more: only its handles matter.
struct ExasolLateReply: Sendable {
  /// Open results.
  var handles: [Int64] = []
  /// Prepared statements; what they would return has no handles.
  var statements: [Int64] = []

  init(reading reader: JSONReader) throws(TernError) {
    try reader.beginObject()
    while let name = try reader.nextKey() {
      switch name {
      case "statementHandle":
        if let handle = try reader.int64OrNull() { statements.append(handle) }
      case "results" where try reader.peek() == .array:
        try reader.beginArray()
        while try reader.nextElement() { try readResult(reader) }
      default: try reader.skip()
      }
    }
  }

  private mutating func readResult(_ reader: JSONReader) throws(TernError) {
    try reader.beginObject()
    while let name = try reader.nextKey() {
      guard name == "resultSet", try reader.peek() == .object else {
        try reader.skip()
        continue
      }
      try reader.beginObject()
      while let member = try reader.nextKey() {
        guard member == "resultSetHandle", let handle = try reader.int64OrNull() else {
          try reader.skip()
          continue
        }
        if handle >= 0 { handles.append(handle) }
      }
    }
  }
}
