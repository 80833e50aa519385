internal import TernCore

/// Status line and header fields of a response.
public struct HTTPResponseHead: Sendable, Hashable {
  /// 100 to 999.
  public let status: Int
  /// The words after the status; may be empty.
  public let reason: String
  /// 1 for HTTP/1.1, 0 for HTTP/1.0.
  public let minorVersion: Int
  /// The header fields.
  public let headers: HTTPHeaders

  /// Parses lines without their ends; the first is the status line (RFC 9112, section 4).
  init(lines: [[UInt8]]) throws(TernError) {
    guard let first = lines.first else { throw .badReply("no HTTP status line") }
    let prefix = Array("HTTP/1.".utf8)
    guard first.count >= 12, first.starts(with: prefix), first[8] == 0x20,
      first[7] == 0x30 || first[7] == 0x31
    else { throw .badReply("this is not an HTTP/1.1 server") }
    let digits = first[9..<12]
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }), first.count == 12 || first[12] == 0x20,
      let status = Int(String(decoding: digits, as: UTF8.self)), status >= 100
    else { throw .badReply("malformed HTTP status line") }
    self.status = status
    minorVersion = Int(first[7] - 0x30)
    reason = HTTPText.trimmed(first.dropFirst(12))
    headers = try Self.headers(lines.dropFirst())
  }

  /// Parses header or trailer lines.
  static func headers(_ lines: ArraySlice<[UInt8]>) throws(TernError) -> HTTPHeaders {
    guard lines.count <= Limits.httpHeaderCountMax else {
      throw .badReply("more than \(Limits.httpHeaderCountMax) HTTP headers")
    }
    var headers = HTTPHeaders()
    for line in lines {
      // A folded line begins with white space and has no name: it is refused with the rest.
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), HTTPText.isToken(line[..<colon]),
        HTTPText.isValue(line)
      else { throw .badReply("malformed HTTP header") }
      headers.add(
        String(decoding: line[..<colon], as: UTF8.self), HTTPText.trimmed(line[(colon + 1)...]))
    }
    return headers
  }
}
