import TernColumns
import TernCore
import TernDriver
import TernNet

@testable import TernExasol

/// A server that says what a transcript says, and ends after so many bytes.
///
/// A request that the transcript does not have there ends the conversation and is remembered.
/// `getAttributes` beyond the transcript is answered without attributes: drivers differ in when
/// they ask.
final class ScriptedChannel: ExasolChannel {
  struct State: Sendable {
    var steps: ArraySlice<TranscriptStep>
    var bytesLeft: Int
    var pendingAnswers = 0
    var isCompressed = false
    var differences: [String] = []
    var sent: [String] = []
    var failure: TernError?
    var isClosed = false
  }

  let state: Locked<State>
  private let pieceMax: Int

  init(_ transcript: Transcript, cutAfter byteCount: Int = .max, pieceMax: Int = .max) {
    state = Locked(State(steps: transcript.steps[...], bytesLeft: byteCount))
    self.pieceMax = pieceMax
  }

  var isAlive: Bool { state.current.failure == nil && !state.current.isClosed }
  var peerAddress: String { "10.0.0.11" }
  /// Requests that were not those of the transcript.
  var differences: [String] { state.current.differences }
  /// What the client never got to.
  var stepsLeft: [TranscriptStep] { Array(state.current.steps) }
  var sent: [String] { state.current.sent }

  func send(_ message: [UInt8], isBinary: Bool, _ context: CallContext) throws(TernError) {
    var plain = message
    if isBinary {
      plain = try ByteCollector.all(
        of: Inflater(ArraySource(message)), byteCountMax: 1 << 24)
    }
    let text = String(decoding: plain, as: UTF8.self)
    let error = state.withLock { state -> TernError? in
      if let failure = state.failure { return failure }
      state.sent.append(text)
      state.isCompressed = isBinary
      guard case .client(let expected)? = state.steps.first else {
        return Self.extra(text, &state)
      }
      if let difference = JSONComparison.difference(text, expected) {
        if text.contains("\"getAttributes\"") { return Self.extra(text, &state) }
        state.differences.append(difference)
      }
      state.steps.removeFirst()
      return nil
    }
    if let error { throw error }
  }

  private static func extra(_ text: String, _ state: inout State) -> TernError? {
    guard text.contains("\"getAttributes\"") else {
      state.differences.append("unexpected request \(text)")
      state.failure = .lineLost("the script has no answer to \(text.prefix(60))")
      return state.failure
    }
    state.pendingAnswers += 1
    return nil
  }

  func receive(
    silenceMax: Int64, _ context: CallContext
  ) throws(TernError) -> any ExasolMessage {
    let next = state.withLock { state -> Result<[UInt8]?, TernError> in
      if let failure = state.failure { return .failure(failure) }
      if state.pendingAnswers > 0 {
        state.pendingAnswers -= 1
        return .success(Array(#"{"status":"ok"}"#.utf8))
      }
      while state.steps.first == .pong { state.steps.removeFirst() }
      guard case .server(let json)? = state.steps.first, state.bytesLeft > 0 else {
        if case .client(let request)? = state.steps.first, request.contains("abortQuery") {
          return .success(nil)
        }
        state.failure = .lineLost("the server closed the connection")
        return .failure(.lineLost("the server closed the connection"))
      }
      state.steps.removeFirst()
      return .success(Array(json.utf8))
    }
    guard let bytes = try next.get() else {
      // The transcript's client gives up here.
      context.cancelToken.cancel()
      throw .cancelled
    }
    let isBinary = state.current.isCompressed
    let wire = isBinary ? try Deflater.compress(bytes.span, .zlib) : bytes
    return ScriptedMessage(wire, isBinary: isBinary, self, pieceMax: pieceMax)
  }

  func close(_ context: CallContext) { state.withLock { $0.isClosed = true } }

  fileprivate func take(_ count: Int) throws(TernError) -> Int {
    let granted = state.withLock { state -> Int? in
      let granted = min(count, state.bytesLeft)
      state.bytesLeft -= granted
      if granted == 0, count > 0 {
        state.failure = .lineLost("the server closed the connection in a message")
        return nil
      }
      return granted
    }
    guard let granted else { throw .lineLost("the server closed the connection in a message") }
    return granted
  }
}

/// One message of a script.
final class ScriptedMessage: ExasolMessage {
  let isBinary: Bool
  private let bytes: [UInt8]
  private let channel: ScriptedChannel
  private let pieceMax: Int
  private var offset = 0

  init(_ bytes: [UInt8], isBinary: Bool, _ channel: ScriptedChannel, pieceMax: Int) {
    self.isBinary = isBinary
    self.bytes = bytes
    self.channel = channel
    self.pieceMax = pieceMax
  }

  func read(into window: inout OutputSpan<UInt8>) throws(TernError) -> Bool {
    let wanted = min(bytes.count - offset, pieceMax, window.freeCapacity)
    guard wanted > 0 else { return false }
    let count = try channel.take(wanted)
    for index in offset..<offset + count { window.append(bytes[index]) }
    offset += count
    return true
  }

  func drain(_ context: CallContext) throws(TernError) {
    _ = try channel.take(bytes.count - offset)
    offset = bytes.count
  }
}

/// A session over a script.
struct ScriptedSession {
  let channel: ScriptedChannel
  let session: ExasolSession

  static func target(_ options: String = "") throws -> ConnectionTarget {
    try ConnectionTarget(
      parsing: "exasol+ws://SYS:exasol@db.example/\(options.contains("schema=") ? "" : "RETAIL")"
        + (options.isEmpty ? "" : "?\(options)"),
      registry: DriverRegistry([ExasolDriver.self]) { _ throws(TernError) in [] })
  }

  private static let plainOpener = Result<ExasolOpener, any Error> { try ExasolOpener(target()) }

  /// Logs in over the transcript.
  init(
    _ transcript: Transcript, cutAfter byteCount: Int = .max, pieceMax: Int = .max,
    options: String = ""
  ) throws(TernError) {
    let opener: ExasolOpener
    do {
      opener = options.isEmpty ? try Self.plainOpener.get() : try ExasolOpener(Self.target(options))
    } catch let error as TernError {
      throw error
    } catch {
      throw .internal("\(error)")
    }
    channel = ScriptedChannel(transcript, cutAfter: byteCount, pieceMax: pieceMax)
    let line = ExasolLine(
      channel, host: HostAddress(host: "db.example", port: 8563), networkTimeout: nil)
    let context = CallContext()
    let login = try opener.logIn(on: line, ticket: nil, 5, context)
    session = try opener.session(on: line, login, context)
  }

  /// Every row of the first result.
  func rows(
    _ outcomes: any Outcomes, _ context: CallContext = CallContext()
  ) throws(TernError) -> [[Value]] {
    guard case .rows(let source)? = try outcomes.next(context) else {
      throw .internal("no rows")
    }
    defer { source.close(context) }
    var rows: [[Value]] = []
    while let batch = try source.nextPage(context) {
      for row in 0..<batch.rowCount { rows.append(try batch.row(row)) }
    }
    return rows
  }
}
