import TernColumns
import TernCore

@_spi(Fuzzing) import TernExasol

/// Feeds any bytes to the readers of Exasol's replies, whole and in pieces. Both must agree on
/// whether the message is one; the first two bytes say which reply it is and how it is cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzExasol(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard input.count > 2 else { return 0 }
  let kinds = ExasolReading.Kind.allCases
  let kind = kinds[Int(input[0]) % kinds.count]
  let message = Array(input.dropFirst(2))
  let whole = outcome(message, kind, pieceMax: .max)
  let cut = outcome(message, kind, pieceMax: Int(input[1]) % 40 + 1)
  guard whole == cut else { fatalError("pieces change the answer: \(whole) and \(cut)") }
  return 0
}

private func outcome(
  _ message: [UInt8], _ kind: ExasolReading.Kind, pieceMax: Int
) -> String {
  do throws(TernError) {
    try ExasolReading.read(ArraySource(message, pieceMax: pieceMax), as: kind)
    return "ok"
  } catch {
    guard error.kind != .internal else { fatalError("\(error)") }
    return "\(error.kind)"
  }
}
