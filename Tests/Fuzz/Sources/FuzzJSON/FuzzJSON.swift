import TernColumns
import TernCore

/// Feeds any bytes to the JSON reader, whole and in pieces. Both must agree, and a value that was
/// skipped must be one that can be read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let first = input.first else { return 0 }
  let document = Array(input.dropFirst())
  let whole = walk(document, pieceMax: .max)
  let cut = walk(document, pieceMax: Int(first) % 40 + 1)
  guard whole == cut else { fatalError("pieces change the answer: \(whole ?? []) \(cut ?? [])") }
  let skipped = skip(document)
  guard skipped == (whole != nil) else { fatalError("skip and read disagree") }
  return 0
}

/// Every name and value in order; nil if the document is malformed.
private func walk(_ document: [UInt8], pieceMax: Int) -> [String]? {
  do throws(TernError) {
    let reader = try JSONReader(
      ArraySource(document, pieceMax: pieceMax), windowByteCount: pieceMax == .max ? 8_192 : 64)
    var found: [String] = []
    try walk(reader, &found)
    try reader.finish()
    return found
  } catch {
    return nil
  }
}

private func walk(_ reader: JSONReader, _ found: inout [String]) throws(TernError) {
  switch try reader.peek() {
  case .object:
    try reader.beginObject()
    found.append("{")
    while let key = try reader.nextKey() {
      found.append(key)
      try walk(reader, &found)
    }
  case .array:
    try reader.beginArray()
    found.append("[")
    while try reader.nextElement() { try walk(reader, &found) }
  case .string: found.append(try reader.string())
  case .number: found.append(try reader.numberText())
  case .bool: found.append(try reader.bool() ? "true" : "false")
  case .null: found.append(try reader.null() ? "null" : "")
  }
}

private func skip(_ document: [UInt8]) -> Bool {
  do throws(TernError) {
    let reader = try JSONReader(document)
    try reader.skip()
    try reader.finish()
    return true
  } catch {
    return false
  }
}
