/// What a frame is (RFC 6455, section 5.2).
enum WebSocketOpcode: UInt8, Sendable {
  case continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10

  /// Control frames are short, whole, and may stand inside a message.
  var isControl: Bool { rawValue >= 8 }

  /// The head of a client's final frame, without payload.
  func head(payloadByteCount: Int, _ mask: WebSocketMask) -> [UInt8] {
    var head: [UInt8] = [0x80 | rawValue]
    switch payloadByteCount {
    case ..<126:
      head.append(0x80 | UInt8(truncatingIfNeeded: payloadByteCount))
    case ..<65_536:
      head.append(0x80 | 126)
      head.append(UInt8(truncatingIfNeeded: payloadByteCount >> 8))
      head.append(UInt8(truncatingIfNeeded: payloadByteCount))
    default:
      head.append(0x80 | 127)
      for shift in stride(from: 56, through: 0, by: -8) {
        head.append(UInt8(truncatingIfNeeded: payloadByteCount >> shift))
      }
    }
    head += [mask.bytes.0, mask.bytes.1, mask.bytes.2, mask.bytes.3]
    return head
  }
}
