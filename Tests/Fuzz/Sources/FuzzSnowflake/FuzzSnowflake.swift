import TernColumns
import TernCore

@_spi(Fuzzing) import TernSnowflake

/// Feeds any bytes to the readers of Snowflake's answers and of the parts of results, in JSON, in
/// Arrow and packed, whole and in pieces. Both must agree on what the bytes are. The first byte
/// says what they are taken for, the second how they are cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSnowflake(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard input.count > 2 else { return 0 }
  let kinds = SnowflakeReading.Kind.allCases
  let kind = kinds[Int(input[0]) % kinds.count]
  let message = Array(input.dropFirst(2))
  let whole = outcome(message, kind, pieceMax: .max)
  let cut = outcome(message, kind, pieceMax: Int(input[1]) % 40 + 1)
  guard whole == cut else { fatalError("pieces change the answer: \(whole) and \(cut)") }
  return 0
}

private func outcome(
  _ message: [UInt8], _ kind: SnowflakeReading.Kind, pieceMax: Int
) -> String {
  do throws(TernError) {
    try SnowflakeReading.read(ArraySource(message, pieceMax: pieceMax), as: kind)
    return "ok"
  } catch {
    guard error.kind != .internal, error.sqlState.isFailure else { fatalError("\(error)") }
    return "\(error.kind) \(error.sqlState)"
  }
}
