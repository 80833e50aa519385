public import TernCore

/// An answer: its head, and its body as a source that reads from the line.
///
/// One thread at a time. An open body occupies its line; read it to its end, or drop it, which
/// closes the line.
@safe public final class HTTPResponse: ByteSource, @unchecked Sendable {
  // Sound as Sendable: not shared but handed over, like the line below it.

  /// Status and headers.
  public let head: HTTPResponseHead
  private let body: HTTPBody
  private let plain: any ByteSource

  /// The status: 200, 404, …; redirects are answers like others.
  public var status: Int { head.status }
  /// The header fields.
  public var headers: HTTPHeaders { head.headers }
  /// The fields after a chunked body, once it was read to its end.
  public var trailers: HTTPHeaders { body.trailers }
  /// Deadline and token of the reads; may be replaced between two of them.
  public var context: CallContext {
    get { body.context }
    set { body.context = newValue }
  }

  init(_ head: HTTPResponseHead, _ body: HTTPBody, inflates: Bool) throws(TernError) {
    self.head = head
    self.body = body
    let codings = inflates ? head.headers.tokens("Content-Encoding") : []
    switch codings.map({ $0.lowercased() }).filter({ $0 != "identity" }) {
    case []: plain = body
    case ["gzip"], ["x-gzip"], ["deflate"]: plain = Inflater(body, .detected)
    case let others: throw .badReply("HTTP content coding \(others.joined(separator: ", "))")
    }
  }

  /// See `ByteSource`. Gives the plain bytes; a truncated body throws `.connection`.
  public func read(into window: inout OutputSpan<UInt8>) throws(TernError) -> Bool {
    try plain.read(into: &window)
  }

  /// The whole rest of the body.
  ///
  /// - Throws: `.connection` when it is longer than `byteCountMax`.
  public func readAll(
    _ byteCountMax: Int = Limits.controlMessageByteCountMax
  ) throws(TernError) -> [UInt8] {
    try ByteCollector.all(of: self, byteCountMax: byteCountMax)
  }

  /// Reads the rest away, so that the line can be used again.
  public func discard() throws(TernError) {
    while try !ByteCollector.piece(of: body, 64 << 10).isEmpty {}
  }
}
