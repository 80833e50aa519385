import TernCore

@testable import TernNet

/// Feeds any bytes to the frame reader, whole and in pieces. Both must tell the same story, and no
/// step may claim more bytes than there are.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWebSocket(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let first = input.first else { return 0 }
  let stream = Array(input.dropFirst())
  let whole = story(stream, pieceMax: .max)
  let cut = story(stream, pieceMax: Int(first) % 16 + 1)
  guard whole == cut else { fatalError("pieces change the story: \(whole) \(cut)") }
  return 0
}

/// What the reader says, payload lengths added up so that cuts do not show.
private func story(_ stream: [UInt8], pieceMax: Int) -> [String] {
  var reader = WebSocketReader(messageByteCountMax: 1_024)
  var told: [String] = []
  var payloadByteCount = 0
  var position = 0
  var end = min(pieceMax, stream.count)
  do throws(TernError) {
    while true {
      var used = 0
      let step = try reader.next(stream.span.extracting(position..<end), used: &used)
      guard used <= end - position else { fatalError("more bytes used than given") }
      position += used
      switch step {
      case .needsBytes:
        guard end < stream.count else { return told + ["payload \(payloadByteCount)", "more"] }
        end = min(end + min(pieceMax, stream.count), stream.count)
      case .payload(let remaining):
        let taken = min(remaining, end - position)
        if taken == 0 {
          guard end < stream.count else { return told + ["payload \(payloadByteCount)", "more"] }
          end = min(end + min(pieceMax, stream.count), stream.count)
          continue
        }
        try reader.took(taken)
        position += taken
        payloadByteCount += taken
      case .messageStarted(let isBinary): told.append("message \(isBinary)")
      case .messageEnded:
        told.append("payload \(payloadByteCount)")
        told.append("end")
      case .control(let opcode, let bytes): told.append("\(opcode) \(bytes)")
      }
    }
  } catch {
    return told + ["payload \(payloadByteCount)", error.message]
  }
}
