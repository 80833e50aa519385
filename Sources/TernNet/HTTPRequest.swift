public import TernCore

/// One HTTP/1.1 request.
public struct HTTPRequest {
  /// What is sent after the head.
  public enum Body {
    case none
    /// Bytes in memory, sent with a length.
    case bytes([UInt8])
    /// Bytes as they come, with a length if it is known, else in chunks.
    case source(any ByteSource, byteCount: Int?)
  }

  /// `GET`, `POST`, …
  public var method: String
  /// Path and query as they stand in the request line, already percent-encoded.
  public var target: String
  /// Fields besides those that the client sets: `Host` (kept if given), `Content-Length`,
  /// `Transfer-Encoding`, `Accept-Encoding` (kept if given) and those of proxies.
  public var headers: HTTPHeaders
  /// What is sent after the head.
  public var body: Body
  /// Sends `bytes` compressed, with `Content-Encoding: gzip`.
  public var isCompressed = false
  /// Waits for `100 Continue` before the body, for a second at most.
  public var expectsContinue = false
  /// Whether the server may get it twice without harm. Only then is it sent again when a kept
  /// line turns out to have been closed meanwhile.
  public var isSafeToRepeat = false
  /// Whether a compressed answer is inflated; off gives the bytes as they are stored.
  public var inflatesAnswer = true
  /// How long the server may be silent, in nanoseconds; 0 is for ever.
  public var networkTimeout: Int64 = 0
  /// Asked when a cancel or a deadline ends the wait for an answer of which no byte has arrived:
  /// tells the server to stop, over another line, and says how long the answer is waited for before
  /// it is asked again, and how long the rest of it may take; nil gives the line up.
  public var whenInterrupted: ((TernError) -> (wait: CallContext, rest: CallContext)?)?

  /// A request without further ado.
  public init(
    _ method: String, _ target: String, headers: HTTPHeaders = HTTPHeaders(), body: Body = .none
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
  }

  /// The value of an `Authorization` header for Basic authentication.
  public static func basic(_ user: String, _ password: Secret) -> String {
    HTTPText.basic(user, password.text)
  }
}
