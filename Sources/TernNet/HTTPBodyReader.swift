internal import TernCore

/// Where the bytes of a response body are in the stream: a machine without I/O (RFC 9112,
/// sections 6 and 7). Payload is not taken through it, as with `WebSocketReader`.
struct HTTPBodyReader {
  /// What comes next.
  enum Step: Equatable {
    case needsBytes
    /// That many bytes of the body follow, at least one.
    case payload(Int)
    case ended
  }

  /// How a body's end is known.
  enum Framing: Equatable {
    case length(Int)
    case chunked
    case untilClose
  }

  private enum State {
    case payload(Int)
    case chunkHead([UInt8])
    case chunk(Int)
    case chunkEnd
    case trailers(HTTPHeadReader)
    case untilClose
    case ended
  }

  private var state: State
  /// The fields after a chunked body.
  private(set) var trailers = HTTPHeaders()

  /// Longer chunk heads (a size and extensions) are refused.
  private static let chunkHeadByteCountMax = 4_096

  init(_ framing: Framing) {
    switch framing {
    case .length(let count): state = count > 0 ? .payload(count) : .ended
    case .chunked: state = .chunkHead([])
    case .untilClose: state = .untilClose
    }
  }

  /// Whether the body is complete.
  var isEnded: Bool {
    if case .ended = state { return true }
    return false
  }

  /// How the answer to a request with `method` is framed (RFC 9112, section 6.3).
  static func framing(
    of head: HTTPResponseHead, method: String
  ) throws(TernError) -> Framing {
    if method == "HEAD" || head.status == 204 || head.status == 304 || head.status < 200 {
      return .length(0)
    }
    let codings = head.headers.tokens("Transfer-Encoding").map { $0.lowercased() }
    if !codings.isEmpty {
      guard codings == ["chunked"] else {
        throw .badReply("HTTP transfer coding \(codings.joined(separator: ", "))")
      }
      return .chunked
    }
    let lengths = Set(head.headers.tokens("Content-Length"))
    guard let text = lengths.first else { return .untilClose }
    guard lengths.count == 1, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let length = Int(text)
    else { throw .badReply("malformed HTTP Content-Length") }
    return .length(length)
  }

  /// Reads chunk heads and trailers from the start of `input`; `used` receives how many bytes.
  mutating func next(_ input: Span<UInt8>, used: inout Int) throws(TernError) -> Step {
    used = 0
    while true {
      switch state {
      case .payload(let count), .chunk(let count): return .payload(count)
      case .untilClose: return .payload(.max)
      case .ended: return .ended
      case .chunkHead(let line):
        guard let whole = try Self.line(line, input, &used) else {
          state = .chunkHead(line + Self.rest(input, &used))
          return .needsBytes
        }
        let count = try Self.chunkByteCount(whole)
        state = count > 0 ? .chunk(count) : .trailers(HTTPHeadReader())
      case .chunkEnd:
        guard used < input.count else { return .needsBytes }
        let byte = input[used]
        used += 1
        guard byte == 0x0D || byte == 0x0A else { throw .badReply("malformed HTTP chunk end") }
        if byte == 0x0A { state = .chunkHead([]) }
      case .trailers(var reader):
        var count = 0
        let lines = try reader.feed(input.extracting(used...), used: &count)
        used += count
        guard let lines else {
          state = .trailers(reader)
          return .needsBytes
        }
        trailers = try HTTPResponseHead.headers(lines[...])
        state = .ended
      }
    }
  }

  /// Reports that `byteCount` bytes of the payload were taken.
  mutating func took(_ byteCount: Int) {
    switch state {
    case .payload(let count): state = count > byteCount ? .payload(count - byteCount) : .ended
    case .chunk(let count): state = count > byteCount ? .chunk(count - byteCount) : .chunkEnd
    case .untilClose, .chunkHead, .chunkEnd, .trailers, .ended: break
    }
  }

  /// Reports the end of the stream.
  ///
  /// - Throws: `.connection` unless that is how this body ends.
  mutating func streamEnded() throws(TernError) {
    guard case .untilClose = state else {
      throw .lineLost("the server closed the line in the middle of an answer")
    }
    state = .ended
  }

  /// The line that `start` and the first bytes of `input` make, without its end; nil before that.
  private static func line(
    _ start: [UInt8], _ input: Span<UInt8>, _ used: inout Int
  ) throws(TernError) -> [UInt8]? {
    var line = start
    for index in used..<input.count {
      if input[index] == 0x0A {
        used = index + 1
        if line.last == 0x0D { line.removeLast() }
        return line
      }
      line.append(input[index])
      guard line.count <= chunkHeadByteCountMax else { throw .badReply("HTTP chunk head too long") }
    }
    return nil
  }

  private static func rest(_ input: Span<UInt8>, _ used: inout Int) -> [UInt8] {
    defer { used = input.count }
    return (used..<input.count).map { input[$0] }
  }

  private static func chunkByteCount(_ line: [UInt8]) throws(TernError) -> Int {
    let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
    let isHex = digits.allSatisfy { Hex.decode("0" + String(decoding: [$0], as: UTF8.self)) != nil }
    guard isHex, let count = Int(String(decoding: digits, as: UTF8.self), radix: 16) else {
      throw .badReply("malformed HTTP chunk size")
    }
    return count
  }
}
