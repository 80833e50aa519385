import TernColumns
import TernCore

@_spi(Fuzzing) import TernAvatica

/// Feeds any bytes to the readers of Avatica's answers, whole and in pieces. Both must agree on
/// what the message is. The first byte says which answer it is and in which encoding, the second
/// how it is cut; the rest is also taken for the body of a failed request.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAvatica(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard input.count > 2 else { return 0 }
  let kinds = AvaticaReading.Kind.allCases
  let kind = kinds[Int(input[0] & 0x7F) % kinds.count]
  let isProtobuf = input[0] >= 0x80
  let message = Array(input.dropFirst(2))
  let whole = outcome(message, kind, isProtobuf, pieceMax: .max)
  let cut = outcome(message, kind, isProtobuf, pieceMax: Int(input[1]) % 40 + 1)
  guard whole == cut else { fatalError("pieces change the answer: \(whole) and \(cut)") }
  let error = AvaticaReading.error(status: 500, body: message)
  guard isPlain(error), error.sqlState.isFailure else { fatalError("\(error)") }
  return 0
}

private func outcome(
  _ message: [UInt8], _ kind: AvaticaReading.Kind, _ isProtobuf: Bool, pieceMax: Int
) -> String {
  do throws(TernError) {
    let source = ArraySource(message, pieceMax: pieceMax)
    try AvaticaReading.read(source, as: kind, isProtobuf: isProtobuf)
    return "ok"
  } catch {
    guard isPlain(error) else { fatalError("\(error)") }
    return "\(error.kind) \(error.sqlState)"
  }
}

/// Internal errors are bugs of ours, but for those that a server reports of its own parser.
private func isPlain(_ error: TernError) -> Bool {
  error.kind != .internal || error.message.contains("disagree about the protocol")
}
