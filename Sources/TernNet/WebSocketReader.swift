internal import TernCore

/// What a server's frames mean: a machine without I/O (RFC 6455, sections 5 and 7).
///
/// `next` is called with whatever bytes are there and says what they are. Payload of messages is
/// not taken through it: the caller moves it where it belongs and reports with `took`.
struct WebSocketReader: ~Copyable {
  /// What comes next in the stream.
  enum Step: Equatable {
    /// Nothing more can be said before more bytes arrive.
    case needsBytes
    /// A message begins.
    case messageStarted(isBinary: Bool)
    /// That many bytes of the message follow, at least one.
    case payload(Int)
    /// The message has ended.
    case messageEnded
    /// A whole control frame.
    case control(WebSocketOpcode, [UInt8])
  }

  private enum State {
    case head([UInt8])
    /// A head was read whose first data frame has not been announced.
    case payload(remaining: Int, isFinal: Bool)
    case control(WebSocketOpcode, byteCount: Int, collected: [UInt8])
  }

  private var state = State.head([])
  private var isInMessage = false
  private var messageByteCount = 0
  private let messageByteCountMax: Int

  /// Refuses messages longer than `messageByteCountMax`.
  init(messageByteCountMax: Int) { self.messageByteCountMax = messageByteCountMax }

  /// Whether the stream stands between two messages and two frames.
  var isIdle: Bool {
    if case .head(let bytes) = state { return !isInMessage && bytes.isEmpty }
    return false
  }

  /// Reads heads and control frames from the start of `input`.
  ///
  /// - Parameter used: receives how many bytes were read.
  mutating func next(_ input: Span<UInt8>, used: inout Int) throws(TernError) -> Step {
    used = 0
    while true {
      switch state {
      case .head(var bytes):
        while bytes.count < Self.headByteCount(bytes) {
          guard used < input.count else {
            state = .head(bytes)
            return .needsBytes
          }
          bytes.append(input[used])
          used += 1
        }
        if let step = try begin(bytes) { return step }
      case .payload(let remaining, let isFinal):
        if remaining > 0 { return .payload(remaining) }
        state = .head([])
        guard isFinal else { continue }
        isInMessage = false
        return .messageEnded
      case .control(let opcode, let byteCount, var collected):
        while collected.count < byteCount, used < input.count {
          collected.append(input[used])
          used += 1
        }
        guard collected.count == byteCount else {
          state = .control(opcode, byteCount: byteCount, collected: collected)
          return .needsBytes
        }
        state = .head([])
        return .control(opcode, collected)
      }
    }
  }

  /// Reports that `byteCount` bytes of the payload were taken.
  mutating func took(_ byteCount: Int) throws(TernError) {
    guard case .payload(let remaining, let isFinal) = state, 0 <= byteCount, byteCount <= remaining
    else { throw .internal("more payload taken than there was") }
    state = .payload(remaining: remaining - byteCount, isFinal: isFinal)
  }

  /// How long the head is, as far as its first two bytes tell.
  private static func headByteCount(_ bytes: [UInt8]) -> Int {
    guard bytes.count >= 2 else { return 2 }
    return switch bytes[1] & 0x7F {
    case 126: 4
    case 127: 10
    default: 2
    }
  }

  /// Checks a whole head and enters its frame; a step if there is something to tell.
  private mutating func begin(_ bytes: [UInt8]) throws(TernError) -> Step? {
    guard bytes[0] & 0x70 == 0 else { throw .webSocket("reserved bits are set") }
    guard let opcode = WebSocketOpcode(rawValue: bytes[0] & 0x0F) else {
      throw .webSocket("unknown opcode \(bytes[0] & 0x0F)")
    }
    guard bytes[1] & 0x80 == 0 else { throw .webSocket("a server's frame is masked") }
    let isFinal = bytes[0] & 0x80 != 0
    var byteCount = UInt64(bytes[1] & 0x7F)
    if bytes.count > 2 { byteCount = bytes[2...].reduce(0) { $0 << 8 | UInt64($1) } }
    if opcode.isControl {
      guard isFinal, byteCount <= UInt64(Limits.webSocketControlByteCountMax) else {
        throw .webSocket("a control frame is fragmented or longer than 125 bytes")
      }
      state = .control(opcode, byteCount: Int(byteCount), collected: [])
      return nil
    }
    guard (opcode == .continuation) == isInMessage else {
      throw .webSocket(
        isInMessage ? "a message begins inside another" : "a continuation without a message")
    }
    if !isInMessage { messageByteCount = 0 }
    guard let count = Int(exactly: byteCount), count <= messageByteCountMax - messageByteCount
    else {
      throw .webSocket("a message is longer than \(messageByteCountMax) bytes")
    }
    messageByteCount += count
    state = .payload(remaining: count, isFinal: isFinal)
    guard !isInMessage else { return nil }
    isInMessage = true
    return .messageStarted(isBinary: opcode == .binary)
  }
}

extension TernError {
  /// A frame that does not follow RFC 6455.
  static func webSocket(_ what: String) -> TernError { .badReply("WebSocket: \(what)") }
}
