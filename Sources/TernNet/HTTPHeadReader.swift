internal import TernCore

/// Collects the lines of an HTTP head, or of trailers, up to the empty line that ends them.
///
/// A machine without I/O: the answer does not depend on where the network cut the head.
struct HTTPHeadReader {
  private var lines: [[UInt8]] = []
  private var line: [UInt8] = []
  private var byteCount = 0

  /// Reads from the start of `input`.
  ///
  /// - Parameter used: receives how many bytes belonged to the head.
  /// - Returns: the lines without their ends once the empty line was read, nil before.
  mutating func feed(_ input: Span<UInt8>, used: inout Int) throws(TernError) -> [[UInt8]]? {
    for index in 0..<input.count {
      byteCount += 1
      guard byteCount <= Limits.httpHeaderByteCountMax else {
        throw .badReply("HTTP headers of more than \(Limits.httpHeaderByteCountMax) bytes")
      }
      let byte = input[index]
      guard byte == 0x0A else {
        line.append(byte)
        continue
      }
      if line.last == 0x0D { line.removeLast() }
      used = index + 1
      if line.isEmpty { return lines }
      lines.append(line)
      line.removeAll(keepingCapacity: true)
      guard lines.count <= Limits.httpHeaderCountMax + 1 else {
        throw .badReply("more than \(Limits.httpHeaderCountMax) HTTP headers")
      }
    }
    used = input.count
    return nil
  }
}
